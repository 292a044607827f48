// Second-order filter sections in cascade: run forwards in time, or forwards and backwards without any delay.
// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <cstddef>
#include <span>
#include <vector>

namespace psg::signal {

/// One section, (b0 + b1/z + b2/z^2) / (1 + a1/z + a2/z^2).
struct Biquad {
    double b0 = 1, b1 = 0, b2 = 0, a1 = 0, a2 = 0;
};

using BiquadCascade = std::vector<Biquad>;

/// Magnitude of the response at a frequency.
double magnitude_at(const BiquadCascade& sections, double frequency_hz, double rate_hz);

/// Samples after which what is left of an impulse response is below 1e-3 of its beginning (by the slowest pole).
std::size_t settling_samples(const BiquadCascade& sections);

/// Filters in place, forwards, as if the first sample had always been there before (no start-up step). The state is
/// kept in double precision. Every sample must be finite (fill_nonfinite() of statistics.hpp): recursion forgets
/// nothing.
void filter_causal(const BiquadCascade& sections, std::span<float> samples);

/// Filters in place, forwards and then backwards: no delay, the magnitude response squared. The ends are extended by
/// point reflection over settling_samples() (less if the signal is shorter), as in Gustafsson 1996 / filtfilt.
/// Every sample must be finite.
void filter_zero_phase(const BiquadCascade& sections, std::span<float> samples);

}  // namespace psg::signal
