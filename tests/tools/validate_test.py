#!/usr/bin/env python3
# scripts/validate over a made folder as the open PSG-IPA collection has it: simulated nights, several scorers as EDF+ annotations.
# SPDX-License-Identifier: BSD-3-Clause
import os
import shutil
import subprocess

from harness import BIN, DATA, FINE, PARTIAL, SOURCE, USAGE, Case, main, reference, rows, words


def annotations(notes, start=b"01.01.0123.00.00"):
    """Bytes of an EDF+ file of annotations only, as most programs write it: one record with everything in it."""
    tals = b"+0\x14\x14\0" + b"".join(b"+%.6f\x15%.6f\x14%s\x14\0" % (onset, duration, text.encode()) for onset, duration, text in notes)
    samples = len(tals) // 2 + 1
    fixed = b"0".ljust(8) + b"X X X X".ljust(80) + b"Startdate 01-JAN-2001 X X X".ljust(80) + start + b"512".ljust(8)
    fixed += b"EDF+C".ljust(44) + b"1".ljust(8) + b"0".ljust(8) + b"1".ljust(4)
    signal = b"EDF Annotations".ljust(16) + b"".ljust(88) + b"-1".ljust(8) + b"1".ljust(8) + b"-32768".ljust(8) + b"32767".ljust(8)
    signal += b"".ljust(80) + str(samples).encode().ljust(8) + b"".ljust(32)
    return fixed + signal + tals.ljust(2 * samples, b"\0")


class Validate(Case):
    def setUp(self):
        super().setUp()
        self.nights = self.folder / "nights"
        (self.nights / "scored").mkdir(parents=True)

    def validate(self, *given, where=None):
        environment = dict(os.environ)
        return subprocess.run([SOURCE / "scripts" / "validate", "--bin", BIN, "--draws", "100", *given], capture_output=True,
                              env=environment, timeout=600, cwd=where)

    def simulate(self, name, seed):
        """A recording with two scorers of stages and two of limb movements, all in files of their own."""
        recording = self.folder / f"{name}.edf"
        self.ok("psg-simulate", "-q", "--seed", seed, "--hours", 1, "--eeg-rate", 128, "--ecg-rate", 128, "--emg-rate", 256,
                "--leg-movements", 20, "-o", recording)
        recording.rename(self.nights / recording.name)
        stages = rows((self.folder / f"{name}.hypnogram.tsv").read_bytes())
        truth = [(30.0 * i, 30.0, f"Sleep stage {r['stage']}") for i, r in enumerate(stages)]
        lazy = [(t, d, "Sleep stage N2" if s == "Sleep stage N3" else s) for t, d, s in truth]
        limbs = [(float(r["onset"]), float(r["duration"]), f"limb movement@@EMG {'LAT' if side == 'L' else 'RAT'}")
                 for r in rows((self.folder / f"{name}.truth.tsv").read_bytes()) if r["class"] == "leg_movement"
                 for side in ("LR" if r["side"] == "B" else r["side"])]
        self.assertGreater(len(limbs), 5)
        scored = self.nights / "scored"
        (scored / f"{name}_sleepscoring_scorer1.edf").write_bytes(annotations(truth))
        (scored / f"{name}_sleepscoring_scorer2.edf").write_bytes(annotations(lazy))
        (scored / f"{name}_lm_scorer1.edf").write_bytes(annotations(limbs))
        (scored / f"{name}_lm_scorer2.edf").write_bytes(annotations(limbs[::2]))  # sees every second one

    def test_a_folder_of_nights(self):
        self.simulate("SN1", 1)
        self.simulate("SN10", 2)  # whose name begins like the other's
        table = self.folder / "table.tsv"
        result = self.validate(self.nights, "-o", table)
        self.assertEqual(result.returncode, FINE, words(result.stderr) + table.read_text() if table.exists() else words(result.stderr))
        got = {(r["section"], r["recording"], r["reference"], r["measure"], r["of"]): r for r in rows(table.read_bytes())}
        value = lambda *key: float(got[key]["value"])
        self.assertFalse([k for k in got if k[0] == "failed"])
        for night in ("SN1.edf", "SN10.edf", "all nights"):
            for scorer in ("sleepscoring_scorer1", "sleepscoring_scorer2", "consensus of the others"):
                # an hour of simulated EEG, against a scorer who knows no N3: 0.296 with the model of version 5
                self.assertGreater(value("stages", night, scorer, "kappa", "all"), 0.25)
                self.assertIn(("stages", night, scorer, "f1", "N2"), got)
            self.assertGreater(value("events", night, "lm_scorer1", "sensitivity", "leg_movement"), 0.8)
            self.assertGreater(value("events", night, "lm_scorer1", "precision", "leg_movement"),
                               value("events", night, "lm_scorer2", "precision", "leg_movement"))
            self.assertLess(abs(value("events", night, "lm_scorer1", "onset_error", "leg_movement")), 0.2)
        pooled = got["stages", "all nights", "sleepscoring_scorer1", "kappa", "all"]
        self.assertLess(float(pooled["low"]), float(pooled["value"]))
        self.assertEqual(int(pooled["n"]), sum(int(got["stages", n, "sleepscoring_scorer1", "kappa", "all"]["n"]) for n in ("SN1.edf", "SN10.edf")))
        bias = got["sleep", "all nights", "sleepscoring_scorer1", "tst", "bias"]
        each = [value("sleep", n, "sleepscoring_scorer1", "tst", "difference") for n in ("SN1.edf", "SN10.edf")]
        self.assertAlmostEqual(float(bias["value"]), sum(each) / 2)
        self.assertEqual((bias["n"], bias["unit"]), ("2", "min"))
        self.assertIn(("sleep", "all nights", "sleepscoring_scorer1", "tst", "upper limit of agreement"), got)
        self.assertIn(("scorers", "all nights", "sleepscoring_scorer1 / sleepscoring_scorer2", "kappa", "all"), got)
        self.assertAlmostEqual(value("scorers", "all nights", "lm_scorer1 / lm_scorer2", "precision", "leg_movement"), 1)
        # an existing table is kept
        self.assertEqual(self.validate(self.nights, "-o", table).returncode, DATA)

    def test_what_fails_is_one_row(self):
        self.simulate("SN1", 1)
        (self.nights / "cut.edf").write_bytes((self.nights / "SN1.edf").read_bytes()[:300])
        (self.nights / "cut_scorer1.tsv").write_text("W\n")
        (self.nights / "lonely.edf").write_bytes((self.nights / "SN1.edf").read_bytes())
        (self.nights / "SN1_odd.txt").write_text("W\nnonsense\n")
        (self.nights / "SN1_notes.edf").write_bytes(annotations([(1, 1, "patient talks")]))
        result = self.validate(self.nights)
        self.assertEqual(result.returncode, PARTIAL, words(result.stderr))
        failed = [r for r in rows(result.stdout) if r["section"] == "failed"]
        self.assertEqual(sorted((r["recording"], r["reference"]) for r in failed),
                         [("SN1.edf", "notes"), ("SN1.edf", "odd"), ("cut.edf", ""), ("lonely.edf", "")])
        reasons = {(r["recording"], r["reference"]): r["reason"] for r in failed}
        self.assertIn("line 2", reasons["SN1.edf", "odd"])
        self.assertIn("header", reasons["cut.edf", ""])
        self.assertIn("no scoring", reasons["lonely.edf", ""])
        self.assertIn("neither stages nor movements", reasons["SN1.edf", "notes"])
        self.assertTrue(any(r["section"] == "stages" and r["recording"] == "SN1.edf" for r in rows(result.stdout)))

    def test_a_real_night(self):
        shutil.copy(reference("staging/ucddb018/ucddb018.edf"), self.nights / "u.edf")
        shutil.copy(reference("staging/ucddb018/hypnogram.tsv"), self.nights / "u_human.tsv")
        table = self.validate(self.nights)
        self.assertEqual(table.returncode, FINE, words(table.stderr))  # it has no legs, and nobody scored any
        kappa = next(r for r in rows(table.stdout) if r["measure"] == "kappa" and r["of"] == "all")
        self.assertEqual((kappa["recording"], kappa["reference"], kappa["n"]), ("u.edf", "human", "822"))
        self.assertGreater(float(kappa["value"]), 0.7)
        relative = self.validate(self.nights.name, where=self.nights.parent)
        self.assertEqual((relative.returncode, relative.stdout), (FINE, table.stdout), words(relative.stderr))
        # movements that nobody could look for are no zero
        (self.nights / "u_legs.tsv").write_text("onset\tduration\tevent\n100\t2\tlimb movement\n")
        table = self.validate(self.nights)
        self.assertEqual(table.returncode, PARTIAL)
        failed = [r for r in rows(table.stdout) if r["section"] == "failed"]
        self.assertEqual(len(failed), 1)
        self.assertIn("DETECTOR_NOT_RUN", failed[0]["reason"])
        self.assertFalse([r for r in rows(table.stdout) if r["section"] == "events"])

    def test_refusals(self):
        self.assertEqual(self.validate(self.folder / "none").returncode, USAGE)
        self.assertEqual(self.validate(self.nights).returncode, USAGE)  # no recording
        self.assertEqual(self.validate().returncode, USAGE)
        (self.nights / "a.edf").write_bytes(b"no recording")
        result = self.validate(self.nights)
        self.assertEqual(result.returncode, DATA)
        self.assertIn("nothing could be compared", words(result.stderr))
        usage = subprocess.run([SOURCE / "scripts" / "validate", "--help"], capture_output=True)
        self.assertIn(b"Usage: scripts/validate", usage.stdout)


if __name__ == "__main__":
    main()
