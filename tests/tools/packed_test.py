#!/usr/bin/env python3
# Recordings packed with gzip: the same output as the plain ones in every tool, bombs and damage refused, little memory.
# SPDX-License-Identifier: BSD-3-Clause
import gzip
import resource
import subprocess
import time

from harness import BIN, DATA, NIGHT, Case, main, run, words


class Packed(Case):
    def pack(self, data, name="night.edf.gz"):
        path = self.folder / name
        path.write_bytes(data)
        return path

    def test_every_tool_gives_the_same(self):
        data = NIGHT.read_bytes()
        middle = len(data) // 3
        packed = [self.pack(gzip.compress(data, 1)),
                  self.pack(gzip.compress(data[:middle], 1) + gzip.compress(data[middle:], 9), "night.edf"),
                  self.pack(gzip.compress(data, 1), "NIGHT.REC")]
        for tool, extra in [("psg-info", []), ("psg-info", ["--table", "annotations"]), ("psg-stage", []), ("psg-detect", ["--strict", "--no-companion"])]:
            plain = self.ok(tool, NIGHT, *extra)
            for path in packed:
                again = self.ok(tool, path, *extra)
                self.assertEqual(again.stdout, plain.stdout)
                self.assertEqual(again.stderr, plain.stderr)
        outputs = []
        for i, path in enumerate([NIGHT, *packed]):
            outputs.append(self.folder / f"{i}.h5")
            self.ok("psg-export", path, "--no-companion", "-o", outputs[-1])
        for output in outputs[1:]:
            self.assertEqual(output.read_bytes(), outputs[0].read_bytes())

    def test_check_says_what_edflib_cannot(self):
        result = self.ok("psg-info", "--check", self.pack(gzip.compress(NIGHT.read_bytes(), 1)))
        self.assertIn("packed", words(result.stderr))

    def refused(self, path, *expected):
        for tool, extra in [("psg-info", []), ("psg-stage", []), ("psg-detect", []), ("psg-export", ["-o", self.folder / "no.h5"])]:
            begun = time.monotonic()
            result = run(tool, path, *extra)
            self.assertEqual(result.returncode, DATA, words(result.stderr))
            for text in expected:
                self.assertIn(text, words(result.stderr))
            self.assertLess(time.monotonic() - begun, 120)

    def test_damage(self):
        packed = gzip.compress(NIGHT.read_bytes(), 1)
        self.refused(self.pack(packed[:len(packed) // 2]), "truncated or damaged", "near byte")
        self.refused(self.pack(packed[:-1]), "truncated or damaged")
        damaged = bytearray(packed)
        damaged[len(packed) // 2] ^= 0x10
        self.refused(self.pack(damaged), "truncated or damaged")
        self.refused(self.pack(packed + b"more"), "truncated or damaged")
        self.refused(self.pack(gzip.compress(b"stage\nW\n" * 1000)), "EDF")
        self.refused(self.pack(gzip.compress(b"")), "short")

    def test_bomb(self):
        header = NIGHT.read_bytes()[:int(NIGHT.read_bytes()[184:192])]
        bomb = gzip.compress(header, 9) + gzip.compress(bytes(100 << 20), 9) * 10  # 1 GiB in 1 MB
        self.refused(self.pack(bomb), "unpacks to more than", "gunzip")
        self.refused(self.pack(gzip.compress(b"", 9) * 200000), "short")  # tiny members

    def test_memory_is_bounded(self):
        data = NIGHT.read_bytes()
        header = int(data[184:192])
        body = data[header:] * 12  # 45 MB
        long = bytearray(data[:header] + body)
        long[236:244] = b"-1      "
        path = self.pack(gzip.compress(long, 1))
        limit = 300 << 20  # address space, libraries included; the recording itself would need 45 MB more than once
        peak = subprocess.run(["/usr/bin/env", "python3", "-c",
                               "import resource,subprocess,sys;"
                               "subprocess.run(sys.argv[1:],stdout=subprocess.DEVNULL,stderr=subprocess.DEVNULL,check=True);"
                               "print(resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss)",
                               BIN / "psg-info", path], capture_output=True, check=True,
                              preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_AS, (limit, limit)))
        self.assertLess(int(peak.stdout), 24 << 10)  # kB


if __name__ == "__main__":
    main()
