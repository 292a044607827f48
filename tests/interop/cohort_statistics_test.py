#!/usr/bin/env python3
# psg-merge and psg-stats --events against R on the same simulated cohort.
# SPDX-License-Identifier: BSD-3-Clause
import importlib.util
import math
import pathlib
import shutil
import subprocess
import sys
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).parent.parent / "tools"))
from harness import DATA, SOURCE, USAGE, Case, main, rows, run, words  # noqa: E402

SCRIPT = pathlib.Path(__file__).with_name("cohort_statistics.R")


class CohortStatistics(Case):
    def setUp(self):
        super().setUp()
        self.files = []
        for person, nights in (("ann", 2), ("bob", 2), ("eve", 3)):
            for night in range(1, nights + 1):
                edf = self.folder / f"{person}-{night}.edf"
                self.ok("psg-simulate", "--hours", "0.5", "--seed", str(len(self.files) + 40), "-o", edf)
                self.ok("psg-export", "-q", "--hypnogram", edf.with_suffix(".hypnogram.tsv"), edf, "-o", edf.with_suffix(".h5"))
                self.files.append(edf.with_suffix(".h5"))
        self.cohort = self.folder / "cohort.h5"
        self.ok("psg-merge", "-q", *self.files, "--person-pattern", "^(.*)-", "--night-pattern", "-(.)$", "-o", self.cohort)
        self.sheet = self.folder / "coffee.csv"
        self.sheet.write_text("person,night,coffee,age\nann,1,yes,30\nann,2,no,30\nbob,1,no,41\nbob,2,yes,41\neve,1,no,25\neve,2,yes,25\nzoe,1,no,50\n")

    def stats(self, table, *options):
        return rows(self.ok("psg-stats", "-q", "--events", self.cohort, "--table", table, "--covariates", self.sheet, *options).stdout)

    def test_equal_to_R(self):
        if not shutil.which("Rscript") or subprocess.run(["Rscript", "-e", "library(rhdf5)"], capture_output=True).returncode:
            self.skipTest("skipped: R with rhdf5 is not installed")
        done = subprocess.run(["Rscript", SCRIPT, self.cohort, self.sheet, self.folder], capture_output=True)
        self.assertEqual(done.returncode, 0, words(done.stderr))
        keys = {"rates": ("id", "class", "stage"), "prevalence": ("class", "stage"), "distribution": ("class", "stage", "of"),
                "reliability": ("class", "stage"), "groups": ("class", "stage", "value"), "paired": ("class", "stage")}
        for name, key in keys.items():
            options = ("--by", "coffee") if name in ("groups", "paired") else ()
            ours = {tuple(r[k] for k in key): r for r in self.stats(name, *options)}
            theirs = [{k: v.strip() for k, v in r.items()} for r in rows((self.folder / name).read_bytes())]
            self.assertGreater(len(theirs), 20, name)
            for r in theirs:
                mine = ours[tuple(r[k] for k in key)]
                for column, text in r.items():
                    if column in key:
                        continue
                    a, b = float(mine[column]), float("nan" if text == "NA" else text)
                    self.assertTrue(math.isnan(a) and math.isnan(b) or abs(a - b) <= 1e-6 * max(1, abs(b)), f"{name} {r} {column}: {mine[column]}")

    def test_worked_examples(self):
        """The examples in Python and R answer the same questions alike."""
        sheet = self.folder / "both.csv"  # two nights of each person, and unlike persons
        sheet.write_text("person,night,coffee,age\nann,1,yes,30\nann,2,no,30\nbob,1,no,41\nbob,2,yes,41\neve,1,no,25\neve,2,yes,25\neve,3,no,25\n")
        asked = [self.cohort, sheet, "leg_movement", "sleep", "coffee", "age"]
        examples = SOURCE / "scripts" / "examples"
        if importlib.util.find_spec("statsmodels") is None or not shutil.which("Rscript"):
            self.skipTest("skipped: statsmodels or R is not installed")
        answers = []
        for command in ([sys.executable, examples / "cohort.py"], ["Rscript", "--vanilla", examples / "cohort.R"]):
            done = subprocess.run([*command, *asked], capture_output=True)
            self.assertEqual(done.returncode, 0, words(done.stderr))
            answers.append([line.split("\t") for line in words(done.stdout).splitlines()])
            for place, wrong, answer in ((2, "leg_movements", "there is no class leg_movements in sleep"), (4, "tea", "has no column tea"),
                                         (4, "night", "night has 3 values among the 7 nights")):
                refused = subprocess.run([*command, *asked[:place], wrong, *asked[place + 1:]], capture_output=True)
                self.assertNotEqual(refused.returncode, 0)
                self.assertIn(answer, " ".join(words(refused.stderr).split()))
                self.assertNotIn("Traceback", words(refused.stderr))
        self.assertEqual([line[0] for line in answers[0]], ["groups", "rank_correlation", "mixed_model"])
        for ours, theirs in zip(*answers, strict=True):
            for a, b in zip(ours, theirs, strict=True):
                (name, x), (other, y) = ([*cell.rsplit(" = ", 1), "0"][:2] for cell in (a, b))
                self.assertEqual(name, other)
                x, y = float(x.split()[0]), float(y.split()[0])
                self.assertAlmostEqual(x, y, delta=1e-3 * abs(y) + 1e-9, msg=f"{a} {b}")

    def test_covariates_and_refusals(self):
        told = self.ok("psg-stats", "--events", self.cohort, "--covariates", self.sheet)
        self.assertIn("1 of 7 nights have no covariates: eve-3", words(told.stderr))
        self.assertIn("1 lines of covariates have no night: line 8", words(told.stderr))
        table = rows(told.stdout)
        self.assertEqual({r["id"]: (r["coffee"], r["age"]) for r in table}["ann-2"], ("no", "30"))
        self.assertEqual({r["coffee"] for r in table if r["id"] == "eve-3"}, {""})
        self.assertEqual({r["simulated"] for r in table}, {"1"})
        wide = self.stats("wide")
        self.assertEqual([r["id"] for r in wide], sorted(p.stem for p in self.files))
        by_measure = {(r["id"], r["class"] + "_" + r["stage"]): r["rate"] for r in table}
        self.assertEqual({(r["id"], k): v for r in wide for k, v in r.items() if (r["id"], k) in by_measure}, by_measure)

        unknown = self.folder / "unknown.csv"
        unknown.write_text("person,night,drug\nann,1,N/A\nann,2,null\nbob,1,-\nbob,2,none\neve,1,na\neve,2,x\neve,3,x\n")
        told = rows(self.ok("psg-stats", "-q", "--events", self.cohort, "--covariates", unknown).stdout)
        self.assertEqual({r["id"]: r["drug"] for r in told},
                         {"ann-1": "", "ann-2": "", "bob-1": "", "bob-2": "none", "eve-1": "", "eve-2": "x", "eve-3": "x"})

        def refused(code, text, *arguments):
            result = run("psg-stats", "--events", *arguments)
            self.assertEqual((result.returncode, text in words(result.stderr)), (code, True), words(result.stderr))

        refused(USAGE, "needs a covariate", self.cohort, "--table", "groups")
        refused(USAGE, "there is no covariate 'tea'", self.cohort, "--table", "groups", "--covariates", self.sheet, "--by", "tea")
        refused(USAGE, "does not tell the person", self.files[0], "--table", "reliability")
        refused(DATA, "is no readable HDF5 file", self.sheet)
        twice = self.folder / "twice.csv"
        twice.write_text("person,coffee\nann,yes\nann,no\n")
        refused(DATA, "line 3", self.cohort, "--covariates", twice)
        twice.write_text("name,coffee\nann,yes\n")
        refused(DATA, "no column 'id' or 'person'", self.cohort, "--covariates", twice)
        for column in ("rate", "rate_low", "mean_duration", "simulated", "leg_movement_all"):
            twice.write_text(f"person,{column}\nann,3\n")
            refused(DATA, "is taken", self.cohort, "--covariates", twice)
        twice.write_text("person,coffee\n,yes\n,no\n")  # of nobody, and not of nights whose person is not told
        alone = run("psg-stats", "--events", self.files[0], "--covariates", twice)
        self.assertIn("2 lines of covariates have no night", words(alone.stderr))
        self.assertEqual({r["coffee"] for r in rows(alone.stdout)}, {""})


if __name__ == "__main__":
    unittest.util._MAX_LENGTH = 2000
    main()
