#!/usr/bin/env python3
# The forms that psg-export prints stored tables in: CSV, JSON lines, BIDS events, EDF+ annotations; each read by another program.
# SPDX-License-Identifier: BSD-3-Clause
import csv
import importlib.util
import io
import json
import pathlib
import sys
import unittest

sys.path.append(str(pathlib.Path(__file__).parent))
from harness import NIGHT, USAGE, Case, main, rows, run, words  # noqa: E402


class TableFormats(Case):
    def setUp(self):
        super().setUp()
        self.night = self.folder / "night.h5"
        self.ok("psg-export", "-q", NIGHT, "-o", self.night)
        self.events = self.table(self.night, "events")
        self.assertGreater(len(self.events), 20)

    def test_csv_and_json_hold_the_same_values(self):
        for name in ("events", "summary", "provenance"):
            tsv = self.table(self.night, name)
            comma = list(csv.DictReader(io.StringIO(words(self.ok("psg-export", self.night, "--to", "csv", "--table", name).stdout), newline="")))
            lines = [json.loads(line) for line in words(self.ok("psg-export", self.night, "--to", "json", "--table", name).stdout).splitlines()]
            self.assertEqual((len(comma), len(lines)), (len(tsv), len(tsv)))
            for want, a, b in zip(tsv, comma, lines):
                for column, text in want.items():
                    self.assertEqual(a[column], "" if text == "NaN" else text.replace("\\n", "\n"), column)
                    if isinstance(b[column], str):
                        self.assertEqual(b[column], text)
                    else:
                        self.assertEqual("NaN" if b[column] is None else float(b[column]), text if text == "NaN" else float(text), column)

    def test_csv_quotes(self):
        basis = [r["basis"] for r in self.events]
        self.assertTrue(any("," in b for b in basis))
        printed = words(self.ok("psg-export", self.night, "--to", "csv").stdout)
        self.assertIn('"proposed rule, checked on simulated signals"', printed)

    def test_bids(self):
        path = self.folder / "sub-01_events.tsv"
        self.ok("psg-export", self.night, "--to", "bids", "-o", path)
        table = rows(path.read_bytes())
        self.assertEqual(list(table[0])[:3], ["onset", "duration", "trial_type"])
        self.assertEqual([(r["trial_type"], r["onset"], r["id"]) for r in table], [(r["class"], r["onset"], r["id"]) for r in self.events])
        self.assertNotIn("", {cell for r in table for cell in r.values()})
        about = json.loads((self.folder / "sub-01_events.json").read_text(encoding="utf-8"))
        self.assertEqual(list(about), list(table[0]))
        self.assertEqual(about["onset"]["Units"], "s")
        self.assertLessEqual({r["trial_type"] for r in table}, set(about["trial_type"]["Levels"]))
        stages = self.folder / "sub-02_events.tsv"
        self.ok("psg-export", self.night, "--to", "bids", "--table", "epochs", "-o", stages)
        again = rows(self.ok("psg-stage", "-q", NIGHT, "--hypnogram", stages).stdout)
        self.assertEqual([r["stage"] for r in again], [r["stage"] for r in self.table(self.night, "epochs")])

    @unittest.skipUnless(importlib.util.find_spec("pandas"), "skipped: pandas is not installed")
    def test_pandas_reads_bids_and_csv(self):
        import pandas
        path = self.folder / "sub-01_events.tsv"
        self.ok("psg-export", self.night, "--to", "bids", "-o", path)
        frame = pandas.read_csv(path, sep="\t", na_values="n/a")
        self.assertEqual(frame.onset.dtype, float)
        self.assertEqual(list(frame.trial_type), [r["class"] for r in self.events])
        text = io.StringIO(words(self.ok("psg-export", self.night, "--to", "csv", "--table", "summary").stdout))
        summary, printed = pandas.read_csv(text), self.table(self.night, "summary")
        self.assertEqual(list(summary["count"]), [int(r["count"]) for r in printed])
        self.assertEqual(summary.rate.isna().sum(), sum(r["rate"] == "NaN" for r in printed))

    def annotations(self):
        path = self.folder / "marks.edf"
        self.ok("psg-export", self.night, "--to", "edf", "-o", path)
        return path

    def test_edf_is_conformant_and_comes_back(self):
        path = self.annotations()
        found = rows(self.ok("psg-info", "--check", path).stdout)
        self.assertEqual([(r["edflib"], r["code"]) for r in found], [("accepted", "SIMULATED")])
        again = rows(self.ok("psg-stage", "-q", NIGHT, "--hypnogram", path).stdout)
        self.assertEqual([r["stage"] for r in again], [r["stage"] for r in self.table(self.night, "epochs")])
        legs = rows(self.ok("psg-detect", "-q", NIGHT, "--no-companion", "--movements", path, "--only", "leg_movement").stdout)
        self.assertEqual([(r["id"], float(r["onset"])) for r in legs],
                         [(r["id"], float(r["onset"])) for r in self.events if r["class"] == "leg_movement"])

    @unittest.skipUnless(importlib.util.find_spec("mne"), "skipped: MNE is not installed")
    def test_mne_reads_edf(self):
        import mne
        notes = mne.read_annotations(self.annotations())
        stages = [a for a in notes if a["description"].startswith("Sleep stage")]
        self.assertEqual([a["description"][12:] for a in stages], [r["stage"] for r in self.table(self.night, "epochs")])
        others = [a for a in notes if not a["description"].startswith(("Sleep stage", "Simulated recording"))]
        self.assertEqual(len(others), len(self.events))
        for a, onset in zip(sorted(a["onset"] for a in others), sorted(float(r["onset"]) for r in self.events)):
            self.assertAlmostEqual(a, onset, delta=1.1e-4)

    def test_refusals(self):
        for arguments in (["--to", "xml"], ["--to", "bids"], ["--to", "bids", "-o", self.folder / "x.tsv"], ["--to", "edf"],
                          ["--to", "edf", "--table", "events", "-o", self.folder / "x.edf"],
                          ["--to", "bids", "--table", "summary", "-o", self.folder / "x_events.tsv"]):
            self.assertEqual(run("psg-export", self.night, *arguments).returncode, USAGE, arguments)
        self.assertEqual(list(self.folder.glob("x*")), [])


if __name__ == "__main__":
    main()
