// The frequencies of the mains, 50 and 60 Hz, at a sampling rate, and how much of them there is.
// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <algorithm>
#include <array>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <numbers>
#include <numeric>
#include <span>
#include <type_traits>
#include <vector>

#include "libpsg/signal/dot.hpp"

namespace psg::signal {

/// Values that are multiplied side by side.
constexpr std::size_t mains_at_once = EightSums::lanes;

/// Samples after which sinusoids of 50 and of 60 Hz both come again: at integral rates at most a half of a window of a second, so that
/// what is to be multiplied by the same value of a sinusoid can be summed first. A multiple of mains_at_once, or `window` where they do
/// not come again within it.
inline std::size_t mains_period(double rate_hz, std::size_t window) {
    const auto second = static_cast<std::int64_t>(std::llround(rate_hz));
    if (static_cast<double>(second) != rate_hz || second < 1) return window;
    const std::int64_t both = std::lcm(second / std::gcd<std::int64_t>(second, 50), second / std::gcd<std::int64_t>(second, 60));
    const auto period = static_cast<std::size_t>(std::lcm(both, static_cast<std::int64_t>(mains_at_once)));
    return 2 * period <= window ? period : window;
}

/// A sinusoid of `hz` for mains_dots().
struct MainsWave {
    MainsWave(double hz, double rate_hz, std::size_t period) {
        const std::size_t whole = (period + mains_at_once - 1) / mains_at_once * mains_at_once;
        for (std::size_t i = 0; i < whole; ++i) {
            const double phase = 2 * std::numbers::pi * std::fmod(hz / rate_hz * static_cast<double>(i), 1.0);
            cosine.push_back(static_cast<float>(std::cos(phase)));
            sine.push_back(static_cast<float>(std::sin(phase)));
        }
    }
    std::vector<float> cosine, sine;
};

/// Four series to multiply with, cosine and sine of both as a rule, readable up to a multiple of mains_at_once.
using MainsSeries = std::array<const float*, 4>;
inline MainsSeries mains_series(const MainsWave& one, const MainsWave& other) {
    return {one.cosine.data(), one.sine.data(), other.cosine.data(), other.sine.data()};
}

/// mains_at_once values, in vectors of `bytes`.
template <std::size_t bytes>
struct MainsValues {
    typedef float Vector __attribute__((vector_size(bytes)));
    static constexpr std::size_t each = bytes / sizeof(float), vectors = mains_at_once / each;
    Vector part[vectors];

    static MainsValues at(const float* x) {
        MainsValues values;
        for (std::size_t k = 0; k < vectors; ++k) std::memcpy(&values.part[k], x + k * each, sizeof(Vector));
        return values;
    }
};

/// Sums of `count` values times the series, which come again after `period`: each value is asked for once.
/// `eight(i, later)` gives values [i, i + 8), `later` is a constant, 0 in the first period and else 1 (for sums that do not wait for each
/// other), `last(i)` gives those from i on, fewer, and zeros behind them.
template <std::size_t bytes, class Eight, class Last>
std::array<float, 4> mains_dots(std::size_t count, std::size_t period, const MainsSeries& series, Eight eight, Last last) {
    using Values = MainsValues<bytes>;
    Values sums[4] = {};
    const auto add = [&](const Values& values, std::size_t place) {
        for (std::size_t s = 0; s < 4; ++s)
            for (std::size_t k = 0; k < Values::vectors; ++k) {
                typename Values::Vector wave;
                std::memcpy(&wave, series[s] + place + k * Values::each, sizeof wave);
                sums[s].part[k] += values.part[k] * wave;
            }
    };
    const std::size_t whole = count / mains_at_once * mains_at_once;
    for (std::size_t i = 0; i < std::min(period, whole); i += mains_at_once) {
        Values folded = eight(i, std::integral_constant<std::size_t, 0>());
        for (std::size_t from = i + period; from < whole; from += period) {
            const Values more = eight(from, std::integral_constant<std::size_t, 1>());
            for (std::size_t part = 0; part < Values::vectors; ++part) folded.part[part] += more.part[part];
        }
        add(folded, i);
    }
    if (whole < count) add(last(whole), whole % period);
    return {total_of_eight(sums[0].part), total_of_eight(sums[1].part), total_of_eight(sums[2].part), total_of_eight(sums[3].part)};
}

/// The same of samples, no more than the series have.
template <std::size_t bytes>
std::array<float, 4> mains_dots(std::span<const float> x, const MainsSeries& series) {
    using Values = MainsValues<bytes>;
    const auto eight = [x](std::size_t i, auto) { return Values::at(&x[i]); };
    const auto last = [x](std::size_t i) {
        float rest[mains_at_once] = {};
        std::copy(x.begin() + static_cast<std::ptrdiff_t>(i), x.end(), rest);
        return Values::at(rest);
    };
    return mains_dots<bytes>(x.size(), x.size(), series, eight, last);
}

}  // namespace psg::signal
