// The heart beats of a night, to be subtracted from muscles.
// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <vector>

#include "libpsg/model/signal.hpp"
#include "libpsg/signal/beat_shapes.hpp"

namespace psg::events {

/// Beats of the electrocardiogram (signal/heart_beats), their places in seconds from the start of the recording; none if
/// it has fewer than 50 samples per second.
std::vector<signal::HeartBeat> beats_of(const Signal& ecg);

/// Those within a stretch of another channel, their places in its samples.
std::vector<signal::HeartBeat> beats_within(const std::vector<signal::HeartBeat>& beats, const Interval& stretch, SampleRate rate);

}  // namespace psg::events
