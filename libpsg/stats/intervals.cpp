// Confidence intervals of rates, shares and means.
// SPDX-License-Identifier: BSD-3-Clause
#include "libpsg/stats/intervals.hpp"

#include <boost/math/distributions/chi_squared.hpp>
#include <boost/math/distributions/fisher_f.hpp>
#include <boost/math/distributions/normal.hpp>
#include <boost/math/distributions/students_t.hpp>
#include <cmath>
#include <limits>

namespace psg::stats {

namespace {

constexpr double nan_value = std::numeric_limits<double>::quiet_NaN();
constexpr double below = 0.025, above = 0.975;

double chi_squared(double degrees, double probability) {
    return boost::math::quantile(boost::math::chi_squared(degrees), probability);
}

}  // namespace

Estimate poisson_rate(std::int64_t count, double hours) {
    if (!(hours > 0)) return {nan_value, nan_value, nan_value};
    const auto n = static_cast<double>(count);
    const double low = count > 0 ? chi_squared(2 * n, below) / 2 : 0, high = chi_squared(2 * n + 2, above) / 2;
    return {n / hours, low / hours, high / hours};
}

Estimate wilson_share(std::int64_t positive, std::int64_t all) {
    if (all <= 0) return {nan_value, nan_value, nan_value};
    const double z = boost::math::quantile(boost::math::normal(), above);
    const auto n = static_cast<double>(all);
    const double p = static_cast<double>(positive) / n, middle = (p + z * z / (2 * n)) / (1 + z * z / n);
    const double half = z / (1 + z * z / n) * std::sqrt(p * (1 - p) / n + z * z / (4 * n * n));
    return {p, positive == 0 ? 0 : middle - half, positive == all ? 1 : middle + half};
}

Estimate mean_interval(std::span<const double> values) {
    double sum = 0, squares = 0;
    std::size_t n = 0;
    for (const double v : values)
        if (std::isfinite(v)) {
            sum += v;
            ++n;
        }
    if (n == 0) return {nan_value, nan_value, nan_value};
    const auto count = static_cast<double>(n);
    const double mean = sum / count;
    if (n == 1) return {mean, nan_value, nan_value};
    for (const double v : values)
        if (std::isfinite(v)) squares += (v - mean) * (v - mean);
    const double half = student_t_95(n - 1) * std::sqrt(squares / (count - 1) / count);
    return {mean, mean - half, mean + half};
}

double student_t_95(std::size_t degrees) {
    return boost::math::quantile(boost::math::students_t(static_cast<double>(degrees)), above);
}

double f_quantile(double numerator_degrees, double denominator_degrees, double probability) {
    return boost::math::quantile(boost::math::fisher_f(numerator_degrees, denominator_degrees), probability);
}

}  // namespace psg::stats
