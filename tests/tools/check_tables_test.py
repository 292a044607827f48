#!/usr/bin/env python3
# psg-info --check on files of tables: whole ones pass, damaged and foreign ones are told with table, column and row.
# SPDX-License-Identifier: BSD-3-Clause
import importlib.util
import pathlib
import random
import shutil
import sys
import unittest

sys.path.append(str(pathlib.Path(__file__).parent))
from harness import DATA, FINE, NIGHT, PARTIAL, Case, main, rows, run, words  # noqa: E402


class CheckTables(Case):
    def setUp(self):
        super().setUp()
        self.night = self.folder / "night.h5"
        self.ok("psg-export", "-q", NIGHT, "-o", self.night)

    def faults(self, path, code=DATA):
        done = run("psg-info", "--check", path)
        self.assertEqual(done.returncode, code, words(done.stderr))
        table = rows(done.stdout)
        self.assertEqual({r["verdict"] for r in table}, {"readable" if code == FINE else "refused"})
        return [(r["code"], r["field"]) for r in table]

    def test_whole_files(self):
        staged, cohort = self.folder / "staged.h5", self.folder / "cohort.h5"
        self.ok("psg-stage", "-q", NIGHT, "-o", staged)
        other = self.folder / "other.edf"
        self.ok("psg-simulate", "-q", "--hours", "0.5", "--seed", "5", "-o", other)
        self.ok("psg-export", "-q", other, "-o", self.folder / "other.h5")
        self.ok("psg-merge", "-q", self.night, self.folder / "other.h5", "-o", cohort)
        nothing, marked = self.folder / "nothing.h5", self.folder / "marked.h5"  # no scored epoch; a window and rules that score no wake
        (self.folder / "nothing.txt").write_text("?\n" * 40)
        self.ok("psg-export", "-q", NIGHT, "--hypnogram", self.folder / "nothing.txt", "-o", nothing)
        self.ok("psg-export", "-q", NIGHT, "--lights-off", "95.5", "--lights-on", "99999", "--standard", "aasm", "-o", marked)
        for path in (self.night, staged, cohort, nothing, marked):
            self.assertEqual(self.faults(path, FINE), [("", "")], path)
        self.assertEqual(run("psg-info", "--check", self.night, NIGHT).returncode, FINE)

    def test_no_table_file(self):
        cut, empty = self.folder / "cut.h5", self.folder / "empty.h5"
        cut.write_bytes(self.night.read_bytes()[:20000])
        empty.write_bytes(b"\x89HDF\r\n\x1a\n")
        for path in (cut, empty):
            self.assertEqual(self.faults(path)[0][0], "TABLES_UNREADABLE")
        self.assertEqual(run("psg-info", "--check", cut, NIGHT).returncode, PARTIAL)

    def test_any_byte_changed(self):
        """No change makes the program crash, and most that are no padding are told."""
        data, path, told, generator = self.night.read_bytes(), self.folder / "changed.h5", 0, random.Random(1)
        for _ in range(60):
            changed = bytearray(data)
            changed[generator.randrange(len(data))] ^= 1 << generator.randrange(8)
            path.write_bytes(changed)
            done = run("psg-info", "--check", path)
            self.assertIn(done.returncode, (FINE, DATA), words(done.stderr))
            told += done.returncode == DATA
        self.assertGreater(told, 6)

    @unittest.skipUnless(importlib.util.find_spec("h5py"), "skipped: h5py is not installed")
    def test_each_fault(self):
        import h5py
        import numpy

        def changed(change):
            path = self.folder / "changed.h5"
            shutil.copy(self.night, path)
            with h5py.File(path, "r+") as file:
                change(file)
            return self.faults(path)

        def cell(table, column, row, value):
            def change(file):
                values = file[table][:]
                values[column][row] = value
                file[table][:] = values
            return change

        def replaced(table, make):
            def change(file):
                values, attributes = make(file[table][:]), dict(file[table].attrs)
                del file[table]
                file.create_dataset(table, data=values)
                for name, text in attributes.items():
                    file[table].attrs.create(name, text)
            return change

        def without(column):
            return lambda values: values[[n for n in values.dtype.names if n != column]].astype(
                [(n, values.dtype[n]) for n in values.dtype.names if n != column])

        def one_more(table, last=False):
            """All is well in the row itself."""
            def change(file):
                values = file[table][:]
                row = numpy.flatnonzero(values["minutes"] > 0)[-1 if last else 0]
                values["count"][row] += 1
                values["rate"][row] = 60 * values["count"][row] / values["minutes"][row]
                values["rate_low"][row], values["rate_high"][row] = 0, 1e6
                file[table][:] = values
            return change

        def unchanged(file):
            """Texts that are as long as their column stay whole when h5py writes a table back."""
            for table in list(file):
                file[table][:] = file[table][:]

        path = self.folder / "unchanged.h5"
        shutil.copy(self.night, path)
        with h5py.File(path, "r+") as file:
            unchanged(file)
        self.assertEqual(self.faults(path, FINE), [("", "")])

        cases = [
            (lambda f: f.attrs.__setitem__("format_version", numpy.bytes_("2")), ("TABLES_FOREIGN", "format_version")),
            (lambda f: f.attrs.__delitem__("format"), ("TABLES_FOREIGN", "format")),
            (lambda f: f.__delitem__("summary"), ("TABLE_MISSING", "summary")),
            (lambda f: f.create_dataset("mine", data=[1, 2]), ("TABLE_UNKNOWN", "mine")),
            (replaced("segments", without("clock")), ("TABLE_COLUMNS", "segments.clock")),
            (lambda f: f["events"].attrs.__setitem__("FIELD_2_UNITS", numpy.bytes_("ms")), ("TABLE_COLUMNS", "events.onset")),
            (cell("epochs", "stage", 3, b"X"), ("TABLE_VALUES", "epochs.stage")),
            (cell("epochs", "stage_code", 3, 4), ("TABLE_VALUES", "epochs.stage_code")),
            (cell("epochs", "epoch", 5, 7), ("TABLE_VALUES", "epochs.epoch")),
            (cell("epochs", "p_n2", 0, 1.5), ("TABLE_VALUES", "epochs.p_n2")),
            (cell("events", "onset", 4, 1e6), ("TABLE_VALUES", "events.onset")),
            (cell("events", "duration", 4, float("nan")), ("TABLE_VALUES", "events.duration")),
            (cell("events", "id", 4, b""), ("TABLE_VALUES", "events.id")),
            (cell("event_attributes", "event", 2, b"leg_movement-999"), ("TABLE_VALUES", "event_attributes.event")),
            (cell("summary", "count", 7, 1000), ("TABLE_VALUES", "summary.rate")),
            (cell("summary", "minutes", 7, -1), ("TABLE_VALUES", "summary.minutes")),
            (cell("severity", "simulated", 0, 3), ("TABLE_VALUES", "severity.simulated")),
            (cell("segments", "duration", 0, 0), ("TABLE_VALUES", "segments.duration")),
            (cell("summary", "stage", 1, b"N4"), ("TABLE_VALUES", "summary.stage")),
            (one_more("summary"), ("TABLE_VALUES", "summary.count")),
            (one_more("severity"), ("TABLE_VALUES", "severity.count")),
            (one_more("summary_parts"), ("TABLE_VALUES", "summary_parts.count")),
            (cell("at_risk", "duration", 0, 31), ("TABLE_VALUES", "summary.minutes")),
            (cell("summary", "mean_duration", 7, 99), ("TABLE_VALUES", "summary.mean_duration")),
            (cell("events", "epoch", 4, 0), ("TABLE_VALUES", "events.epoch")),
            (cell("events", "class", 4, b"nothing"), ("TABLE_VALUES", "summary.count")),
            (cell("events", "clock", 4, -5), ("TABLE_VALUES", "events.clock")),
            (cell("at_risk", "onset", 0, -60), ("TABLE_VALUES", "at_risk.onset")),
            (cell("severity", "woke", 7, 1.5), ("TABLE_VALUES", "severity.woke")),
            (cell("severity", "length_q1", 7, 1e9), ("TABLE_VALUES", "severity.length_median")),
        ]
        for i, (change, expected) in enumerate(cases):
            self.assertIn(expected, changed(change), f"case {i}")

        # a cohort of more nights than are compared at a time
        night = self.night
        paths = [self.folder / f"n{i}.h5" for i in range(40)]
        for path in paths:
            shutil.copy(night, path)
        self.night = self.folder / "cohort.h5"
        self.ok("psg-merge", "-q", "--allow-mixed", *paths, "-o", self.night)
        self.assertEqual(self.faults(self.night, FINE), [("", "")])
        for change, expected in [
            (one_more("summary", last=True), "summary.count"),
            (one_more("summary_parts", last=True), "summary_parts.count"),
            (cell("at_risk", "duration", -1, 31), "summary.minutes"),
            (cell("events", "epoch", -1, 0), "events.epoch"),
            (cell("event_attributes", "event", -1, b"leg_movement-999"), "event_attributes.event"),
            (cell("events", "recording", -1, 38), "events.recording"),
        ]:
            self.assertIn(("TABLE_VALUES", expected), changed(change), expected)


if __name__ == "__main__":
    main()
