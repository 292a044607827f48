#!/usr/bin/env python3
# psg-fix from outside: no person in the bytes, files that are not written over, embedded scorings, odd files.
# SPDX-License-Identifier: BSD-3-Clause
import shutil

from harness import DATA, FINE, NIGHT, SOURCE, USAGE, Case, main, reference, rows, run, words

SECRETS = ["Haagse", "HARRY", "MCH-0234567", "0234567", "16-SEP-1961", "1961", "PSG-1234", "Telemetry03", "Kwakzalver", "16-SEP-1987", "16.09.87",
           "Müller", "Mueller", "555 123 4567", "harry@example.org", "22.58.59"]


def named_night(path, texts):
    """The sample night with a person in every field that can hold one, and these annotations in place of others."""
    data = bytearray(NIGHT.read_bytes())
    channels = int(data[252:256])
    data[8:88] = "MCH-0234567 F 16-SEP-1961 Haagse_Harry_Müller".encode("latin-1").ljust(80)
    data[88:168] = b"Startdate 16-SEP-1987 PSG-1234/1987 NN Telemetry03".ljust(80)
    data[168:184] = b"16.09.8722.58.59"
    data[256 + 16 * channels:256 + 16 * channels + 80] = b"Electrode of Harry, Haagse".ljust(80)
    record = (len(data) - 256 * (channels + 1)) // int(data[236:244])
    samples = [int(data[256 + 216 * channels + 8 * i:][:8]) for i in range(channels)]
    at = 256 * (channels + 1) + 2 * sum(samples[:-1])
    for i, text in enumerate(texts):
        tal = f"+{i}\x14\x14\0+{i}\x15{2}\x14".encode() + text.encode() + b"\x14\0"
        size = 2 * samples[-1]
        assert len(tal) <= size, text
        data[at + i * record:at + i * record + size] = tal.ljust(size, b"\0")
    path.write_bytes(data)


class Fix(Case):
    def fixed(self, *arguments):
        return rows(self.ok("psg-fix", *arguments).stdout)

    def annotations(self, path):
        return {(r["onset"], r["duration"], r["text"]) for r in rows(self.ok("psg-info", path, "--table", "annotations").stdout)}

    def test_no_person_in_the_bytes(self):
        texts = ["Sleep stage N2", "haagse HARRY awake", "tel. 555 123 4567", "mail harry@example.org", "born 16.9.1961", "seen by Dr. Mueller",
                 "MCH-0234567 restarted here, then harry slept", "limb movement", "16 Sep 1987", "Kwakzalver calls"]
        night = self.folder / "named.edf"
        named_night(night, texts)
        before = night.read_bytes()
        self.assertIn(b"Haagse_Harry", before)
        for options in [[], ["--shift-days", "1000"], ["--keep-time"]]:
            out = self.folder / f"out{len(options)}{''.join(options[:1])}.edf"
            files = self.fixed(night, out, "--deidentify", "--scrub", "kwak[a-z]*", "--scrub", "then.*", *options)
            everything = b"".join((self.folder / f["file"]).read_bytes() for f in files).decode("latin-1").lower()
            for secret in SECRETS:
                if secret == "22.58.59" and "--keep-time" in options:
                    continue
                for coding in ["utf-8", "latin-1"]:
                    self.assertNotIn(secret.lower().encode(coding).decode("latin-1"), everything, f"{secret} {options}")
            head = out.read_bytes()[:256]
            self.assertEqual(head[8:88].strip(), b"X X X X")
            if "--shift-days" not in options:
                self.assertEqual(head[168:176], b"01.01.85")
            self.assertEqual(head[176:184], b"22.58.59" if "--keep-time" in options else b"00.00.00")
            kept = {text for _, _, text in self.annotations(out)}
            self.assertLessEqual({"Sleep stage N2", "limb movement"}, kept)
        self.assertEqual(night.read_bytes(), before)

    def test_shifted_date(self):
        night = self.folder / "named.edf"
        named_night(night, ["one"])
        self.ok("psg-fix", night, self.folder / "o.edf", "--deidentify", "--shift-days", "20", "--keep-time")
        self.assertEqual((self.folder / "o.edf").read_bytes()[168:184], b"06.10.8722.58.59")

    def test_sample_night_comes_out_the_same(self):
        out = self.folder / "out.edf"
        files = self.fixed(NIGHT, out)
        self.assertEqual([f["format"] for f in files], ["EDF+C"])
        self.assertEqual(self.annotations(out), self.annotations(NIGHT))
        for tool, options in [("psg-stage", []), ("psg-detect", ["--no-companion"])]:
            self.assertEqual(self.ok(tool, out, *options).stdout, self.ok(tool, NIGHT, *options).stdout)
        again = self.folder / "again.edf"
        self.ok("psg-fix", out, again)
        self.assertEqual(again.read_bytes(), out.read_bytes())

    def test_files_are_not_lost(self):
        night = self.folder / "n.edf"
        shutil.copy(NIGHT, night)
        self.assertEqual(run("psg-fix", night, night, "--force").returncode, USAGE)
        self.assertEqual(night.read_bytes(), NIGHT.read_bytes())
        out = self.folder / "o.edf"
        out.write_bytes(b"mine")
        self.assertEqual(run("psg-fix", night, out).returncode, DATA)
        self.assertEqual(out.read_bytes(), b"mine")
        self.ok("psg-fix", night, out, "--force")
        self.assertEqual(run("psg-fix", night).returncode, USAGE)
        self.assertEqual(run("psg-fix", night, self.folder / "p.edf", "--channels", "no such").returncode, USAGE)
        self.assertEqual(run("psg-fix", night, self.folder / "p.edf", "--keep-time").returncode, USAGE)
        self.assertEqual(run("psg-fix", night, self.folder / "p.edf", "--deidentify", "--scrub", "(").returncode, USAGE)
        self.assertEqual(sorted(p.name for p in self.folder.iterdir()), ["n.edf", "o.edf"])

    def test_channels_and_strict(self):
        labels = [r["label"] for r in rows(self.ok("psg-info", NIGHT).stdout)]
        out = self.folder / "two.edf"
        self.ok("psg-fix", NIGHT, out, "--channels", f"{labels[1]},{labels[0]}")
        self.assertEqual([r["label"] for r in rows(self.ok("psg-info", out).stdout)], labels[:2])
        odd = self.folder / "odd.edf"
        odd.write_bytes(NIGHT.read_bytes() + b"x")
        self.assertEqual(run("psg-fix", odd, self.folder / "s.edf", "--strict").returncode, DATA)
        self.assertIn("EDF_TRAILING_BYTES", words(self.ok("psg-fix", odd, self.folder / "s.edf").stderr))

    def test_hypnogram_and_events_are_embedded(self):
        hypnogram = SOURCE / "sample_data" / "night.hypnogram.tsv"
        events = self.folder / "events.tsv"
        events.write_bytes(self.ok("psg-detect", NIGHT, "--hypnogram", hypnogram).stdout)
        stages = self.folder / "stages.tsv"
        stages.write_bytes(self.ok("psg-stage", NIGHT).stdout)
        out = self.folder / "out.edf"
        self.ok("psg-fix", NIGHT, out, "--annotations", events, "--annotations", stages, "--round-annotations")
        texts = [text for _, _, text in self.annotations(out)]
        for r in rows(stages.read_bytes())[:20]:
            self.assertIn(f"Sleep stage {r['stage']}", texts)
        movements = [r for r in rows(events.read_bytes()) if r["class"] == "leg_movement"]
        self.assertGreater(len(movements), 0)
        for r in movements:
            number = r["id"].split("-")[1]
            self.assertIn(f"Limb movement #{number}@@{r['channel']}", texts)
        self.assertTrue(all(len(text.encode()) <= 40 for text in texts))
        self.assertIn("accepted", words(self.ok("psg-info", "--check", out).stderr))

    def test_odd_files(self):
        legal = {"EDF_RANGE_REVERSED", "EDF_LABEL_DUPLICATE", "EDF_LABEL_EMPTY", "EDF_UNIT_UNKNOWN"}  # kept: EDF allows them
        for collection in ["defects", "real"]:
            paths = sorted(p for p in reference(f"io/edf/{collection}").iterdir() if p.suffix in (".edf", ".bdf"))
            self.assertGreater(len(paths), 20)
            for path in paths:
                bdf = path.read_bytes()[:8] == b"\xffBIOSEMI"
                if bdf or path.suffix == ".bdf":  # the name of another format is refused
                    other = run("psg-fix", path, self.folder / ("o.edf" if bdf else "o.bdf"))
                    self.assertIn(other.returncode, (USAGE, DATA), path.name)
                out = self.folder / path.with_suffix(".bdf" if bdf else ".edf").name
                result = run("psg-fix", path, out)
                self.assertIn(result.returncode, (FINE, DATA), path.name)
                if result.returncode == DATA:
                    self.assertRegex(words(result.stderr), r"psg-fix: \S", path.name)
                    continue
                for f in rows(result.stdout):
                    if f["format"] == "annot":
                        continue
                    check = self.ok("psg-info", "--check", f["file"])
                    self.assertIn("EDFlib: accepted", words(check.stderr), path.name)
                    codes = {r["code"] for r in rows(check.stdout) if r["code"].startswith("EDF_")}
                    self.assertLessEqual(codes, legal, path.name)


if __name__ == "__main__":
    main()
