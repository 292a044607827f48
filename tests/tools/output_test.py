#!/usr/bin/env python3
# What every tool's output keeps: columns, equal bytes under every locale, no identity, the mark of simulated recordings.
# SPDX-License-Identifier: BSD-3-Clause
import json
import os
import pty
import re
import shutil
import subprocess

from harness import BIN, NIGHT, READERS, SOURCE, Case, main, rows, words


def overlap(a, b):
    """Do two events, rows of a table, share any time?"""
    start = {id(e): float(e["onset"]) for e in (a, b)}
    end = {id(e): start[id(e)] + float(e["duration"]) for e in (a, b)}
    return start[id(a)] < end[id(b)] and start[id(b)] < end[id(a)]


class Output(Case):
    def test_same_input_same_bytes(self):
        for name in ["a.h5", "b.h5"]:
            recording = self.folder / f"{name}.edf"  # another path and another time must not show
            shutil.copy(NIGHT, recording)
            self.ok("psg-export", recording, "-o", self.folder / name)
        self.assertEqual((self.folder / "a.h5").read_bytes(), (self.folder / "b.h5").read_bytes())

    def test_same_output_under_every_locale(self):
        available = subprocess.run(["locale", "-a"], capture_output=True).stdout.decode().split()
        comma = [name for name in available if re.match(r"(de|fr|it|tr)_", name)]
        usual = {tool: self.ok(tool, NIGHT).stdout for tool in READERS}
        for name in ["C", "C.UTF-8", "de_DE.UTF-8", *comma[:2]]:  # an unknown one must do no harm either
            for tool in READERS:
                result = self.ok(tool, NIGHT, env=dict(os.environ, LC_ALL=name, LANG=name))
                self.assertEqual(result.stdout, usual[tool], f"{tool} under {name}")

    def test_json_lines_hold_the_same_rows(self):
        for tool in READERS:
            tsv = rows(self.ok(tool, NIGHT).stdout)
            lines = [json.loads(line) for line in self.ok(tool, NIGHT, "--json").stdout.decode().splitlines()]
            self.assertGreater(len(tsv), 0)
            self.assertEqual(len(lines), len(tsv))
            self.assertEqual([list(line) for line in lines], [list(row) for row in tsv])

    def test_quiet_says_nothing(self):
        for tool in READERS:
            self.assertEqual(self.ok(tool, NIGHT, "--quiet").stderr, b"")

    def test_columns_fixed_from_the_first_day(self):
        stage = rows(self.ok("psg-stage", NIGHT).stdout)
        self.assertEqual(list(stage[0])[:9], ["epoch", "onset", "duration", "stage", "p_w", "p_n1", "p_n2", "p_n3", "p_r"])
        self.assertLessEqual({row["stage"] for row in stage}, {"W", "N1", "N2", "N3", "R", "?"})
        events = rows(self.ok("psg-detect", NIGHT).stdout)
        self.assertEqual(list(events[0])[:7], ["id", "class", "onset", "duration", "stage", "channel", "side"])
        self.assertLessEqual({row["side"] for row in events}, {"L", "R", "B", ""})
        self.assertEqual(len({row["id"] for row in events}), len(events))

    def test_list_and_only(self):
        listed = rows(self.ok("psg-detect", "--list").stdout)
        classes = {row["name"] for row in listed if row["kind"] == "class"}
        self.assertLessEqual({"leg_movement", "periodic_leg_movement", "hypnic_jerk"}, classes)
        for row in listed:
            if row["kind"] == "parameter":
                self.assertNotEqual(row["source"], "", row["name"])
        chosen = rows(self.ok("psg-detect", NIGHT, "--only", "leg_movement,hypnic_jerk").stdout)
        self.assertEqual({row["class"] for row in chosen}, {"leg_movement", "hypnic_jerk"})

    def test_planted_events_are_found(self):
        truth = rows((SOURCE / "sample_data" / "night.truth.tsv").read_bytes())
        hypnogram = SOURCE / "sample_data" / "night.hypnogram.tsv"
        found = rows(self.ok("psg-detect", NIGHT, "--hypnogram", hypnogram).stdout)
        for name, share in [("leg_movement", 0.8), ("hypnic_jerk", 0.5)]:
            planted = [row for row in truth if row["class"] == name]
            self.assertGreater(len(planted), 0)
            hits = [p for p in planted if any(f["class"] == name and overlap(f, p) for f in found)]
            self.assertGreaterEqual(len(hits), share * len(planted), name)

    def test_simulated_is_said_everywhere(self):
        self.ok("psg-simulate", "--seed", 3, "--hours", 0.1, "-o", self.folder / "s.edf")
        for recording in [NIGHT, self.folder / "s.edf"]:
            h5 = self.folder / "s.h5"
            self.ok("psg-export", recording, "-o", h5, "--force")
            self.assertEqual(self.table(h5, "recording")[0]["simulated"], "1")
            self.assertIn("SIMULATED", {row["name"] for row in self.table(h5, "provenance")})
            self.assertIn(b"simulated", h5.read_bytes())
            for tool in READERS:
                self.assertIn("SIMULATED", words(self.ok(tool, recording).stderr), tool)
            info = rows(self.ok("psg-info", recording, "--table", "recording").stdout)
            self.assertEqual(info[0]["simulated"], "1")

    def test_simulation_is_its_seed(self):
        for name in ["a", "b"]:
            self.ok("psg-simulate", "--seed", 5, "--hours", 0.1, "-o", self.folder / f"{name}.edf")
        for end in [".edf", ".truth.tsv", ".hypnogram.tsv"]:
            self.assertEqual((self.folder / f"a{end}").read_bytes(), (self.folder / f"b{end}").read_bytes())

    def test_sample_data_are_made_again(self):
        for name in ["scripts", "sample_data"]:
            (self.folder / name).mkdir()
        shutil.copy(SOURCE / "scripts" / "make_sample_data", self.folder / "scripts")
        shutil.copy(SOURCE / "sample_data" / "SHA256SUMS", self.folder / "sample_data")
        done = subprocess.run([self.folder / "scripts" / "make_sample_data", BIN / "psg-simulate"], capture_output=True, timeout=600)
        self.assertEqual(done.returncode, 0, words(done.stdout + done.stderr))
        for name in ["night.edf", "night.truth.tsv", "night.hypnogram.tsv"]:
            made, kept = self.folder / "sample_data" / name, SOURCE / "sample_data" / name
            self.assertTrue(made.read_bytes() == kept.read_bytes(), name)

    def test_identity_is_kept_out(self):
        # plain EDF with a name, a date and free texts in every header field that can hold them
        data = bytearray(NIGHT.read_bytes())
        channels = int(data[252:256])
        data[8:88] = b"MCH-0234567 F 16-SEP-1961 Haagse_Harry".ljust(80)
        data[88:168] = b"Startdate 16-SEP-1987 PSG-1234/1987 NN Telemetry03".ljust(80)
        data[168:176] = b"16.09.87"
        data[192:236] = b" " * 44
        at = 256 + 16 * channels
        data[at:at + 80] = b"Electrode of Dr. Kwakzalver".ljust(80)
        recording = self.folder / "named.edf"
        recording.write_bytes(data)
        secrets = [b"Haagse_Harry", b"MCH-0234567", b"16-SEP-1961", b"PSG-1234", b"Telemetry03", b"Kwakzalver", b"16-SEP-1987",
                   b"16.09.87", b"1987-09"]
        h5 = self.folder / "named.h5"
        self.ok("psg-export", recording, "-o", h5)
        outputs = {f"/{t}": self.ok("psg-export", h5, "--to", "tsv", "--table", t).stdout
                   for t in self.ok("psg-export", h5, "--to", "tsv", "--table", "list").stdout.decode().split()}
        outputs["the file"] = h5.read_bytes()
        for tool in READERS:
            result = self.ok(tool, recording)
            outputs[tool] = result.stdout + result.stderr
        for table in ["recording", "channels", "segments", "annotations", "findings"]:
            result = self.ok("psg-info", recording, "--table", table)
            outputs[f"psg-info {table}"] = result.stdout + result.stderr
        for where, content in outputs.items():
            for secret in secrets:
                self.assertFalse(secret in content, f"{secret} in {where}")
        kept = self.folder / "kept.h5"
        self.ok("psg-export", recording, "-o", kept, "--keep-identity")
        about = self.table(kept, "recording")[0]
        self.assertIn("Haagse_Harry", about["patient"])
        self.assertIn("1987", about["start_date"])
        self.assertIn("Kwakzalver", self.table(kept, "channels")[0]["transducer"])

    def test_no_path_host_or_user_in_the_output(self):
        h5 = self.folder / "night.h5"
        self.ok("psg-export", NIGHT, "-o", h5)
        text = b"".join(self.ok("psg-export", h5, "--to", "tsv", "--table", t).stdout
                        for t in ["provenance", "recording", "channels"])
        for secret in [str(NIGHT), "night.edf", str(self.folder), "sample_data", os.uname().nodename]:
            self.assertFalse(secret.encode() in text, secret)
            if len(secret) > 4:  # two letters stand in packed numbers by chance
                self.assertFalse(secret.encode() in h5.read_bytes(), secret)

    def test_segments_and_clock(self):
        h5 = self.folder / "night.h5"
        self.ok("psg-export", NIGHT, "-o", h5)
        epochs = self.table(h5, "epochs")
        self.assertTrue(all(0 <= float(row["clock"]) < 86400 for row in epochs))
        self.assertEqual({row["reason"] for row in epochs if row["stage"] != "?"}, {""})

    def test_words_that_nobody_can_read_end_nothing(self):
        for closing in ("2>/dev/full", "2>&-", "<&-"):
            for tool in READERS:
                result = subprocess.run(f'"{BIN / tool}" "{NIGHT}" {closing}', shell=True, capture_output=True, timeout=600)
                self.assertEqual((result.returncode, result.stdout), (0, self.ok(tool, NIGHT).stdout), f"{tool} {closing}")
            missing = subprocess.run(f'"{BIN / "psg-info"}" "{self.folder}/none.edf" {closing}', shell=True, capture_output=True)
            self.assertEqual(missing.returncode, 1)
        closed = subprocess.run(f'"{BIN / "psg-info"}" "{NIGHT}" -q >&-', shell=True, capture_output=True, timeout=600)
        self.assertEqual(closed.returncode, 1)

    def test_progress_at_a_terminal_alone(self):
        night, page = self.folder / "night.h5", self.folder / "night.html"
        for command in (["psg-export", NIGHT, "-o", night], ["psg-detect", NIGHT], ["psg-report", night, NIGHT, "-o", page]):
            def told(*more):
                reader, terminal = pty.openpty()
                process = subprocess.Popen([BIN / command[0], *command[1:], *more], stdout=subprocess.DEVNULL, stderr=terminal)
                os.close(terminal)
                text = b""
                try:
                    while piece := os.read(reader, 65536):
                        text += piece
                except OSError:  # a terminal that nobody holds any more
                    pass
                os.close(reader)
                self.assertEqual(process.wait(), 0)
                return text.decode()
            line = re.compile(r"step \d+ done: [a-z_ ]+")
            shown = told("--force")
            self.assertIn("done: samples", shown)
            self.assertTrue(all("\r\x1b[K" in rest[:6] for rest in line.split(shown)[1:]), "each line is taken away again")
            self.assertNotRegex(told("--force", "-q"), line)
            self.assertNotRegex(words(self.ok(*command, "--force").stderr), line)


if __name__ == "__main__":
    main()
