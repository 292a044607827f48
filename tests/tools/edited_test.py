#!/usr/bin/env python3
# The human in the loop: events go out, are corrected by hand, and come back with their ids; what changed is told.
# SPDX-License-Identifier: BSD-3-Clause
from edf_plus import Night
from harness import DATA, NIGHT, USAGE, Case, main, rows, run, words


class Edited(Case):
    """A night's movements as Luna .annot, the way back through --movements."""

    def setUp(self):
        super().setUp()
        self.options = ["--no-companion"]
        self.before = rows(self.ok("psg-detect", NIGHT, *self.options).stdout)
        self.annot = self.folder / "night.annot"
        self.annot.write_bytes(self.ok("psg-detect", NIGHT, *self.options, "--format", "annot").stdout)

    def movements(self, table):
        return [r for r in table if r["class"] in ("leg_movement", "long_leg_movement", "hypnic_jerk")]

    def edit(self, path):
        """Deletes leg_movement-3, moves leg_movement-5 by half a second, adds a movement; returns the new file."""
        lines = []
        for line in path.read_text().splitlines():
            cells = line.split("\t")
            if len(cells) > 4 and cells[1] == "leg_movement-3":
                continue
            if len(cells) > 4 and cells[1] == "leg_movement-5":
                cells[3] = f"{float(cells[3]) + 0.5:.6f}"
            lines.append("\t".join(cells))
        lines.append("leg_movement\t.\tEMG LAT\t1100.25\t1101.75\tside=L")
        edited = self.folder / "edited.annot"
        edited.write_text("\n".join(lines) + "\n")
        return edited

    def test_nothing_edited_is_nothing_changed(self):
        result = self.ok("psg-detect", NIGHT, *self.options, "--movements", self.annot)
        after = rows(result.stdout)
        self.assertNotIn("EVENTS_CHANGED", words(result.stderr))
        for old, new in zip(self.movements(self.before), self.movements(after), strict=True):
            for name in ("id", "class", "onset", "duration", "side", "channel", "stage"):
                self.assertEqual(old[name], new[name])
            self.assertEqual(new["edit"], "unchanged")
        # what is made of them is made anew and comes out the same
        series = [[(r["id"], r["series"], r["interval_s"]) for r in table if r["class"].endswith("periodic_leg_movement")]
                  for table in (self.before, after)]
        self.assertEqual(*series)
        self.assertGreater(len(series[0]), 8)

    def test_given_movements_are_classed_by_their_length(self):
        table = self.folder / "legs.tsv"
        table.write_text("id\tonset\tduration\tevent\tleg\nleg_movement-1\t100\t10\tleg_movement\tL\nleg_movement-2\t140\t10.5\tleg_movement\tL\n"
                         "long_leg_movement-1\t180\t4\tlong_leg_movement\tR\n")
        def classes(*arguments):
            table = self.movements(rows(self.ok("psg-detect", NIGHT, *self.options, *arguments).stdout))
            return {r["id"]: r["class"] for r in table if r["class"] != "hypnic_jerk"}

        given = ["--movements", table]
        after = classes(*given)
        self.assertEqual(after, {"leg_movement-1": "leg_movement", "leg_movement-2": "long_leg_movement", "long_leg_movement-1": "leg_movement"})
        self.assertEqual(set(classes(*given, "--set", "leg_movements.max_duration_s=12").values()), {"leg_movement"})
        # and out and back again, through Luna's format and EDF+
        annot = self.folder / "classed.annot"
        annot.write_bytes(self.ok("psg-detect", NIGHT, *given, *self.options, "--format", "annot").stdout)
        marked = self.folder / "marked.edf"
        self.ok("psg-fix", NIGHT, marked, "--annotations", annot, "--round-annotations")
        for path in (annot, marked):
            self.assertEqual(classes("--movements", path), after)

    def test_time_that_could_not_be_scored_stays_out(self):
        """A list that comes back keeps its denominators: the legs' artefacts are in it."""
        night = Night(NIGHT.read_bytes())
        labels = [text.strip() for text in night.fields[0][1]]
        samples = [2 * int(text) for text in night.fields[8][1]]
        spans = {b"Leg L": (600, 900), b"Leg R": (780, 1080)}  # both from 780 to 900 s
        for leg, (first, end) in spans.items():
            at = labels.index(leg)
            for record in range(first, end):
                data = bytearray(night.records[record])
                data[sum(samples[:at]):sum(samples[:at + 1])] = bytes(samples[at])
                night.records[record] = bytes(data)
        path = self.folder / "blind.edf"
        path.write_bytes(night.write([(0, len(night.records), 0)], kind="EDF+C", notes_samples=57))
        table, annot, h5 = (self.folder / name for name in ("blind.tsv", "blind.annot", "blind.h5"))
        table.write_bytes(self.ok("psg-detect", path, *self.options).stdout)
        annot.write_bytes(self.ok("psg-detect", path, *self.options, "--format", "annot").stdout)
        lost = [r for r in rows(table.read_bytes()) if r["class"] == "leg_artefact"]
        self.assertEqual([(r["side"], r["reason"], round(float(r["onset"])), round(float(r["duration"]))) for r in lost],
                         [("L", "no_signal", 600, 300), ("R", "no_signal", 780, 300)])

        def indices(*arguments):
            self.ok("psg-export", path, *self.options, *arguments, "--force", "-o", h5)
            wanted = ("plm", "clm", "one_leg")
            return [tuple(r.values()) for r in self.table(h5, "movement_indices") if r["index"] in wanted]

        detected = indices()
        for given in (table, annot):
            self.assertEqual(indices("--movements", given), detected)
        one_leg = {r[1]: float(r[3]) for r in detected if r[0] == "one_leg"}
        self.assertAlmostEqual(one_leg["all"], 6, places=1)

    def check_edited(self, result):
        after = {r["id"]: r for r in self.movements(rows(result.stdout))}
        old = {r["id"]: r for r in self.movements(self.before)}
        self.assertNotIn("leg_movement-3", after)
        self.assertEqual(after["leg_movement-5"]["edit"], "moved")
        self.assertEqual(float(after["leg_movement-5"]["onset"]), float(old["leg_movement-5"]["onset"]) + 0.5)
        added = [r for r in after.values() if r["edit"] == "added"]
        self.assertEqual(len(added), 1)
        self.assertEqual((added[0]["onset"], added[0]["side"]), ("1100.25", "L"))
        self.assertNotIn(added[0]["id"], old)  # the id of a removed event is not given again
        unchanged = {i for i, r in after.items() if r["edit"] == "unchanged"}
        self.assertEqual(unchanged, set(old) - {"leg_movement-3", "leg_movement-5"})
        return rows(result.stdout)

    def test_edits_are_told_by_the_file_itself(self):
        edited = self.edit(self.annot)
        after = self.check_edited(self.ok("psg-detect", NIGHT, *self.options, "--movements", edited))
        count = [sum(r["class"].endswith("periodic_leg_movement") for r in t) for t in (self.before, after)]
        self.assertNotEqual(count[0], 0)
        self.assertEqual(count[0], count[1])  # one less, one more
        self.assertNotEqual([r["onset"] for r in self.before if r["class"].endswith("periodic_leg_movement")],
                            [r["onset"] for r in after if r["class"].endswith("periodic_leg_movement")])

    def test_edits_are_told_by_the_original(self):
        edited = self.edit(self.annot)
        table = self.folder / "before.tsv"
        table.write_bytes(self.ok("psg-detect", NIGHT, *self.options).stdout)
        h5 = self.folder / "before.h5"
        self.ok("psg-export", NIGHT, *self.options, "-o", h5)
        self.assertEqual(run("psg-detect", NIGHT, "--movements", edited, "--original", h5).returncode, USAGE)
        printed = self.folder / "printed.tsv"
        printed.write_bytes(self.ok("psg-export", h5, "--to", "tsv", "--table", "events").stdout)
        for original in (table, self.annot, printed):
            result = self.ok("psg-detect", NIGHT, *self.options, "--movements", edited, "--original", original)
            self.check_edited(result)
            self.assertRegex(words(result.stderr), "EVENTS_CHANGED.*1 event was removed: leg_movement-3")
        # and all of it reaches the tables
        after = self.folder / "after.h5"
        self.ok("psg-export", NIGHT, *self.options, "--movements", edited, "--original", printed, "-o", after)
        edits = [r["text"] for r in self.table(after, "event_attributes") if r["name"] == "edit"]
        self.assertEqual((edits.count("moved"), edits.count("added")), (1, 1))
        provenance = self.table(after, "provenance")
        self.assertEqual(sum(r["name"] == "EVENTS_CHANGED" for r in provenance), 3)
        self.assertTrue(any(r["kind"] == "input" and r["name"] == "original" for r in provenance))

    def test_through_edf_annotations(self):
        edited = self.edit(self.annot)
        marked = self.folder / "marked.edf"
        self.ok("psg-fix", NIGHT, marked, "--annotations", edited, "--round-annotations")
        result = self.ok("psg-detect", NIGHT, *self.options, "--movements", marked, "--original", self.annot)
        after = {r["id"]: r for r in self.movements(rows(result.stdout))}
        self.assertEqual(after["leg_movement-5"]["edit"], "moved")
        self.assertNotIn("leg_movement-3", after)
        self.assertEqual(sum(r["edit"] == "added" for r in after.values()), 1)
        for r in self.movements(self.before):
            if r["id"] not in ("leg_movement-3", "leg_movement-5"):
                self.assertEqual(after[r["id"]]["edit"], "unchanged", r)

    def test_a_class_of_which_all_was_deleted_is_not_found_again(self):
        lines = [line for line in self.annot.read_text().splitlines() if not line.startswith("hypnic_jerk\t")]
        none = self.folder / "none.annot"
        none.write_text("\n".join(lines) + "\n")
        result = self.ok("psg-detect", NIGHT, *self.options, "--movements", none, "--original", self.annot)
        self.assertEqual([r for r in rows(result.stdout) if r["class"] == "hypnic_jerk"], [])
        self.assertGreater(sum(r["class"] == "hypnic_jerk" for r in self.before), 3)

    def test_series_alone_are_refused(self):
        lines = [l for l in self.annot.read_text().splitlines() if "periodic_leg_movement\t" in l or l.startswith("class\t")]
        series = self.folder / "series.annot"
        series.write_text("\n".join(lines) + "\n")
        self.assertEqual(run("psg-detect", NIGHT, *self.options, "--movements", series).returncode, DATA)

    def test_original_alone_is_a_usage_error(self):
        self.assertEqual(run("psg-detect", NIGHT, "--original", self.annot).returncode, USAGE)


if __name__ == "__main__":
    main()
