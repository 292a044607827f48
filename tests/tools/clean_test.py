#!/usr/bin/env python3
# psg-detect and psg-export on recordings with little or nothing in them: exit code 0, and every detector runs or says what it lacked.
# SPDX-License-Identifier: BSD-3-Clause
import math
import re

from edf_plus import Night
from harness import FINE, PARTIAL, Case, main, reference, rows, run, words

ROLES = ["eeg", "eog_left", "eog_right", "chin", "masseter", "neck", "trunk", "arm_left", "arm_right", "leg_left", "leg_right", "ecg"]


class Clean(Case):
    def simulated(self, *arguments):
        path = self.folder / "night.edf"
        self.ok("psg-simulate", "--hours", 0.05, "--montage", "full", "--emg-rate", 200, "--eeg-rate", 100, "--ecg-rate", 100,
                *arguments, "-q", "-o", path, "--force")
        return path.read_bytes()

    def check(self, name, recording, stages=True):
        """Every detector of the list ran, or told what it lacked; no number is infinite."""
        detectors = [r["name"] for r in rows(self.ok("psg-detect", "--list").stdout) if r["kind"] == "detector"]
        self.assertGreater(len(detectors), 15)
        path, h5 = self.folder / "recording.edf", self.folder / "out.h5"
        path.write_bytes(recording)
        scored = self.folder / "stages.txt"  # of every kind, so that only channels can lack
        scored.write_text("W\nN1\nN2\nR\n")
        for given in ([], ["--hypnogram", scored]) if stages else ([],):
            printed = self.ok("psg-detect", path, *given)
            for event in rows(printed.stdout):
                self.assertFalse(float(event.get("strength_ratio") or 0) > 1e6, event)
            done = run("psg-export", path, *given, "-o", h5, "--force")
            self.assertEqual(done.returncode, PARTIAL if "no epoch has a stage" in words(done.stderr) else FINE, words(done.stderr))
            self.assertFalse(given and done.returncode)
            provenance = self.table(h5, "provenance")
            ran = {r["name"]: r["value"] for r in provenance if r["kind"] == "detector"}
            self.assertEqual(sorted(ran), sorted(detectors))
            told = {}
            for row in provenance:
                if row["kind"] == "finding":
                    told.setdefault(row["source"].split(", ")[0], []).append(f"{row['name']} {row['value']} {row['source']} {row['label']}")
            for detector in detectors:
                said = "\n".join(told.get(detector, []))
                with self.subTest(recording=name, detector=detector, said=said):
                    if ran[detector] == "ran":
                        continue
                    self.assertIn("DETECTOR_NOT_RUN", said)
                    self.assertIn(f"[{detector}", words(printed.stderr))
                    self.assertTrue(any(re.search(rf"\b{role}\b", said) for role in ROLES) or re.search("no epoch .*is", said))
            self.no_infinite_rates(name, h5)

    def no_infinite_rates(self, name, h5):
        for table in ("summary", "movement_indices", "night_measures"):
            for row in self.table(h5, table):
                for column in ("rate", "value", "mean_duration"):
                    if column in row:
                        self.assertFalse(math.isinf(float(row[column])), (name, table, row))

    def test_flat(self):
        night = Night(self.simulated("--no-events"))
        night.records = [bytes(len(r)) for r in night.records]
        self.check("flat", night.write([(0, 120, 0)], "EDF+C"))

    def test_gapped(self):
        night = Night(self.simulated())
        self.check("gapped", night.write([(0, 50, 0), (50, 51, 55), (60, 180, 70)]))

    def test_two_minutes(self):
        night = Night(self.simulated())
        self.check("2 min", night.write([(0, 120, 0)], "EDF+C"))
        self.check("1 s", night.write([(0, 1, 0)], "EDF+C"))

    def test_few_leads(self):
        self.check("head alone", self.cut(b"F4-M1", b"C3-M2", b"E1-M2", b"E2-M1"))
        self.check("one leg", self.cut(b"Leg L"))
        self.check("breath alone", self.cut(b"Airflow", b"Thorax"))

    def cut(self, *labels):
        """Two minutes of these channels alone."""
        night = Night(self.simulated())
        kept = [i for i, text in enumerate(night.fields[0][1][:-1]) if text.strip() in labels]
        self.assertEqual(len(kept), len(labels))
        return night.write([(0, 120, 0)], "EDF+C", kept)

    def test_no_records(self):
        self.check("empty", Night(self.simulated("--no-events")).write([(0, 0, 0)], "EDF+C"), stages=False)

    def test_real_two_minutes(self):
        self.check("nox", reference("recordings/nox_2min_90ch.edf").read_bytes())


if __name__ == "__main__":
    main()
