// Window functions.
// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <cstddef>
#include <vector>

namespace psg::signal {

/// Periodic Hann window, 0.5 - 0.5 cos(2 pi n / length): the one for spectra.
std::vector<double> hann(std::size_t length);

/// Periodic Hamming window, 0.54 - 0.46 cos(2 pi n / length).
std::vector<double> hamming(std::size_t length);

/// Kaiser window at a place `x` in [-1, 1] of its length: I0(beta sqrt(1 - x^2)) / I0(beta); 0 outside.
/// Kaiser 1974, "Nonrecursive digital filter design using the I0-sinh window function".
double kaiser(double x, double beta);

}  // namespace psg::signal
