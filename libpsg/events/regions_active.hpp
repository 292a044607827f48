// Where in the body muscles are active: the timeline of regions that large movements and bruxism look at.
// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <cmath>
#include <map>
#include <set>

#include "libpsg/events/jerk_groups.hpp"
#include "libpsg/events/muscle_activity.hpp"
#include "libpsg/signal/samples_in.hpp"

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

/// Parts of the body that can move by themselves: regions, with the trunk apart from the head.
enum class Part { head, trunk, arm_left, arm_right, leg_left, leg_right };
inline Part part_of(Role muscle) {
    if (muscle == Role::trunk) return Part::trunk;
    switch (*region_of(muscle)) {
        case Region::arm_left: return Part::arm_left;
        case Region::arm_right: return Part::arm_right;
        case Region::leg_left: return Part::leg_left;
        case Region::leg_right: return Part::leg_right;
        default: return Part::head;
    }
}
inline bool is_leg(Part p) { return p == Part::leg_left || p == Part::leg_right; }

/// Parts that move in `extent`: one of their muscles is at three times its resting level, and at 8 uV, in a quarter of its tenths
/// of a second or more (all proposed). What many parts do at once, without a rhythm of their own, is done at will.
inline std::set<Part> moving_parts(const Muscles& muscles, const Interval& extent) {
    std::set<Part> parts;
    for (const Muscles::Muscle& m : muscles.all()) {
        const std::vector<float> x = amplitude_in(*m.activity, extent);
        const std::size_t tenth = signal::samples_in(0.1, m.activity->envelope.rate.hz());
        const float level = std::max(8.0F, 3 * rest_at(*m.activity, extent.onset));
        std::size_t high = 0, all = 0;
        for (std::size_t i = 0; i + tenth <= x.size(); i += tenth, ++all) {
            float squares = 0;
            for (std::size_t k = i; k < i + tenth; ++k) squares += x[k] * x[k];
            high += squares >= static_cast<float>(tenth) * level * level;
        }
        if (all > 0 && 4 * high >= all) parts.insert(part_of(m.role));
    }
    return parts;
}

/// How many parts beside the legs must move along for something to be done at will: two, or the head where no arm and no trunk
/// is recorded (proposed).
inline std::size_t enough_parts(const Muscles& muscles) {
    for (const Muscles::Muscle& m : muscles.all())
        if (part_of(m.role) != Part::head && !is_leg(part_of(m.role))) return 2;
    return 1;
}

/// The body is on the move beside a jerk, before it or, with `after`, after it: two parts or more, not the legs alone, move in
/// the seconds there (proposed: 0.3 to 5 s away; of a sleeper who is awake on either side, and 0.3 to 2.3 s away as well, since
/// what is done awake may be brief). What begins inside a movement at will is a part of it.
inline bool on_the_move(const Muscles& muscles, const Interval& jerk, bool after, bool awake = false) {
    using namespace std::chrono_literals;
    const auto moves = [&](const Interval& extent) {
        const std::set<Part> parts = moving_parts(muscles, extent);
        return parts.size() >= 2 && !is_leg(*parts.begin());
    };
    return moves({jerk.onset - 5s, jerk.onset - 300ms}) || (after && moves({jerk.offset + 300ms, jerk.offset + 5s})) ||
           (awake && (moves({jerk.onset - 2300ms, jerk.onset - 300ms}) || moves({jerk.offset + 300ms, jerk.offset + 2300ms})));
}

/// Every muscle of the night, for moving_parts().
inline std::vector<Role> muscle_roles() {
    return {Role::chin, Role::masseter, Role::neck, Role::trunk, Role::arm_left, Role::arm_right, Role::leg_left, Role::leg_right};
}

}  // namespace psg::events
