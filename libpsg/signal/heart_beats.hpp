// Finding heart beats, in an electrocardiogram or in a muscle channel that picks them up.
// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <span>
#include <vector>

namespace psg::signal {

/// Places (sample indices) of the beats of an electrocardiogram of either polarity: the steepest slope over 20 ms that
/// exceeds half of what the neighbouring half minute reaches, at most one per 0.25 s. Mains hum is averaged out. Every
/// sample must be finite. Noise gives places too; nothing comes of them in subtract_beats() of ecg_removal.hpp.
std::vector<double> find_beats(std::span<const float> ecg, double rate_hz);

/// Places of spikes in a muscle channel (high-pass filtered) that recur like heart beats: shorter than 0.2 s, alone,
/// and at regular intervals of 0.35 to 1.7 s. For recordings without an electrocardiogram.
std::vector<double> find_spikes_like_beats(std::span<const float> emg, double rate_hz);

}  // namespace psg::signal
