// Indices of leg movements: counts, rates, periodicity, intervals, by stage, part of the night, body position and leg.
// SPDX-License-Identifier: BSD-3-Clause
//
// Names, formulas and sources: README.md of this folder. Read from the combined movements that the series rules made
// (classes periodic_leg_movement and nonperiodic_leg_movement), whatever found them.
#pragma once

#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "libpsg/model/event.hpp"
#include "libpsg/model/hypnogram.hpp"

namespace psg::stats {

/// What the indices are counted from. `movements` must have the measures of the series rules and be in order of time.
struct MovementNight {
    EventList movements;
    Hypnogram hypnogram;
    IntervalSet window;                    ///< analysis window, recorded time
    IntervalSet at_risk;                   ///< one leg or both could be scored
    IntervalSet one_leg;                   ///< part of `at_risk` in which only one could
    std::optional<EventList> respiratory;  ///< nothing: not scored
    bool arousals_scored = false;
    bool sleep_only = false;  ///< the rules score no wake: all groups are cut to sleep, so that W has no minutes
    std::vector<std::pair<std::string, IntervalSet>> positions;  ///< body positions by name; empty: unknown
    // the window of the rules in which a movement belongs to a respiratory event, borders included
    Time respiratory_before{2'000'000}, respiratory_after{10'250'000};
    bool respiratory_from_end = true;  ///< it begins `before` the event's end; else `before` its start
    bool apnoeas_only = false;         ///< events that are no apnoea or hypopnoea do not count
};

/// One index in one group: "all" "sleep" "W" "NREM" "N1" "N2" "N3" "R", "third_1" to "third_3" (sleep in equal thirds
/// of the analysis window), "position NAME" (sleep in it), "before_R" and "start_R" (all REM periods), "before_R_1",
/// "start_R_1", ...
struct MovementIndex {
    std::string name, group;
    std::string side;  ///< "": all; L, R, B, M (L and R)
    double value = 0;  ///< NaN: no denominator, or what it needs was not scored
    std::string unit;
    int count = 0;       ///< numerator, or values that the index is made of
    double minutes = 0;  ///< at risk, of the group
};

std::vector<MovementIndex> movement_indices(const MovementNight& night);

/// Inter-movement intervals by length: from `lower` to below `upper` (s), numbers of intervals that end in the group.
struct IntervalBin {
    std::string
        scale;  ///< "linear": 2 s from 0 to 90 s and one for more; "log": 0.1 of the natural logarithm, 0 to 4.5
    double lower_s = 0, upper_s = 0;
    int all = 0, sleep = 0, wake = 0;           ///< of all movements
    int all_nr = 0, sleep_nr = 0, wake_nr = 0;  ///< without respiratory ones
};
std::vector<IntervalBin> interval_histogram(const MovementNight& night);

/// A published figure that helps to read an index. Never a diagnosis.
struct InterpretationAid {
    std::string name, group;  ///< of the index
    std::string text, source;
};
const std::vector<InterpretationAid>& interpretation_aids();

}  // namespace psg::stats
