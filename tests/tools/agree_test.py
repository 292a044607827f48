#!/usr/bin/env python3
# psg-agree from outside: pairs, consensus, events, and what it refuses.
# SPDX-License-Identifier: BSD-3-Clause
import json

from harness import DATA, SOURCE, USAGE, Case, main, reference, rows, run, words


class Agree(Case):
    def stages(self, name, text):
        path = self.folder / name
        path.write_text("".join(s + "\n" for s in text.split()))
        return path

    def test_a_pair(self):
        a = self.stages("a.txt", "W W W W N2 N2 N2 N2 R R")
        b = self.stages("b.txt", "W W W N1 N2 N2 N2 N2 R N2")
        table = rows(self.ok("psg-agree", a, b, "--draws", 50).stdout)
        value = {(r["measure"], r["stage"]): float(r["value"]) for r in table}
        self.assertAlmostEqual(value["accuracy", "all"], 0.8)
        # by chance .4 * .3 + .4 * .5 + .2 * .1
        self.assertAlmostEqual(value["kappa", "all"], (0.8 - 0.34) / (1 - 0.34))
        self.assertAlmostEqual(value["f1", "N2"], 8 / 9)
        self.assertEqual(table[0]["reference"], "a.txt")
        confusion = rows(self.ok("psg-agree", a, b, "--table", "confusion").stdout)
        self.assertEqual(sum(int(r["epochs"]) for r in confusion), 10)
        sleep = rows(self.ok("psg-agree", a, b, "--table", "sleep").stdout)
        by_name = {r["measure"]: r for r in sleep}
        self.assertEqual(by_name["sol"]["a.txt"], "2")
        self.assertEqual(by_name["sol"]["b.txt - a.txt"], "-0.5")
        lines = self.ok("psg-agree", a, b, "--json", "--draws", 0).stdout.decode().splitlines()
        self.assertIsNone(json.loads(lines[0])["low"])

    def test_three_scorers_have_a_consensus(self):
        files = [self.stages(f"{n}.txt", s) for n, s in [("a", "W N1 N2 R ?"), ("b", "W N1 N2 R N3"), ("c", "W W N2 N2 N3")]]
        epochs = rows(self.ok("psg-agree", *files, "--table", "epochs").stdout)
        self.assertEqual([r["consensus"] for r in epochs], ["W", "N1", "N2", "R", "N3"])
        table = rows(self.ok("psg-agree", *files, "--draws", 20).stdout)
        self.assertEqual(len([r for r in table if r["reference"] == "consensus of the others"]), 3 * 22)
        self.assertEqual(table[-1]["measure"], "fleiss_kappa")

    def test_events(self):
        a = self.folder / "a.tsv"
        b = self.folder / "b.tsv"
        a.write_text("onset\tduration\tside\n10\t2\tL\n20\t1\tR\n30\t1\tL\n")
        b.write_text("onset\tduration\tside\n10.25\t2\tL\n20\t1\tL\n50\t1\tR\n")
        table = rows(self.ok("psg-agree", "--events", "movements", a, b).stdout)
        self.assertEqual(len(table), 1)
        self.assertEqual((table[0]["matched"], table[0]["onset_error"]), ("1", "0.25"))  # the other leg is no match

    def test_the_same_bytes_again(self):
        night = SOURCE / "sample_data" / "night.hypnogram.tsv"
        staged = self.folder / "staged.tsv"
        staged.write_bytes(self.ok("psg-stage", SOURCE / "sample_data" / "night.edf", "--quiet").stdout)
        first = self.ok("psg-agree", night, staged).stdout
        self.assertEqual(first, self.ok("psg-agree", night, staged).stdout)

    def test_real_night_of_two_scorers(self):
        human = reference("staging/ucddb018/hypnogram.tsv")
        recording = reference("staging/ucddb018/ucddb018.edf")
        staged = self.folder / "staged.tsv"
        staged.write_bytes(self.ok("psg-stage", recording, "--quiet").stdout)
        table = rows(self.ok("psg-agree", human, staged).stdout)
        kappa = next(r for r in table if r["measure"] == "kappa" and r["stage"] == "all")
        self.assertGreater(float(kappa["value"]), 0.7)
        self.assertLess(float(kappa["low"]), float(kappa["value"]))
        self.assertGreater(float(kappa["high"]), float(kappa["value"]))

    def test_refusals(self):
        a = self.stages("a.txt", "W W N2")
        self.assertEqual(run("psg-agree", a).returncode, USAGE)
        self.assertEqual(run("psg-agree", a, a, "--table", "x").returncode, USAGE)
        self.assertEqual(run("psg-agree", a, a, "--block", "0").returncode, USAGE)
        self.assertEqual(run("psg-agree", a, a, "--events", "jerks").returncode, USAGE)
        missing = run("psg-agree", a, self.folder / "none.txt")
        self.assertEqual(missing.returncode, DATA)
        self.assertIn("none.txt", words(missing.stderr))


if __name__ == "__main__":
    main()
