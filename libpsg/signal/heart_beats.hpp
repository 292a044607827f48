// Finding heart beats in an electrocardiogram.
// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <span>
#include <vector>

#include "libpsg/signal/beat_shapes.hpp"

namespace psg::signal {

/// Beats of an electrocardiogram of either polarity: the steepest slope over 20 ms that exceeds half of what the
/// neighbouring half minute reaches; between these, for the wide beats of a ventricle, over 40 ms and four tenths of it
/// on either flank; at most one per 0.25 s. Mains hum is averaged out. Every sample must be finite. Noise gives beats
/// too; nothing comes of them in subtract_beats() of ecg_removal.hpp.
std::vector<HeartBeat> find_beats(std::span<const float> ecg, double rate_hz);

}  // namespace psg::signal
