// Why an epoch cannot be staged, and how that is seen in its samples.
// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "libpsg/staging/epoch_cutter.hpp"

namespace psg::staging {

/// Why an epoch is not staged; `none` if it can be. Of several channels the last in this list is named.
enum class Obstacle {
    none,
    not_recorded,
    no_channel,
    unknown_unit,
    too_slow,
    gap,
    not_a_number,
    flat,
    clipped,
    no_eeg,
    out_of_range
};

/// "", "not recorded", "no channel", "unit not known", "sampled too slowly", "gap", "not a number", "flat", "clipped",
/// "no EEG in the channel", "out of the model's range".
std::string_view obstacle_name(Obstacle obstacle);

/// How many epochs have each obstacle: "3 flat, 1 gap".
std::string obstacle_summary(const std::vector<Obstacle>& obstacles);

/// Judges the epochs of one channel by its samples as recorded, as they pass by. What is kept is the extremes of the channel
/// and a few counts of each epoch.
class ObstacleFinder {
public:
    enum class Judge {
        /// Not a number; clipped, if a tenth sits at the channel's highest or lowest value and it is not still (below) elsewhere;
        /// flat, if at least a third does not change for a second or more, or if it varies by less than one digital step; or
        /// none. Proposed rules.
        eeg,
        /// Of channels that may be still (EOG, EMG): not a number; flat, if no sample differs from another; or none.
        still
    };

    /// `step`: one digital step; 0 if unknown. Epochs are the whole ones in [0, duration).
    ObstacleFinder(SampleRate rate, double step, Time duration, Judge judge = Judge::eeg);

    /// Moment of the first sample of the next stretch, since the start of the recording.
    void begin_stretch(Time start);
    /// Samples that follow those before, in pieces of any length.
    void add(std::span<const float> samples);
    /// Per epoch. Those that do not lie in one stretch are a gap, after the end of the last stretch not recorded. To be called once.
    std::vector<Obstacle> finish();

private:
    // Of the samples of one epoch.
    struct Counts {
        std::size_t samples = 0;  // 0: the epoch is not whole
        bool finite = false, varies = false;  // varies: by a digital step or more
        float low = 0, high = 0;
        std::size_t at_low = 0, at_high = 0;
        std::size_t still = 0, still_low = 0, still_high = 0;  // that did not change for a second or more: all, at low, at high
    };
    Counts count(std::span<const float> samples) const;
    void end_stretch();
    Obstacle judge(const Counts& counts) const;
    // The highest or lowest value, far from 0: a lead that is off may rest at 0 and go no lower.
    bool is_limit(float x) const;

    SampleRate rate_;
    double step_;
    Judge judge_;
    std::size_t second_;  // samples
    EpochCutter cutter_;
    std::vector<Counts> epochs_;
    Time start_{0}, end_{0};  // of the stretch; of the last one
    std::int64_t at_ = -1;    // samples of the stretch; -1: there is none
    float low_, high_;        // of all finite samples
};

}  // namespace psg::staging
