// Stages and groups of stages by which measures of a night are told.
// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <string>
#include <utility>
#include <vector>

#include "libpsg/model/hypnogram.hpp"

namespace psg::events {

/// Each scored stage, NREM and sleep: name and time.
inline std::vector<std::pair<std::string, IntervalSet>> stage_groups(const Hypnogram& hypnogram) {
    std::vector<std::pair<std::string, IntervalSet>> groups;
    for (const Stage s : scored_stages)
        groups.emplace_back(stage_name(s), hypnogram.where([s](Stage x) { return x == s; }));
    groups.emplace_back("NREM", hypnogram.where(is_nrem));
    groups.emplace_back("sleep", hypnogram.where(is_sleep));
    return groups;
}

/// Whole pieces of `length` cut from each interval of `time`, one after another; what is left over is in none.
inline std::vector<Interval> whole_pieces(const IntervalSet& time, Time length) {
    std::vector<Interval> pieces;
    for (const Interval& i : time.intervals())
        for (Time t = i.onset; t + length <= i.offset; t += length) pieces.push_back({t, t + length});
    return pieces;
}

}  // namespace psg::events
