#!/usr/bin/env python3
# What users say about channels: derivations, units, polarity, a laboratory's map; and the quality of channels.
# SPDX-License-Identifier: BSD-3-Clause
import json

from harness import DATA, FINE, NIGHT, USAGE, Case, main, reference, rows, run, words


class Channels(Case):
    def channel(self, label, *arguments, recording=NIGHT):
        found = [r for r in rows(self.ok("psg-info", "-q", recording, *arguments).stdout) if r["label"] == label]
        self.assertEqual(len(found), 1, label)
        return found[0]

    def test_a_derived_channel_is_shown_with_its_expression(self):
        row = self.channel("Leg-Diff", "--derive", "Leg-Diff=Leg L-Leg R", "--channel", "leg_left=Leg-Diff")
        self.assertEqual((row["role"], row["rule"], row["chosen"], row["changes"]), ("leg_left", "user", "1", "derived: Leg L-Leg R"))
        self.assertEqual(self.channel("Leg L", "--channel", "leg_right=Leg L")["changes"], "")

    def test_every_tool_that_reads_nights_takes_them(self):
        lab = self.folder / "map.tsv"
        lab.write_text("Leg R\tleg_left\nLeg L\tleg_right\tuV\tinverted\n")
        arguments = ["--channel-map", lab, "--derive", "EEG C4=C4-M1*2", "--unit", "Chin=uV", "--invert", "ECG"]
        self.ok("psg-stage", NIGHT, *arguments)
        self.ok("psg-detect", NIGHT, *arguments)
        self.ok("psg-export", NIGHT, *arguments, "-o", self.folder / "n.h5")
        facts = {(r["kind"], r["name"]): (r["value"], r["source"]) for r in self.table(self.folder / "n.h5", "provenance")}
        self.assertEqual(facts["parameter", "derived.EEG C4"], ("C4-M1*2", "given"))
        self.assertEqual(facts["parameter", "unit.Chin"], ("uV", "given"))
        self.assertEqual(facts["parameter", "unit.Leg L"], ("uV", "map"))
        self.assertEqual(facts["parameter", "inverted.Leg L"], ("", "map"))
        self.assertEqual(facts["parameter", "inverted.ECG"], ("", "given"))
        self.assertEqual(facts["parameter", "channel.leg_left"], ("Leg R", "map"))
        self.assertEqual(len(facts["input", "channel_map"][0]), 64)
        rules = {r["label"]: (r["role"], r["rule"], r["changes"]) for r in self.table(self.folder / "n.h5", "channels")}
        self.assertEqual(rules["Leg R"], ("leg_left", "map", ""))
        self.assertEqual(rules["Leg L"], ("leg_right", "map", "unit: uV (map); inverted (map)"))
        self.assertEqual(rules["EEG C4"], ("eeg", "derivation", "derived: C4-M1*2"))

    def test_a_derivation_that_changes_nothing_changes_no_event(self):
        plain = rows(self.ok("psg-detect", NIGHT, "--only", "leg_movement").stdout)
        same = rows(self.ok("psg-detect", NIGHT, "--only", "leg_movement", "--derive", "left leg=2*'Leg L'-'Leg L'").stdout)
        self.assertEqual([(r["onset"], r["duration"]) for r in plain], [(r["onset"], r["duration"]) for r in same])
        self.assertIn("left leg", {r["channel"] for r in same})
        turned = rows(self.ok("psg-detect", NIGHT, "--only", "leg_movement", "--invert", "Leg L").stdout)
        self.assertEqual([(r["onset"], r["channel"]) for r in plain], [(r["onset"], r["channel"]) for r in turned])

    def test_refusals(self):
        lab = self.folder / "map.tsv"
        lab.write_text("# map\nLeg R\tknee\n")
        for tool in ["psg-info", "psg-stage", "psg-detect"]:
            for arguments in [["--derive", "X=Nothing"], ["--derive", "X"], ["--derive", "Chin=ECG"], ["--unit", "Chin=kg"],
                              ["--unit", "Knee=uV"], ["--invert", "Knee"], ["--derive", "X=" + "(" * 999]]:
                result = run(tool, NIGHT, *arguments)
                self.assertEqual((result.returncode, result.stdout), (USAGE, b""), f"{tool} {arguments}: {words(result.stderr)}")
            result = run(tool, NIGHT, "--channel-map", lab)
            self.assertEqual(result.returncode, DATA)
            self.assertIn("map.tsv line 2", words(result.stderr))
            self.assertEqual(run(tool, NIGHT, "--channel-map", self.folder / "absent").returncode, DATA)
        before = lab.read_text()
        lab.write_text("Leg R\tleg_right\n")
        self.assertEqual(run("psg-info", NIGHT, "--channel-map", lab, "-o", lab, "--force").returncode, USAGE)
        self.assertNotEqual(lab.read_text(), before)

    def test_what_could_be_read_differently_is_told(self):
        nox = reference("recordings/nox_2min_90ch.edf")
        told = run("psg-info", nox, "--derive", "Chin=1-2")
        self.assertEqual(told.returncode, FINE)
        self.assertIn("CHANNEL_AMBIGUOUS: '1-2' is read as the channel of this label", words(told.stderr))
        self.assertNotIn("is read as the channel", words(run("psg-info", nox, "--derive", "Chin='1'-'2'").stderr))
        self.assertEqual(self.channel("Chin", "--derive", "Chin='1'-'2'", recording=nox)["role"], "chin")


class Quality(Case):
    def test_every_channel_has_a_row_in_every_format(self):
        printed = rows(self.ok("psg-info", NIGHT, "--quality").stdout)
        self.assertEqual([r["label"] for r in printed], [r["label"] for r in rows(self.ok("psg-info", NIGHT).stdout)])
        self.assertEqual({r["recorded"] for r in printed}, {"19.5"})
        self.assertEqual(self.ok("psg-info", NIGHT, "--table", "quality").stdout, self.ok("psg-info", NIGHT, "--quality").stdout)
        lines = self.ok("psg-info", NIGHT, "--quality", "--json").stdout.splitlines()
        self.assertEqual(len(lines), len(printed))
        self.assertEqual(json.loads(lines[0])["label"], printed[0]["label"])
        self.ok("psg-export", NIGHT, "-o", self.folder / "n.h5")
        self.assertEqual(self.table(self.folder / "n.h5", "quality"), printed)

    def test_a_wrong_unit_is_told_everywhere_and_refused_by_strict(self):
        wrong = ["--unit", "C4-M1=mV", "--unit", "Leg L=mV"]  # a thousand times too large, and coarse
        plain = run("psg-info", NIGHT)
        self.assertNotIn("AMPLITUDE", words(plain.stderr))
        told = words(self.ok("psg-info", NIGHT, "--quality", *wrong).stderr)
        self.assertIn("AMPLITUDE_IMPLAUSIBLE", told)
        self.assertIn("'C4-M1'", told)
        codes = {(r["code"], r["label"]) for r in rows(self.ok("psg-info", NIGHT, "--table", "findings", *wrong).stdout)}
        self.assertLessEqual({("AMPLITUDE_IMPLAUSIBLE", "C4-M1"), ("RESOLUTION_COARSE", "Leg L")}, codes)
        self.ok("psg-export", NIGHT, *wrong, "-o", self.folder / "n.h5")
        facts = [(r["name"], r["label"]) for r in self.table(self.folder / "n.h5", "provenance") if r["kind"] == "finding"]
        self.assertEqual(facts.count(("AMPLITUDE_IMPLAUSIBLE", "C4-M1")), 1)
        coarse = [r["source"] for r in self.table(self.folder / "n.h5", "provenance")
                  if (r["name"], r["label"]) == ("RESOLUTION_COARSE", "Leg L")]
        self.assertEqual(coarse[0], "leg_movements")  # in place of the reader's, one a detector
        self.assertEqual(len(set(coarse)), len(coarse))
        self.assertLessEqual({"hypnic_jerks, leg_left", "tonic_leg_activity, leg_left", "fragmentary_myoclonus, leg_left", "rem_atonia, leg_left"}, set(coarse))
        for tool in ["psg-info", "psg-stage", "psg-detect"]:
            refused = run(tool, NIGHT, "--strict", *wrong, *(["--quality"] if tool == "psg-info" else []))
            self.assertEqual((refused.returncode, refused.stdout), (DATA, b""), tool)
            self.assertIn(f"{tool}: night.edf" if tool != "psg-info" else NIGHT.name, words(refused.stderr))
            self.ok(tool, NIGHT, "--strict", *(["--quality"] if tool == "psg-info" else []))

    def test_check_tells_coarse_legs(self):
        nox = reference("recordings/nox_2min_90ch.edf")
        codes = [(r["code"], r["label"]) for r in rows(self.ok("psg-info", "--check", nox).stdout)]
        self.assertEqual([c for c in codes if c[0] in ("RESOLUTION_COARSE", "AMPLITUDE_IMPLAUSIBLE")],
                         [("RESOLUTION_COARSE", "Left Leg"), ("RESOLUTION_COARSE", "Right Leg")])
        legs = {r["label"]: r for r in rows(self.ok("psg-info", "--quality", nox).stdout)}
        self.assertEqual((legs["Left Leg"]["unscorable"], legs["Left Leg"]["reason"]), ("2", "a step of more than 2 uV"))

    def test_check_takes_no_words_about_channels(self):
        for arguments in [["--derive", "X=ECG"], ["--quality"], ["--unit", "ECG=uV"]]:
            self.assertEqual(run("psg-info", "--check", NIGHT, *arguments).returncode, USAGE)
        self.assertEqual(run("psg-info", NIGHT, "--quality", "--table", "channels").returncode, USAGE)


if __name__ == "__main__":
    main()
