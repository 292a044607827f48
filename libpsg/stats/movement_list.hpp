// Combined leg movements with their measures as numbers. Of this folder only.
// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <optional>
#include <vector>

#include "libpsg/model/event.hpp"

namespace psg::stats {

/// Classes of inter-movement intervals, WASM 2016; both borders are periodic.
inline constexpr Time shortest_interval{10'000'000}, longest_interval{90'000'000};
inline bool is_periodic(Time t) {
    return t >= shortest_interval && t <= longest_interval;
}
/// 0 short, 1 periodic, 2 long.
inline int class_of(Time t) {
    return t < shortest_interval ? 0 : t <= longest_interval ? 1 : 2;
}

/// A movement of one leg or both.
struct Movement {
    Time onset{0};
    double duration_s = 0;
    Side side = Side::none;
    bool candidate = false, scored = false, respiratory = false, arousal = false, plm = false, plm_nr = false;
    bool passed_over = false, passed_over_nr = false;  ///< the series rules looked past it: not there for what follows
    std::optional<Time> interval, interval_nr;
    bool ferri = false, ferri_nr = false;  ///< the interval lies in a sequence of three or more of 10 to 90 s
    /// The interval before is below 10 s, or so short that the rules passed the movement over.
    bool after_short_interval() const { return candidate && (passed_over || (interval && *interval < shortest_interval)); }
    int from = -1, to = -1;                ///< classes of the interval before and of this one; -1: undefined
};

/// The movements among the events, in their order.
std::vector<Movement> read_movements(const EventList& events);

}  // namespace psg::stats
