// One waveform in several muscle channels at the same instant: a disturbance of the recording, not of the muscles.
// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <string>
#include <vector>

#include "libpsg/model/night.hpp"

namespace psg::events {

/// What makes a waveform a common one. Every number is proposed.
struct CommonArtefactRules {
    double common_correlation = 0.85;  ///< least correlation without lag, sign aside
    int common_channels = 3;           ///< in this many channels, of two regions of the body at least ...
    double pair_correlation = 0.95;    ///< ... or so much in two channels of different regions
    double common_uv = 8;              ///< each rises to this (rms of 10 ms above 20 Hz) and to four times its resting level
};

struct CommonArtefact {
    Interval extent;
    std::string channels;   ///< labels joined by '+'
    double waveform_r = 0;  ///< least correlation of their waveforms with that of one of them
};

/// Where muscle channels of different regions of the body rise at once with the same waveform, in order of time. Muscles that
/// work together never do: each has motor units of its own. Neighbours that hear each other (jaw and chin) and leads with one
/// reference are no evidence: they show one region. `night.activity` is read, samples only where channels rise together.
std::vector<CommonArtefact> common_artefacts(const Night& night, const CommonArtefactRules& rules);

}  // namespace psg::events
