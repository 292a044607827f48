// How two series go together: the sums of their products, and what these tell.
// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <span>

namespace psg::signal {

/// Sums of pairs of values.
struct PairedSums {
    double n = 0, x = 0, y = 0, xx = 0, yy = 0, xy = 0;

    void add(double a, double b) { ++n, x += a, y += b, xx += a * a, yy += b * b, xy += a * b; }
    double sxx() const { return xx - x * x / n; }  ///< about the means
    double syy() const { return yy - y * y / n; }
    double sxy() const { return xy - x * y / n; }
    /// Pearson's correlation; 0 where one of the series does not change.
    double correlation() const { return sxx() > 0 && syy() > 0 ? sxy() / std::sqrt(sxx() * syy()) : 0; }
    /// The same about zero: whether one waveform is a multiple of the other; 0 where one of them shows nothing.
    double likeness() const { return xx > 0 && yy > 0 ? xy / std::sqrt(xx * yy) : 0; }
};

/// Of two series as far as both go.
template <class T>
PairedSums paired_sums(std::span<const T> a, std::span<const T> b) {
    PairedSums sums;
    for (std::size_t i = 0; i < std::min(a.size(), b.size()); ++i) sums.add(static_cast<double>(a[i]), static_cast<double>(b[i]));
    return sums;
}

}  // namespace psg::signal
