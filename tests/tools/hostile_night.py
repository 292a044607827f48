# A night whose labels and events are named like markup, for the tests of pages.
# SPDX-License-Identifier: BSD-3-Clause
from harness import NIGHT

HOSTILE = ["<script>alert(1)", "</script><b>x", "a\"onload=\"x\" y", "<img src=x:>", "&lt;&#x3c;&amp;", "]]>--><!--"]


def hostile_inputs(folder, events):
    """The recording, its movements, and the options that tell what its channels are."""
    data = bytearray(NIGHT.read_bytes())
    for i, text in enumerate(HOSTILE):
        data[256 + 16 * i:272 + 16 * i] = text.encode()[:16].ljust(16)
    recording, movements = folder / "hostile.edf", folder / "hostile.tsv"
    recording.write_bytes(data)
    lines = ["id\tclass\tonset\tduration\tstage\tchannel\tside"]
    for i in range(events):
        text = HOSTILE[i % len(HOSTILE)]
        lines.append(f"{text} {i}\tleg_movement\t{i * 1168 / events:.4f}\t{min(0.6, 800 / events):.4f}\tN2\t{text}\tL")
    movements.write_text("\n".join(lines) + "\n")
    channels = [a for role, label in zip(["eeg", "eog_left", "leg_left", "chin"], HOSTILE) for a in ("--channel", f"{role}={label[:16].strip()}")]
    return recording, movements, channels
