#!/usr/bin/env python3
# Events that leave as .annot, whichever tool writes it, come back the same.
# SPDX-License-Identifier: BSD-3-Clause
from decimal import Decimal

from harness import DATA, NIGHT, USAGE, Case, main, rows, run, words


class RoundTrip(Case):
    def setUp(self):
        super().setUp()
        self.h5 = self.folder / "night.h5"
        self.ok("psg-export", NIGHT, "-o", self.h5)
        self.annot = self.folder / "events.annot"
        self.annot.write_bytes(self.ok("psg-export", self.h5, "--to", "annot").stdout)

    def annot_rows(self):
        lines = self.annot.read_bytes().splitlines()
        return rows(b"\n".join(line for line in lines if not line.startswith(b"#")))

    def test_annot_of_an_exported_night(self):
        events = self.table(self.h5, "events")
        self.assertGreater(len(events), 20)
        found = self.annot_rows()
        self.assertEqual([[r["instance"], r["class"], r["channel"]] for r in found], [[e["id"], e["class"], e["channel"]] for e in events])
        for r, e in zip(found, events):
            self.assertEqual(Decimal(r["start"]), Decimal(e["onset"]))
            self.assertEqual(Decimal(r["stop"]), Decimal(e["onset"]) + Decimal(e["duration"]))
            side = f"side={e['side']};" if e["side"] else ""
            self.assertEqual(r["meta"], f"{side}onset={e['onset']};duration={e['duration']}")
        for name in {e["class"] for e in events}:
            self.assertIn(f"# {name} | ".encode(), self.annot.read_bytes())
        # psg-detect writes the same bytes
        self.assertEqual(self.ok("psg-detect", NIGHT, "--format", "annot").stdout, self.annot.read_bytes())

    def test_read_back_as_movements(self):
        fields = ["id", "class", "channel", "side", "onset", "duration", "stage"]
        given = [[e[f] for f in fields] for e in self.table(self.h5, "events") if e["class"] == "leg_movement"]
        result = self.ok("psg-detect", NIGHT, "--only", "leg_movement", "--movements", self.annot)
        self.assertNotIn("EVENTS_", words(result.stderr))
        self.assertEqual([[r[f] for f in fields] for r in rows(result.stdout)], given)
        # and everything made of them is the same
        self.ok("psg-export", NIGHT, "--movements", self.annot, "-o", self.folder / "again.h5")
        for table in ["events", "summary"]:
            self.assertEqual(self.table(self.folder / "again.h5", table), self.table(self.h5, table))

    def test_read_back_as_a_scoring(self):
        events = self.table(self.h5, "events")
        result = self.ok("psg-detect", NIGHT, "--scoring", self.annot)
        arousals = sum(e["class"] == "arousal" for e in events)
        self.assertIn(f"scoring: events.annot (Luna .annot, UTF-8): {arousals} arousals, {len(events) - arousals} movements; its movements are not used", words(result.stderr))
        self.assertNotIn("EVENTS_", words(result.stderr))

    def test_wrong_uses(self):
        self.assertEqual(run("psg-export", self.h5, "--to", "annot", "--table", "events").returncode, USAGE)
        self.assertEqual(run("psg-export", self.h5, "--to", "luna").returncode, USAGE)
        self.assertEqual(run("psg-export", self.h5, "--to", "annot", "-o", self.h5, "--force").returncode, USAGE)
        broken = self.folder / "broken.h5"
        broken.write_bytes(self.h5.read_bytes()[:3000])
        self.assertEqual(run("psg-export", broken, "--to", "annot").returncode, DATA)


if __name__ == "__main__":
    main()
