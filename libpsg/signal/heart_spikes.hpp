// Finding heart beats in a muscle channel that picks them up, where no electrocardiogram was recorded.
// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <cstddef>
#include <span>
#include <vector>

#include "libpsg/signal/beat_shapes.hpp"

namespace psg::signal {

/// Spikes of a muscle channel (high-pass filtered) that recur like heart beats: shorter than 0.3 s, alone, one every
/// 0.3 to 1.7 s, each of a shape that eight or more have; the rhythm may be irregular. Then those that stand in or
/// beside a movement and look like these. Every sample must be finite. Proposed.
std::vector<HeartBeat> find_spikes_like_beats(std::span<const float> emg, double rate_hz);
/// The same where the power of all whole blocks of 25 ms, `block` samples each, is known (block_power() of baseline.hpp).
std::vector<HeartBeat> find_spikes_like_beats(std::span<const float> emg, double rate_hz, std::vector<float> power, std::size_t block);

}  // namespace psg::signal
