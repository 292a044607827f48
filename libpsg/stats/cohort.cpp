// What many nights tell together.
// SPDX-License-Identifier: BSD-3-Clause
#include "libpsg/stats/cohort.hpp"

#include <algorithm>
#include <cmath>
#include <limits>

#include "libpsg/stats/intervals.hpp"

namespace psg::stats {

namespace {

constexpr double nan_value = std::numeric_limits<double>::quiet_NaN();

std::vector<double> finite(std::span<const double> values) {
    std::vector<double> kept;
    std::copy_if(values.begin(), values.end(), std::back_inserter(kept), [](double v) { return std::isfinite(v); });
    return kept;
}

double mean_of(const std::vector<double>& values) {
    double sum = 0;
    for (const double v : values) sum += v;
    return sum / static_cast<double>(values.size());
}

double squares_about(const std::vector<double>& values, double centre) {
    double sum = 0;
    for (const double v : values) sum += (v - centre) * (v - centre);
    return sum;
}

}  // namespace

Distribution distribution(std::span<const double> values) {
    std::vector<double> v = finite(values);
    Distribution d;
    d.count = v.size();
    if (v.empty()) {
        d.mean = d.sd = d.min = d.q05 = d.q25 = d.median = d.q75 = d.q95 = d.max = nan_value;
        return d;
    }
    std::sort(v.begin(), v.end());
    d.mean = mean_of(v);
    d.sd = v.size() > 1 ? std::sqrt(squares_about(v, d.mean) / static_cast<double>(v.size() - 1)) : nan_value;
    d.min = v.front();
    d.q05 = quantile(v, 0.05);
    d.q25 = quantile(v, 0.25);
    d.median = quantile(v, 0.5);
    d.q75 = quantile(v, 0.75);
    d.q95 = quantile(v, 0.95);
    d.max = v.back();
    return d;
}

Reliability reliability(const std::vector<std::vector<double>>& nights_of_persons) {
    std::vector<std::vector<double>> persons;
    std::vector<double> all;
    double sum_of_squared_counts = 0;
    for (const auto& nights : nights_of_persons) {
        std::vector<double> kept = finite(nights);
        if (kept.size() < 2) continue;
        all.insert(all.end(), kept.begin(), kept.end());
        sum_of_squared_counts += static_cast<double>(kept.size()) * static_cast<double>(kept.size());
        persons.push_back(std::move(kept));
    }
    Reliability r;
    r.persons = persons.size();
    r.nights = all.size();
    r.icc = {nan_value, nan_value, nan_value};
    r.between_sd = r.within_sd = nan_value;
    if (persons.size() < 2) return r;
    const double grand = mean_of(all);
    double between = 0, within = 0;
    for (const auto& nights : persons) {
        const double mean = mean_of(nights);
        between += static_cast<double>(nights.size()) * (mean - grand) * (mean - grand);
        within += squares_about(nights, mean);
    }
    const auto n = static_cast<double>(all.size()), a = static_cast<double>(persons.size());
    // what rounding leaves of sums of squares that are 0
    const double largest = std::abs(*std::max_element(all.begin(), all.end(), [](double x, double y) { return std::abs(x) < std::abs(y); }));
    const double dust = n * std::pow(n * std::numeric_limits<double>::epsilon() * largest, 2);
    if (between <= dust) between = 0;
    if (within <= dust) within = 0;
    const double msb = between / (a - 1), msw = within / (n - a), k = (n - sum_of_squared_counts / n) / (a - 1);
    r.within_sd = std::sqrt(msw);
    r.between_sd = std::sqrt(std::max(0.0, (msb - msw) / k));
    if (msb + (k - 1) * msw <= 0) return r;
    r.icc.value = (msb - msw) / (msb + (k - 1) * msw);
    if (msw <= 0) {
        r.icc = {1, 1, 1};
        return r;
    }
    const double f = msb / msw, lower = f / f_quantile(a - 1, n - a, 0.975), upper = f * f_quantile(n - a, a - 1, 0.975);
    r.icc.low = (lower - 1) / (lower + k - 1);
    r.icc.high = (upper - 1) / (upper + k - 1);
    return r;
}

}  // namespace psg::stats
