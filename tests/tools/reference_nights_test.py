#!/usr/bin/env python3
# The main job on the reference nights: figures of staging, roles, leg movements and their series.
# SPDX-License-Identifier: BSD-3-Clause
import csv
import re
import subprocess
import sys

from harness import Case, main, reference, rows, words


def read_csv(path, delimiter=","):
    with open(path, newline="", encoding="utf-8") as file:
        return list(csv.DictReader(file, delimiter=delimiter))


def cohen_kappa(pairs):
    names = {name for pair in pairs for name in pair}
    n = len(pairs)
    observed = sum(a == b for a, b in pairs) / n
    expected = sum(sum(a == name for a, _ in pairs) * sum(b == name for _, b in pairs) for name in names) / n**2
    return (observed - expected) / (1 - expected)


def seconds(text):
    """Whole microseconds, so that intervals compare exactly."""
    return round(float(text) * 1e6) if text not in ("", "NaN") else None


class RealNight(Case):
    def test_one_eeg_and_no_emg(self):
        night = reference("staging/ucddb018/ucddb018.edf")
        h5 = self.folder / "night.h5"
        said = words(self.ok("psg-export", night, "-o", h5).stderr)
        self.assertIn("CHANNEL_NOT_FOUND", said)
        self.assertRegex(said, r"(?i)\bleg")
        epochs = self.table(h5, "epochs")
        self.assertEqual(len(epochs), 822)
        human = read_csv(reference("staging/ucddb018/hypnogram.tsv"), "\t")
        pairs = [(e["stage"], h["stage"]) for e, h in zip(epochs, human) if h["stage"] != "?"]
        kappa = cohen_kappa(pairs)
        print(f"kappa against the human scorer: {kappa:.3f} over {len(pairs)} epochs")
        self.assertGreaterEqual(kappa, 0.70)
        self.assertEqual(self.table(h5, "events"), [])
        self.assertEqual(self.table(h5, "event_attributes"), [])
        reasons = [row for row in self.table(h5, "provenance") if row["kind"] == "finding"]
        self.assertIn("CHANNEL_NOT_FOUND", {row["name"] for row in reasons})
        self.assertIn("DETECTOR_NOT_RUN", {row["name"] for row in reasons})
        self.assertTrue(any("leg" in row["value"] for row in reasons), reasons)

    def test_ninety_channels(self):
        night = reference("recordings/nox_2min_90ch.edf")
        h5 = self.folder / "night.h5"
        said = words(self.ok("psg-export", night, "-o", h5).stderr)
        chosen = {row["label"]: row["role"] for row in self.table(h5, "channels") if row["chosen"] == "1"}
        roles = set(chosen.values())
        sites = {(row["role"], row["site"]) for row in self.table(h5, "channels") if row["chosen"] == "1"}
        print(sorted(sites))
        labels = " ".join(chosen)
        for wanted in ["C3-M2", "C4-M1", "E1-M2", "E2-M1"]:
            self.assertIn(wanted, labels)
        self.assertLessEqual({"leg_left", "leg_right"}, roles)
        self.assertNotIn("chin", roles)
        self.assertRegex(said, r"CHANNEL_NOT_FOUND.*chin")
        self.assertRegex(said, r"RESOLUTION_COARSE")
        self.assertEqual([e for e in self.table(h5, "events") if e["class"] == "leg_movement"], [])
        coarse = [row for row in self.table(h5, "provenance") if row["name"] == "RESOLUTION_COARSE"]
        self.assertTrue(coarse and any("31" in row["value"] for row in coarse), coarse)
        self.ok("psg-export", night, "--channel", "chin=1-2", "-o", h5, "--force")
        self.assertEqual([row["label"] for row in self.table(h5, "channels") if row["role"] == "chin"], ["1-2"])


class LegMovements(Case):
    def setUp(self):
        super().setUp()
        self.night = reference("movements/main256")
        self.scored = ["--hypnogram", self.night / "hypnogram.csv", "--respiratory", self.night / "resp_events.csv",
                       "--arousals", self.night / "arousals.csv"]

    def test_planted_movements(self):
        h5 = self.folder / "night.h5"
        self.ok("psg-export", self.night / "emg.edf", *self.scored, "-o", h5)
        found = [e for e in self.table(h5, "events") if e["class"] == "leg_movement"]
        with open(self.folder / "lm.csv", "w") as file:
            file.write("leg,onset_s,offset_s\n")
            for e in found:
                file.write(f"{e['side']},{e['onset']},{float(e['onset']) + float(e['duration'])}\n")
        compare = reference("movements/compare_leg_movements.py")
        report = subprocess.run([sys.executable, compare, self.night, self.folder / "lm.csv"], capture_output=True, check=True)
        print(words(report.stdout))
        figures = re.search(r"truth LM (\d+) found (\d+) .* splits (\d+) merges (\d+) .* false (\d+)", words(report.stdout))
        truth, hits, splits, merges, false = map(int, figures.groups())
        self.assertEqual(truth, 300)
        self.assertGreaterEqual(hits, 294)
        self.assertLessEqual(false, 2)
        self.assertLessEqual(splits + merges, 5)
        onset, offset = re.search(r"onset err ms p10/50/90 \S+?/(-?\d+)/\S+ +offset err ms p10/50/90 \S+?/(-?\d+)/", words(report.stdout)).groups()
        self.assertLessEqual(abs(int(onset)), 10)
        self.assertLessEqual(abs(int(offset)), 30)
        index = {row["index"]: float(row["value"]) for row in self.table(h5, "movement_indices")
                 if row["group"] == "sleep" and row["side"] == ""}
        print(f"PLM index in sleep: {index['plm']:.2f}/h, without respiratory {index['plm_nr']:.2f}/h")
        self.assertAlmostEqual(index["plm"], 22.73, delta=0.5)
        self.assertAlmostEqual(index["plm_nr"], 19.26, delta=0.5)

    def plmscore(self, movements, expected):
        """PLMScoRe's answer, event for event."""
        printed = self.ok("psg-detect", self.night / "emg.edf", "--movements", movements, *self.scored,
                          "--standard", "plmscore").stdout
        classes = {"periodic_leg_movement", "nonperiodic_leg_movement"}
        got = [e for e in rows(printed) if e["class"] in classes]
        want = read_csv(expected)
        self.assertEqual(len(got), len(want))
        stage = {"W": "0", "N1": "1", "N2": "2", "N3": "3", "R": "4"}
        side = {"L": "10", "R": "11", "B": "12"}
        number = lambda text: str(int(float(text)))
        for g, w in zip(got, want):
            mine = {"Onset": seconds(g["onset"]), "Dur": seconds(g["duration"]), "T2": side[g["side"]],
                    "nonCLM": str(1 - int(float(g["candidate"]))), "rLM": number(g["respiratory"]),
                    "PLM": str(int(g["series"] != "0")), "PLMnr": str(int(g["series_nr"] != "0")),
                    "Stage": stage[g["stage"]], "AR": number(g["arousal"])}
            # PLMnr is empty where the movement is respiratory and so not among those counted
            theirs = {**w, "Onset": seconds(w["Onset"]), "Dur": seconds(w["Dur"]), "PLMnr": w["PLMnr"] or "0"}
            self.assertEqual(mine, {name: theirs[name] for name in mine}, f"at {w['Onset']} s")

    def test_plmscore_on_the_planted_list(self):
        self.plmscore(self.night / "truth_lma.csv", reference("movements/reference/truth_plmscore_events.csv"))

    def test_plmscore_on_random_movements(self):
        folder = reference("movements/reference")
        self.plmscore(folder / "fuzz_lma.csv", folder / "fuzz_plmscore_events.csv")


if __name__ == "__main__":
    main()
