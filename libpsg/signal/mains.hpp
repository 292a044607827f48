// The frequencies of the mains, 50 and 60 Hz, at a sampling rate.
// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <cmath>
#include <cstddef>
#include <cstdint>
#include <numeric>

namespace psg::signal {

/// Samples after which sinusoids of 50 and of 60 Hz both come again: at integral rates at most a half of a window of a second, so that
/// what is to be multiplied by the same value of a sinusoid can be summed first. `window` where they do not within it.
inline std::size_t mains_period(double rate_hz, std::size_t window) {
    const auto second = static_cast<std::int64_t>(std::llround(rate_hz));
    if (static_cast<double>(second) != rate_hz || second < 1) return window;
    const std::int64_t period = std::lcm(second / std::gcd<std::int64_t>(second, 50), second / std::gcd<std::int64_t>(second, 60));
    return static_cast<std::size_t>(period) < window ? static_cast<std::size_t>(period) : window;
}

}  // namespace psg::signal
