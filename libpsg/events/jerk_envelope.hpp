// The smoothed, rectified EMG in which bursts of jerks are looked for, and what is usual before each place of it.
// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <cstddef>
#include <span>
#include <vector>

#include "libpsg/events/jerk_bursts.hpp"
#include "libpsg/signal/blocks.hpp"

namespace psg::events {

/// The envelope of a stretch whose band-passed samples come block by block: about every 4 ms the mean of the rectified samples
/// in a window around it. Value i belongs to sample i * step(). A minute of it is kept.
class JerkEnvelope {
public:
    JerkEnvelope(double rate_hz, const BurstRules& rules);

    void begin();
    void add(std::span<const float> band);
    /// The stretch has ended.
    void finish();

    std::size_t step() const { return step_; }
    std::size_t half() const { return half_; }  ///< samples to either side in a mean
    double rate_hz() const { return rate_hz_; }
    float operator[](std::size_t i) const { return values_[i]; }
    std::size_t end() const { return values_.end(); }  ///< values that are known so far
    /// Values of which the background is known, too: none in the first minute of a stretch before it is over.
    std::size_t ready() const;
    /// Values before `i` will not be asked for, nor their background.
    void forget_before(std::size_t i);
    std::span<const float> part(std::size_t begin, std::size_t end) const { return values_.part(begin, end); }

    /// The median of the seconds before value i. At the start of a stretch, where nothing is before, the first seconds stand
    /// for it.
    float median_at(std::size_t i);
    /// The usual high percentile of the minute up to value i; the first minute of a stretch stands for itself.
    float quiet_at(std::size_t i);

private:
    void add_some(std::span<const float> band);
    void add_means(std::size_t count);

    double percentile_;
    std::size_t step_, half_;
    double rate_hz_;
    std::size_t coarse_, window_;  // envelope values from one of the median's to the next; how many of them
    std::size_t block_;            // envelope values of which one percentile is taken
    bool ended_ = false;

    signal::History rectified_, values_;
    std::vector<float> sums_;
    std::size_t median_place_ = 0, quiet_place_ = 0;  // of what was last asked for, + 1
    float median_ = 0, quiet_ = 0;
    std::vector<float> percentiles_;  // of the blocks, from `first_percentile_` on, as far as they were asked for
    std::size_t first_percentile_ = 0;
    std::vector<float> some_;
};

}  // namespace psg::events
