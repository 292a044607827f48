#!/usr/bin/env python3
# psg-merge from outside: rows of all nights under their index, names, refusals, memory.
# SPDX-License-Identifier: BSD-3-Clause
import importlib.util
import os
import subprocess
import unittest

from harness import BIN, DATA, NIGHT, USAGE, Case, main, run, words

TABLES = ["recording", "channels", "segments", "epochs", "events", "event_attributes", "summary", "sleep", "provenance"]


class Merge(Case):
    def night(self, name, seed, *options):
        """A short simulated night, exported."""
        self.ok("psg-simulate", "--hours", "0.5", "--seed", seed, "-o", self.folder / f"{name}.edf")
        h5 = self.folder / f"{name}.h5"
        self.ok("psg-export", "-q", "--no-companion", self.folder / f"{name}.edf", "-o", h5, *options)
        return h5

    def cohort(self, *arguments):
        out = self.folder / "cohort.h5"
        self.ok("psg-merge", "-q", "--force", "-o", out, *arguments)
        return out

    def refused(self, code, text, *arguments):
        out = self.folder / "refused.h5"
        result = run("psg-merge", "-o", out, *arguments)
        self.assertEqual(result.returncode, code, words(result.stderr))
        self.assertIn(text, words(result.stderr))
        self.assertFalse(out.exists())

    @unittest.skipUnless(importlib.util.find_spec("h5py"), "skipped: h5py is not installed")
    def test_texts_that_fill_their_column(self):
        """As the first versions wrote them, without room for a NUL."""
        import h5py
        import numpy
        a, b = self.night("P01_1", 11), self.night("P02_2", 12)
        want = self.table(self.cohort(a, b), "summary")
        with h5py.File(a, "r+") as file:
            rows, attributes = file["summary"][:], dict(file["summary"].attrs)
            kind = numpy.dtype([(n, f"S{max(map(len, rows[n]))}" if rows[n].dtype.kind == "S" else rows[n].dtype) for n in rows.dtype.names])
            full = h5py.h5t.create(h5py.h5t.COMPOUND, kind.itemsize)
            for name in kind.names:
                text = h5py.h5t.C_S1.copy()
                text.set_size(kind[name].itemsize)
                full.insert(name.encode(), kind.fields[name][1], text if kind[name].kind == "S" else h5py.h5t.py_create(kind[name]))
            del file["summary"]
            h5py.h5d.create(file.id, b"summary", full, h5py.h5s.create_simple((len(rows),))).write(
                h5py.h5s.ALL, h5py.h5s.ALL, numpy.ascontiguousarray(rows.astype(kind)), full)
            for name, text in attributes.items():
                file["summary"].attrs.create(name, text)
        self.assertEqual({r["stage"] for r in self.table(a, "summary")}, {r["stage"] for r in want})
        self.assertEqual(self.table(self.cohort(a, b), "summary"), want)

    def test_rows_names_and_refusals(self):
        b, a = self.night("P02_2", 12), self.night("P01_1", 11)
        cohort = self.cohort(b, a, "--person-pattern", "^(P..)_", "--night-pattern", "_(.)$")
        names = self.table(cohort, "nights")
        self.assertEqual([(n["recording"], n["id"], n["person"], n["night"]) for n in names], [("0", "P01_1", "P01", "1"), ("1", "P02_2", "P02", "2")])
        for name in TABLES:
            rows = self.table(cohort, name)
            self.assertEqual(next(iter(rows[0])), "recording", name)
            for index, h5 in enumerate((a, b)):
                mine = [{k: v for k, v in r.items() if k != "recording"} for r in rows if r["recording"] == str(index)]
                self.assertEqual(mine, self.table(h5, name), name)
        again = self.folder / "again.h5"
        self.ok("psg-merge", "-q", a, "--list", "-", "-o", again, "--person-pattern", "^(P..)_", "--night-pattern", "_(.)$", stdin=f"{b}\n".encode())
        self.assertEqual(again.read_bytes(), cohort.read_bytes())

        sheet = self.folder / "sheet.csv"
        sheet.write_text("id,person,visit\nP01_1,Ann,before\nP07_1,Bob,after\n")
        told = run("psg-merge", a, b, "--sheet", sheet, "-o", self.folder / "sheet.h5")
        self.assertIn("1 of 2 nights are not in the sheet: P02_2", words(told.stderr))
        self.assertIn("1 rows of the sheet have no night: P07_1 (line 3)", words(told.stderr))
        self.assertEqual([(n["person"], n["visit"]) for n in self.table(self.folder / "sheet.h5", "nights")], [("Ann", "before"), ("", "")])
        merging = [r for r in self.table(self.folder / "sheet.h5", "provenance") if r["recording"] == "-1"]
        self.assertEqual([r["name"] for r in merging], ["libpsg", "cohort_format", "COHORT_UNMATCHED", "COHORT_UNMATCHED"])

        annot = run("psg-export", cohort, "--to", "annot")  # events of many nights on one axis of time
        self.assertEqual((annot.returncode, annot.stdout), (DATA, b""))
        self.assertIn("is a cohort", words(annot.stderr))

        self.refused(USAGE, "does not fit the name 'P01_1'", a, b, "--person-pattern", "^Q")
        self.refused(USAGE, "is no regular expression", a, "--person-pattern", "(")
        self.refused(USAGE, "--person-pattern is empty", a, "--person-pattern", "")
        self.refused(USAGE, "finds nothing in the name 'P01_1'", a, "--person-pattern", "x*")
        self.refused(USAGE, "no night was given")
        self.refused(DATA, "is no night of format 1", a, cohort)
        self.refused(DATA, "P01_1.h5", a, self.folder / "sub" / ".." / "P01_1.h5")
        sheet.write_text("id,person\nP01_1,Ann\nP01_1,Ann\n")
        self.refused(DATA, "line 3", a, "--sheet", sheet)
        sheet.write_text("name,person\nP01_1,Ann\n")
        self.refused(DATA, "no column 'id'", a, "--sheet", sheet)
        broken = self.folder / "broken.h5"
        broken.write_bytes(a.read_bytes()[:3000])
        self.refused(DATA, "broken.h5", a, broken)
        self.assertEqual(run("psg-merge", a, b, "-o", a, "--force").returncode, USAGE)

    def test_nights_that_are_not_alike(self):
        a = self.night("a", 11)
        b = self.night("b", 12, "--standard", "aasm")
        self.refused(DATA, "was made otherwise than night a: parameter", a, b)
        copy = self.folder / "copy.h5"
        copy.write_bytes(a.read_bytes())
        self.refused(DATA, "comes from the same recording as night a", a, copy)
        self.ok("psg-stage", "-q", self.folder / "a.edf", "-o", self.folder / "staged.h5")
        self.refused(DATA, "was made otherwise", a, self.folder / "staged.h5")
        result = self.ok("psg-merge", a, b, copy, "--allow-mixed", "-o", self.folder / "mixed.h5")
        self.assertEqual(words(result.stderr).count("COHORT_MIXED"), 2)
        codes = [r["name"] for r in self.table(self.folder / "mixed.h5", "provenance") if r["recording"] == "-1"]
        self.assertEqual(codes.count("COHORT_MIXED"), 2)

    def test_memory_does_not_grow_with_the_nights(self):
        h5 = self.folder / "night.h5"
        self.ok("psg-export", "-q", "--no-companion", NIGHT, "-o", h5)
        peak = {}
        for count in (150, 500):
            paths = []
            for i in range(count):
                paths.append(self.folder / f"n{count}_{i:04}.h5")
                paths[-1].symlink_to(h5)
            listed = self.folder / "list.txt"
            listed.write_text("".join(f"{p}\n" for p in paths))
            out = self.folder / f"c{count}.h5"
            child = subprocess.Popen([BIN / "psg-merge", "-q", "--allow-mixed", "--list", listed, "-o", out])
            _, status, usage = os.wait4(child.pid, 0)
            child.returncode = os.waitstatus_to_exitcode(status)
            self.assertEqual(child.returncode, 0)
            peak[count] = usage.ru_maxrss
        self.assertEqual(len(self.table(out, "nights")), 500)
        print("peak of psg-merge in KiB by number of nights:", peak)
        self.assertLess(peak[500] - peak[150], 350 * 32)  # KiB; the tables of one night take more than a hundred


if __name__ == "__main__":
    main()
