// Sampling rate as an exact ratio; 128-bit products keep days of kilohertz sampling exact.
// SPDX-License-Identifier: BSD-3-Clause
#include "libpsg/model/rate.hpp"

#include <numeric>

#include "libpsg/model/error.hpp"

namespace psg {

namespace {

__extension__ typedef __int128 Wide;

// Quotient rounded towards minus infinity; b > 0. Nearly all products fit into 64 bits, whose division is much quicker.
std::int64_t floor_div(Wide a, Wide b) {
    const auto a64 = static_cast<std::int64_t>(a), b64 = static_cast<std::int64_t>(b);
    if (a64 == a && b64 == b) return a64 / b64 - (a64 % b64 < 0 ? 1 : 0);
    Wide q = a / b;
    if (a % b < 0) --q;
    return static_cast<std::int64_t>(q);
}

std::int64_t round_div(Wide a, Wide b) { return floor_div(2 * a + b, 2 * b); }

}  // namespace

SampleRate::SampleRate(std::int64_t samples, std::int64_t nanoseconds) {
    if (samples <= 0 || nanoseconds <= 0) throw UsageError("a sampling rate must be positive");
    const std::int64_t common = std::gcd(samples, nanoseconds);
    samples_ = samples / common;
    nanoseconds_ = nanoseconds / common;
}

Time SampleRate::time_of(std::int64_t index) const {
    return Time(round_div(Wide(index) * nanoseconds_, Wide(samples_) * 1000));
}

std::int64_t SampleRate::index_at(Time t) const {
    // time_of() rounds halves up, so that a sample counts from half a microsecond before t on
    const Wide numerator = (2 * Wide(t.count()) - 1) * 1000 * samples_;
    return -floor_div(-numerator, 2 * Wide(nanoseconds_));
}

std::int64_t SampleRate::samples_in(Time length) const {
    const std::int64_t n = round_div(Wide(length.count()) * 1000 * samples_, Wide(nanoseconds_));
    return n < 0 ? 0 : n;
}

}  // namespace psg
