// Artefacts slower than muscles: jumps of an electrode, pulled cables, sweat, movement of the head's leads.
// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <vector>

#include "libpsg/model/signal.hpp"

namespace psg::events {

/// Limits of the slow artefacts. Every number is proposed.
struct SlowArtefactRules {
    double pop_uv = 150, pop_ratio = 15;   ///< a jump within 20 ms; times the usual change in 20 ms
    double sweat_uv = 25, sweat_part = 0.4, sweat_s = 10;
    double movement_uv = 75, movement_ratio = 2.5, movement_s = 2.5;
    double cable_uv = 40;
    int cable_channels = 3;
};

/// Jumps from which the signal takes longer than 100 ms to come back. With `other`, the lead of the other eye: none that both
/// make, as eyes do.
std::vector<Interval> electrode_pops(const SignalView& view, const SlowArtefactRules& rules, const SignalView* other = nullptr);

/// Where the part below 0.5 Hz (means of 1.5 s) is strong, and more than `sweat_part` of the whole. Standard deviations
/// over `sweat_s`. For a slow eye movement to be none, `least_uv` is higher in the EOG.
std::vector<Interval> sweat(const SignalView& view, const SlowArtefactRules& rules, double least_uv);

/// Where a lead of the head swings (standard deviation of means of 0.2 s over `movement_s`), and more than is usual in the
/// four minutes around.
std::vector<Interval> swings_of_lead(const SignalView& view, const SlowArtefactRules& rules);

/// Slow waves of a muscle channel, where no muscle makes any: the mean of 50 ms stays on one side for 0.2 to 3 s.
std::vector<Interval> excursions(const SignalView& view, double least_uv);

/// From the first onset to the last offset wherever intervals of `fewest` channels or more begin within 300 ms.
std::vector<Interval> at_once(const std::vector<std::vector<Interval>>& by_channel, int fewest);

}  // namespace psg::events
