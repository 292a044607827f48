#!/usr/bin/env python3
# psg-detect --explain: each rule of an event with its value, the same ids as in the list.
# SPDX-License-Identifier: BSD-3-Clause
import json

from edf_plus import Night
from harness import Case, NIGHT, USAGE, main, run, rows, words


class Explain(Case):
    def rules(self, event, *arguments):
        printed = self.ok("psg-detect", NIGHT, *arguments, "--quiet", "--json", "--explain", event).stdout
        return [json.loads(line) for line in printed.decode().splitlines()]

    def rule(self, rules, name, event=None):
        found = [r for r in rules if r["rule"] == name and (event is None or r["event"] == event)]
        self.assertEqual(len(found), 1, name)
        return found[0]

    def given(self, onsets):
        """A list of movements of the left leg, 2 s long unless told."""
        path = self.folder / "movements.tsv"
        lines = [f"{t[0]}\t{t[1]}\tL\n" if isinstance(t, tuple) else f"{t}\t2\tL\n" for t in onsets]
        path.write_text("onset\tduration\tleg\n" + "".join(lines))
        return ["--movements", path]

    def test_detected_events(self):
        events = rows(self.ok("psg-detect", NIGHT, "--quiet").stdout)
        legs = [e for e in events if e["class"] == "leg_movement"]
        self.assertGreater(len(legs), 3)
        for e in legs[:3]:
            rules = self.rules(e["id"])
            self.assertEqual(rules[0]["event"], e["id"])
            self.assertEqual(self.rule(rules, "resting level")["value"], e["resting_uv"])
            self.assertEqual(self.rule(rules, "onset")["value"], e["rise_uv"])
            self.assertEqual(self.rule(rules, "morphology")["value"], e["sustained_uv"])
            part = self.rule(rules, "part of")["value"]
            self.assertIn(part, {x["id"] for x in events})
            in_series = self.rule(rules, "series", part)["verdict"] == "passed"
            self.assertEqual(in_series, part.startswith("periodic"))
        for e in events:
            if e["class"] == "hypnic_jerk":  # any other class: its measures
                measures = {r["rule"]: r["value"] for r in self.rules(e["id"])}
                self.assertEqual(measures["grade"], e["grade"])
                break
        # the ids do not depend on what the list was cut to
        cut = self.rules(legs[1]["id"], "--only", "hypnic_jerk")
        self.assertEqual(cut, self.rules(legs[1]["id"]))

    def blind_night(self):
        """The sample night without any signal of the legs for 18 s within a series, and when."""
        night, first, end = Night(NIGHT.read_bytes()), 663, 681
        legs = [i for i, label in enumerate(night.fields[0][1]) if label.startswith(b"Leg")]
        samples = [2 * int(text) for text in night.fields[8][1]]
        for record in range(first, end):
            data = bytearray(night.records[record])
            for leg in legs:
                data[sum(samples[:leg]):sum(samples[:leg + 1])] = bytes(samples[leg])
            night.records[record] = bytes(data)
        path = self.folder / "blind.edf"
        path.write_bytes(night.write([(0, len(night.records), 0)], kind="EDF+C", notes_samples=57))
        return path, first

    def test_unscorable_time_ends_a_series(self):
        night, hole = self.blind_night()
        events = rows(self.ok("psg-detect", night, "--quiet", "--no-companion").stdout)
        combined = [e for e in events if e["class"].endswith("periodic_leg_movement")]
        after = next(e for e in combined if float(e["onset"]) > hole)
        self.assertEqual(after["interval_s"], "NaN")
        self.assertEqual(after["series_position"], "1")
        printed = self.ok("psg-detect", night, "--quiet", "--json", "--no-companion", "--explain", after["id"]).stdout
        rules = [json.loads(line) for line in printed.decode().splitlines()]
        self.assertRegex(self.rule(rules, "interval to the movement before")["text"],
                         "for .* s between no leg could be scored .unscorable_ends_s 10.")
        lost = self.ok("psg-detect", night, "--quiet", "--json", "--no-companion", "--explain", "leg_artefact-1").stdout
        self.assertEqual(self.rule([json.loads(line) for line in lost.decode().splitlines()], "signal")["verdict"], "no")
        across = rows(self.ok("psg-detect", night, "--quiet", "--no-companion", "--set", "plm_series.unscorable_ends_s=0").stdout)
        same = [e for e in across if e["onset"] == after["onset"] and e["class"].endswith("periodic_leg_movement")]
        self.assertGreater(float(same[0]["interval_s"]), 18)

    def test_why_a_series_ends(self):
        short = self.given([100, 120, 140, 160, 163, 183])
        rules = self.rules("nonperiodic_leg_movement-1", *short)
        before = self.rule(rules, "interval to the movement before")
        self.assertEqual((before["value"], before["verdict"]), ("3", "failed"))
        self.assertIn("may start the next", before["text"])
        self.assertEqual(self.rule(rules, "interval to the movement after")["value"], "20")
        self.assertEqual(self.rule(rules, "series")["text"], "in a run of 2")
        self.assertEqual(self.rule(rules, "respiratory")["verdict"], "not tested")
        old = self.rules("nonperiodic_leg_movement-1", *short, "--standard", "wasm2006")
        self.assertIn("this movement was passed over",
                      self.rule(old, "interval to the movement before")["text"])
        last = self.rules("periodic_leg_movement-4", *short)
        self.assertEqual(self.rule(last, "series")["text"], "movement 4 of 4")
        self.assertEqual(self.rule(last, "interval to the movement after")["verdict"], "failed")

    def test_explanation_says_what_the_list_says(self):
        """Arousals that were looked for, and respiratory association that was switched off."""
        def combined(*arguments):
            return [e for e in rows(self.ok("psg-detect", NIGHT, "--quiet", *arguments).stdout) if e["class"].endswith("periodic_leg_movement")]

        events = combined()
        for arousal, verdict in ("1", "yes"), ("0", "no"):
            event = next(e for e in events if e["arousal"] == arousal)
            self.assertEqual(self.rule(self.rules(event["id"]), "arousal")["verdict"], verdict)
        breath = self.folder / "breath.tsv"
        breath.write_text("onset\tduration\tevent\n700\t20\thypopnea\n")
        off = ["--respiratory", breath, "--set", "plm_series.respiratory=none"]
        event = combined(*off)[0]
        self.assertEqual(event["series_nr"], "NaN")
        self.assertEqual(self.rule(self.rules(event["id"], *off), "series without respiratory movements")["verdict"], "not tested")

    def scored(self, rows, stages, standard):
        """The arguments of movements (onset, duration, leg) in epochs of these stages."""
        path, hypnogram = self.folder / "legs.tsv", self.folder / "stages.csv"
        path.write_text("onset\tduration\tleg\n" + "".join(f"{a}\t{b}\t{c}\n" for a, b, c in rows))
        lines = [f"{30 * i},30,{s}\n" for i, s in enumerate(stages + ["N2"] * (40 - len(stages)))]  # of 20 min
        hypnogram.write_text("onset,duration,stage\n" + "".join(lines))
        return ["--movements", path, "--hypnogram", hypnogram, "--standard", standard]

    def test_part_of_is_told_by_members(self):
        rows = [(100, 1, "L"), (101, 9, "R"), (107, 1, "L"), (130, 1, "L")]  # the third lies inside the pair, in time
        given = self.scored(rows, ["N2"] * 20, "aasm")
        parts = [self.rule(self.rules(f"leg_movement-{i}", *given), "part of")["value"] for i in (1, 2, 3, 4)]
        self.assertEqual(parts[0], parts[1])
        self.assertEqual(len(set(parts)), 3)

    def test_dropped_movements_have_a_reason(self):
        rows = [(100, 9, "L"), (104, 9, "R"), (130, 0.3, "L"), (150, 12, "R")]
        given = self.scored(rows, ["N2"] * 20, "aasm")
        for event, why in (("leg_movement-1", "bilateral_too_long"), ("leg_movement-2", "bilateral_too_long"),
                           ("leg_movement-3", "too_short"), ("leg_movement-4", "monolateral_too_long")):
            part = self.rule(self.rules(event, *given), "part of")
            self.assertEqual((part["value"], part["verdict"]), (why, "no"), event)

    def test_what_else_ends_a_series(self):
        wake = self.scored([(55, 1, "L"), (140, 1, "L")], ["N2"] * 2 + ["W"] * 2 + ["N2"] * 8, "aasm")
        settings = ["--set", "plm_series.max_wake_s=60"]
        rules = self.rules("nonperiodic_leg_movement-2", *wake, *settings)
        before = self.rule(rules, "interval to the movement before")
        self.assertEqual((before["value"], before["verdict"]), ("85", "failed"))
        self.assertIn("60 s of wake", before["text"])
        self.assertEqual(self.rule(rules, "series")["text"], "in a run of 1")
        after = self.rule(self.rules("nonperiodic_leg_movement-1", *wake, *settings), "interval to the movement after")
        self.assertEqual(after["verdict"], "failed")
        rows = [(t, 1, "L") for t in (100, 104, 124, 144, 164)]  # 104 may not start: three are left
        given = self.scored(rows, ["N2"] * 20, "somas")
        before = self.rule(self.rules("nonperiodic_leg_movement-3", *given), "interval to the movement before")
        self.assertEqual(before["verdict"], "failed")
        self.assertIn("may not start a series", before["text"])
        self.assertEqual(self.rule(self.rules("nonperiodic_leg_movement-5", *given), "series")["text"], "in a run of 3")
        in_wake = self.scored([(65, 1, "L")], ["N2"] * 2 + ["W"] * 8, "aasm")
        self.assertIn("begins in wake", self.rule(self.rules("nonperiodic_leg_movement-1", *in_wake), "scored")["text"])

    def test_options_that_contradict(self):
        for arguments in (["--explain", "leg_movement-1", "--list"],
                          ["--explain", "leg_movement-1", "--format", "annot", NIGHT],
                          ["--standard", "aasm", "--set", "plm_series.standard=somas", NIGHT],
                          ["--set", "plm_series.max_monolateral_s=0.1", NIGHT],
                          ["--set", "plm_series.max_bilateral_s=0.1", NIGHT]):
            self.assertEqual(run("psg-detect", *arguments).returncode, USAGE, arguments)
        self.ok("psg-detect", NIGHT, "--quiet", "--standard", "aasm", "--set", "plm_series.standard=aasm")

    def test_no_candidate(self):
        rules = self.rules("nonperiodic_leg_movement-3", *self.given([100, 120, (140, 12), 160]))
        self.assertEqual(self.rule(rules, "candidate")["verdict"], "failed")
        self.assertEqual(self.rule(rules, "duration of one leg")["verdict"], "failed")
        self.assertIn("no candidate", self.rule(rules, "interval to the movement before")["text"])

    def test_associations(self):
        respiratory, arousals = self.folder / "resp.csv", self.folder / "arousals.csv"
        respiratory.write_text("onset,duration,type\n80,17.75,hypopnea\n")
        arousals.write_text("onset,duration\n122.5,4\n")
        given = [*self.given([108, 120]), "--respiratory", respiratory, "--arousals", arousals]
        first, second = (self.rules(f"nonperiodic_leg_movement-{i}", *given) for i in (1, 2))
        self.assertEqual((self.rule(first, "respiratory")["value"], self.rule(first, "respiratory")["verdict"]), ("0", "yes"))
        self.assertEqual((self.rule(second, "respiratory")["value"], self.rule(second, "respiratory")["verdict"]), ("12", "no"))
        self.assertEqual((self.rule(second, "arousal")["value"], self.rule(second, "arousal")["verdict"]), ("0.5", "no"))
        closed = self.rules("nonperiodic_leg_movement-2", *given, "--standard", "plmscore")
        self.assertEqual(self.rule(closed, "arousal")["verdict"], "yes")

    def test_words_and_unknown_ids(self):
        given = self.given([100, 120, 140, 160])
        text = self.ok("psg-detect", NIGHT, *given, "--explain", "periodic_leg_movement-2").stdout.decode()
        self.assertIn("interval to the movement before", text)
        self.assertIn("movement 2 of 4", text)
        wrong = run("psg-detect", NIGHT, *given, "--explain", "periodic_leg_movement-9")
        self.assertEqual(wrong.returncode, USAGE)
        self.assertIn("periodic_leg_movement-1 to periodic_leg_movement-4", words(wrong.stderr))


if __name__ == "__main__":
    main()
