// What a heart that is heard in a muscle explains of its activity.
// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <cstdint>
#include <map>
#include <vector>

#include "libpsg/events/muscle_activity.hpp"

namespace psg::events {

/// Root mean squares of five blocks of an envelope of 10 ms each (fewer at the ends), one a block.
std::vector<float> smoothed_50ms(const std::vector<float>& blocks);

/// When heart beats were told in the channel, subtracted or not. They are told by pieces of 10 s and may begin or end
/// in the next one (proposed).
IntervalSet beats_told_in(const Night& night, const std::string& label);

/// Tells activity of a muscle from heart beats that are left in it. Every number is proposed.
class HeartInMuscle {
public:
    /// `beats`: those of the ECG, in order; none without one. `told`: when beats were told in the muscle's channel. The first two must
    /// outlive it.
    HeartInMuscle(const MuscleActivity& muscle, const std::vector<Time>& beats, IntervalSet told)
        : muscle_(muscle), beats_(beats), told_(std::move(told)) {}

    /// Is the muscle at `level_uv` for `least` within `extent`, and if beats were told there or its amplitude pulsates, so long
    /// between the beats (those of the ECG, from 60 ms before to 120 ms after)? Where no beat is known, 0.25 s are more than one.
    bool leaves_activity(const Interval& extent, float level_uv, Time least) const;

private:
    bool at_beat(Time t) const;
    bool pulsates(Time t) const;

    const MuscleActivity& muscle_;
    const std::vector<Time>& beats_;
    IntervalSet told_;
    mutable std::map<std::int64_t, bool> pulsates_;  // by pieces of 10 s that were looked at
};

}  // namespace psg::events
