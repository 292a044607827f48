// Bias and limits of agreement.
// SPDX-License-Identifier: BSD-3-Clause
#include "libpsg/stats/limits_of_agreement.hpp"

#include <cmath>
#include <limits>

#include "libpsg/stats/intervals.hpp"

namespace psg::stats {

namespace {

constexpr double nan_value = std::numeric_limits<double>::quiet_NaN();
constexpr double limit_sds = 1.96;

}  // namespace

Limits limits_of_agreement(std::span<const double> differences) {
    Limits l;
    double sum = 0, squares = 0;
    for (const double d : differences)
        if (std::isfinite(d)) {
            ++l.nights;
            sum += d;
        }
    const auto n = static_cast<double>(l.nights);
    const double bias = l.nights > 0 ? sum / n : nan_value;
    l.bias = {bias, nan_value, nan_value};
    l.sd = nan_value;
    l.lower = l.upper = {nan_value, nan_value, nan_value};
    if (l.nights < 2) return l;
    for (const double d : differences)
        if (std::isfinite(d)) squares += (d - bias) * (d - bias);
    l.sd = std::sqrt(squares / (n - 1));
    const double t = student_t_95(l.nights - 1);
    const auto with_interval = [&](double value, double error) { return Estimate{value, value - t * error, value + t * error}; };
    const double of_limit = l.sd * std::sqrt(1 / n + limit_sds * limit_sds / (2 * (n - 1)));
    l.bias = with_interval(bias, l.sd / std::sqrt(n));
    l.lower = with_interval(bias - limit_sds * l.sd, of_limit);
    l.upper = with_interval(bias + limit_sds * l.sd, of_limit);
    return l;
}

}  // namespace psg::stats
