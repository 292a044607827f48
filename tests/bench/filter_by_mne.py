# What scripts/bench compares with: MNE-Python reads a recording and filters the channels that psg-export uses.
# SPDX-License-Identifier: BSD-3-Clause
#
# filter_by_mne.py FILE.edf (of psg-simulate): EEG and EOG 0.3 to 35 Hz, all else above 20 Hz, MNE's defaults otherwise.
import sys

import mne

mne.set_log_level("ERROR")
raw = mne.io.read_raw_edf(sys.argv[1], preload=True)
head = [c for c in raw.ch_names if c.startswith(("F4", "C3", "C4", "O2", "E1", "E2"))]
rest = [c for c in raw.ch_names if c.startswith(("Chin", "Masseter", "Neck", "Rectus", "Paraspinal", "Arm", "Leg", "ECG"))]
if head:
    raw.filter(0.3, 35, picks=head)
if rest:
    raw.filter(20, None, picks=rest)
print(len(head), "channels of the head,", len(rest), "of muscles and heart")
