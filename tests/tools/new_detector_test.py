#!/usr/bin/env python3
# The worked example of CONTRIBUTING.md is a detector: built with its one line, it is listed and its events are in the tables.
# SPDX-License-Identifier: BSD-3-Clause
import os
import pathlib
import re
import shlex
import shutil
import subprocess
import unittest

from harness import NIGHT, SOURCE, Case, main, rows, words

BUILD = pathlib.Path(os.environ["PSG_BUILD"])


def built_by(target):
    """The last command that makes a target of the build, as words."""
    listed = subprocess.run(["ninja", "-C", BUILD, "-t", "commands", target], capture_output=True, check=True).stdout.decode()
    return shlex.split(listed.strip().splitlines()[-1])


@unittest.skipUnless((BUILD / "build.ninja").exists() and shutil.which("ninja"), "the build is not one of ninja")
class NewDetector(Case):
    def setUp(self):
        super().setUp()
        page = (SOURCE / "CONTRIBUTING.md").read_text()
        (self.code,) = re.findall(r"```cpp\n(.*?)```", page, re.DOTALL)
        (self.line,) = re.findall(r"```\n( +X\(\w+\))\n```", page)
        (self.file,) = re.findall(r"A whole one, `libpsg/events/(\w+\.cpp)`", page)

    def does(self, command):
        done = subprocess.run(list(map(str, command)), capture_output=True, timeout=600, cwd=BUILD)
        self.assertEqual(done.returncode, 0, f"{command}\n{words(done.stdout)}{words(done.stderr)}")

    def compiled(self, source):
        """The object of a source, with the flags of registry.cpp and our own registry.hpp before the library's."""
        [known] = [t for t in subprocess.run(["ninja", "-C", BUILD, "-t", "targets", "all"], capture_output=True, check=True)
                   .stdout.decode().splitlines() if "libpsg/events/registry.cpp.o:" in t]
        command = built_by(known.split(":")[0])
        to = self.folder / (source.name + ".o")
        command[command.index("-o") + 1] = to
        command[command.index("-c") + 1] = source
        for flag in ("-MF", "-MT"):
            if flag in command:
                command[command.index(flag) + 1] = str(to) + ".d"
        first = next(i for i, word in enumerate(command) if str(word).startswith("-I"))
        command.insert(first, f"-I{self.folder}")
        self.does(command)
        return to

    def linked(self, tool, objects):
        """The tool with these objects before the library: its own registry is not taken then."""
        command = built_by(f"bin/{tool}")
        if ":" in command[:2]:
            command = command[command.index(":") + 2:]  # ": && g++ ..."
        command = command[:command.index("&&")] if "&&" in command else command
        command[command.index("-o") + 1] = self.folder / tool
        command[command.index("-o") + 2:command.index("-o") + 2] = objects
        self.does(command)
        return self.folder / tool

    def test_the_worked_example(self):
        self.assertFalse((SOURCE / "libpsg" / "events" / self.file).exists(), "the example is in the library now: write another")
        header = self.folder / "libpsg" / "events" / "registry.hpp"
        header.parent.mkdir(parents=True)
        text = (SOURCE / "libpsg" / "events" / "registry.hpp").read_text()
        last = re.findall(r"\n    X\(\w+\)(?=\n\n)", text)
        self.assertEqual(len(last), 1, "the last line of the list of detectors")
        header.write_text(text.replace(last[0], last[0] + " \\\n" + self.line))  # the one line
        example = self.folder / self.file
        example.write_text(self.code)
        objects = [self.compiled(example), self.compiled(SOURCE / "libpsg" / "events" / "registry.cpp")]
        detect, export = self.linked("psg-detect", objects), self.linked("psg-export", objects)
        name = re.search(r"X\((\w+)\)", self.line)[1]
        listed = rows(subprocess.run([detect, "--list"], capture_output=True, check=True).stdout)
        self.assertIn(("detector", name), {(r["kind"], r["name"]) for r in listed})
        (kind,) = [r["name"] for r in listed if r["kind"] == "class" and r["detector"] == name]
        events = rows(subprocess.run([detect, NIGHT, "--only", kind, "-q"], capture_output=True, check=True).stdout)
        self.assertGreater(len(events), 0)
        for e in events:
            self.assertEqual(e["class"], kind)
            self.assertGreater(float(e["strength_ratio"]), 1)
            self.assertIn("proposed rule, checked on simulated signals", e["basis"])
        h5 = self.folder / "night.h5"
        subprocess.run([export, NIGHT, "-q", "-o", h5], check=True)
        summary = {(r["class"], r["stage"]): r for r in self.table(h5, "summary")}
        self.assertEqual(int(summary[kind, "all"]["count"]), len(events))
        severity = {(r["class"], r["stage"]): r for r in self.table(h5, "severity")}
        self.assertGreater(float(severity[kind, "all"]["ratio_median"]), 1)
        explained = subprocess.run([detect, NIGHT, "-q", "--explain", events[0]["id"]], capture_output=True, check=True).stdout
        self.assertIn("peak_uv", words(explained))


if __name__ == "__main__":
    main()
