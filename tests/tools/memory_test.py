#!/usr/bin/env python3
# The main job looks at samples as they pass by: its memory does not grow with what a night holds.
# SPDX-License-Identifier: BSD-3-Clause
import os
import unittest

from harness import BIN, Case, main

HOURS = 2
MOST_MIB = 49  # as measured (46.4 to 46.7 MiB for 2 h and 21 channels, 98 MB), and a twentieth more


def peak_mib(*command):
    """Most memory that a program had at a time."""
    pid = os.spawnv(os.P_NOWAIT, command[0], [str(c) for c in command])
    _, status, usage = os.wait4(pid, 0)
    assert os.waitstatus_to_exitcode(status) == 0, command
    return usage.ru_maxrss / 1024


@unittest.skipIf("sanitize" in os.environ.get("PSG_BUILD", ""), "sanitizers need memory of their own")
class Memory(Case):
    def test_the_main_job_needs_little_memory(self):
        night = self.folder / "night.edf"
        self.ok("psg-simulate", "-q", "--montage", "full", "--hours", HOURS, "-o", night)
        peak = peak_mib(str(BIN / "psg-export"), "-q", "--no-companion", night, "-o", self.folder / "night.h5")
        print(f"psg-export, {HOURS} h, 21 channels, {night.stat().st_size / 1e6:.0f} MB: {peak:.1f} MiB")
        self.assertLessEqual(peak, MOST_MIB)


if __name__ == "__main__":
    main()
