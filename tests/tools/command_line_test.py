#!/usr/bin/env python3
# The manners of every tool: help, exit codes, pipes, files that must not be lost.
# SPDX-License-Identifier: BSD-3-Clause
import os
import re
import shutil
import subprocess

from harness import BIN, DATA, FINE, NIGHT, READERS, SOURCE, TOOLS, USAGE, Case, main, rows, run, words


class Help(Case):
    def options_of(self, tool):
        return set(re.findall(r"--[a-z][a-z-]*", words(self.ok(tool, "--help").stdout)))

    def test_every_tool_has_the_common_options(self):
        for tool in TOOLS:
            with self.subTest(tool):
                self.assertLessEqual({"--help", "--version", "--json", "--quiet"}, self.options_of(tool))
                version = words(self.ok(tool, "--version").stdout)
                self.assertRegex(version, rf"^{tool} \d+\.\d+\.\d+")

    def test_names_fixed_from_the_first_day(self):
        inputs = {"--hypnogram", "--respiratory", "--arousals", "--movements", "--lights-off", "--lights-on", "--channel"}
        for tool in ["psg-stage", "psg-detect", "psg-export"]:
            self.assertLessEqual(inputs | {"--output", "--force"}, self.options_of(tool), tool)
        self.assertLessEqual({"--list", "--only"}, self.options_of("psg-detect"))
        self.assertLessEqual({"--seed", "--hours", "--output", "--force"}, self.options_of("psg-simulate"))
        self.assertLessEqual({"--to", "--table", "--keep-identity"}, self.options_of("psg-export"))

    def test_manual_pages_name_every_option(self):
        for tool in TOOLS:
            manual = (SOURCE / "tools" / f"{tool}.1").read_text().replace("\\-", "-")
            written = set(re.findall(r"--[a-z][a-z-]*", manual))
            known = self.options_of(tool)
            self.assertEqual(known - written, set(), f"{tool}.1 lacks options")
            of_others = {"--help"}.union(*(self.options_of(t) for t in TOOLS))
            self.assertEqual(written - of_others, set(), f"{tool}.1 names unknown options")

    def test_example_of_help_runs(self):
        for tool in TOOLS:
            with self.subTest(tool):
                text = words(self.ok(tool, "--help").stdout)
                example = text.split("\nExample:\n", 1)[1].split("\n\n", 1)[0]
                # in an empty folder that holds the sample data, so that nothing in the source tree is written
                work = self.folder / tool
                work.mkdir()
                shutil.copytree(SOURCE / "sample_data", work / "sample_data")
                environment = dict(os.environ, PATH=f"{BIN}:{os.environ['PATH']}")
                done = subprocess.run(["bash", "-c", example], cwd=work, env=environment, capture_output=True, timeout=600)
                self.assertEqual(done.returncode, FINE, f"{example}: {words(done.stderr)}")

    def test_completion_offers_the_options(self):
        script = (f"source '{SOURCE}/tools/completion'; COMP_WORDS=(psg-export --keep); COMP_CWORD=1; "
                  f"_psg '{BIN}/psg-export'; echo ${{COMPREPLY[@]}}")
        done = subprocess.run(["bash", "-c", script], capture_output=True, timeout=60)
        self.assertEqual(words(done.stdout).strip(), "--keep-identity", words(done.stderr))


class ExitCodes(Case):
    def test_usage_errors_are_2(self):
        for tool in TOOLS:
            self.assertEqual(run(tool, "--no-such-option").returncode, USAGE, tool)
        for tool in ["psg-info", "psg-stage", "psg-detect", "psg-export"]:
            self.assertEqual(run(tool).returncode, USAGE, f"{tool} without a recording")
        self.assertEqual(run("psg-export", NIGHT).returncode, USAGE, "no output")
        self.assertEqual(run("psg-detect", NIGHT, "--only", "no_such_class").returncode, USAGE)
        self.assertEqual(run("psg-detect", NIGHT, "--set", "plm_series.no_such=1").returncode, USAGE)
        self.assertEqual(run("psg-detect", NIGHT, "--set", "plm_series.min_movements=many").returncode, USAGE)
        self.assertEqual(run("psg-detect", NIGHT, "--channel", "knee=LEG").returncode, USAGE)
        self.assertEqual(run("psg-detect", NIGHT, "--lights-off", "soon").returncode, USAGE)
        self.assertEqual(run("psg-simulate", "--hours", "nan", "-o", self.folder / "n.edf").returncode, USAGE)

    def test_data_errors_are_1_and_one_sentence(self):
        empty = self.folder / "empty.edf"
        empty.write_bytes(b"")
        for tool in READERS:
            for path in [self.folder / "absent.edf", self.folder, empty, SOURCE / "CMakeLists.txt"]:
                result = run(tool, path)
                self.assertEqual(result.returncode, DATA, f"{tool} {path}: {words(result.stderr)}")
                self.assertEqual(words(result.stderr).count("\n"), 1, words(result.stderr))
                self.assertEqual(result.stdout, b"")
        self.assertEqual(run("psg-export", NIGHT, "--to", "tsv").returncode, DATA, "an EDF file is no HDF5 file")
        self.assertEqual(run("psg-detect", NIGHT, "--hypnogram", empty).returncode, DATA)

    def test_full_disk_is_1(self):
        with open("/dev/full", "wb") as full:
            done = subprocess.run([BIN / "psg-info", NIGHT, "--quiet"], stdout=full, stderr=subprocess.PIPE, timeout=60)
        self.assertEqual(done.returncode, DATA)

    def test_closed_pipe_ends_quietly(self):
        for tool in READERS:
            for ignored, code in [(False, -13), (True, 128 + 13)]:  # SIGPIPE ends the tool, or is ignored by its parent
                reader, writer = os.pipe()
                os.close(reader)
                done = subprocess.run([BIN / tool, NIGHT, "--quiet"], stdout=writer, stderr=subprocess.PIPE,
                                      restore_signals=not ignored, timeout=600)
                os.close(writer)
                self.assertEqual((done.returncode, done.stderr), (code, b""), tool)

    def test_tools_make_a_pipe(self):
        line = f"set -o pipefail; '{BIN}/psg-stage' -q '{NIGHT}' | '{BIN}/psg-detect' -q '{NIGHT}' --hypnogram - | head -n 3"
        done = subprocess.run(["bash", "-c", line], capture_output=True, timeout=600)
        self.assertIn(done.returncode, (FINE, 141), words(done.stderr))
        self.assertEqual(done.stderr, b"")
        self.assertEqual(len(rows(done.stdout)), 2)
        piped = run("psg-detect", "-q", NIGHT, "--hypnogram", "-", stdin=self.ok("psg-stage", NIGHT).stdout)
        self.assertEqual(piped.stdout, self.ok("psg-detect", NIGHT, "--no-companion").stdout)


class Files(Case):
    def test_no_overwriting_without_force(self):
        for tool, name in [("psg-export", "night.h5"), ("psg-stage", "stages.tsv"), ("psg-detect", "events.tsv"), ("psg-info", "info.tsv")]:
            with self.subTest(tool):
                output = self.folder / name
                output.write_text("precious")
                self.assertNotEqual(run(tool, NIGHT, "-o", output).returncode, FINE)
                self.assertEqual(output.read_text(), "precious")
                self.ok(tool, NIGHT, "-o", output, "--force")
                self.assertGreater(output.stat().st_size, 100)
        self.assertEqual(sorted(p.name for p in self.folder.iterdir()), ["events.tsv", "info.tsv", "night.h5", "stages.tsv"])

    def test_output_onto_an_input_is_refused(self):
        recording = self.folder / "n.edf"
        shutil.copy(NIGHT, recording)
        hypnogram = self.folder / "n.tsv"
        hypnogram.write_bytes((SOURCE / "sample_data" / "night.hypnogram.tsv").read_bytes())
        os.link(recording, self.folder / "hard.edf")
        os.symlink(recording, self.folder / "soft.edf")
        before = recording.read_bytes()
        scored = hypnogram.read_bytes()
        for tool in ["psg-export", "psg-stage", "psg-detect", "psg-info"]:
            for name in ["n.edf", "hard.edf", "soft.edf", f"../{self.folder.name}/n.edf"]:
                result = run(tool, recording, "-o", self.folder / name, "--force")
                self.assertEqual(result.returncode, USAGE, f"{tool} -o {name}: {words(result.stderr)}")
        self.assertEqual(run("psg-export", recording, "--hypnogram", hypnogram, "-o", hypnogram, "--force").returncode, USAGE)
        self.assertEqual(recording.read_bytes(), before)
        self.assertEqual(hypnogram.read_bytes(), scored)
        self.ok("psg-export", recording, "-o", self.folder / "night.h5")
        self.assertEqual(run("psg-export", self.folder / "night.h5", "--to", "tsv", "-o", self.folder / "night.h5", "--force").returncode, USAGE)

    def test_timings_tell_every_step(self):
        told = rows(self.ok("psg-export", "-q", "--timings", "--no-companion", NIGHT, "-o", self.folder / "night.h5").stderr)
        steps = [t["step"] for t in told]
        for step in ["open", "read", "hash", "decode", "quality", "resample", "features", "stage", "leg_movements", "hypnic_jerks", "tables", "export"]:
            self.assertIn(step, steps)
        self.assertEqual(len(steps), len(set(steps)))
        self.assertEqual(steps[-1], "all")
        self.assertAlmostEqual(sum(float(t["cpu_s"]) for t in told[:-1]), float(told[-1]["cpu_s"]), delta=0.05)
        self.assertEqual(self.ok("psg-export", "-q", NIGHT, "-o", self.folder / "quiet.h5").stderr, b"")

    def test_nothing_is_left_behind_by_a_failure(self):
        result = run("psg-export", SOURCE / "CMakeLists.txt", "-o", self.folder / "x.h5")
        self.assertEqual(result.returncode, DATA)
        self.assertEqual(list(self.folder.iterdir()), [])
        self.assertEqual(run("psg-export", NIGHT, "-o", self.folder / "no" / "x.h5").returncode, DATA)


if __name__ == "__main__":
    main()
