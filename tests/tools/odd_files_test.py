#!/usr/bin/env python3
# Defective and unusual recordings: no tool dies by a signal, hangs, or says less than one sentence.
# SPDX-License-Identifier: BSD-3-Clause
import random

from harness import DATA, FINE, PARTIAL, NIGHT, Case, main, reference, run, words


class OddFiles(Case):
    def run_every_tool(self, path):
        """Exit code of each tool, which must be fine or data."""
        h5 = self.folder / "night.h5"
        h5.unlink(missing_ok=True)
        codes = []
        for tool, extra in [("psg-info", []), ("psg-info", ["--check"]), ("psg-stage", []), ("psg-detect", []),
                            ("psg-export", ["-o", h5])]:
            result = run(tool, path, *extra)
            self.assertIn(result.returncode, (FINE, DATA, PARTIAL), f"{tool} {path.name}: {words(result.stderr)[-500:]}")
            if result.returncode == DATA:
                self.assertRegex(words(result.stderr), rf"(?m)^{tool}: \S", path.name)
            codes.append(result.returncode)
        if h5.exists():
            self.table(h5, "events")
        return codes

    def folder_of(self, name):
        paths = sorted(p for p in reference(name).iterdir() if p.suffix in (".edf", ".bdf"))
        self.assertGreater(len(paths), 20)
        codes = {path.name: self.run_every_tool(path) for path in paths}
        refused = [name for name, found in codes.items() if DATA in found]
        print(f"{len(paths)} files, refused by a tool: {' '.join(refused) or 'none'}")

    def test_defects(self):
        self.folder_of("io/edf/defects")

    def test_real_files(self):
        self.folder_of("io/edf/real")

    def test_recordings_of_years_give_no_epochs(self):
        data = bytearray(NIGHT.read_bytes())
        data[244:252] = b"9999999 "  # the record duration
        path = self.folder / "years.edf"
        path.write_bytes(data)
        data[244:252] = b"99999   "
        shorter = self.folder / "days.edf"
        shorter.write_bytes(data)
        for recording in (path, shorter):
            self.assertEqual(self.run_every_tool(recording)[2:], [DATA] * 3)
        result = run("psg-stage", shorter)
        self.assertIn("more than 30 days", words(result.stderr))
        self.assertEqual(result.stdout, b"")

    def test_damaged_copies_of_the_sample_night(self):
        data = NIGHT.read_bytes()
        header = int(data[184:192])
        dice = random.Random(1)
        for i in range(12):
            damaged = bytearray(data[:header + 20000])
            for _ in range(dice.choice([1, 8, 64])):
                damaged[dice.randrange(header)] = dice.choice(b"0123456789-+.,eE \0\xff:xY")
            path = self.folder / f"damaged_{i}.edf"
            path.write_bytes(damaged[:dice.choice([len(damaged), header, header - 1, 256, 300])])
            self.run_every_tool(path)


if __name__ == "__main__":
    main()
