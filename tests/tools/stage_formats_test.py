#!/usr/bin/env python3
# Everything that psg-stage writes comes back the same: HDF5, EDF+ annotations, Luna's .eannot, plain lists.
# SPDX-License-Identifier: BSD-3-Clause
import importlib.util
import json
import unittest

from harness import DATA, FINE, NIGHT, PARTIAL, SOURCE, USAGE, Case, main, reference, rows, run, words

ENDINGS = {"tsv": "tsv", "json": "jsonl", "hdf5": "h5", "edf": "edf", "eannot": "eannot"}


class StageFormats(Case):
    def stages(self, recording=NIGHT):
        return [r["stage"] for r in rows(self.ok("psg-stage", recording, "-q").stdout)]

    def write(self, format, recording=NIGHT):
        path = self.folder / f"x.{ENDINGS.get(format, 'txt')}"
        self.ok("psg-stage", recording, "-q", "--format", format, "-o", path, "--force")
        return path

    def test_the_ending_tells_the_format(self):
        for format, ending in ENDINGS.items():
            named = self.folder / f"y.{ending}"
            self.ok("psg-stage", NIGHT, "-q", "-o", named)
            self.assertEqual(named.read_bytes(), self.write(format).read_bytes(), format)
            self.ok("psg-stage", NIGHT, "-q", "-o", named, "--force")  # the same bytes again
            self.assertEqual(named.read_bytes(), self.write(format).read_bytes(), format)

    def test_upper_case_and_unknown_endings(self):
        for name, format in (("a.TSV", "tsv"), ("a.Edf", "edf"), ("a.H5", "hdf5"), ("a.JSON", "json"), ("a.txt", "tsv"), ("a", "tsv")):
            self.ok("psg-stage", NIGHT, "-q", "-o", self.folder / name)
            self.assertEqual((self.folder / name).read_bytes(), self.write(format).read_bytes(), name)
        said = words(run("psg-stage", NIGHT, "-o", self.folder / "a.csv").stderr)
        self.assertIn("psg-export NAME.h5 --to csv", said)

    def test_every_format_comes_back(self):
        wanted = self.stages()
        tsv = self.write("tsv")
        for format in ["json", "hdf5", "edf", "eannot", "plain"]:
            path = self.write(format)
            epochs = rows(self.ok("psg-agree", tsv, path, "--table", "epochs").stdout)
            name = next(c for c in epochs[0] if c == path.name)
            self.assertEqual([r[name] for r in epochs], wanted, format)
            self.assertEqual([r["x.tsv"] for r in epochs], wanted, format)
            if format != "hdf5":
                given = rows(self.ok("psg-stage", NIGHT, "-q", "--hypnogram", path).stdout)
                self.assertEqual([r["stage"] for r in given], wanted, format)
        sleep = [[(r["measure"], r["value"]) for r in rows(self.ok("psg-stats", "--sleep", self.write(f)).stdout)]
                 for f in ["tsv", "json", "hdf5", "edf", "eannot", "plain"]]
        self.assertTrue(all(s == sleep[0] for s in sleep))

    def test_the_tables_are_those_of_an_exported_night(self):
        h5, night = self.write("hdf5"), self.folder / "night.h5"
        self.ok("psg-export", NIGHT, "--no-companion", "-o", night)
        for table in ["recording", "channels", "segments", "epochs", "sleep"]:
            self.assertEqual(self.table(h5, table), self.table(night, table), table)
        self.assertEqual(self.ok("psg-stats", "--sleep", h5).stdout, self.ok("psg-stats", "--sleep", night).stdout)

    @unittest.skipUnless(importlib.util.find_spec("h5py"), "h5py is not installed")
    def test_h5py_reads_the_epochs(self):
        import h5py
        with h5py.File(self.write("hdf5")) as file:
            self.assertEqual([s.decode() for s in file["epochs"]["stage"]], self.stages())

    @unittest.skipUnless(importlib.util.find_spec("mne"), "MNE is not installed")
    def test_mne_reads_the_annotations(self):
        import mne
        notes = [a for a in mne.read_annotations(self.write("edf")) if a["duration"] > 0]
        self.assertEqual([a["description"] for a in notes], [f"Sleep stage {s}" for s in self.stages()])
        self.assertEqual([a["onset"] for a in notes], [30.0 * i for i in range(len(notes))])

    def test_the_hdf5_is_no_hypnogram_but_its_text_is(self):
        h5 = self.write("hdf5")
        refused = run("psg-detect", "-q", NIGHT, "--hypnogram", h5)
        self.assertEqual(refused.returncode, DATA)
        self.assertIn("psg-export FILE --to tsv", words(refused.stderr))
        text = self.folder / "hypnogram.tsv"
        text.write_bytes(self.ok("psg-export", h5, "--to", "tsv", "--table", "epochs").stdout)
        staged = rows(self.ok("psg-stage", "-q", NIGHT, "--hypnogram", text).stdout)
        self.assertEqual([r["stage"] for r in staged], self.stages())

    def test_lights_come_back(self):
        lights = ["--lights-off", "65.5", "--lights-on", "905"]
        for ending in ("tsv", "jsonl", "h5", "edf"):
            path = self.folder / f"lights.{ending}"
            self.ok("psg-stage", NIGHT, "-q", "-o", path, *lights)
            sleep = {r["measure"]: r["value"] for r in rows(self.ok("psg-stats", "--sleep", path).stdout)}
            self.assertEqual(float(sleep["tib"]), (905 - 65.5) / 60, ending)
            if ending != "h5":
                again = rows(self.ok("psg-stage", NIGHT, "-q", "--hypnogram", path).stdout)
                self.assertEqual([r["lights_off"] for r in again if r["lights_off"] != "NaN"], ["65.5"], ending)
                self.assertEqual(again[2]["lights_off"], "65.5")
                self.assertEqual(again[30]["lights_on"], "905")
        from_h5 = self.folder / "again.edf"
        self.ok("psg-export", self.folder / "lights.h5", "--to", "edf", "-o", from_h5)
        sleep = {r["measure"]: r["value"] for r in rows(self.ok("psg-stats", "--sleep", from_h5).stdout)}
        self.assertEqual(float(sleep["tib"]), (905 - 65.5) / 60)

    def test_several_periods_in_bed(self):
        notes = self.folder / "scored.tsv"
        stages = ["W"] * 4 + ["N2"] * 12 + ["W"] * 4 + ["N3"] * 8 + ["W"] * 2
        marks = [(30, "Lights off"), (480, "Lights on"), (600, "Lights off"), (900, "Lights on")]
        entries = sorted([(30.0 * i, 30, f"Sleep stage {s}") for i, s in enumerate(stages)] + [(t, 0, n) for t, n in marks])
        notes.write_text("onset\tduration\ttrial_type\n" + "".join(f"{t}\t{d}\t{n}\n" for t, d, n in entries))
        outputs = [notes]
        for ending in ("tsv", "jsonl", "h5", "edf"):
            outputs.append(self.folder / f"night.{ending}")
            said = words(self.ok("psg-stage", NIGHT, "--scoring", notes, "-o", outputs[-1]).stderr)
            self.assertRegex(said, "EVENTS_LIGHTS.*each of the 2 periods")
        for path in outputs:
            sleep = {(r["period"], r["measure"]): r["value"] for r in rows(self.ok("psg-stats", "--sleep", path).stdout)}
            self.assertEqual([sleep[p, "tib"] for p in "012"], ["14.5", "7.5", "5"], path)
            self.assertEqual([sleep[p, "tst"] for p in "012"], ["10", "6", "4"], path)
            self.assertEqual([sleep[p, "sol"] for p in "012"], ["1.5", "1.5", "0"], path)
            self.assertNotIn(("3", "tib"), sleep)
            given = rows(self.ok("psg-stats", "--sleep", "--lights-off", "0", path).stdout)
            self.assertEqual({r["period"] for r in given}, {"0"})

    def test_the_edf_is_conformant(self):
        path = self.write("edf")
        found = rows(self.ok("psg-info", "--check", path).stdout)
        self.assertEqual([(r["verdict"], r["edflib"], r["code"]) for r in found], [("readable", "accepted", "SIMULATED")])
        head = path.read_bytes()[:256]
        self.assertEqual(head[192:197], b"EDF+C")
        length = int(head[236:244]) * float(head[244:252])  # of the header: what is annotated, and no more
        self.assertAlmostEqual(length, 30 * len(self.stages()), delta=0.01)
        self.assertEqual(head[168:176], b"01.01.85")  # the date is not told, and that makes no finding
        notes = rows(self.ok("psg-info", path, "--annotations").stdout) if b"--annotations" in run("psg-info", "--help").stdout else []
        for note in notes:
            self.assertRegex(note["text"], "^(Sleep stage (W|N1|N2|N3|R|\\?)|Simulated recording)$")
        told = words(run("psg-stage", NIGHT, "--hypnogram", path).stderr)
        self.assertNotIn("EVENTS_", told)
        self.assertNotIn("HYPNOGRAM_", told)

    def test_a_real_night(self):
        night = reference("staging/ucddb018/ucddb018.edf")
        wanted = self.stages(night)
        for format in ["hdf5", "edf", "plain"]:
            path = self.write(format, night)
            tsv = self.write("tsv", night)
            epochs = rows(self.ok("psg-agree", tsv, path, "--table", "epochs").stdout)
            self.assertEqual([r[path.name] for r in epochs], wanted, format)

    def test_a_recording_that_cannot_be_staged(self):
        """A muscle in place of an EEG: one warning of three tools, exit code 3 of those that stage, and a reason in every row."""
        alone = self.folder / "night.edf"  # no scoring beside it
        alone.write_bytes(NIGHT.read_bytes())
        wrong = [alone, "--channel", "eeg=Chin"]
        outputs = {"psg-stage": [], "psg-detect": [], "psg-export": ["-o", self.folder / "night.h5"]}
        for tool, output in outputs.items():
            said = words(self.ok(tool, *wrong, *output, code=FINE if tool == "psg-detect" else PARTIAL).stderr)
            self.assertRegex(said, "CHANNEL_NO_EEG.*Chin", tool)
            self.assertRegex(said, "STAGING_NOT_RUN: sleep was not staged: no epoch of the EEG can be scored", tool)
            self.assertEqual("no epoch has a stage" in said, tool != "psg-detect")
        quiet = self.ok("psg-stage", "-q", *wrong, code=PARTIAL)
        self.assertRegex(words(quiet.stderr), r"^psg-stage: sleep was not staged: .*; no epoch has a stage\n$")
        given = self.ok("psg-stage", *wrong, "--hypnogram", self.write("tsv"))
        self.assertNotIn("no epoch has a stage", words(given.stderr))
        for row in rows(quiet.stdout) + self.table(self.folder / "night.h5", "epochs"):
            self.assertEqual((row["stage"], row["reason"]), ("?", "no EEG in the channel"))

    def test_json_lines(self):
        lines = self.ok("psg-stage", NIGHT, "-q", "--format", "json").stdout
        self.assertEqual(lines, self.ok("psg-stage", NIGHT, "-q", "--json").stdout)
        self.assertEqual([json.loads(line)["stage"] for line in lines.splitlines()], self.stages())

    def test_a_list_cannot_tell_a_shifted_grid(self):
        shifted = self.folder / "shifted.tsv"
        shifted.write_text("onset\tduration\tstage\n" + "".join(f"{10 + 30 * i}\t30\tN2\n" for i in range(30)))
        result = run("psg-stage", NIGHT, "-q", "--hypnogram", shifted, "--format", "plain")
        self.assertEqual(result.returncode, USAGE)
        self.assertIn("10 s after the recording", words(result.stderr))
        edf = self.folder / "shifted.edf"
        self.ok("psg-stage", NIGHT, "-q", "--hypnogram", shifted, "-o", edf)
        again = rows(self.ok("psg-stage", NIGHT, "-q", "--hypnogram", edf).stdout)
        self.assertEqual(again[0]["onset"], "10")

    def test_a_night_in_a_day(self):
        day = self.folder / "day.edf"
        self.ok("psg-simulate", "-q", "--hours", "24", "--montage", "minimal", "--no-events", "--eeg-rate", "128", "--emg-rate", "128",
                "--ecg-rate", "128", "-o", day)
        staged = self.folder / "staged.tsv"
        self.ok("psg-stage", "-q", day, "-o", staged)
        table = rows(self.ok("psg-agree", self.folder / "day.hypnogram.tsv", staged).stdout)
        kappa = next(float(r["value"]) for r in table if r["measure"] == "kappa" and r["stage"] == "all")
        print(f"kappa of a simulated night of 10 h in a day of wake: {kappa:.3f}")
        self.assertGreater(kappa, 0.7)

    def test_refusals(self):
        for wrong in (["--format", "xml"], ["--format", "hdf5"], ["--format", "edf", "-o", "-"], ["--json", "--format", "tsv"],
                      ["--format", "tsv", "-o", "x.h5"], ["--format", "edf", "-o", "x.TSV"], ["--format", "tsv", "-o", "x.H5"],
                      ["-o", "x.bdf"], ["-o", "x.BDF"], ["-o", "x.csv"], ["-o", "x.tsv.gz"], ["-o", "x.TSV.GZ"], ["-o", "x.edf.gz"],
                      ["--format", "tsv", "-o", "x.csv"], ["--format", "plain", "-o", "x.xml"], ["--json", "-o", "x.csv"], ["--json", "-o", "x.edf"], ["-o", NIGHT, "--force"]):
            result = run("psg-stage", NIGHT, *wrong, cwd=self.folder)
            self.assertEqual(result.returncode, USAGE, wrong)
            self.assertEqual(list(self.folder.iterdir()), [])


if __name__ == "__main__":
    main()
