// Integrals of evenly spaced values.
// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <span>

namespace psg::signal {

/// Trapezoidal rule: step * (sum - (first + last) / 2); 0 of fewer than two values.
double trapezoid(std::span<const double> values, double step);

/// Simpson's rule, step / 3 * (y0 + 4 y1 + 2 y2 + ... + 4 y(n-2) + y(n-1)), for an odd number of values. For an even
/// number the mean of two integrals: Simpson's rule but for the last interval, and but for the first, which take the
/// trapezoidal rule (SciPy's simpson up to 1.10, even="avg"). 0 of fewer than two values.
double simpson(std::span<const double> values, double step);

}  // namespace psg::signal
