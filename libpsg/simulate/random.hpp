// Random numbers that are the same everywhere: xoshiro256** and our own transforms.
// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <array>
#include <cstdint>
#include <string_view>

#include "libpsg/model/time.hpp"

namespace psg::simulate {

/// xoshiro256** (Blackman & Vigna 2018). std::*_distribution gives other numbers with every standard library, these do
/// not. Every use has its own stream, named in words, so that a new class of events does not change the others'
/// numbers.
class Random {
public:
    Random(std::uint64_t seed, std::string_view stream);

    std::uint64_t bits();
    /// [0, 1), 53 bits.
    double uniform();
    double uniform(double low, double high) { return low + (high - low) * uniform(); }
    /// 0 .. n - 1, n >= 1.
    int below(int n);
    bool chance(double probability) { return uniform() < probability; }
    double normal();
    /// Median times e^(spread * normal).
    double log_normal(double median, double spread);
    /// Mean 1.
    double exponential();
    /// Zero mean, variance 1, nearly normal (a sum of four uniform numbers), one draw of bits: to drive filters with.
    double noise();
    /// A length of time in [low, high], given in seconds.
    Time time(double low_s, double high_s);

private:
    std::array<std::uint64_t, 4> state_{};
};

}  // namespace psg::simulate
