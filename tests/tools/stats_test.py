#!/usr/bin/env python3
# psg-stats from outside: the same night from HDF5, text and standard input; lights; refusals.
# SPDX-License-Identifier: BSD-3-Clause
from harness import DATA, NIGHT, USAGE, Case, main, rows, run, words


class Stats(Case):
    def sleep(self, *arguments, **options):
        table = rows(self.ok("psg-stats", "--sleep", *arguments, **options).stdout)
        return {r["measure"]: r["value"] for r in table}

    def test_hdf5_text_and_stdin_tell_the_same(self):
        h5 = self.folder / "night.h5"
        self.ok("psg-export", NIGHT, "-o", h5)
        staged = self.ok("psg-export", h5, "--to", "tsv", "--table", "epochs").stdout
        from_file = self.sleep(h5)
        self.assertEqual(from_file, self.sleep("-", stdin=staged))
        self.assertEqual({r["measure"]: r["value"] for r in self.table(h5, "sleep")}, from_file)
        self.assertEqual({r["simulated"] for r in self.table(h5, "sleep")}, {"1"})

    def test_what_is_simulated_stays_so(self):
        for ending in ("tsv", "jsonl", "h5", "edf"):
            staged = self.folder / f"staged.{ending}"
            self.ok("psg-stage", "-q", NIGHT, "-o", staged)
            told = rows(self.ok("psg-stats", "--sleep", staged).stdout)
            self.assertEqual({r["simulated"] for r in told}, {"1"}, ending)

    def test_severity(self):
        h5 = self.folder / "night.h5"
        exported = self.ok("psg-export", NIGHT, "-o", h5)
        self.assertIn("proposed rule, checked on simulated signals", words(exported.stderr))
        printed = self.ok("psg-stats", "--severity", h5)
        severity = rows(printed.stdout)
        self.assertIn("diagnosis", words(printed.stderr))
        self.assertEqual(severity, self.table(h5, "severity"))
        by = {(r["class"], r["stage"]): r for r in severity}
        for r in self.table(h5, "summary"):
            if not r["class"].endswith("artefact"):  # of the signal, not of the sleeper
                mine = by.pop((r["class"], r["stage"]))
                self.assertEqual([mine[c] for c in ("count", "minutes", "rate")], [r[c] for c in ("count", "minutes", "rate")], r)
        self.assertEqual({stage for _, stage in by}, {"wake_before_sleep", "sleep_onset"})
        self.assertFalse({"artefact", "leg_artefact"} & {r["class"] for r in severity})
        for r in severity:
            self.assertIn("checked on simulated signals", r["basis"])
            self.assertEqual(r["simulated"], "1")
            told = any(r[c] for c in ("frequency", "strength", "duration")) or r["percentile_to"] != "NaN"
            self.assertEqual(bool(r["source"]), told, r)
            if r["count"] == "0":
                self.assertEqual({r[c] for c in ("ratio_median", "uv_q1", "length_q3", "clustered", "woke", "aroused")}, {"NaN"})
        jerk = next(r for r in severity if r["class"] == "hypnic_jerk" and r["stage"] == "all")
        ratios = sorted(float(e["strength_ratio"]) for e in rows(self.ok("psg-detect", NIGHT, "-q", "--only", "hypnic_jerk").stdout))
        self.assertEqual(len(ratios), int(jerk["count"]))
        middle = (ratios[(len(ratios) - 1) // 2] + ratios[len(ratios) // 2]) / 2
        self.assertAlmostEqual(float(jerk["ratio_median"]), middle, 9)
        norms = rows(self.ok("psg-stats", "--severity", "--table", "norms", h5).stdout)
        self.assertGreater(len(norms), 20)
        for n in norms:
            self.assertTrue(n["source"] and n["population"] and n["text"], n)
            self.assertIn(n["flag"], ("", "usual", "outside the published range", "depends on age"))
            self.assertTrue(n["range"] or not n["flag"], n)
        self.assertIn('"basis":"proposed rule, checked on simulated signals"', words(self.ok("psg-stats", "--severity", "--json", h5).stdout).replace('": "', '":"'))
        for wrong in (["--severity", "--sleep", h5], ["--severity", "--lights-off", "0", h5], ["--severity", "--table", "cycles", h5]):
            self.assertEqual(run("psg-stats", *wrong).returncode, USAGE, wrong)
        night = self.folder / "night.txt"
        night.write_text("W\nN2\n")
        self.assertEqual(run("psg-stats", "--severity", night).returncode, DATA)

    def test_by_hand(self):
        night = self.folder / "night.txt"
        night.write_text("".join(s + "\n" for s in ["W"] * 20 + ["N2"] * 40 + ["R"] * 10 + ["W"] * 10))
        sleep = self.sleep(night)
        self.assertEqual((sleep["sol"], sleep["tst"], sleep["rem_latency"], sleep["waso_aasm"]), ("10", "25", "20", "5"))
        later = self.sleep(night, "--lights-off", "300")
        self.assertEqual((later["sol"], later["tib"], float(later["se"])), ("5", "35", 100 * 25 / 35))
        transitions = rows(self.ok("psg-stats", "--sleep", "--table", "transitions", night).stdout)
        self.assertEqual(sum(int(r["count"]) for r in transitions), 79)
        cycles = rows(self.ok("psg-stats", "--sleep", "--table", "cycles", night).stdout)
        self.assertEqual([(r["onset"], r["nrem"], r["rem"]) for r in cycles], [("600", "20", "5")])
        bouts = rows(self.ok("psg-stats", "--sleep", "--table", "bouts", night).stdout)
        self.assertEqual([r["count"] for r in bouts], ["2", "0", "1", "0", "1"])

    def test_of_an_unscored_night_nothing_is_known(self):
        night = self.folder / "unscored.txt"
        night.write_text("?\n" * 40)
        printed = self.ok("psg-stats", "--sleep", night)
        self.assertIn("no epoch", words(printed.stderr))
        for r in rows(printed.stdout):
            self.assertEqual(r["value"], {"tib": "20", "unscored": "20", "unscored_outside": "0"}.get(r["measure"], "NaN"), r)
        bouts = rows(self.ok("psg-stats", "--sleep", "--table", "bouts", night).stdout)
        self.assertEqual({r["count"] for r in bouts}, {"NaN"})

    def test_unscored_ends_are_told(self):
        night = self.folder / "ends.txt"
        night.write_text("?\n" * 10 + "W\n" * 4 + "N2\n?\nN2\n" + "?\n" * 6)
        printed = self.ok("psg-stats", "--sleep", night)
        self.assertRegex(words(printed.stderr), r"HYPNOGRAM_LENGTH.* 8 min at the ends")
        measures = {r["measure"]: r["value"] for r in rows(printed.stdout)}
        self.assertEqual([measures[m] for m in ("tib", "unscored", "unscored_outside", "sol")], ["3.5", "0.5", "8", "2"])
        whole = self.ok("psg-stats", "--sleep", "--lights-off", "0", "--lights-on", "690", night)
        self.assertNotIn("HYPNOGRAM_LENGTH", words(whole.stderr))
        measures = {r["measure"]: r["value"] for r in rows(whole.stdout)}
        self.assertEqual([measures[m] for m in ("tib", "unscored", "unscored_outside", "sol")], ["11.5", "8.5", "0", "7"])

    def test_lights_that_cannot_be(self):
        night = self.folder / "asleep.txt"
        night.write_text("N2\n" * 20)  # 600 s
        for off, on, tib in (("0", "9000", "10"), ("-90", "600", "10"), ("-50", "9000", "10")):
            said = words(self.ok("psg-stats", "--sleep", f"--lights-off={off}", "--lights-on", on, night).stderr)
            self.assertRegex(said, r"EVENTS_LIGHTS.*0 to 600 s")
            self.assertEqual(self.sleep(night, f"--lights-off={off}", "--lights-on", on)["tib"], tib)
        for off, on in (("10", "11"), ("30", "31"), ("700", "9000"), ("300", "200")):
            self.assertEqual(run("psg-stats", "--sleep", "--lights-off", off, "--lights-on", on, night).returncode, USAGE)
        self.assertEqual(self.sleep(night, "--lights-off", "0", "--lights-on", "31")["se"], "100")

    def test_lights_of_the_file_are_used(self):
        h5 = self.folder / "night.h5"
        self.ok("psg-export", NIGHT, "-o", h5, "--lights-off", "60", "--lights-on", "900")
        self.assertEqual(self.sleep(h5)["tib"], "14")
        self.assertEqual(self.sleep(h5, "--lights-off", "23:02")["tib"], "13")  # the night starts at 23:00

    def test_refusals(self):
        self.assertEqual(run("psg-stats", NIGHT).returncode, USAGE)
        self.assertEqual(run("psg-stats", "--sleep").returncode, USAGE)
        foreign = self.folder / "foreign.h5"
        foreign.write_bytes(b"\x89HDF\r\n\x1a\n" + b"\0" * 500)
        result = run("psg-stats", "--sleep", foreign)
        self.assertEqual(result.returncode, DATA)
        self.assertIn("foreign.h5", words(result.stderr))
        clock = run("psg-stats", "--sleep", "--lights-off", "23:00", "-", stdin=b"W\nN2\n")
        self.assertEqual(clock.returncode, USAGE)


if __name__ == "__main__":
    main()
