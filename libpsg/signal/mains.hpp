// The frequencies of the mains, 50 and 60 Hz, at a sampling rate, and how much of them there is.
// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <array>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <numeric>
#include <span>

#include "libpsg/signal/dot.hpp"

namespace psg::signal {

/// Samples after which sinusoids of 50 and of 60 Hz both come again: at integral rates at most a half of a window of a second, so that
/// what is to be multiplied by the same value of a sinusoid can be summed first. `window` where they do not within it.
inline std::size_t mains_period(double rate_hz, std::size_t window) {
    const auto second = static_cast<std::int64_t>(std::llround(rate_hz));
    if (static_cast<double>(second) != rate_hz || second < 1) return window;
    const std::int64_t period = std::lcm(second / std::gcd<std::int64_t>(second, 50), second / std::gcd<std::int64_t>(second, 60));
    return static_cast<std::size_t>(period) < window ? static_cast<std::size_t>(period) : window;
}

/// dot() of `x` and four series as long, cosine and sine of both as a rule: made together, in vectors of `bytes`.
template <std::size_t bytes>
std::array<float, 4> mains_dots(std::span<const float> x, const std::array<const float*, 4>& series) {
    typedef float Vector __attribute__((vector_size(bytes)));
    constexpr std::size_t lanes = EightSums::lanes, each = bytes / sizeof(float), vectors = lanes / each;
    Vector sums[4][vectors];
    for (auto& of_series : sums)
        for (Vector& sum : of_series) sum = Vector{};
    std::size_t i = 0;
    for (; i + lanes <= x.size(); i += lanes)
        for (std::size_t k = 0; k < vectors; ++k) {
            Vector here, wave;
            std::memcpy(&here, x.data() + i + k * each, sizeof here);
            for (std::size_t s = 0; s < 4; ++s) {
                std::memcpy(&wave, series[s] + i + k * each, sizeof wave);
                sums[s][k] += here * wave;
            }
        }
    std::array<float, 4> dots;
    for (std::size_t s = 0; s < 4; ++s) {
        dots[s] = total_of_eight(sums[s]);
        for (std::size_t k = i; k < x.size(); ++k) dots[s] += x[k] * series[s][k];
    }
    return dots;
}

}  // namespace psg::signal
