#!/usr/bin/env python3
# The main job on the sample night may not take 10 % more instructions than instructions.tsv says: valgrind counts them.
# SPDX-License-Identifier: BSD-3-Clause
#
# Instructions are the same on a busy machine. Whoever makes the job slower for a reason changes the kept figure with it;
# whoever makes it faster does so, too, to keep what was won.
import os
import pathlib
import re
import shutil
import sys
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent / "tools"))
from harness import BIN, NIGHT, SOURCE, Case, main, words  # noqa: E402
import subprocess  # noqa: E402

KEPT = SOURCE / "tests" / "bench" / "instructions.tsv"
MOST_GROWTH = 1.10


def why_not():
    """Why the figure means nothing here; empty if it does."""
    if not shutil.which("valgrind"):
        return "valgrind is not installed"
    cache = (pathlib.Path(os.environ["PSG_BUILD"]) / "CMakeCache.txt").read_text()
    built = {line.split(":", 1)[0]: line.split("=", 1)[1] for line in cache.splitlines() if "=" in line and ":" in line}
    if built.get("CMAKE_BUILD_TYPE") != "Release" or built.get("PSG_SANITIZE") == "ON" or built.get("CMAKE_CXX_FLAGS"):
        return "the figure is of a plain Release build"
    if os.uname().machine != "x86_64":
        return "the figure is of amd64"
    if " avx2 " not in pathlib.Path("/proc/cpuinfo").read_text():
        return "the figure is of a processor with AVX2, for which many loops have code of their own"
    return ""


class Instructions(Case):
    def test_the_main_job_takes_no_more_instructions_than_before(self):
        reason = why_not()
        if reason:
            raise unittest.SkipTest(reason)
        kept = int(next(line.split("\t")[1] for line in KEPT.read_text().splitlines() if line.startswith("psg-export\t")))
        # the same code of libc and libcrypto everywhere, whatever the processor has
        plain = dict(os.environ, GLIBC_TUNABLES="glibc.cpu.hwcaps=-AVX2_Usable,-AVX2,-AVX512F,-ERMS", OPENSSL_ia32cap="0x0")
        done = subprocess.run(["valgrind", "--tool=callgrind", f"--callgrind-out-file={self.folder / 'calls'}", BIN / "psg-export", "-q",
                               "--no-companion", NIGHT, "-o", self.folder / "night.h5"], env=plain, capture_output=True, timeout=600)
        self.assertEqual(done.returncode, 0, words(done.stderr))
        counted = int(re.search(r"Collected : (\d+)", words(done.stderr)).group(1))
        print(f"psg-export\t{counted}\t({counted / kept:.3f} of the kept {kept})")
        self.assertLessEqual(counted, MOST_GROWTH * kept, f"the main job takes {counted} instructions, kept are {kept}: find out why, "
                             f"or write the new figure into {KEPT.relative_to(SOURCE)}")


if __name__ == "__main__":
    main()
