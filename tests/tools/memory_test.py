#!/usr/bin/env python3
# Samples are looked at as they pass by: memory does not grow with what a night holds, nor with the duration of its data records.
# SPDX-License-Identifier: BSD-3-Clause
import array
import hashlib
import math
import os
import subprocess
import sys
import unittest

from edf_plus import Night, stamp
from harness import BIN, Case, main, words

HOURS = 2
MOST_MIB = 49  # as measured (46.4 to 46.7 MiB for 2 h and 21 channels, 98 MB), and a twentieth more
MOST_HUMMING_MIB = 51  # the same (48.3 MiB): some minutes of samples of the legs, and the amplitudes of what was subtracted

MEASURE = """import os, sys
pid = os.spawnv(os.P_NOWAIT, sys.argv[1], sys.argv[1:])
_, status, usage = os.wait4(pid, 0)
assert os.waitstatus_to_exitcode(status) == 0, sys.argv
print(usage.ru_maxrss)"""


def peak_mib(*command):
    """Most memory that a program had at a time; measured by a small process, since what its parent has counts as well."""
    return int(subprocess.run([sys.executable, "-c", MEASURE, *map(str, command)], stdout=subprocess.PIPE, check=True).stdout.split()[-1]) / 1024


def in_one_record(data):
    """The same night with a single data record, as long as the night."""
    night = Night(data)
    count = len(night.records)
    samples = [int(text) for text in night.fields[8][1][:-1]]
    notes = b"".join(stamp(onset) + (b"\x15" + duration if duration else b"") + b"\x14" + rest + b"\0" for _, onset, duration, rest in night.notes)
    notes = b"+0\x14\x14\0" + notes + bytes(len(notes) % 2 + 1)
    head = bytearray(data[:256 * (len(samples) + 2)])
    head[236:252] = f"1       {count * night.seconds:<8g}".encode()
    at = 256 + 216 * (len(samples) + 1)  # samples per record
    head[at:at + 8 * len(samples) + 8] = b"".join(f"{n:<8}".encode() for n in [n * count for n in samples] + [len(notes) // 2])
    whole = b"".join(night.records)
    width = 2 * sum(samples)
    channels, start = [], 0
    for n in samples:
        channels.append(b"".join(whole[at:at + 2 * n] for at in range(start, len(whole), width)))
        start += 2 * n
    return bytes(head) + b"".join(channels) + notes


def with_hum(data, peak_uv):
    """The same night with legs that hum throughout at 50 Hz, of which each record of a second has as much."""
    count = int(data[252:256])
    field = lambda offset, width, i: data[256 + offset * count + width * i:][:width].decode().strip()  # noqa: E731
    samples = [int(field(216, 8, i)) for i in range(count)]
    legs = [i for i in range(count) if field(0, 16, i).startswith("Leg")]
    assert len(legs) == 2 and sys.byteorder == "little"
    values = array.array("h", data[256 * (count + 1):])
    for i in legs:
        step_uv = (float(field(112, 8, i)) - float(field(104, 8, i))) / (float(field(128, 8, i)) - float(field(120, 8, i)))
        hum = [round(peak_uv / step_uv * math.sin(2 * math.pi * 50 * k / samples[i])) for k in range(samples[i])]
        for start in range(sum(samples[:i]), len(values), sum(samples)):
            place = slice(start, start + samples[i])
            values[place] = array.array("h", [max(-32767, min(32767, x + h)) for x, h in zip(values[place], hum)])
    return data[:256 * (count + 1)] + values.tobytes()


@unittest.skipIf("sanitize" in os.environ.get("PSG_BUILD", ""), "sanitizers need memory of their own")
class Memory(Case):
    def setUp(self):
        super().setUp()
        self.night = self.folder / "night.edf"
        self.ok("psg-simulate", "-q", "--montage", "full", "--hours", HOURS, "-o", self.night)

    def peak(self, *command):
        peak = peak_mib(str(BIN / command[0]), *command[1:])
        print(f"{command[0]}, {HOURS} h, 21 channels, {self.night.stat().st_size / 1e6:.0f} MB: {peak:.1f} MiB")
        return peak

    def test_the_main_job_needs_little_memory(self):
        self.assertLessEqual(self.peak("psg-export", "-q", "--no-companion", self.night, "-o", self.folder / "night.h5"), MOST_MIB)

    def test_legs_that_hum_all_night_need_little_more(self):
        humming = self.folder / "humming.edf"
        humming.write_bytes(with_hum(self.night.read_bytes(), 20))
        self.assertLessEqual(self.peak("psg-export", "-q", "--no-companion", humming, "-o", self.folder / "night.h5"), MOST_HUMMING_MIB)
        quality = {row["label"]: row for row in self.table(self.folder / "night.h5", "quality")}
        for leg in ["Leg L", "Leg R"]:
            self.assertGreater(float(quality[leg]["mains"]), 0.9 * 60 * HOURS, "it hums")

    def test_one_record_as_long_as_the_night_needs_no_more_and_gives_the_same(self):
        long, usual_h5, long_h5 = self.folder / "long.edf", self.folder / "usual.h5", self.folder / "long.h5"
        long.write_bytes(in_one_record(self.night.read_bytes()))
        self.ok("psg-export", "-q", "--no-companion", self.night, "-o", usual_h5)
        self.assertLessEqual(self.peak("psg-export", "-q", "--no-companion", long, "-o", long_h5), MOST_MIB)
        names = words(self.ok("psg-export", usual_h5, "--to", "tsv", "--table", "list").stdout).split()
        for name in [n for n in names if n != "provenance"]:
            self.assertEqual(self.table(long_h5, name), self.table(usual_h5, name), name)
        digest = next(row["value"] for row in self.table(long_h5, "provenance") if (row["kind"], row["name"]) == ("input", "recording"))
        self.assertEqual(digest, hashlib.sha256(long.read_bytes()).hexdigest())
        for command in (["psg-stage", "-q", long, "-o", self.folder / "stages.tsv"], ["psg-info", "-q", "--check", long, "-o", self.folder / "check.tsv"],
                        ["psg-info", "-q", "--quality", long, "-o", self.folder / "quality.tsv"],
                        ["psg-fix", "-q", long, self.folder / "fixed.edf"]):
            self.assertLessEqual(self.peak(*command), MOST_MIB)
        quality = self.ok("psg-info", "-q", "--quality", self.night).stdout
        self.assertEqual((self.folder / "quality.tsv").read_bytes(), quality)
        self.assertEqual(self.ok("psg-info", "-q", "--quality", self.folder / "fixed.edf").stdout, quality)


if __name__ == "__main__":
    main()
