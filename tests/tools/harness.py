# Runs the built tools from outside: what every script of tests/tools and tests/interop shares.
# SPDX-License-Identifier: BSD-3-Clause
import csv
import os
import pathlib
import subprocess
import sys
import tempfile
import unittest

SOURCE = pathlib.Path(os.environ["PSG_SOURCE"])
BIN = pathlib.Path(os.environ["PSG_BUILD"]) / "bin"
REFERENCE = pathlib.Path(os.environ.get("PSG_REFERENCE", SOURCE.parent / "shared"))
NIGHT = SOURCE / "sample_data" / "night.edf"
SKIPPED = 77  # ctest's SKIP_RETURN_CODE

TOOLS = ["psg-info", "psg-fix", "psg-stage", "psg-detect", "psg-export", "psg-train", "psg-simulate", "psg-agree", "psg-stats", "psg-merge", "psg-report", "psg-batch"]
READERS = ["psg-info", "psg-stage", "psg-detect"]  # print a table about a recording
FINE, DATA, USAGE, PARTIAL = 0, 1, 2, 3


def run(tool, *arguments, stdin=b"", **options):
    """Runs a tool to its end; stdout and stderr are bytes."""
    return subprocess.run([BIN / tool, *map(str, arguments)], input=stdin, capture_output=True, timeout=600, **options)


def words(text):
    """stderr as text."""
    return text.decode("utf-8", "replace")


def rows(tsv):
    """Rows of a table that a tool printed, as dictionaries."""
    lines = tsv.decode("utf-8").splitlines()
    return list(csv.DictReader(lines, delimiter="\t", quoting=csv.QUOTE_NONE))


def reference(path):
    """A file or folder of the reference data; skips the test where it is absent."""
    found = REFERENCE / path
    if not found.exists():
        raise unittest.SkipTest(f"no reference data at {path}")
    return found


class Case(unittest.TestCase):
    """A test with a folder of its own, self.folder."""

    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = pathlib.Path(folder.name)

    def ok(self, tool, *arguments, code=None, **options):
        """Runs a tool that must succeed, or end with the given code."""
        result = run(tool, *arguments, **options)
        self.assertEqual(result.returncode, FINE if code is None else code, f"{tool} {arguments}: {words(result.stderr)}")
        return result

    def table(self, h5, name):
        """A table of an HDF5 file as rows of texts."""
        return rows(self.ok("psg-export", h5, "--to", "tsv", "--table", name).stdout)


def main():
    """Runs the tests of the calling script; 77 if every one was skipped."""
    program = unittest.main(module="__main__", verbosity=2, exit=False)
    result = program.result
    if result.wasSuccessful() and result.testsRun == len(result.skipped):
        sys.exit(SKIPPED)
    sys.exit(0 if result.wasSuccessful() else 1)
