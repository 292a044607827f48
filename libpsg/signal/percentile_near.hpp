// The percentile of what is around one place.
// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <cstddef>
#include <span>

namespace psg::signal {

/// What sliding_percentile() of statistics.hpp gives at `place`: for those who ask at few places.
float percentile_near(std::span<const float> values, std::size_t place, std::size_t before, std::size_t after, double p);

}  // namespace psg::signal
