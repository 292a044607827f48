// How many samples a length of time has.
// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <algorithm>
#include <cmath>
#include <cstddef>

namespace psg::signal {

/// Samples (or blocks) in `length_s` at `rate_hz` of them a second, to the nearest: one at least.
inline std::size_t samples_in(double length_s, double rate_hz) { return static_cast<std::size_t>(std::max(1L, std::lround(length_s * rate_hz))); }

}  // namespace psg::signal
