// How far a recording's epochs lie from those that the model learned from.
// SPDX-License-Identifier: BSD-3-Clause
#include "libpsg/staging/novelty.hpp"

#include <algorithm>
#include <cmath>
#include <span>
#include <vector>

#include "libpsg/signal/statistics.hpp"
#include "libpsg/staging/gain_change.hpp"

namespace psg::staging {

namespace {

// Proposed. [40 channels of nights of Sleep-EDF: 8.7 and 12.6 or less, but for SC4071 Pz-Oz, which is noisy, 11.6 and 17.7; ucddb018 5.6 and
// 7.9, under bursts of 100 uV in a fifth of the epochs 8.8 and 15.4, in half of them 12.8 and 17.7] README.md has shorter ones.
constexpr double most_of_quartile = 9, most_of_tenth = 14;
constexpr std::ptrdiff_t fewest_epochs = 240;  // of an hour of Sleep-EDF one in 30 seems unlike

}  // namespace

std::string unlike_learned(const StageShapes& shapes, const MeasureSeries& series) {
    const auto measured = std::count_if(series.begin(), series.end(), [](const auto& x) { return x.has_value(); });
    if (measured < fewest_epochs) return {};
    const MeasureSeries night = without_gain_changes(series);
    const auto adaptation = adapt<measure_count>(shapes, {&night, 1});
    std::array<Matrix<measure_count>, 5> precision;
    for (std::size_t s = 0; s < 5; ++s) precision[s] = inverse<measure_count>(shapes.covariance[s]).matrix;
    std::vector<float> distances;
    for (std::size_t t = 0; t < night.size(); ++t) {
        if (!night[t]) continue;
        const std::size_t stage = likeliest(*adaptation.posterior[t]);
        const Measures d = difference<measure_count>(difference<measure_count>(*night[t], adaptation.offsets[0]), shapes.mean[stage]);
        distances.push_back(static_cast<float>(dot<measure_count>(d, product<measure_count>(precision[stage], d))));
    }
    const double quartile = signal::percentile(distances, 75), tenth = signal::percentile(distances, 90);
    if (quartile <= most_of_quartile && tenth <= most_of_tenth) return {};
    return "its spectra are unlike those of any stage that the model learned, as if something lies over it that comes and goes: bursts, noise, "
           "another gain (squared distance from the stages: upper quartile " + std::to_string(std::lround(quartile)) + ", upper tenth " +
           std::to_string(std::lround(tenth)) + "; of nights it learned from 9 and 13 at the most)";
}

}  // namespace psg::staging
