#!/usr/bin/env python3
# Nights with gaps: nothing reaches across one, what is away from them is as in the whole night, and joined files are the same.
# SPDX-License-Identifier: BSD-3-Clause
import math
import time

from edf_plus import Night
from harness import DATA, PARTIAL, USAGE, Case, main, rows, run, words

TABLES = ["epochs", "events", "event_attributes", "summary", "segments", "channels"]


class Gaps(Case):
    @classmethod
    def setUpClass(cls):
        import pathlib
        import tempfile
        folder = tempfile.TemporaryDirectory()
        cls.addClassCleanup(folder.cleanup)
        path = pathlib.Path(folder.name) / "whole.edf"
        made = run("psg-simulate", "--hours", 1, "--seed", 11, "--cycle-minutes", 30, "--eeg-rate", 128, "--emg-rate", 200, "--ecg-rate",
                   100, "--plm-series", 3, "--leg-movements", 20, "--hypnic-jerks", 12, "--large-movements", 0, "--rhythmic-movements",
                   0, "--bruxism", 0, "-q", "-o", path)
        assert made.returncode == 0, made.stderr
        cls.whole = path.read_bytes()
        cls.night = Night(cls.whole)
        cls.night.start = cls.night.start.replace(month=3, day=7)  # 1 January would count as removed
        cls.hypnogram = (path.parent / "whole.hypnogram.tsv").read_bytes()
        cls.h5 = path.parent / "whole.h5"
        assert run("psg-export", path, "--hypnogram", path.parent / "whole.hypnogram.tsv", "-q", "-o", cls.h5).returncode == 0

    def write(self, name, data):
        path = self.folder / name
        path.write_bytes(data)
        return path

    def export(self, *files, **options):
        """Tables of an exported night."""
        h5 = self.folder / "out.h5"
        extra = ["--hypnogram", self.write("h.tsv", self.hypnogram)] if options.get("scored", True) else []
        self.result = self.ok("psg-export", *files, *extra, "-o", h5, "--force")
        return {name: self.table(h5, name) for name in [*TABLES, "recording", "provenance"]}

    def whole_tables(self):
        return {name: self.table(self.h5, name) for name in TABLES}

    @staticmethod
    def segments(tables):
        return [(float(s["onset"]), float(s["onset"]) + float(s["duration"])) for s in tables["segments"]]

    def check_nothing_spans(self, tables):
        segments = self.segments(tables)
        self.assertTrue(tables["events"])
        for e in tables["events"]:
            on, off = float(e["onset"]), float(e["onset"]) + float(e["duration"])
            self.assertTrue(any(a - 2e-6 <= on and off <= b + 2e-6 for a, b in segments), e)
        for e in tables["epochs"]:
            on, off = float(e["onset"]), min(float(e["onset"]) + 30, segments[-1][1])
            inside = any(a <= on and off <= b for a, b in segments)
            if not inside:
                self.assertEqual((e["stage"], e["reason"]), ("?", "gap"), e)
            else:
                self.assertNotEqual(e["reason"], "gap", e)
        # intervals and series stop at gaps
        where = {e["id"]: max(i for i, s in enumerate(segments) if s[0] - 2e-6 <= float(e["onset"])) for e in tables["events"]}
        series = {}
        previous = None
        attributes = {(a["event"], a["name"]): a["value"] for a in tables["event_attributes"]}
        for e in tables["events"]:
            if not e["class"].endswith("periodic_leg_movement"):
                continue
            if previous and where[previous] != where[e["id"]]:
                self.assertEqual(attributes[e["id"], "interval_s"], "NaN", e)
            number = float(attributes[e["id"], "series"])
            if number:
                self.assertEqual(series.setdefault(number, where[e["id"]]), where[e["id"]], "a series across a gap")
            previous = e["id"]
        return segments

    def minutes(self, tables, kind, stage="all"):
        return next(float(r["minutes"]) for r in tables["summary"] if r["class"] == kind and r["stage"] == stage)

    def check_like_the_whole(self, tables, margin, fewest):
        """Events further than `margin` seconds from every border are those of the whole night; times were kept."""
        segments = self.segments(tables)
        def far(e):
            on = float(e["onset"])
            return any((a == 0 or a + margin <= on) and (on + float(e["duration"]) <= b - margin or b == segments[-1][1])
                       for a, b in segments)
        for kind in ("leg_movement", "hypnic_jerk"):
            mine = [e for e in tables["events"] if e["class"] == kind and far(e)]
            theirs = [e for e in self.whole_tables()["events"] if e["class"] == kind and far(e)]
            self.assertEqual(len(mine), len(theirs), kind)
            self.assertGreaterEqual(len(mine), fewest[kind])
            for a, b in zip(mine, theirs):
                self.assertAlmostEqual(float(a["onset"]), float(b["onset"]), delta=0.02)
                self.assertAlmostEqual(float(a["duration"]), float(b["duration"]), delta=0.1)
                self.assertEqual((a["channel"], a["side"]), (b["channel"], b["side"]))

    def test_pieces_of_the_night(self):
        # a long gap, one of a second in the middle of an epoch, one of 3 min; times are kept
        pieces = [(0, 1010, 0), (1100, 1795, 1100), (1796, 2700, 1796), (2880, 3600, 2880)]
        tables = self.export(self.write("cut.edf", self.night.write(pieces)))
        segments = self.check_nothing_spans(tables)
        self.assertEqual(segments, [(float(t), float(t + end - first)) for first, end, t in pieces])
        self.check_like_the_whole(tables, 100, {"leg_movement": 20, "hypnic_jerk": 3})
        recorded = sum(b - a for a, b in segments) / 60
        whole = self.whole_tables()
        for kind in ("leg_movement", "periodic_leg_movement", "hypnic_jerk"):
            self.assertAlmostEqual(self.minutes(whole, kind), 60, delta=0.1)  # all of it is at risk
            self.assertAlmostEqual(self.minutes(tables, kind), recorded, delta=0.1)
            by_stage = sum(self.minutes(tables, kind, s) for s in ("W", "N1", "N2", "N3", "R"))
            gap_epochs = sum(1 for e in tables["epochs"] if e["reason"] == "gap")
            self.assertAlmostEqual(by_stage, 60 - gap_epochs / 2, delta=0.1)
        found = [f for f in tables["provenance"] if f["name"] == "HYPNOGRAM_GAP"]
        self.assertEqual(len(found), 1)
        self.assertTrue(found[0]["value"].startswith(f"{gap_epochs} scored epochs"), found[0]["value"])

    def test_staged_and_given_alike(self):
        path = self.write("cut.edf", self.night.write([(0, 1010, 0), (1100, 3600, 1100.25)]))
        staged, given = self.export(path, scored=False), self.export(path)
        self.check_nothing_spans(staged)
        self.assertEqual([e["epoch"] for e in staged["epochs"] if e["reason"] == "gap"],
                         [e["epoch"] for e in given["epochs"] if e["reason"] == "gap"])
        self.assertTrue(all(e["p_w"] == "NaN" for e in staged["epochs"] if e["reason"] == "gap"))
        # the context of the other epochs is that of their recorded neighbours
        whole = rows(self.ok("psg-stage", self.write("whole.edf", self.whole)).stdout)
        same = [a["stage"] == b["stage"] for a, b in zip(staged["epochs"], whole) if a["reason"] != "gap"]
        self.assertGreater(len(same), 110)
        self.assertGreater(sum(same) / len(same), 0.95)
        again = self.write("again.tsv", self.ok("psg-stage", path).stdout)  # what psg-stage wrote is no contradiction
        self.ok("psg-detect", path, "--hypnogram", again, "--strict")
        self.assertEqual(run("psg-detect", path, "--hypnogram", self.write("h.tsv", self.hypnogram), "--strict").returncode, DATA)

    def test_gaps_that_fit_no_sample_and_no_record(self):
        pieces = [(0, 700, 0), (700, 1400, 700.3), (1400, 2100, 1400.3 + 0.0123), (2100, 2800, 2100.3123 + 7.7771),
                  (2800, 3600, 2808.0894 + 1e-6 * 123)]  # the last is no gap: 0.1 ms
        tables = self.export(self.write("cut.edf", self.night.write(pieces)), scored=False)
        segments = self.check_nothing_spans(tables)
        self.assertEqual([round(a, 6) for a, _ in segments], [0, 700.3, 1400.3123, 2108.0894])
        shift = 8.0894
        for kind in ("leg_movement", "hypnic_jerk"):
            late = [float(e["onset"]) for e in self.whole_tables()["events"] if e["class"] == kind and float(e["onset"]) > 2200]
            mine = [float(e["onset"]) - shift for e in tables["events"] if e["class"] == kind and float(e["onset"]) - shift > 2200]
            if kind == "leg_movement":  # jerks hang on the stages a little
                self.assertEqual(len(mine), len(late))
                for a, b in zip(mine, late):
                    self.assertAlmostEqual(a, b, delta=0.02)

    def test_files_joined_are_one_file_with_gaps(self):
        pieces = [(0, 1010, 0), (1100, 1800, 1100), (1830, 3600, 1830.5)]
        one = self.export(self.write("one.edf", self.night.write(pieces)))
        parts = [self.write(f"part{i}.edf", self.night.write([p], "EDF+C")) for i, p in enumerate(pieces)]
        joined = self.export(*parts)
        words_of_joining = words(self.result.stderr)
        self.assertIn("RECORDING_JOINED: joined from 3 files: part 1 lasts 1010 s; part 2 begins after a gap of 90 s, lasts 700 s; "
                      "part 3 begins after a gap of 30.5 s", words_of_joining)
        for name in TABLES:
            self.assertEqual(joined[name], one[name], name)
        for key, value in one["recording"][0].items():
            if key != "format":
                self.assertEqual(joined["recording"][0][key], value, key)
        shuffled = self.export(parts[2], parts[0], parts[1])
        for name in TABLES:
            self.assertEqual(shuffled[name], one[name], name)
        inputs = [p["name"] for p in joined["provenance"] if p["kind"] == "input"]
        self.assertEqual(inputs, ["hypnogram", "recording", "recording 2", "recording 3"])
        for a, b in zip([p for p in joined["provenance"] if p["kind"] == "input"], [p for p in shuffled["provenance"] if p["kind"] == "input"]):
            self.assertEqual(a["value"], b["value"])
        self.ok("psg-stage", *parts, "--strict")
        self.ok("psg-info", *parts, "--strict")
        self.assertEqual(rows(self.ok("psg-info", *parts, "--table", "annotations").stdout),
                         rows(self.ok("psg-info", self.folder / "one.edf", "--table", "annotations").stdout))

    def test_parts_without_a_gap_are_the_whole_night(self):
        parts = [self.write(f"part{i}.edf", self.night.write([p], "EDF+C")) for i, p in
                 enumerate([(0, 7, 0), (7, 1234, 7), (1234, 3600, 1234)])]
        tables, whole = self.export(*parts), self.whole_tables()
        for name in TABLES:
            self.assertEqual(tables[name], whole[name], name)

    def test_parts_with_gaps_of_their_own(self):
        pieces = [(0, 500, 0), (530, 1000, 530.125), (1000, 1700, 1000.125), (1900, 3600, 1900)]
        one = self.export(self.write("one.edf", self.night.write(pieces)))
        self.assertEqual(len(one["segments"]), 3)
        two = self.export(self.write("a.edf", self.night.write(pieces[:2])), self.write("b.edf", self.night.write(pieces[2:])))
        for name in TABLES:
            self.assertEqual(two[name], one[name], name)

    def test_clock_times_go_over_midnight(self):
        self.addCleanup(setattr, self.night, "start", self.night.start)
        self.night.start = self.night.start.replace(hour=23, minute=50)
        tables = self.export(*[self.write(f"{i}.edf", self.night.write([p], "EDF+C"))
                               for i, p in enumerate([(0, 500, 0), (500, 3600, 700)])], scored=False)
        self.assertEqual([float(s["clock"]) for s in tables["segments"]], [85800, 100])
        for e in tables["events"]:
            self.assertAlmostEqual(float(e["clock"]), (85800 + float(e["onset"])) % 86400, places=5)

    def test_removed_dates(self):
        self.addCleanup(setattr, self.night, "start", self.night.start)
        self.night.start = self.night.start.replace(month=1, day=1)
        first = self.write("1.edf", self.night.write([(0, 600, 0)], "EDF+C"))
        second = self.write("2.edf", self.night.write([(900, 1200, 900)], "EDF+C"))
        result = self.ok("psg-info", first, second, "--table", "segments")
        self.assertIn("RECORDING_PLACE_ASSUMED", words(result.stderr))
        self.assertEqual([float(s["onset"]) for s in rows(result.stdout)], [0, 900])
        for tool in ("psg-info", "psg-detect"):
            self.assertEqual(run(tool, first, second, "--strict").returncode, DATA)
            self.assertEqual(run(tool, second, first).returncode, DATA)  # almost a day later?

    def test_parts_that_do_not_fit(self):
        first = self.write("first.edf", self.night.write([(0, 600, 0)], "EDF+C"))
        overlap = self.write("overlap.edf", self.night.write([(300, 900, 300)], "EDF+C"))
        other_day = self.write("day.edf", self.night.write([(600, 900, 600 + 86401)], "EDF+C"))
        for second, reason in [(first, "overlap"), (overlap, "overlap"), (other_day, "24 h")]:
            for tool, extra in [("psg-info", []), ("psg-stage", []), ("psg-detect", []), ("psg-export", ["-o", self.folder / "x.h5"])]:
                result = run(tool, first, second, *extra)
                self.assertEqual(result.returncode, DATA)
                self.assertIn(reason, words(result.stderr))
        legless = self.write("legless.edf", self.night.write([(600, 1200, 600)], "EDF+C", channels=[1, 0, 2, 3, 4, 5, 6, 7, 9]))
        result = self.ok("psg-detect", first, legless)
        self.assertIn("RECORDING_PARTS_DIFFER: the channel is missing in part 2 [channels]", words(result.stderr))
        self.assertEqual(run("psg-detect", first, legless, "--strict").returncode, DATA)
        result = run("psg-export", first, legless, "-o", first, "--force")
        self.assertEqual(result.returncode, USAGE)  # never over an input

    def test_thousands_of_segments(self):
        pieces = [(i % 3600, i % 3600 + 1, 1.5 * i) for i in range(20000)]
        path = self.write("tiny.edf", self.night.write(pieces))
        begun = time.monotonic()
        h5 = self.folder / "tiny.h5"
        result = self.ok("psg-export", path, "-o", h5, code=PARTIAL)
        self.assertLess(time.monotonic() - begun, 120)
        self.assertIn("STAGING_NOT_RUN", words(result.stderr))
        self.assertEqual(len(self.table(h5, "segments")), 20000)
        events = self.table(h5, "events")
        self.assertTrue(all(float(e["duration"]) <= 1 for e in events))
        recording = self.table(h5, "recording")[0]
        self.assertEqual(float(recording["recorded"]), 20000)
        self.assertTrue(math.isclose(float(recording["duration"]), 1.5 * 19999 + 1))


if __name__ == "__main__":
    main()
