// Parts of a night that events are counted in: thirds of sleep, cycles, before and after sleep onset, body positions.
// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <string>
#include <utility>
#include <vector>

#include "libpsg/model/hypnogram.hpp"
#include "libpsg/model/interval_set.hpp"

namespace psg::stats {

/// One part of one division of the night.
struct NightPart {
    std::string division;  ///< "third", "cycle", "sleep_onset", "position"
    std::string name;      ///< "1", "2", ... or "before", "after", or the position
    IntervalSet time;
};

/// All parts that this night has, by division; one without sleep has no thirds, no cycles and no sleep onset.
/// third: equal thirds of the sleep period, from the first to the end of the last epoch of sleep in `in_bed`;
/// cycle: sleep_cycles(), from the first NREM to the end of the REM that follows;
/// sleep_onset: in bed before the first epoch of sleep, and from it on;
/// position: as recorded.
std::vector<NightPart> night_parts(const Hypnogram& hypnogram, const Interval& in_bed,
                                   const std::vector<std::pair<std::string, IntervalSet>>& positions);

}  // namespace psg::stats
