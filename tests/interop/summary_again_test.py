#!/usr/bin/env python3
# R and Python make the table summary of a night again from its events, to 1e-9.
# SPDX-License-Identifier: BSD-3-Clause
import importlib.util
import math
import pathlib
import shutil
import subprocess
import sys
import unittest
import warnings

sys.path.append(str(pathlib.Path(__file__).parent.parent / "tools"))
from harness import NIGHT, Case, main, rows, words  # noqa: E402

SCRIPT = pathlib.Path(__file__).with_name("summary_again.R")
GROUPS = {"W": ["W"], "N1": ["N1"], "N2": ["N2"], "N3": ["N3"], "R": ["R"], "NREM": ["N1", "N2", "N3"],
          "sleep": ["N1", "N2", "N3", "R"], "all": ["W", "N1", "N2", "N3", "R", "?"]}


def overlap_minutes(a, b):
    stretches = [(x, x + d) for x, d in zip(b.onset, b.duration)]
    return sum(max(0, min(on + length, end) - max(on, begin)) for on, length in zip(a.onset, a.duration) for begin, end in stretches) / 60


def by_pandas(h5):
    """Rows of the summary, from every table but the summary; from that the names of the classes alone."""
    import pandas
    events, measures, epochs, at_risk, parts = (
        pandas.read_hdf(h5, name) for name in ("events", "event_attributes", "epochs", "at_risk", "night_parts"))
    window = parts[parts.division == "night"]
    left_out = set(measures[(measures.name == "scored") & (measures.value == 0)].event) if len(measures) else set()
    inside = events.onset.map(lambda t: ((window.onset <= t) & (t < window.onset + window.duration)).any())
    events = events[inside & ~events.id.isin(left_out)]
    for name in pandas.read_hdf(h5, "summary")["class"].unique():
        for stage, stages in GROUPS.items():
            mine = events[(events["class"] == name) & (events.stage.isin(stages) | (stage == "all"))]
            minutes = overlap_minutes(at_risk[at_risk["class"] == name], epochs[epochs.stage.isin(stages)])
            yield {"class": name, "stage": stage, "count": len(mine), "minutes": minutes,
                   "rate": 60 * len(mine) / minutes if minutes > 0 else math.nan,
                   "mean_duration": mine.duration.mean() if len(mine) else math.nan}


class SummaryAgain(Case):
    def setUp(self):
        super().setUp()
        simulated = self.folder / "gaps.edf"
        self.ok("psg-simulate", "--hours", "0.7", "--seed", "7", "--gaps", "2", "-o", simulated)
        self.files = [self.folder / "night.h5", self.folder / "gaps.h5"]
        self.ok("psg-export", "-q", NIGHT, "-o", self.files[0])
        self.ok("psg-export", "-q", simulated, "--no-companion", "--lights-off", "300", "--lights-on", "2200", "--standard", "aasm", "-o", self.files[1])

    def compare(self, h5, made_again):
        printed = {(r["class"], r["stage"]): r for r in self.table(h5, "summary")}
        self.assertGreater(sum(int(r["count"]) for r in printed.values()), 50)
        seen = 0
        for row in made_again:
            want = printed[row["class"], row["stage"]]
            for column in set(row) - {"class", "stage"}:
                a, b = float(row[column]), float(want[column])
                same = math.isnan(a) and math.isnan(b) or math.isclose(a, b, rel_tol=1e-9, abs_tol=1e-9)
                self.assertTrue(same, f"{row['class']} {row['stage']} {column}: {a} is not {b}")
            seen += 1
        self.assertEqual(seen, len(printed))

    @unittest.skipUnless(importlib.util.find_spec("pandas") and importlib.util.find_spec("tables"), "skipped: pandas and PyTables are not installed")
    def test_python(self):
        import tables
        warnings.simplefilter("ignore", tables.NaturalNameWarning)
        for h5 in self.files:
            self.compare(h5, by_pandas(h5))

    def test_r(self):
        if not shutil.which("Rscript") or subprocess.run(["Rscript", "-e", "library(rhdf5)"], capture_output=True).returncode:
            self.skipTest("skipped: R with rhdf5 is not installed")
        for h5 in self.files:
            done = subprocess.run(["Rscript", "--vanilla", SCRIPT, h5, self.folder / "again.tsv"], capture_output=True)
            self.assertEqual(done.returncode, 0, words(done.stderr))
            self.compare(h5, rows((self.folder / "again.tsv").read_bytes()))


if __name__ == "__main__":
    main()
