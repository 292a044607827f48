#!/usr/bin/env python3
# Installs into a folder of its own and builds a stranger's project on it, by CMake and by g++ with pkg-config.
# SPDX-License-Identifier: BSD-3-Clause
import os
import pathlib
import subprocess
import sys

HERE = pathlib.Path(__file__).parent
sys.path.append(str(HERE.parent / "tools"))
from harness import NIGHT, TOOLS, Case, main, rows, words  # noqa: E402

BUILD = os.environ["PSG_BUILD"]


class Install(Case):
    def setUp(self):
        super().setUp()
        self.prefix = self.folder / "installed"
        self.does("cmake", "--install", BUILD, "--prefix", self.prefix)
        self.environment = dict(os.environ, PKG_CONFIG_PATH=str(next(self.prefix.glob("lib/**/pkgconfig"))))
        library = next(self.prefix.glob("lib/**/libpsg.*"))
        if library.suffix == ".so":
            self.environment["LD_LIBRARY_PATH"] = str(library.parent)
        self.stages = [row["stage"] for row in rows(self.ok("psg-stage", NIGHT).stdout)]

    def does(self, *command, **options):
        """Runs a command that must succeed; returns what it printed."""
        done = subprocess.run(list(map(str, command)), capture_output=True, timeout=600, **options)
        self.assertEqual(done.returncode, 0, f"{command}\n{words(done.stdout)}{words(done.stderr)}")
        return words(done.stdout)

    def check_stranger(self, program):
        self.assertEqual(self.does(program, NIGHT, env=self.environment).split(), self.stages)

    def test_a_stranger_builds_and_runs(self):
        with self.subTest("CMake package"):
            build = self.folder / "build"
            self.does("cmake", "-S", HERE / "stranger", "-B", build, "-G", "Ninja", f"-DCMAKE_PREFIX_PATH={self.prefix}")
            self.does("cmake", "--build", build)
            self.check_stranger(build / "stranger")
        with self.subTest("pkg-config"):
            flags = self.does("pkg-config", "--cflags", "--libs", "libpsg", env=self.environment).split()
            program = self.folder / "stranger"
            self.does("g++", "-std=c++20", HERE / "stranger" / "stranger.cpp", "-o", program, *flags)
            self.check_stranger(program)
        with self.subTest("every header stands alone, without third-party headers"):
            headers = sorted(p.relative_to(self.prefix / "include") for p in self.prefix.glob("include/**/*.hpp"))
            self.assertGreater(len(headers), 30)
            every = self.folder / "every.cpp"
            every.write_text("".join(f'#include "{h}"\n' for h in headers))
            used = self.does("g++", "-std=c++20", f"-I{self.prefix}/include", "-M", every)
            for foreign in ["/edflib.h", "/hdf5.h", "/kiss_fft", "/openssl/", "/nlohmann/", "/boost/", "/fmt/"]:
                self.assertFalse(foreign in used, foreign)
            self.does("g++", "-std=c++20", f"-I{self.prefix}/include", "-fsyntax-only", "-Wall", "-Wextra", "-Werror", every)
        with self.subTest("everything is there"):
            for tool in TOOLS:
                for name in [f"bin/{tool}", f"share/man/man1/{tool}.1", f"share/bash-completion/completions/{tool}"]:
                    self.assertTrue((self.prefix / name).exists(), name)
            for name in ["LICENSE", "README.md", "CHANGELOG.md", "hdf5-format.md"]:
                self.assertTrue((self.prefix / "share/doc/libpsg" / name).exists(), name)
            self.does(self.prefix / "bin/psg-info", NIGHT, env=self.environment)
        with self.subTest("no path of the build is installed"):
            for path in self.prefix.rglob("*"):
                if path.suffix in (".cmake", ".pc", ".hpp"):
                    self.assertNotIn(BUILD, path.read_text(), path)


if __name__ == "__main__":
    main()
