// Heart beats in a muscle channel: subtracting what they leave there.
// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <cstddef>
#include <span>

#include "libpsg/signal/beat_shapes.hpp"

namespace psg::signal {

/// What was subtracted.
struct BeatRemoval {
    std::size_t beats = 0;  ///< beats in whose surroundings something was subtracted
    double peak_uv = 0;     ///< median peak of what was subtracted, in the unit of the samples
};

/// Subtracts from each beat's surroundings (-0.1 to +0.15 s) the mean of its neighbours' of the same shape, in place. Each beat is
/// weighted by the inverse square of its power, so that movements do not enter the mean; nothing is subtracted where
/// the mean does not stand out of the noise; how much of it is the weighted median of nine beats' gains, so that a pick-up that
/// begins or ends is followed at once; a shift of up to one sample is corrected. Proposed; the mean is that of
/// classical spike-triggered averaging.
BeatRemoval subtract_beats(std::span<float> emg, double rate_hz, std::span<const HeartBeat> beats);

}  // namespace psg::signal
