// Noise over part of a night.
// SPDX-License-Identifier: BSD-3-Clause
#include "libpsg/staging/fast_floor.hpp"

#include <algorithm>
#include <cmath>
#include <limits>

#include "libpsg/signal/statistics.hpp"
#include "libpsg/staging/portable_math.hpp"

namespace psg::staging {

namespace {

// All proposed; README.md beside this file has what they find and what they cost on real nights. Percentile 25 finds more of the noise
// that comes and goes within an hour, and takes more of a sleeper's own muscle away.
constexpr std::size_t reach_epochs = 10;
constexpr double low_percentile = 10;
constexpr double least_rise = 2.5;            // times
constexpr double noise_in_beta = 0.6;         // of the density of 30-50 Hz: muscle begins about 20 Hz
constexpr double least_left_of_beta = 0.1;

}  // namespace

FloorTaken without_raised_floor(const MeasureSeries& series) {
    using portable::exp, portable::log;
    constexpr std::size_t theta_at = 2, alpha_at = 3, beta_at = 4, gamma_at = 5;
    FloorTaken taken{series, std::vector<bool>(series.size())};
    std::vector<float> gamma, measured;  // log power of 30-50 Hz
    for (const auto& x : series) {
        gamma.push_back(x ? static_cast<float>((*x)[gain_measure] + (*x)[gamma_at]) : std::numeric_limits<float>::quiet_NaN());
        if (x) measured.push_back(gamma.back());
    }
    if (measured.empty()) return taken;
    const double quiet = signal::percentile(measured, low_percentile);
    const std::vector<float> floor = signal::sliding_percentile(gamma, reach_epochs, reach_epochs, low_percentile);
    for (std::size_t t = 0; t < series.size(); ++t) {
        if (!series[t] || !(floor[t] > quiet + log(least_rise))) continue;
        taken.raised[t] = true;
        Measures& x = *taken.series[t];
        const double noise = (exp(static_cast<double>(floor[t])) - exp(quiet)) / 20;  // density
        const double total = exp(x[gain_measure]), theta = exp(x[theta_at]) * total, alpha = exp(x[alpha_at]) * total,
                     beta = exp(x[beta_at]) * total, gamma_power = exp(x[gamma_at]) * total, delta = total - theta - alpha - beta;
        const double quiet_beta = std::max(beta - 17 * noise_in_beta * noise, least_left_of_beta * beta);
        const double quiet_gamma = std::max(gamma_power - 20 * noise, exp(quiet));
        const double left = delta + theta + alpha + quiet_beta;
        x = {log(left), log(delta / (theta + alpha + quiet_beta)), log(theta / left), log(alpha / left),
             log(quiet_beta / left), log(quiet_gamma / left), x[6]};
    }
    return taken;
}

}  // namespace psg::staging
