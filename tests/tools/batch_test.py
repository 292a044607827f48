#!/usr/bin/env python3
# psg-batch: every recording once, the same bytes however it is cut, and nothing lost when something goes wrong.
# SPDX-License-Identifier: BSD-3-Clause
import os
import pathlib
import random
import shutil
import signal
import subprocess
import sys
import time
import unittest

sys.path.append(str(pathlib.Path(__file__).parent))
from harness import BIN, DATA, FINE, PARTIAL, USAGE, Case, main, rows, run, words  # noqa: E402

NIGHTS = 6
KILLS = int(os.environ.get("PSG_BATCH_KILLS", "10"))  # scripts/test --all --long: 100


class Batch(Case):
    @classmethod
    def setUpClass(cls):
        cls.recordings = pathlib.Path(cls.enterClassContext(__import__("tempfile").TemporaryDirectory()))
        for i in range(NIGHTS):
            done = run("psg-simulate", "-q", "--hours", "0.12", "--seed", str(70 + i), "-o", cls.recordings / f"n{i}.edf")
            assert done.returncode == FINE, words(done.stderr)
        cls.whole = cls.recordings / "out"
        done = run("psg-batch", "-q", cls.recordings / "n*.edf", "-o", cls.whole, "--jobs", "2")
        assert done.returncode == FINE, words(done.stderr)

    def setUp(self):
        super().setUp()
        self.out = self.folder / "out"

    def batch(self, *options, code=FINE, source=None, out=None):
        done = run("psg-batch", "-q", source or self.recordings / "n*.edf", "-o", out or self.out, *options)
        self.assertEqual(done.returncode, code, words(done.stderr))
        return done

    def own_recordings(self):
        """Copies that a test may spoil."""
        folder = self.folder / "recordings"
        folder.mkdir()
        for path in self.recordings.glob("n*"):
            shutil.copy2(path, folder)
        return folder

    def results(self, out=None):
        out = out or self.out
        return {str(p.relative_to(out)): p.read_bytes() for p in [*out.glob("nights/*"), out / "cohort.h5"] if p.exists()}

    def log(self, name="log.tsv"):
        return rows((self.out / name).read_bytes())

    def status(self):
        return {r["id"]: r["status"] for r in self.log()}

    def plan(self, *options, source=None):
        return {r["id"]: (r["action"], r["reason"]) for r in rows(self.batch("--dry-run", *options, source=source).stdout)}

    def assert_whole(self):
        self.assertEqual(self.results(), self.results(self.whole))

    def test_names_are_checked_before_anything_is_run(self):
        for wrong, told in ((["--only", "leg_movment"], "leg_movment"), (["--only", "arousal,nonsense"], "nonsense"), (["--set", "jerks.on_ratio=3"], "'jerks'"),
                            (["--set", "hypnic_jerks.nonsense=3"], "nonsense"), (["--set", "plm_series.standard=x"], "'x'"), (["--standard", "x"], "'x'")):
            for mode in (["--dry-run"], ["--no-run"], []):
                self.assertIn(told, words(self.batch(*wrong, *mode, code=USAGE).stderr))
                self.assertFalse(self.out.exists())
        self.batch("--only", "arousal", "--set", "plm_series.standard=aasm", "--dry-run")

    def test_same_bytes_however_it_is_cut(self):
        self.batch("--jobs", "1")
        self.assert_whole()
        out, manifest = self.folder / "shards", self.folder / "manifest.tsv"
        manifest.write_text("id\tpath\n" + "".join(f"n{i}\t{self.recordings}/n{i}.edf\n" for i in range(NIGHTS)))
        for k in (2, 1, 3):
            self.assertFalse((out / "cohort.h5").exists())
            self.batch("--shard", f"{k}/3", source=manifest, out=out)
            self.assertEqual(len(list(out.glob("nights/*.h5"))), {2: 2, 1: 4, 3: 6}[k])
        files = sorted(out.glob("nights/*.h5"))
        partial = run("psg-merge", "-q", *files[1:], "--manifest", manifest, "-o", self.folder / "part.h5")
        self.assertEqual((partial.returncode, words(partial.stderr)), (PARTIAL, "psg-merge: missing: n0\n"))
        self.ok("psg-merge", "-q", *files, "--manifest", manifest, "-o", out / "cohort.h5")
        self.assertEqual(self.results(out), self.results(self.whole))
        one = self.folder / "one.h5"
        self.ok("psg-export", "-q", self.recordings / "n3.edf", "-o", one)
        self.assertEqual(one.read_bytes(), (self.whole / "nights/n3.h5").read_bytes(), "psg-export makes the same night")
        (out / "cohort.h5").unlink()
        (out / "done/n1.tsv").unlink()
        self.batch("--no-run", source=manifest, out=out, code=PARTIAL)
        self.assertEqual([(r["id"], r["reason"]) for r in rows((out / "failed.tsv").read_bytes())], [("n1", "not run: new")])
        self.assertEqual(len(self.table(out / "cohort.h5", "nights")), NIGHTS - 1)
        self.batch("--shard", "2/3", source=manifest, out=out)
        self.batch("--no-run", source=manifest, out=out)
        self.assertEqual(self.results(out), self.results(self.whole))
        foreign = run("psg-merge", "-q", one, "--manifest", manifest, "-o", self.folder / "x.h5")
        self.assertEqual((foreign.returncode, "no night 'one'" in words(foreign.stderr)), (DATA, True))

    def test_what_is_done_is_kept_and_what_changed_is_made_again(self):
        source = self.own_recordings()
        self.batch(source=source)
        self.assertEqual(set(self.status().values()), {"done"})
        first = self.results()
        before = {p: p.stat().st_mtime_ns for p in self.out.glob("nights/*")}
        self.batch(source=source)
        self.assertEqual(set(self.status().values()), {"kept"})
        self.assertEqual({p: p.stat().st_mtime_ns for p in self.out.glob("nights/*")}, before)
        os.utime(source / "n1.edf")
        (self.out / "nights/n2.h5").write_bytes(b"spoilt")
        (self.out / "nights/n3.h5").unlink()
        (self.out / "done/n4.tsv").write_text("spoilt, too\n")
        (source / "n5.hypnogram.tsv").unlink()
        plan = self.plan(source=source)
        self.assertEqual({k: v[0] for k, v in plan.items()}, {"n0": "keep", **{f"n{i}": "run" for i in range(1, 6)}})
        for night, reason in (("n1", "n1.edf changed"), ("n2", "damaged"), ("n3", "missing"), ("n4", "new"), ("n5", "n5.hypnogram.tsv changed")):
            self.assertIn(reason, plan[night][1])
        self.assertEqual((self.out / "nights/n2.h5").read_bytes(), b"spoilt", "a dry run changes nothing")
        self.batch("--allow-mixed", source=source)  # n5 is staged now, the others are scored
        self.assertEqual(self.status(), {"n0": "kept", **{f"n{i}": "done" for i in range(1, 6)}})
        self.assertEqual([name for name, data in self.results().items() if data != first[name]], ["nights/n5.h5", "cohort.h5"])
        self.assertEqual(self.plan("--standard", "aasm", source=source)["n0"], ("run", "--standard changed"))
        self.assertEqual(self.plan("--set", "hypnic_jerks.core_min=4", source=source)["n0"], ("run", "--set changed"))
        facts = os.stat(source / "n0.edf")
        data = bytearray((source / "n0.edf").read_bytes())
        data[-5000] ^= 1
        (source / "n0.edf").write_bytes(data)
        os.utime(source / "n0.edf", ns=(facts.st_atime_ns, facts.st_mtime_ns))
        self.assertEqual(self.plan(source=source)["n0"][0], "keep")
        self.assertIn("content of", self.plan("--verify", source=source)["n0"][1])
        self.assertEqual(self.plan("--verify", source=source)["n1"][0], "keep")

    def test_a_bad_recording_is_one_row(self):
        source = self.own_recordings()
        (source / "n1.edf").write_bytes((source / "n1.edf").read_bytes()[:2000])
        (source / "deep/er").mkdir(parents=True)
        shutil.copy(source / "n2.edf", source / "deep/er/n9.EDF")
        self.assertIn("n1.edf", words(self.batch("--allow-mixed", code=PARTIAL, source=source).stderr))
        self.assertEqual([r["id"] for r in self.log("failed.tsv")], ["n1"])
        self.assertIn("the file is cut", self.log("failed.tsv")[0]["reason"])
        self.assertEqual(self.status(), {"deep-er-n9": "done", "n1": "failed", **{f"n{i}": "done" for i in (0, 2, 3, 4, 5)}})
        nights = [r["id"] for r in self.table(self.out / "cohort.h5", "nights")]
        self.assertEqual(nights, sorted(set(self.status()) - {"n1"}))
        self.batch(code=DATA, source=source / "n1.edf", out=self.folder / "other")

    def test_manifest(self):
        manifest = self.folder / "list.csv"
        manifest.write_text(f"id,path,hypnogram,person,night\na,{self.recordings}/n0.edf,{self.recordings}/n0.hypnogram.tsv,ann,1\n"
                            f"b,{self.recordings}/n1.edf,{self.recordings}/n1.hypnogram.tsv,bob,1\n")
        self.batch(source=manifest)
        self.assertEqual([(r["id"], r["person"]) for r in self.table(self.out / "cohort.h5", "nights")], [("a", "ann"), ("b", "bob")])
        self.batch("--person-pattern", "^x(.)", "--night-pattern", "(.)", "--dry-run", source=manifest)  # the manifest goes before
        for text, words_expected in (("id,path\na,x.edf\na,y.edf\n", "the same id"), ("id,path\n../a,x.edf\n", "line 2"), ("id,file\na,x.edf\n", "column 'file'"),
                                     ("id,path\na,\n", "no recording")):
            manifest.write_text(text)
            self.assertIn(words_expected, words(self.batch(code=DATA, source=manifest).stderr))
        manifest.write_text("id,path\na,absent.edf\n")
        self.batch(code=DATA, source=manifest, out=self.folder / "absent")
        self.batch(code=USAGE, source=self.folder / "nothing*")
        for shard in ("0/3", "4/3", "x", "1/"):
            self.batch("--shard", shard, code=USAGE)
        self.batch("--jobs", "0", code=USAGE)
        never = self.folder / "never"
        self.assertIn("does not fit the name 'n0'", words(self.batch("--person-pattern", "^P", code=USAGE, out=never).stderr))
        self.assertFalse(never.exists(), "a wrong pattern is told before anything is run")

    def start(self, *options):
        return subprocess.Popen([BIN / "psg-batch", "-q", self.recordings / "n*.edf", "-o", self.out, "--jobs", "2", *options],
                                stderr=subprocess.PIPE, stdout=subprocess.DEVNULL)

    def children(self, process):
        try:  # without a program of its own, which takes longer on a busy machine than a night does
            return [int(p) for p in pathlib.Path(f"/proc/{process.pid}/task/{process.pid}/children").read_text().split()]
        except (FileNotFoundError, ProcessLookupError):
            return []

    @staticmethod
    def lives(pid):
        try:
            name, state = pathlib.Path(f"/proc/{pid}/stat").read_text().split("(")[1].split(")")
            return name == "psg-batch" and state.split()[0] not in "ZX"
        except FileNotFoundError:
            return False

    def test_killed_at_random_moments(self):
        chance = random.Random(3)
        began = time.monotonic()
        self.batch()
        lasts = time.monotonic() - began
        for turn in range(KILLS):
            shutil.rmtree(self.out)
            process = self.start()
            time.sleep(chance.uniform(0, lasts))
            workers = self.children(process)
            victims = [process.pid] if turn % 2 else workers[:1]
            for pid in victims:
                try:
                    os.kill(pid, signal.SIGKILL)
                except ProcessLookupError:
                    pass
            process.communicate(timeout=120)
            for path in self.out.glob("nights/*.h5"):  # what is there is whole
                self.assertEqual(path.read_bytes(), (self.whole / "nights" / path.name).read_bytes())
            if turn % 2:
                patience = time.monotonic() + 20  # on a busy machine the kernel's word to the workers takes its time
                while any(self.lives(p) for p in workers) and time.monotonic() < patience:
                    time.sleep(0.01)
                self.assertEqual([p for p in workers if self.lives(p)], [])
            elif process.returncode == PARTIAL:
                self.assertIn("signal 9", self.log("failed.tsv")[0]["reason"])
            self.batch()
            self.assert_whole()
            self.assertEqual([p for p in self.out.rglob("*.tmp")], [])

    def test_what_a_killed_run_left_is_swept(self):
        self.batch()
        left = [self.out / name for name in ("cohort.h5.aB3xYz.tmp", "log.tsv.aB3xYz.tmp", "nights/n1.h5.aB3xYz.tmp", "done/n1.tsv.aB3xYz.tmp")]
        foreign = self.out / "notes.aB3xYz.tmp"
        for path in (*left, foreign):
            path.write_bytes(b"half")
        self.batch()
        self.assertEqual([p for p in self.out.rglob("*.tmp")], [foreign])
        self.assert_whole()

    def test_interrupted(self):
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP, signal.SIGPIPE):
            process = self.start()
            while not self.children(process) and process.poll() is None:
                time.sleep(0.01)
            process.send_signal(number)
            process.communicate(timeout=60)
            self.assertEqual(process.returncode, 128 + number)
            self.assertEqual([p for p in self.out.rglob("*.tmp")], [])
        self.batch()
        self.assert_whole()

    def test_second_batch_on_one_folder_refuses(self):
        process = self.start()
        while not self.children(process) and process.poll() is None:
            time.sleep(0.01)
        second = run("psg-batch", "-q", self.recordings / "n*.edf", "-o", self.out)
        shard = run("psg-batch", "-q", self.recordings / "n*.edf", "-o", self.out, "--shard", "1/2")
        running = process.poll() is None
        process.communicate(timeout=120)
        self.assertTrue(running, "the first ended too early for this test")
        for refused in (second, shard):
            self.assertEqual((refused.returncode, "another psg-batch" in words(refused.stderr)), (DATA, True), words(refused.stderr))
        self.assert_whole()

    def test_shards_of_another_cut_refuse(self):
        process = self.start("--shard", "1/2")
        while not self.children(process) and process.poll() is None:
            time.sleep(0.01)
        other = run("psg-batch", "-q", self.recordings / "n*.edf", "-o", self.out, "--shard", "1/3")
        running = process.poll() is None
        process.communicate(timeout=120)
        self.assertTrue(running, "the first ended too early for this test")
        self.assertEqual((other.returncode, "shards of another cut (2)" in words(other.stderr)), (DATA, True), words(other.stderr))
        self.batch("--shard", "2/2")
        self.batch("--shard", "1/3")  # the cut before has ended
        self.batch("--shard", "9/9")  # of six nights: an empty one

    def test_roles_order_and_maps_are_part_of_how_a_night_is_made(self):
        night = self.recordings / "n0.edf"
        (self.folder / "x.tsv").write_text("onset\tduration\n100\t20\n300\t15\n")
        (self.folder / "y.tsv").write_text("onset\tduration\n50\t5\n320\t6\n")
        manifest = self.folder / "list.tsv"
        for columns in (("respiratory", "arousals"), ("arousals", "respiratory")):
            manifest.write_text("id\tpath\t" + "\t".join(columns) + f"\nq\t{night}\tx.tsv\ty.tsv\n")
            self.batch(source=manifest)
            self.assertEqual(self.status(), {"q": "done"}, columns)
        sets = ["--set", "leg_movements.min_duration_s=0.5", "--set", "leg_movements.min_duration_s=3"]
        self.batch(*sets, source=night)
        self.assertEqual(self.plan(*sets, source=night)["n0"][0], "keep")
        turned = self.plan(*sets[2:], *sets[:2], source=night)["n0"]
        self.assertEqual((turned[0], "the order of --set changed" in turned[1]), ("run", True), turned)
        self.assertEqual({r["action"] for r in rows(run("psg-batch", "-q", os.path.relpath(night), "-o", self.out, "--dry-run", *sets).stdout)}, {"keep"})

        source, labels = self.own_recordings(), self.folder / "map.tsv"
        labels.write_text("nothing\tignore\n")
        process = subprocess.Popen([BIN / "psg-batch", "-q", source, "-o", self.folder / "mapped", "--jobs", "1", "--event-map", labels], stderr=subprocess.DEVNULL)
        while not self.children(process) and process.poll() is None:
            time.sleep(0.01)
        changed = self.folder / "changed.tsv"
        changed.write_text("nothing\tN1\n")
        os.replace(changed, labels)  # the first night may have read it already or not: never half of it
        self.assertEqual(process.wait(), DATA)
        failed = rows((self.folder / "mapped/failed.tsv").read_bytes())
        self.assertEqual((len(failed), {"changed while it was read" in r["reason"] for r in failed}), (NIGHTS, {True}), failed)

    def test_companion_of_another_content(self):
        source = self.own_recordings()
        self.batch(source=source)
        companion = source / "n0.hypnogram.tsv"
        facts, text = os.stat(companion), companion.read_text()
        companion.write_text(text.replace("N2", "N1", 1))
        self.assertNotEqual(companion.read_text(), text)
        os.utime(companion, ns=(facts.st_atime_ns, facts.st_mtime_ns))
        self.assertEqual(self.plan(source=source)["n0"][0], "keep")
        self.assertIn("n0.hypnogram.tsv changed", self.plan("--verify", source=source)["n0"][1])

    def test_results_against_a_manifest(self):
        source = self.own_recordings()
        shutil.copy(source / "n1.edf", source / "#1.edf")
        shutil.copy(source / "n1.edf", source / "p + q.edf")
        manifest = self.folder / "list.tsv"
        manifest.write_text(f"path\n{source}/n0.edf\n{source}/#1.edf\n{source}/p + q.edf\n")
        self.batch("--no-companion", "--allow-mixed", source=manifest)
        self.assertEqual(set(self.status()), {"n0", "#1", "p + q"})

        def merged(code, *paths):
            done = run("psg-merge", "-q", "--allow-mixed", *paths, "--manifest", manifest, "-o", self.folder / "m.h5", "--force")
            self.assertEqual(done.returncode, code, words(done.stderr))
            return words(done.stderr)

        nights = sorted((self.out / "nights").glob("*.h5"))
        self.assertEqual(merged(FINE, *nights), "")
        elsewhere = self.folder / "n0.h5"  # without a record, by the digest of the recording
        shutil.copy(self.out / "nights/n0.h5", elsewhere)
        merged(FINE, elsewhere, *nights[0:1], *nights[2:])
        shutil.copy(nights[0], elsewhere)
        self.assertIn("missing: n0 (", merged(PARTIAL, elsewhere, *nights[0:1], *nights[2:]))
        linked = self.folder / "linked"
        linked.symlink_to(source)
        text = manifest.read_text()
        manifest.write_text(text.replace(str(source), str(linked)))
        self.assertEqual(merged(FINE, *nights), "")
        self.assertEqual({action for action, reason in self.plan("--no-companion", source=manifest).values()}, {"keep"})
        manifest.write_text(text.replace("n0.edf", "n0.edf + " + str(source / "n2.edf")).replace("path\n", "path\tid\n").replace("edf\n", "edf\t\n"))
        self.assertIn("missing: n0 (", merged(PARTIAL, *nights))
        manifest.write_text(text)
        self.batch("--no-companion", "--allow-mixed", "--lights-off", "60", source=manifest)
        self.assertEqual(merged(FINE, *nights), "")
        os.utime(source / "n0.edf")
        self.assertIn("changed since it was made", merged(PARTIAL, *nights))
        self.assertEqual(len(self.table(self.folder / "m.h5", "nights")), 2)
        inside = subprocess.run([BIN / "psg-merge", "-q", "--allow-mixed", "n0.h5", "#1.h5", "p + q.h5", "--manifest", manifest, "-o", self.folder / "i.h5"],
                                cwd=self.out / "nights", capture_output=True)
        self.assertEqual(inside.returncode, PARTIAL, words(inside.stderr))
        nights[-1].write_bytes(nights[-1].read_bytes() + b"x")
        self.assertIn("its record", merged(PARTIAL, *nights))

    def test_a_cohort_that_cannot_be_made_again_is_kept_aside(self):
        self.batch()
        cohort = (self.out / "cohort.h5").read_bytes()
        self.batch("--no-run", "--standard", "aasm", code=DATA)
        self.assertFalse((self.out / "cohort.h5").exists(), "it would be taken for that of these options")
        self.assertEqual((self.out / "cohort-before.h5").read_bytes(), cohort)

    def test_links_in_circles(self):
        source = self.folder / "links"
        (source / "deep").mkdir(parents=True)
        shutil.copy(self.recordings / "n0.edf", source / "deep")
        (source / "deep/up").symlink_to("..")
        (source / "again.edf").symlink_to("deep/n0.edf")
        told = run("psg-batch", source, "-o", self.out)
        self.assertIn("again and deep-n0 are the same file", words(told.stderr))
        self.assertEqual(set(self.status()), {"again", "deep-n0"})
        self.assertIn("nights/ holds 2 results that are not of this batch: again.h5, deep-n0.h5", words(run("psg-batch", self.recordings / "n1.edf", "-o", self.out).stderr))
        (source / "deep/n0.edf").unlink()
        (source / "again.edf").unlink()
        (source / "gone.tsv").write_text("path\nabsent.edf\n")
        self.assertEqual(self.plan(source=source / "gone.tsv")["absent"][0], "fail")

    def test_input_that_changes_or_vanishes(self):
        source = self.own_recordings()
        process = subprocess.Popen([BIN / "psg-batch", "-q", source, "-o", self.out, "--jobs", "1"], stderr=subprocess.DEVNULL)
        moment = 10 ** 18
        while process.poll() is None:
            moment += 10 ** 9
            os.utime(source / "n0.edf", ns=(moment, moment))
            if not self.children(process):
                continue
            (source / "n5.edf").unlink(missing_ok=True)
            time.sleep(0.002)
        failed = {r["id"]: r["reason"] for r in self.log("failed.tsv")}
        self.assertEqual(set(failed), {"n0", "n5"})
        self.assertIn("changed while it was read", failed["n0"])
        self.assertIn("n5.edf", failed["n5"])

    def mounted(self, options):
        place = self.folder / "small"
        place.mkdir()
        if os.geteuid() != 0 or subprocess.run(["mount", "-t", "tmpfs", "-o", options, "tmpfs", place], capture_output=True).returncode != 0:
            self.skipTest("skipped: nothing can be mounted here")
        self.addCleanup(subprocess.run, ["umount", "-l", place], capture_output=True)
        return place

    def test_full_disk(self):
        place = self.mounted("size=500k")
        done = run("psg-batch", "-q", self.recordings / "n*.edf", "-o", place / "out", "--jobs", "2")
        self.assertIn(done.returncode, (DATA, PARTIAL))
        self.assertIn("no space is left on the disk", words(done.stderr))
        there = list((place / "out/nights").glob("*.h5"))
        self.assertTrue(0 < len(there) < NIGHTS, len(there))
        for path in there:
            self.assertEqual(path.read_bytes(), (self.whole / "nights" / path.name).read_bytes())
        self.assertEqual(list((place / "out").rglob("*.tmp")), [])
        subprocess.run(["mount", "-o", "remount,size=50m", place], check=True)
        self.out = place / "out"
        self.batch()
        self.assert_whole()

    def test_read_only_output(self):
        place = self.mounted("size=50m")
        self.out = place / "out"
        self.batch()
        subprocess.run(["mount", "-o", "remount,ro", place], check=True)
        done = run("psg-batch", "-q", self.recordings / "n*.edf", "-o", self.out, "--standard", "aasm")
        self.assertEqual(done.returncode, DATA)
        self.assertIn("cannot be written", words(done.stderr))
        self.assert_whole()

    def test_closed_pipe_is_quiet(self):
        process = subprocess.Popen([BIN / "psg-batch", self.recordings / "n*.edf", "-o", self.out, "--dry-run"], stdout=subprocess.PIPE, stderr=subprocess.PIPE)
        process.stdout.close()
        said, code = process.stderr.read(), process.wait(60)
        process.stderr.close()
        self.assertEqual((said, code in (141, -signal.SIGPIPE)), (b"", True))


if __name__ == "__main__":
    main()
