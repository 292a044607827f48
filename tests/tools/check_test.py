#!/usr/bin/env python3
# psg-info --check: an archive in one call, our verdict beside EDFlib's, the same findings on stderr and in the HDF5 file.
# SPDX-License-Identifier: BSD-3-Clause
import json

from harness import DATA, FINE, NIGHT, PARTIAL, USAGE, Case, main, reference, rows, run, words

COLUMNS = ["file", "verdict", "edflib", "code", "field", "channel", "label", "byte", "message", "repair"]


def field(data, at, text):
    """The file's bytes with a text written over them."""
    return data[:at] + text.encode("latin-1") + data[at + len(text):]


class Check(Case):
    def setUp(self):
        super().setUp()
        data = NIGHT.read_bytes()
        self.signals = int(data[252:256])
        header = 256 * (self.signals + 1)
        record = 2 * sum(int(data[256 + 216 * self.signals + 8 * i:][:8]) for i in range(self.signals))
        records = min(int(data[236:244]), 70)
        self.sound = field(data[:header + records * record], 236, f"{records:<8}")

    def write(self, name, data):
        path = self.folder / name
        path.write_bytes(data)
        return path

    def test_an_archive(self):
        sound = self.write("a sound.edf", self.sound)
        minimum = 256 + 104 * self.signals
        broken = self.write("b.edf", field(field(self.sound, minimum, "-500,5  "), 168, "01/03/24"))
        refused = self.write("c.edf", field(self.sound, 252, "0   "))
        done = run("psg-info", "--check", sound, broken, refused)
        self.assertEqual(done.returncode, PARTIAL)
        self.assertEqual(done.stdout.splitlines()[0].decode().split("\t"), COLUMNS)
        table = rows(done.stdout)
        self.assertEqual([(r["file"], r["verdict"], r["code"], r["field"], r["channel"], r["byte"]) for r in table],
                         [("a sound.edf", "readable", "SIMULATED", "annotations", "-1", "NaN"),
                          ("b.edf", "readable", "EDF_START_DATE", "start date", "-1", "168"),
                          ("b.edf", "readable", "EDF_NUMBER_FORMAT", "physical minimum", "0", str(minimum)),
                          ("b.edf", "readable", "SIMULATED", "annotations", "-1", "NaN"),
                          ("c.edf", "refused", "REFUSED", "number of signals", "-1", "252")])
        self.assertEqual(table[2]["repair"], "read as -500.5")
        self.assertEqual([r["edflib"].split(":")[0] for r in table], ["accepted"] + 4 * ["refused"])
        self.assertIn("psg-info: c.edf, byte 252, number of signals", words(done.stderr))
        self.assertIn("b.edf: EDFlib: refused", words(done.stderr))
        self.assertNotIn("CHANNEL_", words(done.stdout))  # what a study would need is no matter of the file
        as_json = run("psg-info", "--check", "--json", sound, broken, refused).stdout.decode().splitlines()
        self.assertEqual([[json.loads(line)[c] for c in ("file", "code", "message")] for line in as_json],
                         [[r[c] for c in ("file", "code", "message")] for r in table])
        self.assertIsNone(json.loads(as_json[0])["byte"])

    def test_exit_codes_and_strict(self):
        plain = self.sound.replace(b"Simulated recording", b"A quiet   recording")
        sound = self.write("sound.edf", plain)
        odd = self.write("odd.edf", field(plain, 176, "22:30:00"))
        empty = self.write("empty.edf", b"")
        done = self.ok("psg-info", "--check", sound)
        self.assertEqual([(r["verdict"], r["code"]) for r in rows(done.stdout)], [("readable", "")])
        self.assertEqual(run("psg-info", "--check", sound, odd).returncode, FINE)
        self.assertEqual(run("psg-info", "--check", empty).returncode, DATA)
        self.assertEqual(run("psg-info", "--check", empty, self.folder / "absent.edf", self.folder).returncode, DATA)
        self.assertEqual(run("psg-info", "--check", sound, empty).returncode, PARTIAL)
        strict = run("psg-info", "--check", "--strict", sound, odd)
        self.assertEqual(strict.returncode, PARTIAL)
        self.assertEqual([(r["file"], r["verdict"], r["code"]) for r in rows(strict.stdout)],
                         [("sound.edf", "readable", ""), ("odd.edf", "refused", "EDF_START_TIME"), ("odd.edf", "refused", "REFUSED")])
        self.assertEqual(run("psg-info", "--check", "--strict", odd).returncode, DATA)
        self.assertEqual(run("psg-info", "--check", "--table", "channels", sound).returncode, USAGE)
        self.assertEqual(run("psg-info", "--check", sound, "-o", sound, "--force").returncode, USAGE)
        self.assertEqual(sound.read_bytes(), plain)

    def test_samples_are_looked_at(self):
        maximum = 256 + 128 * self.signals
        path = self.write("limited.edf", field(self.sound, maximum, "10      "))
        codes = {r["code"]: r for r in rows(self.ok("psg-info", "--check", path).stdout)}
        self.assertIn("EDF_SAMPLE_RANGE", codes)
        self.assertEqual(codes["EDF_SAMPLE_RANGE"]["channel"], "0")
        self.assertGreaterEqual(int(codes["EDF_SAMPLE_RANGE"]["byte"]), 256 * (self.signals + 1))

    def test_same_findings_everywhere(self):
        label = 256 + 16
        maximum = 256 + 128 * self.signals
        path = self.write("odd.edf", field(field(field(self.sound, 176, "22:30:00"), label, " "), maximum, "10      "))
        names = ("code", "message", "field", "channel", "label", "byte", "repair")
        checked = [tuple(r[n] for n in names) for r in rows(self.ok("psg-info", "--check", path).stdout)
                   if r["code"].startswith("EDF_")]
        self.assertEqual([c[0] for c in checked], ["EDF_START_TIME", "EDF_TEXT_ENCODING", "EDF_SAMPLE_RANGE"])
        done = self.ok("psg-export", path, "-o", self.folder / "n.h5", code=PARTIAL)  # all of its EEG is clipped
        stored = [tuple(r[n] for n in ("name", "value", "source", "channel", "label", "byte", "repair"))
                  for r in self.table(self.folder / "n.h5", "provenance") if r["kind"] == "finding" and r["name"].startswith("EDF_")]
        self.assertEqual(checked, stored)
        for code, message, place, channel, name, byte, repair in checked:
            where = f"[{place}, byte {byte}]" if channel == "-1" else f"[{place}] in channel '{name}' (byte {byte})"
            self.assertIn(f"warning {code}: {message} {where}; {repair}\n", words(done.stderr))
        fixed = rows(self.ok("psg-fix", path, self.folder / "f.edf", "--table", "findings").stdout)
        self.assertEqual(checked, [tuple(r[n] for n in names) for r in fixed if r["code"].startswith("EDF_")])

    def test_reference_collection(self):
        folder = reference("io/edf/defects")
        legal = {"00", "01", "02", "28", "36", "40", "41", "44", "61", "69", "73", "78", "82", "90", "91", "92", "95", "96"}
        done = run("psg-info", "--check", *sorted(folder.iterdir()))
        self.assertEqual(done.returncode, PARTIAL)
        for row in rows(done.stdout):
            self.assertEqual(row["code"] == "", row["file"][:2] in legal, row)


if __name__ == "__main__":
    main()
