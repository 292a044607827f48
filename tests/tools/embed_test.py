#!/usr/bin/env python3
# Scorings of every format embedded into a recording by psg-fix: nothing lost, the same stages and events read back.
# SPDX-License-Identifier: BSD-3-Clause
import gzip

from edf_plus import Night
from harness import DATA, FINE, NIGHT, SOURCE, USAGE, Case, main, rows, run, words

EXAMPLES = SOURCE / "tests" / "io" / "scored"
STAGES = "W W N1 N2 N2 N3 N3 N2 R R".split()  # of every example: the first ten epochs
# what the example of a format must leave behind beside its stages, from its own lines: onset, duration, text
REST = {
    "nsrr.xml": [(15, 0, "Lights Off"), (50, 1, "Zorp"), (100.5, 12.25, "Obstructive apnea@@Flow"), (112.75, 3, "Arousal"),
                 (115, 20, "SpO2 desaturation@@SpO2"), (150, 10, "Hypopnea@@Flow"), (200.125, 0.875, "Periodic leg movement - left"),
                 (290, 0, "Lights On")],
    "profusion.xml": [(15, 0, "Lights Off"), (50, 1, "Zorp"), (100.5, 12.25, "Obstructive Apnea@@Airflow"),
                      (112.75, 3, "Arousal (ARO RES)@@C3"), (115, 20, "SpO2 desaturation@@SaO2"), (150, 10, "Hypopnea@@Airflow"),
                      (200.125, 0.875, "PLM (Left)@@Leg/L"), (290, 0, "Lights On")],
    "luna.annot": [(15, 0, "lights_off"), (50, 1, "Zorp"), (100.5, 12.25, "obstructive_apnea@@Flow"), (112.75, 3, "arousal"),
                   (115, 20, "SpO2 desaturation"), (150, 10, "hypopnea@@Flow"), (200.125, 0.875, "Limb movement #12@@EMG LAT"),
                   (290, 0, "lights_on")],
    "remlogic.txt": [(0, 0, "Position Supine"), (15, 0, "LIGHTS-OFF"), (50, 1, "Zorp"), (100.5, 12.25, "APNEA-OBSTRUCTIVE@@Flow"), (112.75, 3, "AROUSAL"),
                     (115, 20, "DESAT@@SpO2"), (150, 10, "HYPOPNEA@@Flow"), (200.125, 0.875, "PLM@@Leg/L"), (290, 0, "LIGHTS-ON")],
    "noxturnal.txt": [(15, 0, "Licht aus"), (50, 1, "Zorp"), (100.5, 12.25, "Obstruktive Apnoe@@Fluss"), (112.75, 3, "Arousal"),
                      (115, 20, "Entsättigung"), (150, 10, "Hypopnoe@@Fluss"), (200.125, 0.875, "Beinbewegung links"), (290, 0, "Licht an")],
    "sub-01_task-sleep_events.tsv": [(15, 0, "lights off"), (50, 1, "Zorp"), (100.5, 12.25, "obstructive apnea@@Flow"),
                                     (112.75, 3, "arousal@@C3"), (115, 20, "SpO2 desaturation"), (150, 10, "hypopnea@@Flow"),
                                     (200.125, 0.875, "leg movement left@@EMG LAT"), (290, 0, "lights on")],
    "events.csv": [(15, 0, "Lights off"), (50, 1, "Zorp"), (100.5, 12.25, "Apnea, obstructive@@Flow"), (112.75, 3, "Arousal (spontaneous)"),
                   (115, 20, "SpO2 desaturation"), (150, 10, "Hypopnea@@Flow"), (200.125, 0.875, "Limb movement@@Leg/L"),
                   (290, 0, "Lights on")],
    "somnomedics_profile.txt": [],
    "stages.csv": [],
    "stages_clock.csv": [],
    "yasa_strings.csv": [],
    "lines_utf16.txt": [],
}


def epochs_of(annotations):
    """Stages of the first ten epochs, laid out by hand."""
    stages = ["?"] * 10
    for onset, duration, text in annotations:
        if text.startswith("Sleep stage "):
            for k in range(int(onset // 30), min(10, int((onset + duration) // 30))):
                stages[k] = text[12:]
    return stages


class Embed(Case):
    def setUp(self):
        super().setUp()
        data = bytearray(NIGHT.read_bytes())
        data[88:168] = b"Startdate 01-MAR-2020 X X X".ljust(80)
        data[168:184] = b"01.03.2023.58.00"  # the start of the examples
        self.night = self.folder / "n.edf"
        self.night.write_bytes(data)
        self.own = self.annotations(self.night)

    def write(self, name, data):
        path = self.folder / name
        path.write_bytes(data.encode() if isinstance(data, str) else data)
        return path

    def annotations(self, path):
        table = rows(self.ok("psg-info", path, "--table", "annotations").stdout)
        return sorted((float(r["onset"]), float(r["duration"]), r["text"]) for r in table)

    def embedded(self, *files, night=None, options=()):
        out = self.folder / "out.edf"
        given = [a for f in files for a in ("--annotations", f)]
        self.result = self.ok("psg-fix", night or self.night, out, "--force", *given, *options)
        left = self.annotations(out)
        for a in self.own:
            left.remove(a)  # those of the recording are there, too
        return left

    def test_every_format(self):
        for name, rest in REST.items():
            with self.subTest(name):
                found = self.embedded(EXAMPLES / name)
                self.assertEqual([a for a in found if not a[2].startswith("Sleep stage")], rest)
                self.assertEqual(epochs_of(found), STAGES)
                self.assertFalse((self.folder / "out.annot").exists())
        self.assertEqual([a[2] for a in self.embedded(EXAMPLES / "luna.eannot")],
                         [f"Sleep stage {s}" for s in [*STAGES[:9], "?"]])  # L: lights on
        self.assertEqual(self.embedded(EXAMPLES / "somnomedics_events.txt"), [(100.5, 12.25, "Obstruktive Apnoe"), (150, 10, "Hypopnoe")])

    def test_what_is_embedded_reads_back_the_same(self):
        for name in ["nsrr.xml", "luna.annot", "noxturnal.txt", "events.csv"]:
            with self.subTest(name):
                outputs = []
                self.embedded(EXAMPLES / name)
                for scoring in [EXAMPLES / name, self.folder / "out.edf"]:
                    result = self.ok("psg-export", self.night, "--scoring", scoring, "-o", self.folder / "t.h5", "--force")
                    outputs.append({t: self.table(self.folder / "t.h5", t) for t in ["epochs", "recording"]})
                    self.assertIn("2 respiratory events, 1 arousal, 1 movement, lights off, lights on", words(result.stderr))
                self.assertEqual(outputs[0]["epochs"], outputs[1]["epochs"])
                self.assertEqual(outputs[0]["recording"][0]["lights_off"], outputs[1]["recording"][0]["lights_off"])

    def test_bad_scorings_leave_nothing_behind(self):
        bad = sorted(p for p in EXAMPLES.iterdir() if "_bad" in p.name and p.suffix != ".map")
        self.assertGreater(len(bad), 14)
        for path in bad:
            with self.subTest(path.name):
                result = run("psg-fix", self.night, self.folder / "x.edf", "--annotations", path)
                self.assertEqual(result.returncode, DATA, words(result.stderr))
                self.assertIn(path.name, words(result.stderr))
                self.assertEqual([p.name for p in self.folder.iterdir()], ["n.edf"])

    def test_edf_scoring(self):
        # another EDF+ whose clock began 90 s later: its annotations move with the clock
        self.embedded(EXAMPLES / "events.csv")
        data = bytearray((self.folder / "out.edf").read_bytes())
        data[176:184] = b"23.59.30"
        later = self.write("later.edf", data)
        found = self.embedded(later)
        self.assertIn((190.5, 12.25, "Apnea, obstructive@@Flow"), found)
        self.assertEqual(epochs_of(found), ["?"] * 3 + STAGES[:7])
        found = self.embedded(EXAMPLES / "annotations.edf")
        self.assertIn("Zorp", [a[2] for a in found])

    def test_outputs_of_the_tools(self):
        events = self.write("events.tsv", self.ok("psg-detect", self.night).stdout)
        annot = self.write("events.annot", self.ok("psg-detect", self.night, "--format", "annot").stdout)
        stages = self.write("stages.tsv", self.ok("psg-stage", self.night).stdout)
        from_table = self.embedded(events, stages, options=["--round-annotations"])
        self.assertEqual(from_table, self.embedded(annot, stages, options=["--round-annotations"]))
        self.assertEqual([a[2] for a in from_table if a[2].startswith("Sleep")], [f"Sleep stage {r['stage']}" for r in rows(stages.read_bytes())])
        events = rows(events.read_bytes())
        self.assertEqual(len(from_table), len(events) + len(rows(stages.read_bytes())))
        # the movements are taken from the file with their ids, channels and sides
        fields = ["id", "channel", "side", "class"]
        legs = [[r[f] for f in fields] for r in events if r["class"] == "leg_movement"]
        back = rows(self.ok("psg-detect", self.night, "--movements", self.folder / "out.edf", "--only", "leg_movement").stdout)
        self.assertTrue(legs)
        self.assertEqual([[r[f] for f in fields] for r in back], legs)

    def test_map_and_digits(self):
        found = self.embedded(EXAMPLES / "events.csv", options=["--event-map", EXAMPLES / "names.map"])
        self.assertIn((50, 1, "EEG arousal"), found)
        self.assertNotIn((50, 1, "Zorp"), found)
        digits = EXAMPLES / "yasa_integers_bad.txt"
        self.assertEqual(run("psg-fix", self.night, self.folder / "x.edf", "--annotations", digits).returncode, DATA)
        self.assertFalse((self.folder / "x.edf").exists())
        self.assertEqual(epochs_of(self.embedded(digits, options=["--stage-digits", "yasa"])), STAGES)
        for bad in [["--stage-digits", "aasm"], ["--table", "all"], ["--annotations", "-", "--event-map", "-"]]:
            self.assertEqual(run("psg-fix", self.night, self.folder / "x.edf", *bad).returncode, USAGE)

    def test_outside_and_too_long_goes_to_the_annot_file(self):
        long = "a name of more than forty bytes, as some laboratories have"
        scored = self.write("s.tsv", f"onset\tduration\tevent\tchannel\n-5\t1\tArousal\t.\n9\t1\t{long}\tC3\n2000\t3\tHypopnea\tn/a\n")
        self.assertEqual(self.embedded(scored), [(2000, 3, "Hypopnea")])
        annot = rows((self.folder / "out.annot").read_bytes())
        self.assertEqual([(r["class"], r["start"], r["stop"]) for r in annot], [("Arousal", "-5", "-4"), (f"{long}@@C3", "9", "10")])

    def test_what_is_shortened_is_told(self):
        scored = self.write("s.tsv", "id\tclass\tonset\tduration\tstage\tchannel\tside\n"
                            "leg_movement-3\tleg_movement\t9\t1\tN2\tTibialis anterior, the left one of both\tL\n"
                            "leg_movement-4\tleg_movement\t19\t1\tN2\tEMG\tR\n")
        self.assertEqual(self.embedded(scored)[1], (19, 1, "Limb movement #4@@EMG"))
        self.assertIn("room for the whole channels of 1 events", words(self.result.stderr))
        self.assertIn("sides of 2 events", words(self.result.stderr))
        # cut behind a blank, which no reader would give back
        scored = self.write("s.tsv", "id\tclass\tonset\tduration\tstage\tchannel\tside\n"
                            "leg_movement-3\tleg_movement\t9\t1\tN2\tTibialis anterior, of both\tL\n")
        self.assertEqual(self.embedded(scored), [(9, 1, "Limb movement #3@@Tibialis anterior, of")])

    def test_gaps_and_a_start_between_seconds(self):
        night = Night(NIGHT.read_bytes())
        night.start = night.start.replace(year=2020, month=3, day=7, hour=23, minute=0, second=0)
        # first sample at 23:00:00.25; a gap from 300.25 to 400.5 s after 23:00
        records = int(300 / night.seconds)
        data = night.write([(0, records, 0.25), (records, 2 * records, 400.5)])
        path = self.write("gap.edf", data)
        scored = self.write("s.tsv", "time\tduration\tevent\n23:00:10.25\t2\tArousal\n23:06:40.75\t3\tHypopnea\n23:05:30.25\t1\tZorp\n")
        self.ok("psg-fix", path, self.folder / "g.edf", "--annotations", scored)
        self.assertIn((10, 2, "Arousal"), self.annotations(self.folder / "g-1.edf"))
        self.assertIn((0.25, 3, "Hypopnea"), self.annotations(self.folder / "g-2.edf"))
        self.assertEqual([(r["class"], r["start"]) for r in rows((self.folder / "g.annot").read_bytes())], [("Zorp", "330")])
        # and in seconds since the first sample
        scored = self.write("s.tsv", "onset\tduration\tevent\n10\t2\tArousal\n400.5\t3\tHypopnea\n")
        self.ok("psg-fix", path, self.folder / "h.edf", "--annotations", scored)
        self.assertIn((10, 2, "Arousal"), self.annotations(self.folder / "h-1.edf"))
        self.assertIn((0.25, 3, "Hypopnea"), self.annotations(self.folder / "h-2.edf"))

    def test_packed_inputs(self):
        plain = self.embedded(EXAMPLES / "events.csv")
        before = (self.folder / "out.edf").read_bytes()
        night = self.write("p.edf.gz", gzip.compress(self.night.read_bytes()))
        scored = self.write("events.csv.gz", gzip.compress((EXAMPLES / "events.csv").read_bytes()))
        self.assertEqual(self.embedded(scored, night=night), plain)
        self.assertEqual((self.folder / "out.edf").read_bytes(), before)

    def test_findings_as_a_table(self):
        odd = self.write("odd.edf", self.night.read_bytes() + b"x")
        result = self.ok("psg-fix", odd, self.folder / "o.edf", "--table", "findings")
        table = rows(result.stdout)
        self.assertIn("EDF_TRAILING_BYTES", [r["code"] for r in table])
        for r in table:
            self.assertIn(f"warning {r['code']}: {r['message']}", words(result.stderr))
        self.assertIn(b'"code":"EDF_TRAILING_BYTES"', self.ok("psg-fix", odd, self.folder / "p.edf", "--table", "findings", "--json").stdout.replace(b": ", b":"))

    def test_deidentified_runs_quote_nothing(self):
        data = bytearray(self.night.read_bytes())
        data[8:88] = b"MCH-0234567 F 16-SEP-1961 Haagse_Harry".ljust(80)
        data[256:272] = "Harry Müller".encode("latin-1").ljust(16)  # of no ASCII: told by findings
        data[88:168] = b"Startdate 16-SEP-1987 PSG-1234/1987 Harry Haagse".ljust(80)
        night = self.write("named.edf", bytes(data) + b"x")
        scored = self.write("s.tsv", "onset\tduration\tevent\n10\t2\tHarry Haagse wakes\n")
        plain = self.ok("psg-fix", night, self.folder / "a.edf", "--annotations", scored)
        self.assertIn("harry", words(plain.stderr).lower())
        for table in ["files", "findings"]:
            result = self.ok("psg-fix", night, self.folder / f"{table}.edf", "--annotations", scored, "--deidentify", "--table", table)
            for secret in ["harry", "haagse", "0234567", "1961"]:
                self.assertNotIn(secret, (words(result.stderr) + words(result.stdout)).lower())
            self.assertIn("EDF_TRAILING_BYTES", words(result.stderr))
        # what refuses the recording, or the channels, quotes nothing either
        broken = self.write("broken.edf", bytes(data[:252]) + b"Harr" + bytes(data[256:]))
        for arguments in [(broken, self.folder / "c.edf"), (night, self.folder / "c.edf", "--channels", "Haagse")]:
            for options, told in [([], True), (["--deidentify"], False)]:
                result = run("psg-fix", *arguments, *options)
                self.assertNotEqual(result.returncode, FINE)
                quoted = any(name in words(result.stderr).lower() for name in ["harr", "haagse"])
                self.assertEqual(quoted, told, words(result.stderr))
        light = self.write("light.edf", bytes(data).replace(b"Haagse_Harry", b"Light_Harry "))
        noted = self.write("l.tsv", "onset\tduration\tevent\n10\t2\tLight is awake\n")
        result = self.ok("psg-fix", light, self.folder / "l.edf", "--annotations", noted, "--deidentify")
        self.assertIn("a name in the header is a word that scorings use, too, and 1 texts", words(result.stderr))
        bad = self.write("bad.txt", "W\nHarry Haagse woke up here\nW\n")
        for options, told in [([], True), (["--deidentify"], False)]:
            result = run("psg-fix", night, self.folder / "b.edf", "--annotations", bad, *options)
            self.assertEqual(result.returncode, DATA)
            self.assertEqual("Harry" in words(result.stderr), told)


if __name__ == "__main__":
    main()
