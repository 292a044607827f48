// Where in the body muscles are active: the timeline of regions that large movements and bruxism look at.
// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <map>

#include "libpsg/events/jerk_groups.hpp"
#include "libpsg/events/muscle_activity.hpp"

namespace psg::events {

/// When each region is active: bursts of its muscles by `limits`.
inline std::map<Region, IntervalSet> active_regions(const Muscles& muscles, const BurstLimits& limits) {
    std::map<Region, IntervalSet> active;
    for (const Muscles::Muscle& m : muscles.all()) {
        std::vector<Interval> bursts;
        for (const MuscleBurst& b : bursts_of(*m.activity, limits)) bursts.push_back(b.extent);
        IntervalSet& set = active[*region_of(m.role)];
        set = set.united(IntervalSet(std::move(bursts)));
    }
    return active;
}

/// Gaps of less than `pause` filled.
inline IntervalSet joined(const IntervalSet& set, Time pause) {
    std::vector<Interval> list;
    for (const Interval& i : set.intervals()) {
        if (!list.empty() && i.onset - list.back().offset < pause)
            list.back().offset = i.offset;
        else
            list.push_back(i);
    }
    return IntervalSet(std::move(list));
}

}  // namespace psg::events
