#!/usr/bin/env python3
# The table movement_indices against PLMScoRe's indices of the same movements.
# SPDX-License-Identifier: BSD-3-Clause
import csv
import math

from harness import Case, NIGHT, main, reference

GROUPS = {"TIB": "all", "TST": "sleep", "Wake": "W", "N1": "N1", "N2": "N2", "N3": "N3", "REM": "R", "NREM": "NREM"}
CLASSES = {"CLM": "clm", "CLMr": "clm_r", "CLMnr": "clm_nr", "PLM": "plm", "PLMa": "plm_a", "PLMnr": "plm_nr", "PLMnr_a": "plm_nr_a",
           "nonCLM": "nonclm", "nonCLMr": "nonclm_r", "nonCLMnr": "nonclm_nr"}
SIDES = {"l_": "L", "r_": "R", "b_": "B", "m_": "M"}
INTERVALS = {"<10s; number": "imi_short", "10-90s; number": "imi_periodic", ">90s; number": "imi_long",
             "log; mean": "imi_geometric_mean", "log; SD": "imi_geometric_sd"}


def number(text):
    return float(text) if text else math.nan


class Indices(Case):
    def rows_of(self, *arguments):
        h5 = self.folder / "night.h5"
        self.ok("psg-export", *arguments, "-o", h5, "--force")
        rows = self.table(h5, "movement_indices")
        table = {(r["index"], r["side"], r["group"]): r for r in rows}
        self.assertEqual(len(table), len(rows), "an index stands twice")
        return table

    def same(self, got, want, where):
        if math.isnan(want):
            self.assertTrue(math.isnan(got), where)
        else:
            self.assertAlmostEqual(got, want, delta=1e-6 * max(1, abs(want)), msg=where)

    def compare(self, movements, expected):
        night = reference("movements/main256")
        table = self.rows_of(night / "emg.edf", "--movements", movements, "--standard", "plmscore", "--hypnogram",
                             night / "hypnogram.csv", "--respiratory", night / "resp_events.csv", "--arousals",
                             night / "arousals.csv")
        checked = 0
        with open(expected, newline="") as file:
            for row in csv.DictReader(file):
                kind, statistic = row["LMtype"], row["Statistic"]
                side = SIDES.get(kind[:2], "")
                name = CLASSES.get(kind[2:] if side else kind)
                for theirs, group in GROUPS.items():
                    want, where = number(row[theirs]), f"{kind}, {statistic}, {theirs}"
                    if kind in ("IMI", "IMInr"):
                        got = number(table[INTERVALS[statistic] + ("_nr" if kind == "IMInr" else ""), "", group]["value"])
                    elif kind in ("PI", "PInr"):  # two decimals, 0 where there is no movement
                        got = number(table["pi" if kind == "PI" else "pi_nr", "", group]["value"])
                        got = 0.0 if math.isnan(got) else got
                        self.assertAlmostEqual(got, want, delta=0.00501, msg=where)
                        continue
                    elif kind == "R events":
                        index = "respiratory_events_with_clm" if "%" in statistic else "respiratory_events"
                        got = number(table[index, "", group]["count" if statistic == "number" else "value"])
                    elif name and statistic == "no./hour":
                        got = number(table[name, side, group]["value"])
                    elif name and statistic == "number":
                        got = number(table[name, side, group]["count"])
                    elif name and statistic.startswith("duration; "):
                        got = number(table[f"{name}_duration_{statistic.split()[1].lower()}", side, group]["value"])
                    else:
                        continue
                    self.same(got, want, where)
                    checked += 1
        print(f"{checked} figures equal PLMScoRe's")
        self.assertGreater(checked, 2000)

    def test_planted_movements(self):
        self.compare(reference("movements/main256/truth_lma.csv"), reference("movements/reference/truth_plmscore_indices.csv"))

    def test_random_movements(self):
        folder = reference("movements/reference")
        self.compare(folder / "fuzz_lma.csv", folder / "fuzz_plmscore_indices.csv")

    def test_what_was_not_scored_is_not_zero(self):
        table = self.rows_of(NIGHT)
        for name in ["plm_nr", "clm_r", "pi_nr", "respiratory_events"]:
            self.assertEqual(table[name, "", "sleep"]["value"], "NaN", name)
        for name in ["clm", "plm_a"]:  # arousals are looked for where none are given
            self.assertNotEqual(table[name, "", "sleep"]["value"], "NaN", name)

    def test_no_rows_where_nothing_was_looked_for(self):
        self.assertEqual(self.rows_of(NIGHT, "--only", "leg_movement"), {})


if __name__ == "__main__":
    main()
