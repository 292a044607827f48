// Signals that are made, as EEG and as what an EEG is not.
// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <cmath>
#include <cstdint>
#include <numbers>

#include "libpsg/model/signal.hpp"

namespace psg::test {

/// A signal of `value(i)` uV, i the number of the sample.
template <class Value>
Signal made_signal(const char* label, std::int64_t hz, double length_s, const Value& value) {
    Signal signal;
    signal.label = label;
    signal.unit = "uV";
    signal.rate = SampleRate::hertz(hz);
    signal.stretches.emplace_back();
    const auto samples = static_cast<std::int64_t>(static_cast<double>(hz) * length_s);
    for (std::int64_t i = 0; i < samples; ++i) signal.stretches[0].samples.push_back(static_cast<float>(value(i)));
    return signal;
}

/// White noise in [0, 65.5), the same each time.
class Noise {
public:
    explicit Noise(std::uint32_t seed = 5) : seed_(seed) {}
    double next() {
        seed_ = seed_ * 1664525u + 1013904223u;
        return static_cast<double>(seed_ >> 16) / 1000;
    }

private:
    std::uint32_t seed_;
};

/// Passes for an EEG of sleep though it is none: noise with slow waves that come and go every ten minutes. What it is
/// staged as does not matter.
inline Signal sleepy(std::int64_t hz, double length_s) {
    Noise noise;
    return made_signal("sleepy", hz, length_s, [&](std::int64_t i) {
        const double t = static_cast<double>(i) / static_cast<double>(hz), turn = 2 * std::numbers::pi * t;
        return noise.next() + (25 + 20 * std::cos(turn / 600)) * (std::sin(0.95 * turn) + 0.5 * std::sin(2.5 * turn));
    });
}

}  // namespace psg::test
