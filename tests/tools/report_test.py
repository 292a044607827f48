#!/usr/bin/env python3
# psg-report from outside: pages hold what the tables say, texts of files as text only, and reach for nothing outside.
# SPDX-License-Identifier: BSD-3-Clause
import html.parser
import importlib.util
import json
import unittest
import xml.etree.ElementTree

from harness import DATA, FINE, NIGHT, USAGE, Case, main, rows, run, words
from hostile_night import hostile_inputs

VOID = {"meta", "link", "img", "rect"}
TAGS = VOID | {"html", "head", "title", "style", "body", "header", "main", "footer", "section", "nav", "div", "p", "h1", "h2", "h3", "ul", "li", "span",
               "strong", "a", "button", "table", "caption", "thead", "tbody", "tr", "th", "td", "figure", "figcaption", "canvas", "details", "summary", "svg",
               "script", "noscript"}


class Page(html.parser.HTMLParser):
    """Elements, texts and addresses of a page; every element must be closed in order."""

    def __init__(self, text):
        super().__init__(convert_charrefs=True)
        self.open, self.tags, self.texts, self.addresses, self.handlers, self.scripts = [], set(), [], [], [], []
        self.feed(text)
        self.close()
        assert not self.open, self.open

    def handle_starttag(self, tag, attributes):
        self.tags.add(tag)
        for name, value in attributes:
            if name in ("src", "href", "action", "srcset", "data"):
                self.addresses.append(value)
            if name.startswith("on") or name == "style":
                self.handlers.append((tag, name))
            if name in ("alt", "title", "aria-label"):
                self.texts.append(value)
        if tag not in VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag, attributes):
        self.tags.add(tag)

    def handle_endtag(self, tag):
        if self.open[-1:] == ["p"] and tag != "p":  # closed by the end of what holds it
            self.open.pop()
        assert self.open and self.open[-1] == tag, (tag, self.open)
        self.open.pop()

    def handle_data(self, data):
        (self.scripts if self.open[-1:] == ["script"] else self.texts).append(data)


class Report(Case):
    def page(self, *arguments, name="night.html"):
        self.result = self.ok("psg-report", *arguments, "-o", self.folder / name, "--force")
        self.html = (self.folder / name).read_text(encoding="utf-8")
        page = Page(self.html)
        self.assertLessEqual(page.tags, TAGS)
        self.assertEqual(page.handlers, [], "the page's own policy forbids them")
        for address in page.addresses:
            self.assertRegex(address, r"^(data:image/(png|svg\+xml);base64,|data:,$|#)")
        self.assertIn("Content-Security-Policy\" content=\"default-src 'none'; script-src 'sha256-", self.html)
        self.assertNotRegex(self.html, "unsafe|sourceMappingURL")
        self.data = json.loads(page.scripts[0])
        return page

    def export(self, recording, *options):
        h5 = self.folder / "night.h5"
        self.ok("psg-export", recording, "-o", h5, "--force", *options)
        return h5

    def test_page_holds_what_the_tables_say(self):
        h5 = self.export(NIGHT)
        page = self.page(h5)
        events, epochs = self.table(h5, "events"), self.table(h5, "epochs")
        self.assertEqual(self.data["stages"], [int(e["stage_code"]) for e in epochs])
        self.assertEqual(self.data["events"]["id"], [e["id"] for e in events])
        for mine, e in zip(self.data["events"]["onset"], events):
            self.assertAlmostEqual(mine, float(e["onset"]), delta=0.0006)
        self.assertEqual([self.data["classes"][k]["name"] for k in self.data["events"]["class"]], [e["class"] for e in events])
        self.assertEqual(self.data["start"], 82800)
        for a in self.table(h5, "event_attributes"):  # every measure stands beside its event
            told = self.data["events"]["measures"][self.data["events"]["id"].index(a["event"])]
            if a["text"] or a["value"] != "NaN":
                self.assertRegex(told, rf"(^|; ){a['name']} ")
                self.assertIn(f"{a['name']} {a['text']}" if a["text"] else a["name"], told)
        text = " ".join(page.texts)
        for s in self.table(h5, "sleep"):
            self.assertIn(s["formula"], text)
        for p in self.table(h5, "provenance"):
            self.assertIn(p["value"], text)
        for c in self.table(h5, "channels"):
            self.assertIn(c["label"], page.texts)
        jerks = next(s for s in self.table(h5, "summary") if s["class"] == "hypnic_jerk" and s["stage"] == "all")
        self.assertRegex(text, rf"hypnic_jerk .*{jerks['count']} \({float(jerks['rate']):.1f}")
        for told in ["The recording is simulated", "proposed rule, checked on simulated signals", "Nothing here is a diagnosis", "gives no probabilities"]:
            self.assertIn(told, text)
        self.assertIn("the recording is simulated, and the page says so", words(self.result.stderr))

    def test_what_needs_the_recording(self):
        h5 = self.export(NIGHT)
        page = self.page(h5)
        self.assertIn("The recording was not given to psg-report", " ".join(page.texts))
        self.assertEqual((self.data["envelopes"], self.data["spectrogram"], self.data["gallery"]), ([], None, []))
        page = self.page(h5, NIGHT)
        self.assertNotIn("was not given", " ".join(page.texts))
        self.assertEqual([e["name"] for e in self.data["envelopes"]], ["left leg", "right leg", "chin"])
        left = self.data["envelopes"][0]
        self.assertEqual((len(left["median"]), left["step"]), (1170, 1))
        # a movement of the left leg stands out of the rest in the envelope, at its place
        move = max((e for e in self.table(h5, "events") if e["class"] == "leg_movement" and e["side"] == "L"), key=lambda e: float(e["duration"]))
        inside = left["median"][int(float(move["onset"])) + 2]
        self.assertGreater(inside, 8 * sorted(left["median"])[585])
        s = self.data["spectrogram"]
        self.assertEqual((s["steps"], s["bins"], s["low"], s["bin"]), (117, 59, 0.5, 0.5))
        jerks = [e for e in self.table(h5, "events") if e["class"] == "hypnic_jerk"]
        self.assertEqual(len(self.data["gallery"]), len(jerks))
        for told, e in zip(self.data["gallery"], jerks):
            self.assertAlmostEqual(told["length"], float(e["duration"]), delta=0.001)
            self.assertEqual([t["name"] for t in told["traces"]], ["left leg", "right leg", "chin", "left arm", "right arm", "EEG", "ECG"])
        page = self.page(h5, NIGHT, "--gallery", "leg_movement")
        self.assertEqual(len(self.data["gallery"]), sum(e["class"] == "leg_movement" for e in self.table(h5, "events")))
        self.assertEqual(run("psg-report", h5, NIGHT, "--gallery", "sneeze", "-o", self.folder / "s.html").returncode, USAGE)

    def test_other_recordings_are_refused(self):
        h5 = self.export(NIGHT)
        other = bytearray(NIGHT.read_bytes())
        other[-1] ^= 1
        (self.folder / "other.edf").write_bytes(other)
        refused = run("psg-report", h5, self.folder / "other.edf", "-o", self.folder / "x.html")
        self.assertEqual(refused.returncode, DATA)
        self.assertIn("was not made of the recording", words(refused.stderr))
        refused = run("psg-report", h5, NIGHT, "--invert", "Leg L", "-o", self.folder / "x.html")
        self.assertEqual(refused.returncode, DATA)
        self.assertIn("options about channels", words(refused.stderr))
        h5 = self.export(NIGHT, "--channel", "leg_left=Arm L", "--invert", "Arm L")
        self.assertEqual(run("psg-report", h5, NIGHT, "-o", self.folder / "x.html").returncode, DATA)
        self.page(h5, NIGHT, "--channel", "leg_left=Arm L", "--invert", "Arm L")
        self.assertEqual(self.data["gallery"][0]["traces"][0]["label"], "Arm L")

    def test_probabilities_of_staged_nights(self):
        h5 = self.export(NIGHT, "--no-companion")
        self.page(h5)
        for p, e in zip(self.data["p"], self.table(h5, "epochs"), strict=True):
            for mine, name in zip(p, ["p_w", "p_n1", "p_n2", "p_n3", "p_r"]):
                self.assertAlmostEqual(mine, float(e[name]), delta=0.0006)

    def test_hostile_texts_stay_texts(self):
        recording, movements, channels = hostile_inputs(self.folder, 300)
        h5 = self.export(recording, "--movements", movements, *channels)
        title = "</title><script>alert('x')</script>\u2028"
        page = self.page(h5, recording, *channels, "--title", title)  # parsed: no element, address or handler but the page's own
        self.assertEqual(self.html.count("<script"), 5)
        self.assertIn(title, page.texts)
        labels = [c["label"] for c in self.table(h5, "channels")]
        self.assertIn("<script>alert(1)", labels)
        for label in labels:
            self.assertIn(label, page.texts)
        self.assertEqual([e["id"] for e in self.table(h5, "events")], self.data["events"]["id"])
        self.assertNotIn("<", page.scripts[0])
        self.assertNotIn("\u2028", page.scripts[0])
        picture = self.folder / "n.svg"
        self.ok("psg-report", h5, recording, *channels, "--title", title, "-o", picture)
        elements = {e.tag.rpartition("}")[2] for e in xml.etree.ElementTree.parse(picture).iter()}  # texts are drawn, not written
        self.assertLessEqual(elements, {"svg", "defs", "g", "symbol", "path", "use", "rect", "image", "clipPath", "pattern"})

    def test_same_bytes_and_nothing_of_a_person(self):
        data = bytearray(NIGHT.read_bytes())
        data[8:88] = b"MCH-0234567 F 16-SEP-1951 Haagse_Harry".ljust(80)
        recording = self.folder / "n.edf"
        recording.write_bytes(data)
        h5 = self.export(recording, "--keep-identity")
        for name in ["a.html", "a.pdf", "a.png", "a.svg"]:
            outputs = []
            for _ in range(2):
                self.ok("psg-report", h5, "-o", self.folder / name, "--force")
                outputs.append((self.folder / name).read_bytes())
            self.assertEqual(outputs[0], outputs[1], name)
            for secret in [b"Harry", b"0234567", b"1951"]:
                self.assertNotIn(secret, outputs[0], name)

    def test_files_of_psg_stage(self):
        h5 = self.folder / "stages.h5"
        self.ok("psg-stage", NIGHT, "-o", h5)
        page = self.page(h5)
        self.assertIn("The file has no table 'events'", " ".join(page.texts))
        self.assertEqual(self.data["events"]["id"], [])
        page = self.page(h5, NIGHT)
        self.assertIn("No gallery: the file does not tell of hypnic_jerk.", page.texts)
        self.assertEqual(len(self.data["envelopes"]), 3)

    def test_recordings_that_lack_muscles(self):
        data = bytearray(NIGHT.read_bytes())
        for i in range(2, int(data[252:256])):
            label = data[256 + 16 * i:272 + 16 * i].decode().strip()
            if label != "EDF Annotations":
                data[256 + 16 * i:272 + 16 * i] = f"Aux {i}".encode().ljust(16)
        recording = self.folder / "eeg.edf"
        recording.write_bytes(data)
        page = self.page(self.export(recording), recording)
        for told in ["No amplitude of the left leg EMG: the recording has no such channel.", "No gallery: the file does not tell of hypnic_jerk."]:
            self.assertIn(told, page.texts)
        self.assertIsNotNone(self.data["spectrogram"])

    def test_cohort(self):
        files = []
        for i in range(6):
            recording = self.folder / f"p{i} &<b>.edf"
            options = ["--hypnic-jerks", "40"] if i == 3 else []
            self.ok("psg-simulate", "--seed", str(i), "--hours", "0.4", *options, "-o", recording)
            files.append(self.folder / f"p{i} &<b>.h5")
            self.ok("psg-export", recording, "-o", files[-1])
        h5 = self.folder / "cohort.h5"
        self.ok("psg-merge", *files, "-o", h5)
        self.result = self.ok("psg-report", h5, "-o", self.folder / "cohort.html")
        page = Page((self.folder / "cohort.html").read_text(encoding="utf-8"))
        self.assertLessEqual(page.tags, TAGS - {"script"})
        self.assertEqual(page.handlers, [])
        links = {a for a in page.addresses if a.startswith("./")}
        self.assertEqual(links, {f"./p{i}%20%26%3Cb%3E.html" for i in range(6)})
        text = "".join(page.texts)
        for told in ["6 nights", "Signals of some nights are simulated", "proposed rule, checked on simulated signals", "Nothing here is a diagnosis"]:
            self.assertIn(told, text)
        rates = rows(self.ok("psg-stats", "--events", h5).stdout)
        jerks = {r["id"]: float(r["rate"]) for r in rates if r["class"] == "hypnic_jerk" and r["stage"] == "all"}
        self.assertEqual(max(jerks, key=jerks.get), "p3 &<b>")
        self.assertRegex("|".join(page.texts), rf"p3 &<b>\|hypnic_jerk\|{round(max(jerks.values()))}\b")  # among the far ones
        prevalence = rows(self.ok("psg-stats", "--events", h5, "--table", "prevalence").stdout)
        for p in prevalence:
            if p["stage"] == "all":
                self.assertIn(f"{p['class']} {p['positive']} of {p['all']} nights", text)
        self.ok("psg-report", h5, "-o", self.folder / "cohort.pdf")
        self.assertEqual(run("psg-report", h5, NIGHT, "-o", self.folder / "x.html").returncode, USAGE)
        self.assertEqual(run("psg-report", h5, "--gallery", "x", "-o", self.folder / "x.html").returncode, USAGE)

    @unittest.skipUnless(importlib.util.find_spec("h5py"), "no Python module h5py")
    def test_damaged_tables(self):
        import h5py
        import numpy
        sound = self.export(NIGHT)
        damaged = self.folder / "damaged.h5"
        for code, table, column, value in [(DATA, "recording", "duration", 1e300), (DATA, "events", "onset", numpy.nan), (DATA, "events", "duration", -1),
                                           (DATA, "epochs", "onset", 1e300), (DATA, "epochs", "stage_code", 77), (FINE, "epochs", "p_w", 1e300),
                                           (FINE, "summary", "rate", -numpy.inf), (FINE, "movement_intervals", "all", 2**31 - 1), (FINE, "events", "id", b"\xff<b>"),
                                           (FINE, "channels", "label", b"\xe2\x80\xa8\x1b<b>")]:
            with self.subTest(f"{table}/{column} {value}"):
                damaged.write_bytes(sound.read_bytes())
                with h5py.File(damaged, "r+") as file:
                    rows_of_it = file[table][()]
                    rows_of_it[column][0] = value
                    file[table][...] = rows_of_it
                result = run("psg-report", damaged, "-o", self.folder / "d.html", "--force")
                self.assertEqual(result.returncode, code, words(result.stderr))
                if code == DATA:
                    self.assertIn("damaged.h5", words(result.stderr))
                else:
                    page = Page((self.folder / "d.html").read_text(encoding="utf-8"))  # strict: invalid bytes would raise
                    self.assertLessEqual(page.tags, TAGS)
                    json.loads(page.scripts[0])

    def test_refusals(self):
        h5 = self.export(NIGHT)
        out = self.folder / "x.html"
        for code, arguments in [(USAGE, []), (USAGE, [h5]), (USAGE, [h5, "-o", self.folder / "x.doc"]), (DATA, [NIGHT, "-o", out]),
                                (DATA, [self.folder / "absent.h5", "-o", out]), (DATA, [h5, "-o", self.folder / "no" / "x.html"])]:
            self.assertEqual(run("psg-report", *arguments).returncode, code, arguments)
            self.assertFalse(out.exists())
        out.write_text("precious")
        self.assertNotEqual(run("psg-report", h5, "-o", out).returncode, FINE)
        self.assertEqual(out.read_text(), "precious")


if __name__ == "__main__":
    main()
