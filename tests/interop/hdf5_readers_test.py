#!/usr/bin/env python3
# Every table of an exported night, read by h5py, PyTables, pandas, R and Octave (TSV there), equals what psg-export prints.
# SPDX-License-Identifier: BSD-3-Clause
import importlib.util
import math
import pathlib
import shutil
import subprocess
import sys
import tempfile
import unittest
import warnings

HERE = pathlib.Path(__file__).parent
sys.path.append(str(HERE.parent / "tools"))
from harness import NIGHT, Case, main, run, words  # noqa: E402

TABLES = {"recording", "channels", "quality", "segments", "epochs", "events", "event_attributes", "summary", "sleep",
          "movement_indices", "movement_intervals", "movement_aids", "night_measures", "severity", "severity_norms",
          "summary_parts", "night_parts", "at_risk", "provenance"}
UNITS = {("events", "onset"): "s", ("events", "duration"): "s", ("summary", "rate"): "1/h", ("channels", "rate"): "Hz",
         ("events", "id"): ""}


def needs(module):
    return unittest.skipUnless(importlib.util.find_spec(module), f"no Python module {module}")


def has_rhdf5():
    return bool(shutil.which("Rscript")) and run_r("-e", "library(rhdf5)").returncode == 0


def run_r(*arguments):
    return subprocess.run(["Rscript", "--vanilla", *map(str, arguments)], capture_output=True, timeout=300)


def text(value):
    return value.decode("utf-8") if isinstance(value, bytes) else str(value)


def unescaped(cell):
    marks = {"t": "\t", "n": "\n", "r": "\r", "\\": "\\"}
    pieces = iter(cell)
    return "".join(marks[next(pieces)] if c == "\\" else c for c in pieces)


def same(mine, printed):
    """Is a value that a reader gave the printed one: a text, or a number to 1e-9?"""
    if isinstance(mine, (bytes, str)):
        return text(mine) == unescaped(printed)
    want = float(printed)
    return math.isnan(float(mine)) if math.isnan(want) else math.isclose(float(mine), want, rel_tol=1e-9, abs_tol=1e-9)


def only_eeg(recording, path):
    """A copy in which no other channel's label says anything, so that tables of events stay empty."""
    data = bytearray(recording.read_bytes())
    for i in range(int(data[252:256])):
        label = data[256 + 16 * i:272 + 16 * i].decode().strip()
        if label not in ("C3-M2", "C4-M1", "EEG C3-M2", "EEG C4-M1", "EDF Annotations"):
            data[256 + 16 * i:272 + 16 * i] = f"Aux {i}".encode().ljust(16)
    path.write_bytes(data)


class Readers(Case):
    @classmethod
    def setUpClass(cls):
        folder = pathlib.Path(cls.enterClassContext(tempfile.TemporaryDirectory()))
        only_eeg(NIGHT, folder / "eeg.edf")
        cls.files = [folder / "night.h5", folder / "eeg.h5"]
        cls.printed = {}  # file, table: rows as psg-export prints them; the first row are the column names
        for recording, h5 in zip([NIGHT, folder / "eeg.edf"], cls.files):
            done = run("psg-export", recording, "-o", h5)
            assert done.returncode == 0, words(done.stderr)
            for name in words(run("psg-export", h5, "--to", "tsv", "--table", "list").stdout).split():
                lines = words(run("psg-export", h5, "--to", "tsv", "--table", name).stdout).split("\n")
                cls.printed[h5, name] = [line.split("\t") for line in lines[:-1]]
            assert {name for file, name in cls.printed if file == h5} == TABLES
        assert len(cls.printed[cls.files[0], "events"]) > 10 and len(cls.printed[cls.files[0], "event_attributes"]) > 10
        assert not any("leg_movement" in row[1] for row in cls.printed[cls.files[1], "events"]), "no EMG, no leg movements"

    def compare(self, h5, name, columns, values):
        """`values`: rows of values as a reader gives them."""
        printed = self.printed[h5, name]
        self.assertEqual(list(columns), printed[0], name)
        self.assertEqual(len(values), len(printed) - 1, name)
        for row, (mine, want) in enumerate(zip(values, printed[1:])):
            for column, a, b in zip(columns, mine, want):
                if not same(a, b):
                    self.fail(f"{name}, row {row}, column {column}: {a!r} is not {b!r}")

    @needs("h5py")
    def test_h5py(self):
        import h5py
        for h5 in self.files:
            with h5py.File(h5) as file:
                self.assertEqual(set(file), TABLES)
                self.assertEqual(text(file.attrs["simulated"]), "1")
                for name in TABLES:
                    self.compare(h5, name, file[name].dtype.names, file[name][:].tolist())
                    for i, column in enumerate(file[name].dtype.names):
                        unit = text(file[name].attrs[f"FIELD_{i}_UNITS"])
                        self.assertEqual(text(file[name].attrs[f"FIELD_{i}_NAME"]), column)
                        self.assertEqual(unit, UNITS.get((name, column), unit))

    @needs("tables")
    def test_pytables(self):
        import tables
        warnings.simplefilter("ignore", tables.NaturalNameWarning)  # a column is called class
        for h5 in self.files:
            with tables.open_file(h5) as file:
                for name in TABLES:
                    table = file.get_node("/" + name)
                    self.assertIsInstance(table, tables.Table)
                    self.compare(h5, name, table.colnames, table.read().tolist())
                asleep = file.root.epochs.read_where("stage_code > 0")
                printed = self.printed[h5, "epochs"]
                codes = [int(row[printed[0].index("stage_code")]) for row in printed[1:]]
                self.assertEqual(len(asleep), sum(code > 0 for code in codes))
                unit = file.root.events._v_attrs[f"FIELD_{file.root.events.colnames.index('onset')}_UNITS"]
                self.assertEqual(text(unit), "s")

    @needs("pandas")
    @needs("tables")
    def test_pandas(self):
        import pandas
        import tables
        warnings.simplefilter("ignore", tables.NaturalNameWarning)
        for h5 in self.files:
            for name in TABLES:
                frame = pandas.read_hdf(h5, name)
                self.compare(h5, name, frame.columns, frame.values.tolist())

    @unittest.skipUnless(has_rhdf5(), "no R with rhdf5")
    def test_r(self):
        for h5 in self.files:
            done = run_r(HERE / "read_tables.R", h5, self.folder, *sorted(TABLES))
            self.assertEqual(done.returncode, 0, words(done.stderr))
            for name in TABLES:
                lines = (self.folder / name).read_text(encoding="utf-8").split("\n")[:-1]
                columns, units, *values = [line.split("\t") for line in lines]
                printed = self.printed[h5, name]
                self.assertEqual(columns, printed[0], name)
                for column, unit in zip(columns, units):
                    self.assertEqual(unit, UNITS.get((name, column), unit), f"unit of {name}.{column}")
                # R prints numbers its own way, so they are compared as numbers where they are numbers
                self.assertEqual(len(values), len(printed) - 1, name)
                for mine, want in zip(values, printed[1:]):
                    for column, a, b in zip(columns, mine, want):
                        self.assertTrue(a == b or (a and b and same(float(a), b)), f"{name}.{column}: {a!r} is not {b!r}")

    @unittest.skipUnless(shutil.which("octave-cli"), "no Octave")
    def test_octave(self):
        for (h5, name), printed in self.printed.items():
            tsv, again = self.folder / "table.tsv", self.folder / "again.tsv"
            tsv.write_text("".join("\t".join(row) + "\n" for row in printed), encoding="utf-8")
            done = subprocess.run(["octave-cli", "--no-init-file", HERE / "read_table.m", tsv, again], capture_output=True, timeout=300)
            self.assertEqual(done.returncode, 0, words(done.stderr))
            mine = [line.split("\t") for line in again.read_text(encoding="utf-8").split("\n")[:-1]]
            self.assertEqual(len(mine), len(printed), name)
            for got, want in zip(mine, printed):
                for a, b in zip(got, want):
                    self.assertTrue(a == b or (a and b and same(float(a), b)), f"{name}: {a!r} is not {b!r}")
            self.assertGreater(sum(a != b for got, want in zip(mine, printed) for a, b in zip(got, want)) if name == "summary" else 1, 0, "no number was read as one")


if __name__ == "__main__":
    main()
