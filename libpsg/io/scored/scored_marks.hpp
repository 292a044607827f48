// Marks in scorings: lights off and on, and body positions.
// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "libpsg/model/finding.hpp"
#include "libpsg/model/interval_set.hpp"

namespace psg::io {

struct ScoredLights {
    std::optional<Time> off, on;
    std::vector<Interval> periods;  ///< from each off to the next on, in order; empty where there is one or none
};

/// The first mark of lights off and the last of lights on, in a recording of this duration, and the periods between them. Several, on
/// before off, and marks that leave nothing of the recording are told by EVENTS_LIGHTS; the last two are not used. Of marks of one
/// kind in a row the first counts for lights off and for lights on; a last period that nothing ends goes on to the end of the recording.
ScoredLights lights_of(const std::vector<Time>& off, const std::vector<Time>& on, Time duration, Findings& findings);

/// An entry that tells a body position.
struct ScoredPosition {
    Time onset, duration;  ///< a duration of 0: until the next one
    std::string name;      ///< supine, prone, left, right, upright; anything else only ends the one before
};

/// When the body lay how, without the positions that never were. An entry without a duration holds until the next one
/// or the end of the recording; of two that overlap the later one holds.
std::vector<std::pair<std::string, IntervalSet>> positions_of(std::vector<ScoredPosition> entries, Time end);

}  // namespace psg::io
