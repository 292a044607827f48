// Window functions.
// SPDX-License-Identifier: BSD-3-Clause
#include "libpsg/signal/window.hpp"

#include <cmath>
#include <numbers>

namespace psg::signal {

std::vector<double> hann(std::size_t length) {
    std::vector<double> window(length);
    for (std::size_t n = 0; n < length; ++n)
        window[n] = 0.5 - 0.5 * std::cos(2 * std::numbers::pi * static_cast<double>(n) / static_cast<double>(length));
    return window;
}

std::vector<double> hamming(std::size_t length) {
    std::vector<double> window(length);
    for (std::size_t n = 0; n < length; ++n)
        window[n] = 0.54 - 0.46 * std::cos(2 * std::numbers::pi * static_cast<double>(n) / static_cast<double>(length));
    return window;
}

// Modified Bessel function of order 0 by its power series (all terms positive, so it loses no digits).
// Not std::cyl_bessel_i, which libc++ does not have.
static double bessel_i0(double x) {
    const double quarter = x * x / 4;
    double term = 1, sum = 1;
    for (int k = 1; term > 1e-17 * sum; ++k) {
        term *= quarter / (k * k);
        sum += term;
    }
    return sum;
}

double kaiser(double x, double beta) {
    const double inside = 1 - x * x;
    return inside < 0 ? 0 : bessel_i0(beta * std::sqrt(inside)) / bessel_i0(beta);
}

}  // namespace psg::signal
