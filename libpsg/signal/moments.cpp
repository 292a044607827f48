// Moments and Hjorth's parameters.
// SPDX-License-Identifier: BSD-3-Clause
#include "libpsg/signal/moments.hpp"

#include <cmath>
#include <cstddef>

#include "libpsg/model/error.hpp"

namespace psg::signal {

Moments moments_of(std::span<const double> samples) {
    if (samples.size() < 2) throw UsageError("moments need two samples or more");
    const double n = static_cast<double>(samples.size());
    Moments m;
    for (const double x : samples) m.mean += x;
    m.mean /= n;
    double m2 = 0, m3 = 0, m4 = 0;
    for (const double x : samples) {
        const double d = x - m.mean, square = d * d;
        m2 += square;
        m3 += square * d;
        m4 += square * square;
    }
    m.sd = std::sqrt(m2 / (n - 1));
    m2 /= n;
    m.skewness = m3 / n / (m2 * std::sqrt(m2));
    m.kurtosis = m4 / n / (m2 * m2) - 3;
    return m;
}

double variance_of(std::span<const float> samples) {
    double mean = 0, sum = 0;
    for (const float x : samples) mean += x;
    mean /= static_cast<double>(samples.size());
    for (const float x : samples) sum += (x - mean) * (x - mean);
    return sum / static_cast<double>(samples.size());
}

namespace {

// Mean and mean square of a series as it comes; the values are small differences, for which this loses no digits that
// matter.
struct Spread {
    double sum = 0, squares = 0, n = 0;
    void add(double x) {
        sum += x;
        squares += x * x;
        ++n;
    }
    double variance() const { return squares / n - sum / n * (sum / n); }
};

}  // namespace

Hjorth hjorth_of(std::span<const double> samples) {
    if (samples.size() < 3) throw UsageError("Hjorth's parameters need three samples or more");
    double mean = 0;
    for (const double x : samples) mean += x;
    mean /= static_cast<double>(samples.size());
    Spread level, first, second;
    for (std::size_t i = 0; i < samples.size(); ++i) {
        const double x = samples[i];
        level.add(x - mean);
        if (i >= 1) first.add(x - samples[i - 1]);
        if (i >= 2) second.add((x - samples[i - 1]) - (samples[i - 1] - samples[i - 2]));
    }
    Hjorth hjorth;
    hjorth.mobility = std::sqrt(first.variance() / level.variance());
    hjorth.complexity = std::sqrt(second.variance() / first.variance()) / hjorth.mobility;
    return hjorth;
}

}  // namespace psg::signal
