#!/usr/bin/env python3
# psg-train on recordings with hypnograms, from outside: a messy archive of simulated nights, and one real night.
# SPDX-License-Identifier: BSD-3-Clause
import shutil

from harness import DATA, PARTIAL, USAGE, Case, main, reference, rows, run, words


class Train(Case):
    def simulate(self, *seeds):
        for seed in seeds:
            self.ok("psg-simulate", "-q", "--seed", seed, "--hours", 2, "--no-events", "--eeg-rate", 128, "--emg-rate", 128,
                    "--ecg-rate", 128, "-o", self.folder / f"p{seed}.edf")
        return [self.folder / f"p{seed}.edf" for seed in seeds]

    def test_a_messy_archive(self):
        nights = self.simulate(1, 2, 3)
        (self.folder / "cut.edf").write_bytes(nights[0].read_bytes()[:100])
        shutil.copy(nights[1], self.folder / "lonely.edf")  # nothing is beside it
        shutil.copy(nights[0], self.folder / "twin.edf")
        shutil.copy(self.folder / "p1.hypnogram.tsv", self.folder / "twin.hypnogram.tsv")
        shutil.copy(nights[2], self.folder / "odd.edf")
        (self.folder / "odd.hypnogram.tsv").write_text("W\nnonsense\n")
        model = self.folder / "my.model.txt"
        result = run("psg-train", *sorted(self.folder.glob("*.edf")), "-o", model)
        told = words(result.stderr)
        self.assertEqual(result.returncode, PARTIAL, told)
        for reason in ("cut.edf, byte 100", "lonely.edf: no scoring", "twin.edf: is the same night as p1.edf", "odd.hypnogram.tsv line 2"):
            self.assertIn(f"not used: {'found beside the recording: ' if 'line' in reason else ''}{reason}", told)
        self.assertIn("3 nights of 3 people", told)
        self.assertIn("3 of the nights are simulated", told)
        figures = {r["channels"]: float(r["kappa"]) for r in rows(result.stdout)}
        self.assertGreater(figures["all"], 0.8)  # simulated stages are told apart easily
        # the card holds the data, the split, the figures and the tool
        card = dict(line[5:].split(": ", 1) for line in model.read_text().splitlines() if line.startswith("card "))
        self.assertRegex(card["night 1"], "^recording [0-9a-f]{64}, scoring [0-9a-f]{64}, [0-9]+ epochs, 2 channels$")
        self.assertEqual(card["simulated"], "3 of the nights are simulated")
        self.assertIn(f"kappa {figures['all']:.3f}", card["figures all"])
        self.assertIn("psg-train", card["made by"])
        self.assertNotIn("p1.edf", model.read_text())
        # the same file that psg-stage takes, and the same bytes again from the same nights
        staged = rows(self.ok("psg-stage", "-q", "--model", model, nights[0]).stdout)
        scored = rows((self.folder / "p1.hypnogram.tsv").read_bytes())
        same = sum(a["stage"] == b["stage"] for a, b in zip(staged, scored)) / len(scored)
        self.assertGreater(same, 0.9)
        again = self.folder / "again.model.txt"
        self.ok("psg-train", "-q", *reversed(nights), "-o", again)
        self.assertEqual(again.read_bytes(), model.read_bytes())

    def test_a_cut_copy_of_a_night_is_told(self):
        nights = self.simulate(11, 12)
        # the first without its first 20 min, as a recording of somebody else: its header counts the records
        whole = nights[0].read_bytes()
        header, records, length = int(whole[184:192]), int(whole[236:244]), float(whole[244:252])
        out = int(1200 / length)
        size = (len(whole) - header) // records
        (self.folder / "x.edf").write_bytes(whole[:236] + str(records - out).ljust(8).encode() + whole[244:header] + whole[header + out * size:])
        stages = (self.folder / "p11.hypnogram.tsv").read_text().splitlines()
        kept = [line.split("\t") for line in stages[1:]][40:]
        onset = stages[0].split("\t").index("onset")
        for cells in kept:
            cells[onset] = str(float(cells[onset]) - 1200)
        (self.folder / "x.hypnogram.tsv").write_text("\n".join([stages[0], *("\t".join(c) for c in kept)]) + "\n")
        model = self.folder / "my.model.txt"
        said = words(self.ok("psg-train", *sorted(self.folder.glob("*.edf")), "-o", model).stderr)
        self.assertRegex(said, r"p11.edf and x.edf look like one night \(correlation (0.9\d|1.00), 20 min apart\)")
        self.assertEqual(said.count("look like one night"), 1)
        self.assertIn("\ncard doubt: 1 pairs of nights of different people look like one night", model.read_text())
        said = words(self.ok("psg-train", *sorted(self.folder.glob("p*.edf"))).stderr)
        self.assertNotIn("look like one night", said)

    def test_a_list_with_persons(self):
        self.simulate(4, 5, 6)
        (self.folder / "scored").mkdir()
        for seed in (4, 5, 6):
            (self.folder / f"p{seed}.hypnogram.tsv").rename(self.folder / "scored" / f"{seed}.tsv")
        path = self.folder / "nights.tsv"
        path.write_text("recording\tscoring\tperson\np4.edf\tscored/4.tsv\tA\np5.edf\tscored/5.tsv\tA\np6.edf\tscored/6.tsv\tB\n")
        told = words(self.ok("psg-train", "--nights", path).stderr)
        self.assertIn("3 nights of 2 people", told)
        self.assertIn("left out 1 of 2: A", told)
        path.write_text("recording\tscorer\np4.edf\tscored/4.tsv\n")
        self.assertEqual(run("psg-train", "--nights", path).returncode, USAGE)
        path.write_text("recording\np4.edf\n")  # no scoring beside it any more
        self.assertEqual(run("psg-train", "--nights", path).returncode, DATA)

    def test_a_real_night_is_learned_from(self):
        recording, scoring = reference("staging/ucddb018/ucddb018.edf"), reference("staging/ucddb018/hypnogram.tsv")
        nights = self.simulate(7)
        path = self.folder / "nights.tsv"
        path.write_text(f"recording\tscoring\n{recording}\t{scoring}\n{nights[0]}\t\n")
        result = run("psg-train", "--nights", path)  # two strangers: what it learns is of no interest here
        self.assertIn("ucddb018.edf: 822 epochs of", words(result.stderr))
        self.assertIn("2 nights of 2 people", words(result.stderr))

    def test_refusals(self):
        self.assertEqual(run("psg-train").returncode, USAGE)
        for pattern, answer in (("(", "is no regular expression"), ("^P(..)", "does not fit the name")):
            refused = run("psg-train", self.folder / "none.edf", "--person-pattern", pattern)
            self.assertEqual(refused.returncode, USAGE)
            self.assertIn(answer, words(refused.stderr))
        self.assertEqual(run("psg-train", self.folder / "none.edf").returncode, DATA)
        table = self.folder / "t.tsv"
        table.write_text("epoch\tstage\n0\tW\n")
        result = run("psg-train", table)
        self.assertEqual(result.returncode, DATA)
        self.assertIn("t.tsv, line 1", words(result.stderr))


if __name__ == "__main__":
    main()
