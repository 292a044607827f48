#!/usr/bin/env python3
# Pages of psg-report in headless Chromium: nothing on the console or the network, plots zoom together, hostile texts stay texts.
# SPDX-License-Identifier: BSD-3-Clause
"""PSG_SCREENSHOTS=FOLDER keeps pictures of the pages, and what they look like on paper, for a person to look at."""
import os
import pathlib
import sys
import time
import unittest

HERE = pathlib.Path(__file__).parent
sys.path[:0] = [str(HERE), str(HERE.parent / "tools")]
from browser import MISSING, Browser  # noqa: E402
from harness import NIGHT, Case, main  # noqa: E402
from hostile_night import hostile_inputs  # noqa: E402

@unittest.skipIf(MISSING, f"{MISSING}: pages are not looked at")
class Pages(Case):
    @classmethod
    def setUpClass(cls):
        cls.browser = Browser()

    @classmethod
    def tearDownClass(cls):
        cls.browser.close()

    def look(self, name, h5, *arguments):
        """The page, opened; told how large it is and how long that took."""
        html = self.folder / f"{name}.html"
        self.ok("psg-report", h5, *arguments, "-o", html, "--force")
        seconds = self.browser.open(html)
        print(f"{name}: {html.stat().st_size / 1e6:.2f} MB, ready after {seconds:.2f} s", file=sys.stderr)
        self.quiet(html)
        pictures = os.environ.get("PSG_SCREENSHOTS")
        if pictures:
            self.browser.screenshot(pathlib.Path(pictures) / f"{name}.png")
            self.browser.print_pdf(pathlib.Path(pictures) / f"{name}.pdf")
        return html

    def quiet(self, html):
        self.assertEqual(self.browser.console, [])
        outside = [r for r in self.browser.requests if r != html.resolve().as_uri() and not r.startswith("data:")]
        self.assertEqual(outside, [])

    def windows(self):
        return self.browser.run("psgReport.plots.map(g => g.xAxisRange())")

    def zoom_works(self, html, duration, plots):
        b = self.browser
        self.assertEqual(self.windows(), [[0, duration]] * plots)
        for k in range(plots):  # by dragging in each plot, the others follow
            place = b.run(f"(() => {{ const e = document.querySelectorAll('.plot')[{k}]; e.scrollIntoView({{block: 'center'}}); const r = e.getBoundingClientRect(),"
                          f" a = psgReport.plots[{k}].getArea(); return [r.left + a.x, a.w, r.top + 20]; }})()")
            left, width, top = place
            b.drag(left + width / 4, top, left + width / 2, top)
            for window in self.windows():
                self.assertAlmostEqual(window[0], duration / 4, delta=duration / 300)
                self.assertAlmostEqual(window[1], duration / 2, delta=duration / 300)
            self.assertEqual(len({tuple(w) for w in self.windows()}), 1)
            b.drag(left + width / 2, top, left + width, top, modifiers=8)  # with Shift it moves by half the window
            self.assertAlmostEqual(self.windows()[0][0], duration / 8, delta=duration / 300)
            b.mouse("mousePressed", left + 50, top)
            b.mouse("mouseReleased", left + 50, top)
            b.mouse("mousePressed", left + 50, top, clicks=2)
            b.mouse("mouseReleased", left + 50, top, clicks=2)
            self.assertEqual(self.windows(), [[0, duration]] * plots)
        # by keys
        b.run("document.querySelector('.plot').focus()")
        b.key("+")
        self.assertEqual(self.windows(), [[duration / 4, duration * 3 / 4]] * plots)
        b.key("ArrowRight")
        self.assertEqual({tuple(w) for w in self.windows()}, {(duration * 0.45, duration * 0.95)})
        b.key("0")
        b.key("n")  # the first event after the middle
        onset = b.run("Math.min(...JSON.parse(document.getElementById('night').textContent).events.onset.filter(t => t > psgReport.window()[0] + 10))")
        self.assertTrue(self.windows()[0][0] < onset < self.windows()[0][1])
        self.assertRegex(b.run("document.getElementById('said').textContent"), r".+ at \d\d:\d\d:\d\d")
        b.key("Home")
        self.assertEqual(self.windows(), [[0, duration]] * plots)
        self.quiet(html)

    def test_sample_night(self):
        h5 = self.folder / "n.h5"
        self.ok("psg-export", NIGHT, "-o", h5)
        html = self.look("sample_without_recording", h5)
        self.zoom_works(html, 1170, 2)
        html = self.look("sample", h5, NIGHT)
        self.zoom_works(html, 1170, 6)
        b = self.browser
        for name, table in [("event-list", "events"), ("epoch-list", "epochs")]:
            self.assertEqual(b.run(f"document.getElementById('{name}').open = true, new Promise(r => setTimeout(() => "
                                   f"r(document.querySelectorAll('#{name} tbody tr').length), 300))"), len(self.table(h5, table)))
        for first, e in zip(b.run("[...document.querySelectorAll('#event-list tbody tr')].map(r => [...r.cells].map(c => c.textContent))"), self.table(h5, "events")):
            self.assertEqual([first[0], first[1], first[5], first[6], first[7]], [e["id"], e["class"], e["stage"], e["channel"], e["side"]])
            self.assertAlmostEqual(float(first[3]), float(e["onset"]), delta=0.0006)
            self.assertTrue(first[8] or e["class"] == "artefact", first)
        # every canvas of the gallery was drawn on
        self.assertEqual(b.run("new Promise(r => setTimeout(() => r([...document.querySelectorAll('.gallery canvas')].filter(c => "
                               "c.getContext('2d').getImageData(0, 0, 1, 1).data[3] === 255).length), 500))"),
                         sum(e["class"] == "hypnic_jerk" for e in self.table(h5, "events")))
        self.quiet(html)

    def test_whole_simulated_night(self):
        recording, h5 = self.folder / "long.edf", self.folder / "long.h5"
        self.ok("psg-simulate", "--seed", "7", "--hours", "8", "-o", recording)
        self.ok("psg-export", recording, "--no-companion", "-o", h5)
        html = self.look("night_8h", h5, recording, "--gallery", "leg_movement")  # sixty pictures
        self.assertEqual(self.browser.run("document.querySelectorAll('.gallery canvas').length"), 60)
        self.assertLessEqual(html.stat().st_size, 5e6)
        self.zoom_works(html, 28800, 7)

    def test_cohort(self):
        files = []
        for i in range(5):
            recording, h5 = self.folder / f"n{i}.edf", self.folder / f"n{i}.h5"
            self.ok("psg-simulate", "--seed", str(i), "--hours", "0.3", "-o", recording)
            self.ok("psg-export", recording, "-o", h5)
            self.ok("psg-report", h5, "-o", self.folder / f"n{i}.html")
            files.append(h5)
        self.ok("psg-merge", *files, "-o", self.folder / "c.h5")
        html = self.look("cohort", self.folder / "c.h5")
        self.assertEqual(self.browser.run("document.querySelectorAll('#nights tbody tr').length"), 5)
        self.browser.run("document.querySelector('#nights tbody a').click()")  # leads to the page of the night
        deadline = time.monotonic() + 30
        while self.browser.run("document.readyState + document.title") != "completen0" and time.monotonic() < deadline:
            time.sleep(0.05)
        self.assertEqual(self.browser.run("document.title"), "n0")
        self.assertEqual([r for r in self.browser.requests if not r.startswith("data:")], [(p.resolve().as_uri()) for p in (html, html.with_name("n0.html"))])
        self.assertEqual(self.browser.console, [])

    def test_hostile_night(self):
        recording, movements, channels = hostile_inputs(self.folder, 20000)
        h5 = self.folder / "h.h5"
        self.ok("psg-export", recording, "--movements", movements, "-o", h5, *channels)
        events = self.table(h5, "events")
        self.assertGreaterEqual(len(events), 20000)
        html = self.look("hostile", h5, recording, *channels, "--title", "<script>alert('title')</script>\u2028")
        b = self.browser
        self.assertEqual(b.run("document.querySelectorAll('script').length"), 5)
        self.assertEqual(b.run("document.querySelector('h1').textContent"), "<script>alert('title')</script>\u2028")
        self.assertEqual(b.run("document.querySelectorAll('b, main img[src^=x], [onload]').length"), 0)
        self.assertEqual(b.run("document.getElementById('event-list').open = true, new Promise(r => setTimeout(() => "
                               "r(document.querySelectorAll('#event-list tbody tr').length), 3000))"), len(events))
        cells = b.run("[...document.querySelectorAll('#event-list tbody tr')].map(r => r.cells[0].textContent)")
        self.assertEqual(cells, [e["id"] for e in events])
        labels = [c["label"] for c in self.table(h5, "channels")]
        self.assertIn("<script>alert(1)", labels)
        shown = b.run("[...document.querySelectorAll('#recording td')].map(c => c.textContent)")
        for label in labels:
            self.assertIn(label, shown)
        self.assertEqual(b.run("document.querySelectorAll('b, main img[src^=x], [onload]').length"), 0)
        self.zoom_works(html, 1170, b.run("psgReport.plots.length"))


if __name__ == "__main__":
    main()
