// Second-order filter sections: their response, and whole signals through them.
// SPDX-License-Identifier: BSD-3-Clause
#include "libpsg/signal/biquad.hpp"

#include <algorithm>
#include <cmath>
#include <complex>
#include <numbers>

#include "libpsg/signal/recursion.hpp"

namespace psg::signal {

double magnitude_at(const BiquadCascade& sections, double frequency_hz, double rate_hz) {
    const std::complex<double> z1 = std::polar(1.0, -2 * std::numbers::pi * frequency_hz / rate_hz);
    const std::complex<double> z2 = z1 * z1;
    double magnitude = 1;
    for (const Biquad& q : sections)
        magnitude *= std::abs((q.b0 + q.b1 * z1 + q.b2 * z2) / (1.0 + q.a1 * z1 + q.a2 * z2));
    return magnitude;
}

std::size_t settling_samples(const BiquadCascade& sections) {
    double radius = 0;
    for (const Biquad& q : sections) {
        const std::complex<double> root = std::sqrt(std::complex<double>(q.a1 * q.a1 - 4 * q.a2));
        radius = std::max({radius, std::abs((-q.a1 + root) / 2.0), std::abs((-q.a1 - root) / 2.0)});
    }
    if (radius <= 0) return 2;
    constexpr double longest = 1e7;  // a pole on the unit circle never settles
    if (radius >= 1) return static_cast<std::size_t>(longest);
    return static_cast<std::size_t>(std::clamp(std::ceil(std::log(1e-3) / std::log(radius)), 2.0, longest));
}

void filter_causal(const BiquadCascade& sections, std::span<float> samples) {
    if (samples.empty()) return;
    Recursion filter(sections);
    filter.start(samples.front());
    filter.forwards(samples);
}

void filter_zero_phase(const BiquadCascade& sections, std::span<float> samples) {
    if (samples.empty()) return;
    const std::size_t n = samples.size();
    const std::size_t pad = std::min(settling_samples(sections), n - 1);
    std::vector<float> before(pad), after(pad);
    for (std::size_t i = 0; i < pad; ++i) {
        before[i] = 2 * samples.front() - samples[pad - i];
        after[i] = 2 * samples.back() - samples[n - 2 - i];
    }
    Recursion filter(sections);
    filter.start(pad ? before.front() : samples.front());
    filter.forwards(before);
    filter.forwards(samples);
    filter.forwards(after);
    filter.start(pad ? after.back() : samples.back());
    filter.backwards(after);
    filter.backwards(samples);
}

}  // namespace psg::signal
