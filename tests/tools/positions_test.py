#!/usr/bin/env python3
# Body positions, from a channel with codes or from a scorer: indices of leg movements in each.
# SPDX-License-Identifier: BSD-3-Clause
from edf_plus import Night
from harness import NIGHT, USAGE, Case, main, run, words

SECONDS, HALF = 1170, 600  # of the sample night, and when its sleeper turns here


class Positions(Case):
    def minutes(self, night, *arguments):
        """Minutes of sleep in each position, the time of the movements in each, and the words on stderr."""
        h5 = self.folder / "out.h5"
        result = self.ok("psg-export", night, "--hypnogram", self.hypnogram(), *arguments, "-o", h5, "--force")
        table = self.table(h5, "movement_indices")
        groups = {r["group"].removeprefix("position "): r for r in table
                  if r["index"] == "clm" and r["side"] == "" and r["group"].startswith("position ")}
        self.counts = {name: int(r["count"]) for name, r in groups.items()}
        self.total = [int(r["count"]) for r in table if r["index"] == "clm" and r["side"] == "" and r["group"] == "sleep"][0]
        self.provenance = {r["name"]: r for r in self.table(h5, "provenance")}
        self.said = words(result.stderr)
        return {name: float(r["minutes"]) for name, r in groups.items()}

    def hypnogram(self):
        path = self.folder / "asleep.txt"
        path.write_text("N2\n" * (SECONDS // 30))
        return path

    def write(self, name, text):
        path = self.folder / name
        path.write_text(text)
        return path

    def with_channel(self, codes):
        """The sample night with a channel of codes, one a second, in place of an arm."""
        night = Night(NIGHT.read_bytes())
        arm = [label.strip() for label in night.fields[0][1]].index(b"Arm R")
        for field, text in {0: "Body Position", 2: "", 3: "-32768", 4: "32767", 5: "-32768", 6: "32767"}.items():
            width, texts = night.fields[field]
            texts[arm] = text.encode().ljust(width)
        samples = [2 * int(text) for text in night.fields[8][1]]
        for i, record in enumerate(night.records):
            data = bytearray(record)
            data[sum(samples[:arm]):sum(samples[:arm + 1])] = codes(i).to_bytes(2, "little") * (samples[arm] // 2)
            night.records[i] = bytes(data)
        path = self.folder / "turned.edf"
        path.write_bytes(night.write([(0, len(night.records), 0)], kind="EDF+C", notes_samples=57))
        return path

    def test_codes_of_a_channel_are_no_positions_by_themselves(self):
        night = self.with_channel(lambda t: 1 if t < HALF else 4)
        self.assertEqual(self.minutes(night), {"1": 10, "4": 9.5})
        self.assertEqual(sum(self.counts.values()), self.total)
        self.assertEqual(self.provenance["position.1"]["source"], "channel Body Position")

    def test_codes_get_names(self):
        night = self.with_channel(lambda t: 1 if t < HALF else 4 if t < 900 else 2)
        names = ["--position", "1=supine", "--position", "4=left"]
        self.assertEqual(self.minutes(night, *names), {"supine": 10, "2": 4.5, "left": 5})
        self.assertEqual(sum(self.counts.values()), self.total)
        self.assertEqual(self.minutes(night, *names, "--position", "2=supine"), {"supine": 14.5, "left": 5})
        self.assertEqual(self.minutes(night, *names, "--position", "2=unknown"), {"supine": 10, "left": 5})
        self.minutes(night, "--position", "7=prone")
        self.assertIn("CHANNEL_UNUSABLE: none of the codes of --position occurs in channel Body Position", self.said)
        self.minutes(NIGHT, "--position", "1=supine")
        self.assertIn("CHANNEL_NOT_FOUND: --position was given", self.said)

    def test_codes_that_are_none_are_refused(self):
        for bad in (["1"], ["=supine"], ["1=Supine"], ["x=left"], ["1=on_the_back"], ["1.5=left"], ["1=left", "1=right"],
                    ["99999999999999999999=left"]):
            options = [text for choice in bad for text in ("--position", choice)]
            result = run("psg-detect", NIGHT, *options)
            self.assertEqual(result.returncode, USAGE, bad)
            self.assertIn("position", words(result.stderr))

    def test_scored_positions(self):
        luna = "class\tinstance\tchannel\tstart\tstop\tmeta\nSupine\t.\t.\t0\t600\t.\nPosition - Left\t.\t.\t600\t1170\t.\n"
        xml = ("<PSGAnnotation><ScoredEvents>"
               "<ScoredEvent><EventType>Body</EventType><EventConcept>Body position: supine|supine</EventConcept>"
               "<Start>0</Start><Duration>600</Duration></ScoredEvent>"
               "<ScoredEvent><EventType>Body</EventType><EventConcept>Position Left|left</EventConcept>"
               "<Start>600</Start><Duration>570</Duration></ScoredEvent></ScoredEvents></PSGAnnotation>")
        table = "onset\tduration\tevent\n0\t0\tsupine\n600\t0\tlying on left side\n"  # marks: until the next, or the end
        remlogic = ("RemLogic Event Export\nSleep Stage\tPosition\tTime [hh:mm:ss]\tEvent\tDuration[s]\tLocation\n" +
                    "".join(f"N2\t{'Supine' if e < 20 else 'Left'}\t23:{e // 2:02}:{30 * (e % 2):02}\tSLEEP-S2\t30\tC3-A2\n"
                            for e in range(39)))
        for name, text in {"s.annot": luna, "s.xml": xml, "s.tsv": table, "s.txt": remlogic}.items():
            with self.subTest(name):
                self.assertEqual(self.minutes(NIGHT, "--scoring", self.write(name, text)),
                                 {"supine": 10, "left": 9.5})
                self.assertEqual(sum(self.counts.values()), self.total)
                self.assertEqual(self.provenance["position.left"]["source"], "scoring")
                self.assertNotIn("EVENTS_UNKNOWN", self.said)
        # a scorer is believed before a sensor
        night = self.with_channel(lambda t: 1)
        self.assertEqual(self.minutes(night, "--scoring", self.write("s.annot", luna)), {"supine": 10, "left": 9.5})
        # "Left" may be the side of anything: only the laboratory knows
        bare = self.write("bare.annot", luna.replace("Position - Left", "Left"))
        self.assertEqual(self.minutes(NIGHT, "--scoring", bare), {"supine": 10})
        self.assertIn("EVENTS_UNKNOWN: some names are not understood: 1 'Left'", self.said)
        mapped = self.write("names.tsv", "Left\tposition_left\n")
        self.assertEqual(self.minutes(NIGHT, "--scoring", bare, "--event-map", mapped), {"supine": 10, "left": 9.5})

    def test_marks_end_where_the_position_is_unknown(self):
        marks = self.write("m.annot", "class\tinstance\tchannel\tstart\tstop\tmeta\nPosition Prone\t.\t.\t0\t0\t.\n"
                           "Unknown Position\t.\t.\t300\t300\t.\nposition upright\t.\t.\t600\t900\t.\n"
                           "position right\t.\t.\t840\t1170\t.\n")
        self.assertEqual(self.minutes(NIGHT, "--scoring", marks), {"prone": 5, "right": 5.5, "upright": 4})


if __name__ == "__main__":
    main()
