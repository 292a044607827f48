// Where a movement of a leg begins and ends, to the sample: change points of the variance.
// SPDX-License-Identifier: BSD-3-Clause
//
// A smoothed amplitude would put the edges half a window off. Page's cumulative sum of the log likelihood ratio between a
// Gaussian of the resting level and one of the movement needs no window.
#pragma once

#include <cstddef>
#include <span>

#include "libpsg/events/leg_movement_scan.hpp"

namespace psg::events {

/// Sample of `search` at which a movement begins that is there at sample `here`; `x` is filtered, `rest_uv` its resting
/// level (rms). `search.begin` if that is at or behind the end.
std::size_t likely_onset(std::span<const float> x, signal::Run search, std::size_t here, double rate_hz, double rest_uv,
                         const LegMovementOptions& options);

/// First sample of `search` that no longer belongs to a movement that is there at its begin.
std::size_t likely_offset(std::span<const float> x, signal::Run search, double rest_uv, const LegMovementOptions& options);

}  // namespace psg::events
