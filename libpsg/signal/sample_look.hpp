// What one pass over samples tells to all who ask the same of them.
// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <cmath>
#include <cstddef>
#include <span>

namespace psg::signal {

/// Of samples in a row.
struct SampleLook {
    float lowest = INFINITY, highest = -INFINITY;  ///< of those that are not NaN, but for the last one
    std::size_t equal = 0;                         ///< that equal the next one
    bool finite = true;                            ///< all are numbers
};

SampleLook look_at(std::span<const float> samples);

}  // namespace psg::signal
