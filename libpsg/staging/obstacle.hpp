// Why an epoch cannot be staged, and how that is seen in its samples.
// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "libpsg/model/signal.hpp"

namespace psg::staging {

/// Length of an epoch (AASM manual; Rechtschaffen & Kales 1968).
inline constexpr Time epoch_length = std::chrono::seconds(30);

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

/// Judges epochs of one signal by its samples as recorded. It must outlive this.
class ObstacleFinder {
public:
    explicit ObstacleFinder(const Signal& signal);

    /// Of the 30 s from `onset` on, which lie in stretch `stretch` (a sample may be lacking at the end): not a number;
    /// clipped, if a tenth sits at the channel's highest or lowest value and it is not still (below) elsewhere; flat, if at least
    /// a third does not change for a second or more, or if it varies by less than one digital step; or none. Proposed rules.
    Obstacle at(std::size_t stretch, Time onset) const;

    /// The same for channels that may be still (EOG, EMG): not a number; flat, if no sample differs from another; or none.
    Obstacle at_of_still(std::size_t stretch, Time onset) const;

private:
    std::span<const float> samples_of(std::size_t stretch, Time onset) const;
    // The highest or lowest value, far from 0: a lead that is off may rest at 0 and go no lower.
    bool is_limit(float x) const;

    const Signal& signal_;
    float low_, high_;  // of all finite samples
};

}  // namespace psg::staging
