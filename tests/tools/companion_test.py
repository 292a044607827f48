#!/usr/bin/env python3
# Scorings in odd clothes: a recording's own annotations, BIDS names, packed, UTF-16, clocks of half days.
# SPDX-License-Identifier: BSD-3-Clause
import gzip
import shutil

from harness import DATA, NIGHT, SOURCE, Case, main, rows, run, words

EXAMPLES = SOURCE / "tests" / "io" / "scored"
STAGES = "W W N1 N2 N2 N3 N3 N2 R R".split()  # of every example: the first ten epochs
MARK = b"Simulated recording by psg-simulate"
FORMATS = ["nsrr.xml", "profusion.xml", "luna.annot", "luna.eannot", "events.csv", "stages.csv", "sub-01_task-sleep_events.tsv",
           "remlogic.txt", "lines_rk.txt"]


def stages(result):
    return [r["stage"] for r in rows(result.stdout)]


class Companion(Case):
    def night(self, name="n.edf"):
        """The sample night, as if it were no simulated one, at the clock of the examples."""
        data = bytearray(NIGHT.read_bytes().replace(MARK, b"A recording of a summer night in ab"))
        data[88:168] = b"Startdate 01-MAR-2020 X X X".ljust(80)
        data[168:184] = b"01.03.2023.58.00"
        path = self.folder / name
        path.write_bytes(data)
        return path

    def with_own_stages(self, count):
        scored = [STAGES[k % len(STAGES)] for k in range(count)]
        table = self.folder / "given.tsv"
        table.write_text("onset\tduration\tstage\n" + "".join(f"{30 * k}\t30\t{s}\n" for k, s in enumerate(scored)))
        out = self.folder / "own.edf"
        self.ok("psg-fix", self.night("plain.edf"), out, "--annotations", table, "--force")
        return out, scored

    def epochs(self, *arguments):
        self.result = self.ok("psg-export", *arguments, "-o", self.folder / "t.h5", "--force")
        return [r["stage"] for r in self.table(self.folder / "t.h5", "epochs")]

    def test_own_annotations_are_a_companion(self):
        own, scored = self.with_own_stages(39)
        self.assertEqual(self.epochs(own), scored)
        self.assertIn("annotations: the recording's own annotations (EDF+C annotations): 39 epochs", words(self.result.stderr))
        provenance = {(r["kind"], r["name"]): r["value"] for r in self.table(self.folder / "t.h5", "provenance")}
        self.assertIn("39 epochs", provenance["scoring", "annotations.contents"])
        self.assertNotEqual(self.epochs(own, "--no-companion"), scored)
        self.assertNotIn("own annotations", words(self.result.stderr))
        # what is given or lies beside it wins
        (self.folder / "own.hyp").write_text("N2\n" * 39)
        self.assertEqual(set(self.epochs(own)), {"N2"})
        (self.folder / "own.hyp").unlink()
        (self.folder / "mine.txt").write_text("N1\n" * 39)
        self.assertEqual(set(self.epochs(own, "--hypnogram", self.folder / "mine.txt")), {"N1"})

    def test_few_own_stages_are_no_hypnogram(self):
        own, scored = self.with_own_stages(20)  # of 39 epochs: half of it
        self.assertEqual(self.epochs(own)[:20], scored)
        own, scored = self.with_own_stages(19)
        plain = self.epochs(self.folder / "plain.edf")
        self.assertEqual(self.epochs(own), plain)
        self.assertIn("COMPANION_NOT_USED: the recording's annotations have stages for 19 of 39 epochs", words(self.result.stderr))

    def test_annotations_of_a_simulated_night_are_never_used(self):
        own, scored = self.with_own_stages(39)
        data = own.read_bytes()
        self.assertEqual(data.count(b"A recording of a summer night in ab"), 1)
        own.write_bytes(data.replace(b"A recording of a summer night in ab", MARK))
        self.assertNotEqual(self.epochs(own), scored)
        self.assertNotIn("own annotations", words(self.result.stderr))

    def test_bids(self):
        night = self.night("sub-01_task-sleep_eeg.edf")
        shutil.copy(EXAMPLES / "sub-01_task-sleep_events.tsv", self.folder)
        result = self.ok("psg-detect", night)
        self.assertIn("companion found beside the recording: sub-01_task-sleep_events.tsv (BIDS events.tsv", words(result.stderr))
        self.assertEqual(self.epochs(night)[:10], STAGES)
        night.rename(self.folder / "sub-01_task-sleep_psg.edf")  # another name: not its events
        self.assertNotIn("companion", words(self.ok("psg-detect", self.folder / "sub-01_task-sleep_psg.edf").stderr))

    def test_packed_scorings(self):
        night = self.night()
        packed = self.folder / "packed"
        packed.mkdir()
        for name in [*FORMATS, "annotations.edf"]:
            with self.subTest(name):
                plain = self.ok("psg-stage", night, "--scoring", EXAMPLES / name)
                path = packed / name  # the ending decides for Luna's files
                path.write_bytes(gzip.compress((EXAMPLES / name).read_bytes()))
                result = self.ok("psg-stage", night, "--scoring", path)
                self.assertEqual(result.stdout, plain.stdout)
                self.assertEqual(result.stderr, plain.stderr)
                if name != "annotations.edf":
                    path.write_bytes(path.read_bytes()[:-9])
                    self.assertEqual(run("psg-stage", night, "--scoring", path).returncode, DATA)
        bomb = self.folder / "bomb.csv"
        bomb.write_bytes(gzip.compress(b"W\n" * (300 << 20), 1))
        self.assertEqual(run("psg-stage", night, "--scoring", bomb).returncode, DATA)

    def test_utf16_of_both_kinds(self):
        night = self.night()
        for name in FORMATS:
            text = (EXAMPLES / name).read_text(encoding="utf-8")
            plain = self.ok("psg-stage", night, "--scoring", EXAMPLES / name)
            for coding, mark in [("utf-16-be", b"\xfe\xff"), ("utf-16-be", b""), ("utf-16-le", b"\xff\xfe"), ("utf-16-le", b"")]:
                with self.subTest(name, coding=coding, mark=mark):
                    path = self.folder / name
                    path.write_bytes(mark + text.replace('encoding="UTF-8"', 'encoding="UTF-16"').encode(coding))
                    result = self.ok("psg-stage", night, "--scoring", path)
                    self.assertEqual(result.stdout, plain.stdout)
                    self.assertIn("UTF-16", words(result.stderr))
        # .NET writes a document that was a string in memory as UTF-8 and declares UTF-16
        text = (EXAMPLES / "nsrr.xml").read_text(encoding="utf-8")
        for declared in ['encoding="utf-16"', "encoding='UTF-16'"]:
            (self.folder / "net.xml").write_text(text.replace('encoding="UTF-8"', declared))
            result = self.ok("psg-stage", night, "--scoring", self.folder / "net.xml")
            self.assertEqual(result.stdout, self.ok("psg-stage", night, "--scoring", EXAMPLES / "nsrr.xml").stdout)
        # UTF-16 that declares UTF-8
        (self.folder / "net.xml").write_bytes(text.encode("utf-16"))
        self.assertEqual(self.ok("psg-stage", night, "--scoring", self.folder / "net.xml").stdout, result.stdout)
        odd = self.folder / "odd.csv"
        odd.write_bytes(b"\xfe\xff" + "W\nN1\n".encode("utf-16-be") + b"\0")
        self.assertEqual(run("psg-stage", night, "--scoring", odd).returncode, DATA)

    def test_half_days(self):
        night = self.night()
        table = self.folder / "clock.csv"
        hours = ["11:58:00 PM", "11:58:30 PM", "11:59:00 PM", "11:59:30 PM", "12:00:00 AM", "12:00:30 AM", "12:01:00 AM", "12:01:30 AM",
                 "12:02:00 AM", "12:02:30 AM"]
        table.write_text("time,duration,stage\n" + "".join(f"{h},30,{s}\n" for h, s in zip(hours, STAGES)))
        self.assertEqual(stages(self.ok("psg-stage", night, "--scoring", table))[:10], STAGES)
        table.write_text(table.read_text().replace("12:00:00 AM", "13:00:00 AM"))
        result = run("psg-stage", night, "--scoring", table)
        self.assertEqual(result.returncode, DATA)
        self.assertIn("clock.csv line 6: '13:00:00 AM'", words(result.stderr))


if __name__ == "__main__":
    main()
