// Heart beats in a muscle channel: finding them, and subtracting what they leave there.
// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <cstddef>
#include <span>
#include <vector>

namespace psg::signal {

/// Places (sample indices) of the beats of an electrocardiogram of either polarity: the steepest slope over 20 ms that
/// exceeds half of what the neighbouring half minute reaches, at most one per 0.25 s. Mains hum is averaged out. Every
/// sample must be finite. Noise gives places too; nothing comes of them in subtract_beats().
std::vector<double> find_beats(std::span<const float> ecg, double rate_hz);

/// Places of spikes in a muscle channel (high-pass filtered) that recur like heart beats: shorter than 0.2 s, alone,
/// and at regular intervals of 0.35 to 1.7 s. For recordings without an electrocardiogram.
std::vector<double> find_spikes_like_beats(std::span<const float> emg, double rate_hz);

/// What was subtracted.
struct BeatRemoval {
    std::size_t beats = 0;  ///< beats in whose surroundings something was subtracted
    double peak_uv = 0;     ///< median peak of what was subtracted, in the unit of the samples
};

/// Subtracts from each beat's surroundings (-0.1 to +0.15 s) the mean of its neighbours', in place. Each beat is
/// weighted by the inverse square of its power, so that movements do not enter the mean; nothing is subtracted where
/// the mean does not stand out of the noise; how much of it is the median of seven beats' gains, so that a pick-up that
/// begins or ends is followed at once; a shift of up to one sample is corrected. Proposed; the mean is that of
/// classical spike- triggered averaging.
BeatRemoval subtract_beats(std::span<float> emg, double rate_hz, std::span<const double> beats);

}  // namespace psg::signal
