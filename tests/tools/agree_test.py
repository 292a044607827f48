#!/usr/bin/env python3
# psg-agree from outside: pairs, consensus, events, and what it refuses.
# SPDX-License-Identifier: BSD-3-Clause
import json
import math

from harness import DATA, NIGHT, PARTIAL, SOURCE, USAGE, Case, main, reference, rows, run, words


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

    def test_scorings_without_a_common_epoch_are_told(self):
        a, b = self.stages("a.txt", "W N2 N2 ? ? ?"), self.stages("b.txt", "? ? ? N2 N2 W")
        self.assertRegex(words(self.ok("psg-agree", a, b).stderr), "AGREEMENT_LENGTHS: a.txt and b.txt have no scored epoch in common")

    def test_what_gives_no_interval_or_half_a_night_is_told(self):
        a = self.stages("a.txt", "W W W W N2 N2 N2 N2 R R")
        b = self.stages("b.txt", "W W W N1 N2 N2 N2 N2 R N2")
        for block in (10, 10000):
            result = self.ok("psg-agree", a, b, "--block", block)
            self.assertIn("AGREEMENT_INTERVAL", words(result.stderr))
            self.assertEqual({(r["low"], r["high"]) for r in rows(result.stdout)}, {("NaN", "NaN")})
        fine = self.ok("psg-agree", a, b, "--block", 5)
        self.assertNotIn("AGREEMENT", words(fine.stderr))
        self.assertNotIn("NaN", rows(fine.stdout)[0].values())
        short = self.stages("short.txt", "W W W W N2")
        self.assertRegex(words(self.ok("psg-agree", a, short, "--block", 2).stderr), "AGREEMENT_LENGTHS: short.txt has 5 epochs.*a.txt has 10")
        nights = self.folder / "nights.tsv"
        nights.write_text(f"night\tone\ttwo\nn1\t{a}\t{short}\n")
        self.assertIn("AGREEMENT_LENGTHS", words(self.ok("psg-agree", "--nights", nights, "--block", 2).stderr))

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

    def nights(self):
        """Three nights by two or three scorers, and one that cannot be read."""
        self.stages("1a.txt", "W W N2 N2 N2 N2 R R W W")
        self.stages("1b.txt", "W N2 N2 N2 N2 N2 R R W W")
        self.stages("1c.txt", "W W N2 N2 N2 N2 N2 R W W")
        self.stages("2a.txt", "W W N2 N2 N2 R R R W W")
        self.stages("2b.txt", "W W W N2 N2 R R R R W")
        self.stages("3a.txt", "W N1 N2 N2 N2 N2 R R R W")
        self.stages("3b.txt", "W N1 N2 N2 N2 N2 R R W W")
        self.stages("4a.txt", "W W N2")
        self.stages("4b.txt", "W nonsense N2")
        path = self.folder / "list.tsv"
        path.write_text("night\tann\tben\tcy\none\t1a.txt\t1b.txt\t1c.txt\ntwo\t2a.txt\t2b.txt\t\n"
                        "three\t3a.txt\t3b.txt\tn/a\nfour\t4a.txt\t4b.txt\t\n")
        return path

    def test_several_nights(self):
        result = run("psg-agree", "--nights", self.nights(), "--draws", 50)
        self.assertEqual(result.returncode, PARTIAL)
        self.assertIn("not used: four, ben: 4b.txt line 2", words(result.stderr))
        table = rows(result.stdout)
        failed = [r for r in table if r["reason"]]
        self.assertEqual([(r["night"], r["reference"], r["value"]) for r in failed], [("four", "ben", "NaN"), ("four", "", "NaN")])
        figure = {(r["night"], r["reference"], r["other"], r["measure"], r["stage"]): r for r in table}
        pooled = figure["all nights", "ann", "ben", "accuracy", "all"]
        self.assertAlmostEqual(float(pooled["value"]), (9 + 8 + 9) / 30)
        self.assertEqual((pooled["epochs"], pooled["nights"]), ("30", "3"))
        self.assertLess(float(pooled["low"]), float(pooled["high"]))
        self.assertAlmostEqual(float(figure["two", "ann", "ben", "accuracy", "all"]["value"]), 0.8)
        self.assertEqual(figure["all nights", "ann", "cy", "kappa", "all"]["epochs"], "10")
        self.assertIn(("one", "consensus of the others", "cy", "f1", "N2"), figure)
        self.assertEqual(figure["all nights", "all", "all", "fleiss_kappa", "all"]["nights"], "1")
        # one night of the list is the same as that night by itself
        alone = rows(self.ok("psg-agree", *(self.folder / f"1{s}.txt" for s in "abc"), "--draws", 50).stdout)
        here = [r for r in table if r["night"] == "one"]
        self.assertEqual([(r["value"], r["low"], r["high"]) for r in alone], [(r["value"], r["low"], r["high"]) for r in here])

    def test_limits_of_agreement_of_sleep(self):
        table = rows(run("psg-agree", "--nights", self.nights(), "--table", "sleep").stdout)
        tst = next(r for r in table if r["measure"] == "tst" and r["other"] == "ben")
        # TST: 3 3.5, 3 3 (6 of 10 epochs each), 4 3.5 min
        d = [0.5, 0.0, -0.5]
        mean, sd = sum(d) / 3, math.sqrt(sum((x - sum(d) / 3) ** 2 for x in d) / 2)
        self.assertEqual(tst["nights"], "3")
        self.assertAlmostEqual(float(tst["bias"]), mean)
        self.assertAlmostEqual(float(tst["sd"]), sd)
        self.assertAlmostEqual(float(tst["upper"]), mean + 1.96 * sd)
        self.assertAlmostEqual(float(tst["bias_high"]), mean + 4.30265273 * sd / math.sqrt(3), places=6)
        self.assertAlmostEqual(float(tst["reference_mean"]), 10 / 3)
        one = next(r for r in table if r["measure"] == "tst" and r["other"] == "cy" and r["reference"] == "ann")
        self.assertEqual((one["nights"], one["lower"]), ("1", "NaN"))
        each = rows(run("psg-agree", "--nights", self.folder / "list.tsv", "--table", "nights").stdout)
        self.assertEqual([r["difference"] for r in each if r["measure"] == "tst" and r["other"] == "ben"], ["0.5", "0", "-0.5"])

    def test_events_of_several_nights(self):
        for name, lines in {"a1": "10 L\n20 R\n", "b1": "10.25 L\n20 L\n", "a2": "30 L\n", "b2": "30.5 L\n90 L\n"}.items():
            text = "".join(f"{l.split()[0]}\t2\t{l.split()[1]}\n" for l in lines.splitlines())
            (self.folder / f"{name}.tsv").write_text("onset\tduration\tside\n" + text)
        path = self.folder / "list.csv"
        (self.folder / "b3.tsv").write_text("onset\tduration\tside\n7\t2\tL\n")
        path.write_text("ann,ben\na1.tsv,b1.tsv\na2.tsv,b2.tsv\nnone.tsv,b3.tsv\n")
        result = run("psg-agree", "--nights", path, "--events", "movements", "--draws", 100)
        self.assertEqual(result.returncode, PARTIAL)
        table = {r["night"]: r for r in rows(result.stdout) if r["reference_scorer"] or not r["reason"]}
        self.assertEqual(table["a1.tsv"]["matched"], "1")
        pooled = table["all nights"]
        self.assertEqual((pooled["reference"], pooled["other"], pooled["matched"]), ("3", "4", "2"))
        self.assertEqual((pooled["reference_scorer"], pooled["onset_error"]), ("ann", "0.375"))
        self.assertLessEqual(float(pooled["sensitivity_low"]), 2 / 3)
        self.assertIn("none.tsv", table["none.tsv"]["reason"])

    def test_a_night_counts_once(self):
        a, b = self.stages("a.txt", "W W N2 N2 R R N2 W W"), self.stages("b.txt", "W N2 N2 N2 R R N2 W W")
        (self.folder / "sub").mkdir()
        path = self.folder / "list.tsv"
        for other_a, other_b in (("a.txt", "b.txt"), ("sub/../a.txt", "c.txt")):
            self.stages("c.txt", "W W W W W W W W W")
            path.write_text(f"night\tann\tben\none\ta.txt\tb.txt\ntwo\t{other_a}\t{other_b}\n")
            for options in ([], ["--table", "sleep"], ["--events", "movements"]):
                result = run("psg-agree", "--nights", path, *options)
                self.assertEqual(result.returncode, DATA, options)
                self.assertRegex(words(result.stderr), "list.tsv line 3: .*a.txt.*line 2")
        # copies under other names are told
        self.stages("a2.txt", "W W N2 N2 R R N2 W W"), self.stages("b2.txt", "W N2 N2 N2 R R N2 W W")
        path.write_text("night\tann\tben\none\ta.txt\tb.txt\ntwo\ta2.txt\tb2.txt\n")
        self.assertRegex(words(self.ok("psg-agree", "--nights", path).stderr), "the nights 'one' and 'two' are scored alike")
        self.stages("a2.txt", "W W N2 N2 R R N2 N2 W")
        path.write_text("night\tann\tben\none\ta.txt\tb.txt\ntwo\ta2.txt\tb2.txt\n")
        self.assertNotIn("scored alike", words(self.ok("psg-agree", "--nights", path).stderr))
        for name in ("e1", "e2", "f1", "f2"):
            (self.folder / f"{name}.tsv").write_text("onset\tduration\tside\n10\t2\tL\n")
        path.write_text("night\tann\tben\none\te1.tsv\tf1.tsv\ntwo\te2.tsv\tf2.tsv\n")
        self.assertIn("scored alike", words(self.ok("psg-agree", "--nights", path, "--events", "movements").stderr))

    def test_who_scored_nothing_is_told(self):
        some, none = self.folder / "some.tsv", self.folder / "none.tsv"
        some.write_text("onset\tduration\tside\n10\t2\tL\n")
        none.write_text("onset\tduration\tside\n")
        for a, b, told in ((some, none, 1), (none, some, 1), (none, none, 2), (some, some, 0)):
            said = words(self.ok("psg-agree", "--events", "movements", a, b).stderr)
            self.assertEqual(said.count("has none of the events"), told, said)
        self.assertIn("none.tsv has none", words(self.ok("psg-agree", "--events", "movements", some, none).stderr))
        self.stages("a.txt", "W W N2"), self.stages("b.txt", "W W N2")
        path = self.folder / "list.tsv"
        path.write_text("night\tann\tben\tcyy\none\ta.txt\tb.txt\t\n")
        self.assertRegex(words(self.ok("psg-agree", "--nights", path).stderr), "no scoring of 'cyy'")
        path.write_text("night\tann\tben\tcyy\none\tsome.tsv\tnone.tsv\t\n")
        said = words(self.ok("psg-agree", "--nights", path, "--events", "movements").stderr)
        self.assertRegex(said, "no scoring of 'cyy'")
        self.assertRegex(said, "ben has none of the events")

    def test_a_shifted_grid_is_left_out(self):
        self.stages("a.txt", "W W N2 N2 N2 R")
        self.stages("b.txt", "W N2 N2 N2 N2 R")
        (self.folder / "c.tsv").write_text("onset\tduration\tstage\n" + "".join(f"{10 + 30 * i}\t30\tN2\n" for i in range(5)))
        path = self.folder / "list.tsv"
        path.write_text("c\ta\tb\nc.tsv\ta.txt\tb.txt\n")
        result = run("psg-agree", "--nights", path, "--draws", 0)
        self.assertEqual(result.returncode, PARTIAL)
        self.assertIn("c.tsv, c: its epochs begin 10 s off", words(result.stderr))
        self.assertTrue(any(r["night"] == "all nights" and r["reference"] == "a" for r in rows(result.stdout)))

    def test_contents_of_files(self):
        path = self.nights()
        table = rows(run("psg-agree", "--nights", path, "--table", "contents").stdout)
        self.assertEqual((table[0]["night"], table[0]["scorer"], table[0]["epochs"], table[0]["movements"]), ("one", "ann", "10", "0"))
        self.assertIn("4b.txt", table[-1]["reason"])

    def test_night_h5_and_edf_are_scorings(self):
        h5, edf = self.folder / "night.h5", self.folder / "staged.edf"
        self.ok("psg-export", NIGHT, "-o", h5)
        self.ok("psg-stage", NIGHT, "-q", "-o", edf)
        scored = SOURCE / "sample_data" / "night.hypnogram.tsv"
        table = rows(self.ok("psg-agree", scored, h5, edf, "--draws", 0, "--recording", NIGHT).stdout)
        value = {(r["reference"], r["other"], r["measure"], r["stage"]): float(r["value"]) for r in table}
        self.assertEqual(value["night.hypnogram.tsv", "night.h5", "accuracy", "all"], 1)  # the companion was exported
        self.assertLess(value["night.h5", "staged.edf", "accuracy", "all"], 1)
        events = rows(self.ok("psg-agree", "--events", "movements", h5, h5, "--draws", 0).stdout)
        self.assertGreater(len(events), 1)
        self.assertTrue(all(r["f1"] == "1" for r in events))

    def test_one_window_for_both(self):
        # the second scorer left the beginning out: no difference in sleep onset may come of it
        a = self.stages("a.txt", "W W W W N2 N2 N2 N2 R W")
        b = self.stages("b.txt", "? ? W W N2 N2 N2 N2 R W")
        sleep = {r["measure"]: r for r in rows(self.ok("psg-agree", a, b, "--table", "sleep").stdout)}
        self.assertEqual((sleep["sol"]["a.txt"], sleep["sol"]["b.txt"], sleep["tib"]["a.txt"]), ("1", "1", "4"))

    def test_refused_lists(self):
        path = self.folder / "list.tsv"
        for text in ["", "night\ta\tb\n", "a\tb\nx\ty\nx\tz\n", "night\ta\tb\nn\t\t\n", "a\nx\n", "a\tb\nx\n"]:
            path.write_text(text)
            result = run("psg-agree", "--nights", path)
            self.assertIn(result.returncode, (DATA, USAGE), text)
            self.assertEqual(result.stdout, b"")
        path.write_text("a\tb\nx\ty\n")
        self.assertEqual(run("psg-agree", "--nights", path).returncode, DATA)  # no night is left
        self.assertEqual(run("psg-agree", "--nights", path, "z").returncode, USAGE)

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
