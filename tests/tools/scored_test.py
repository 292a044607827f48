#!/usr/bin/env python3
# Scorings beside a recording: every format through the tools, files found by themselves, lights, maps of names.
# SPDX-License-Identifier: BSD-3-Clause
import shutil

from harness import DATA, NIGHT, SOURCE, USAGE, Case, main, reference, rows, run, words

EXAMPLES = SOURCE / "tests" / "io" / "scored"
STAGES = "W W N1 N2 N2 N3 N3 N2 R R".split()  # of every example: the first ten epochs


def stages(tsv):
    return [row["stage"] for row in rows(tsv)]


class Scored(Case):
    def alone(self):
        """The sample night without its hypnogram."""
        shutil.copy(NIGHT, self.folder / "n.edf")
        return self.folder / "n.edf"

    def write(self, name, text):
        path = self.folder / name
        path.write_text(text)
        return path

    def scored_night(self):
        return [row["stage"] for row in rows((SOURCE / "sample_data" / "night.hypnogram.tsv").read_bytes())]

    def test_every_format_fills_the_same_table(self):
        night = self.alone()
        for name in ["profusion.xml", "nsrr.xml", "events.csv", "stages.csv", "lines_utf16.txt", "yasa_strings.csv",
                     "sub-01_task-sleep_events.tsv", "stages_comma.csv", "edfbrowser.csv", "hdf5_epochs.tsv", "packed.csv.gz"]:
            with self.subTest(name):
                result = self.ok("psg-stage", night, "--scoring", EXAMPLES / name)
                self.assertEqual(stages(result.stdout)[:10], STAGES)
                self.assertEqual(set(stages(result.stdout)[10:]), {"?"})
                self.assertIn("HYPNOGRAM_LENGTH", words(result.stderr))
                self.assertIn(f"scoring: {name} (", words(result.stderr))

    def test_bad_examples_end_with_a_sentence(self):
        night = self.alone()
        bad = sorted(p for p in EXAMPLES.iterdir() if "_bad" in p.name and p.suffix != ".map")
        self.assertGreater(len(bad), 14)
        for path in bad:
            with self.subTest(path.name):
                result = run("psg-stage", night, "--scoring", path)
                self.assertEqual(result.returncode, DATA, words(result.stderr))
                self.assertIn(path.name, words(result.stderr))
                self.assertEqual(words(result.stderr).count("\n"), 1)

    def test_everything_of_one_file_reaches_the_tables(self):
        h5 = self.folder / "n.h5"
        result = self.ok("psg-export", self.alone(), "--scoring", EXAMPLES / "nsrr.xml", "-o", h5)
        self.assertIn("NSRR XML", words(result.stderr))
        self.assertIn("lights off at 15 s, marked in the scoring", words(result.stderr))
        self.assertIn("movements are not used", words(result.stderr))
        provenance = {(r["kind"], r["name"]): r for r in self.table(h5, "provenance")}
        self.assertEqual(provenance["scoring", "scoring.format"]["value"], "NSRR XML, UTF-8")
        self.assertIn("2 respiratory events, 1 arousal", provenance["scoring", "scoring.contents"]["value"])
        self.assertEqual(provenance["parameter", "lights_off"]["value"], "15")
        self.assertEqual(provenance["parameter", "lights_off"]["source"], "scoring")
        self.assertIn("1 'Zorp'", provenance["finding", "EVENTS_UNKNOWN"]["value"])
        recording = self.table(h5, "recording")[0]
        self.assertEqual((float(recording["lights_off"]), float(recording["lights_on"])), (15, 290))

    def test_events_that_end_after_the_recording_are_told(self):
        late = self.write("late.csv", "onset,duration,event,side\n100,9999999,LM,L\n200,1,LM,L\n")
        result = self.ok("psg-detect", self.alone(), "--no-companion", "--movements", late)
        self.assertIn("EVENTS_OUTSIDE: 1 movements end after the end of the recording", words(result.stderr))

    def test_separate_options_win(self):
        h5 = self.folder / "n.h5"
        hypnogram = self.write("mine.txt", "N2\n" * 39)
        self.ok("psg-export", self.alone(), "--scoring", EXAMPLES / "nsrr.xml", "--hypnogram", hypnogram, "--lights-off", "20", "-o", h5)
        self.assertEqual({r["stage"] for r in self.table(h5, "epochs")}, {"N2"})
        self.assertEqual(float(self.table(h5, "recording")[0]["lights_off"]), 20)

    def test_a_companion_is_used_and_named(self):
        result = self.ok("psg-export", NIGHT, "-o", self.folder / "a.h5")
        self.assertIn("companion found beside the recording: night.hypnogram.tsv (table of stages", words(result.stderr))
        self.assertEqual([r["stage"] for r in self.table(self.folder / "a.h5", "epochs")], self.scored_night())
        result = self.ok("psg-export", NIGHT, "--no-companion", "-o", self.folder / "b.h5")
        self.assertNotIn("companion", words(result.stderr))
        self.assertNotEqual([r["stage"] for r in self.table(self.folder / "b.h5", "epochs")], self.scored_night())
        self.assertNotIn("companion", words(self.ok("psg-stage", NIGHT).stderr))  # stages by itself

    def test_names_of_companions(self):
        night = self.alone()
        text = "\n".join(self.scored_night()) + "\n"
        for name in ["n.hyp", "n_hypnogram.txt", "n.stages.txt", "n.eannot"]:
            path = self.write(name, text)
            self.assertIn(f"companion found beside the recording: {name}", words(self.ok("psg-detect", night).stderr))
            path.unlink()
        for name, example in [("n-nsrr.xml", "nsrr.xml"), ("n.xml", "profusion.xml"), ("n.annot", None)]:
            if example is None:
                path = self.write(name, "class\tinstance\tchannel\tstart\tstop\tmeta\nN2\t.\t.\t0\t1170\t.\n")
            else:
                path = self.folder / name
                shutil.copy(EXAMPLES / example, path)
            self.assertIn(f"companion found beside the recording: {name}", words(self.ok("psg-detect", night).stderr))
            path.unlink()
        shutil.copy(NIGHT, self.folder / "SC4001E0-PSG.edf")
        shutil.copy(EXAMPLES / "annotations.edf", self.folder / "SC4001EC-Hypnogram.edf")
        shutil.copy(EXAMPLES / "annotations.edf", self.folder / "SC4002EC-Hypnogram.edf")
        result = run("psg-detect", self.folder / "SC4001E0-PSG.edf")
        self.assertIn("SC4001EC-Hypnogram.edf", words(result.stderr))

    def test_several_companions_are_not_chosen_from(self):
        night = self.alone()
        plain = self.ok("psg-detect", night)
        self.write("n.hyp", "W\n" * 39)
        self.write("n.eannot", "N2\n" * 39)
        result = self.ok("psg-detect", night)
        self.assertIn("COMPANION_NOT_USED: several files beside the recording could be its scoring: *.eannot, *.hyp", words(result.stderr))
        self.assertEqual(result.stdout, plain.stdout)
        # one that is given by an option is no candidate
        result = self.ok("psg-detect", night, "--hypnogram", self.folder / "n.hyp")
        self.assertIn("companion found beside the recording: n.eannot", words(result.stderr))
        self.assertEqual({r["stage"] for r in rows(result.stdout)}, {"W"})

    def test_a_companion_is_never_written_over(self):
        night = self.alone()
        scored = self.write("n_events.tsv", "onset\tduration\ttrial_type\n0\t1170\tN2\n")
        self.assertEqual(run("psg-detect", night, "-o", scored, "--force").returncode, USAGE)
        self.assertIn("trial_type", scored.read_text())

    def test_a_bad_companion_is_an_error(self):
        night = self.alone()
        self.write("n.xml", "<html></html>")
        result = run("psg-detect", night)
        self.assertEqual(result.returncode, DATA)
        self.assertIn("n.xml line 1", words(result.stderr))
        self.assertIn("--no-companion", words(result.stderr))
        self.ok("psg-detect", night, "--no-companion")

    def test_event_map(self):
        night = self.alone()
        arguments = ["psg-detect", night, "--scoring", EXAMPLES / "events.csv"]
        self.assertIn("EVENTS_UNKNOWN", words(self.ok(*arguments).stderr))
        result = self.ok(*arguments, "--event-map", EXAMPLES / "names.map")
        self.assertNotIn("EVENTS_UNKNOWN", words(result.stderr))
        self.assertIn("2 arousals", words(result.stderr))
        result = run(*arguments, "--event-map", EXAMPLES / "names_bad.map")
        self.assertEqual(result.returncode, DATA)
        self.assertIn("names_bad.map line 2: 'blop'", words(result.stderr))

    def test_strict_names_the_file(self):
        night = self.alone()
        for extra in (["--scoring", EXAMPLES / "events.csv"], ["--hypnogram", EXAMPLES / "stages.csv"]):
            result = run("psg-stage", night, "--strict", *extra)
            self.assertEqual(result.returncode, DATA)
            self.assertIn(f"psg-stage: {extra[1].name}, ", words(result.stderr))
        result = run("psg-fix", night, self.folder / "o.edf", "--strict", "--annotations", EXAMPLES / "detected.annot")
        self.assertEqual(result.returncode, DATA)
        self.assertIn("scored/detected.annot: FIX_ANNOTATION", words(result.stderr))

    def test_stage_digits(self):
        night = self.alone()
        digits = EXAMPLES / "yasa_integers_bad.txt"
        self.assertIn("--stage-digits", words(run("psg-stage", night, "--hypnogram", digits).stderr))
        result = self.ok("psg-stage", night, "--hypnogram", digits, "--stage-digits", "yasa")
        self.assertEqual(stages(result.stdout)[:10], STAGES)
        self.assertEqual(run("psg-stage", night, "--stage-digits", "aasm").returncode, USAGE)

    def test_movements_keep_their_ids(self):
        night = self.alone()
        detected = rows(self.ok("psg-detect", night, "--no-companion", "--only", "leg_movement").stdout)
        lines = ["class\tinstance\tchannel\tstart\tstop\tmeta"]
        for r in detected:
            lines.append(f"leg_movement\t{r['id']}\t{r['channel']}\t{r['onset']}\t+{r['duration']}\t"
                         f"side={r['side']};onset={r['onset']};duration={r['duration']}")
        path = self.write("corrected.annot", "\n".join(lines) + "\n")
        result = self.ok("psg-detect", night, "--no-companion", "--only", "leg_movement", "--movements", path)
        self.assertNotIn("EVENTS_", words(result.stderr))
        fields = ["id", "onset", "duration", "side", "channel"]
        self.assertEqual([[r[f] for f in fields] for r in rows(result.stdout)], [[r[f] for f in fields] for r in detected])
        first = detected[0]
        moved = path.read_text().replace(f"\t{first['onset']}\t+", f"\t{float(first['onset']) + 1}\t+", 1)
        path.write_text(moved)
        result = self.ok("psg-detect", night, "--no-companion", "--only", "leg_movement", "--movements", path)
        self.assertIn(f"EVENTS_CHANGED: 1 events were moved or resized: {first['id']}", words(result.stderr))

    def test_real_scorings(self):
        ucddb = reference("staging/ucddb018")
        result = self.ok("psg-stage", ucddb / "ucddb018.edf", "--scoring", ucddb / "hypnogram.tsv")
        self.assertEqual(len(rows(result.stdout)), 822)
        main256 = reference("movements/main256")
        result = self.ok("psg-detect", main256 / "emg.edf", "--hypnogram", main256 / "hypnogram.csv", "--respiratory",
                         main256 / "resp_events.csv", "--arousals", main256 / "arousals.csv", "--only", "leg_movement")
        self.assertNotIn("EVENTS_UNKNOWN", words(result.stderr))

    def epochs(self, *options):
        h5 = self.folder / "epochs.h5"
        self.ok("psg-export", self.alone(), "-o", h5, "--force", *options)
        return [r["stage"] for r in self.table(h5, "epochs")]

    def test_epoch_numbers_never_hide_times(self):
        # the sample night begins at 23:00:00; epochs are counted from lights off
        rows_ = [f"{n + 1},23:0{2 + n // 2}:{30 * (n % 2):02d},{s}" for n, s in enumerate("N1 N2 N3 R".split())]
        table = self.write("clock.csv", "Epoch,Time,Stage\n" + "\n".join(rows_) + "\n")
        self.assertEqual(self.epochs("--hypnogram", table)[:8], ["?"] * 4 + ["N1", "N2", "N3", "R"])
        ended = self.write("ended.csv", "Epoch,Time,Stage,End Time\n1,23:02:00,N1,23:03:00\n2,23:03:00,R,23:03:30\n")
        self.assertEqual(self.epochs("--hypnogram", ended)[:7], ["?"] * 4 + ["N1", "N1", "R"])
        wrong = self.write("wrong.csv", "Epoch,Time,Stage\n1,23:02:00,N1\n2,23:04:00,N2\n")
        result = run("psg-detect", self.alone(), "--hypnogram", wrong)
        self.assertEqual(result.returncode, DATA)
        self.assertIn("line 3: the epoch's number and its time contradict each other", words(result.stderr))

    def test_epoch_numbers_are_no_onsets_of_events(self):
        events = self.write("events.csv", "Epoch,Time,Event,End Time\n13,23:06:00,Hypopnea,23:06:20\n")
        marked = self.folder / "marked.edf"
        self.ok("psg-fix", self.alone(), marked, "--annotations", events)
        found = [r for r in rows(self.ok("psg-info", marked, "--table", "annotations").stdout) if "Hypopnea" in r["text"]]
        self.assertEqual([(r["onset"], r["duration"]) for r in found], [("360", "20")])

    def test_missing_values_of_bids(self):
        table = self.write("n_events.tsv", "onset\tduration\ttrial_type\n0\t30\tN2\n30\t30\tn/a\n60\t30\tR\n")
        self.assertEqual(self.epochs("--hypnogram", table)[:3], ["N2", "?", "R"])

if __name__ == "__main__":
    main()
