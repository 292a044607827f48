// Moments and Hjorth's parameters.
// SPDX-License-Identifier: BSD-3-Clause
#include "libpsg/signal/moments.hpp"

#include <cmath>
#include <cstddef>
#include <limits>

#include "libpsg/model/error.hpp"
#include "libpsg/signal/dot.hpp"

namespace psg::signal {

Moments moments_of(std::span<const double> samples) {
    if (samples.size() < 2) throw UsageError("moments need two samples or more");
    const double n = static_cast<double>(samples.size());
    Moments m;
    m.mean = lane_sum(samples.size(), [&](auto at) { return at(samples.data()); }) / n;
    const auto power = [&](auto raise) {
        return lane_sum(samples.size(), [&](auto at) { return raise(at(samples.data()) - m.mean); });
    };
    double m2 = power([](auto d) { return d * d; });
    const double m3 = power([](auto d) { return d * d * d; });
    const double m4 = power([](auto d) { return (d * d) * (d * d); });
    m.sd = std::sqrt(m2 / (n - 1));
    m2 /= n;
    m.skewness = m3 / n / (m2 * std::sqrt(m2));
    m.kurtosis = m4 / n / (m2 * m2) - 3;
    return m;
}

namespace {

// Mean square difference from the mean of `n` values; value(at) as lane_sum() asks for it.
template <class Value>
double variance(std::size_t n, Value value) {
    const double count = static_cast<double>(n), mean = lane_sum(n, value) / count;
    return lane_sum(n, [&](auto at) {
               const auto d = value(at) - mean;
               return d * d;
           }) /
           count;
}

}  // namespace

double variance_of(std::span<const float> samples) {
    return variance(samples.size(), [&](auto at) { return at(samples.data()); });
}

double variance_of_difference(std::span<const float> samples) {
    if (samples.size() < 2) return std::numeric_limits<double>::quiet_NaN();
    const float* const x = samples.data();
    return variance(samples.size() - 1, [&](auto at) { return at(x + 1) - at(x); });
}

Hjorth hjorth_of(std::span<const double> samples) {
    const std::size_t n = samples.size();
    const double* const x = samples.data();
    if (n < 3) throw UsageError("Hjorth's parameters need three samples or more");
    const double level = variance(n, [&](auto at) { return at(x); });
    const double first = variance(n - 1, [&](auto at) { return at(x + 1) - at(x); });
    const double second = variance(n - 2, [&](auto at) { return (at(x + 2) - at(x + 1)) - (at(x + 1) - at(x)); });
    Hjorth hjorth;
    hjorth.mobility = std::sqrt(first / level);
    hjorth.complexity = std::sqrt(second / first) / hjorth.mobility;
    return hjorth;
}

}  // namespace psg::signal
