// Whether a channel that is taken for an EEG looks like one.
// SPDX-License-Identifier: BSD-3-Clause
#include "libpsg/staging/plausibility.hpp"

#include <algorithm>
#include <cmath>
#include <limits>

#include "libpsg/signal/dot.hpp"
#include "libpsg/signal/spectrum.hpp"
#include "libpsg/signal/statistics.hpp"

namespace psg::staging {

namespace {

constexpr std::array<double, EegShape::bands + 1> edges_hz{1, 1.4142, 2, 2.8284, 4, 5.6569, 8, 11.3137, 16, 22.6274, 30};

// Every number below is proposed. In brackets what the real nights have at the most or least: Sleep-EDF (20 nights, Fpz-Cz and
// Pz-Oz, ratios only; in parts of the nights) and ucddb018 (also filtered to 0.3-35, 1-30 and 0.5-15 Hz).

// An epoch. [the extremes of Sleep-EDF widened by 1, for the filters of other recorders]
struct Range {
    double low, high;
    bool holds(double x) const { return x >= low && x <= high; }
};
constexpr Range delta_theta_range{-2.4, 6.3}, theta_alpha_range{-4.2, 4.1}, alpha_beta_range{-2, 5.8},
    delta_beta_range{-1.4, 9.7};

// A channel, of at least this many epochs.
constexpr std::size_t fewest_epochs = 10;
constexpr double least_delta_beta = -0.5;  // median [-0.1 in 10 min]; chin -4, snoring -2.6, mains -15
constexpr double most_delta_theta = 4.5;   // median [4.3 in 5 min]; airflow 8.6, belts and pulse 5.3 to 6
constexpr double most_spikiness = 14;      // lower quartile [9.6 in 10 min]; ECG 18 to 24
constexpr std::size_t long_epochs = 60;    // half an hour:
// [4.1]; ECG of twice the EEG's standard deviation over the EEG 5.5 (kappa 0.07 lower), of four times 10.6 (0.5 lower).
constexpr double most_long_spikiness = 9;
// Of a night (4 h): its tenth of the greatest delta / beta [1.4 in 4 h of a day awake, else 4.2]; EEG under twice as much
// white noise 1.3, under as much 2.4.
constexpr std::size_t night_epochs = 480;
constexpr double least_best_delta_beta = 2;

// Noise: no rhythm and no change. The rms deviation of the median half octaves from a straight line [0.14 in 5 min, 0.12 in
// longer parts; where the change is small, 0.19] and the change of the spectrum. White, pink and brown noise: 0.02 to 0.1 and 0.2.
constexpr double least_rhythm = 0.1, change_of_noise = 0.3;
// The same signal without end: its spectrum does not change in an hour [0.32]; noise of any colour 0.18.
constexpr std::size_t unchanged_epochs = 120;
constexpr double least_change = 0.22;
// Parts that are noise.
constexpr std::size_t part_epochs = 40, part_step = 10;

using Shapes = std::vector<const EegShape*>;

template <class Get>
std::vector<float> values(std::span<const EegShape* const> shapes, const Get& get) {
    std::vector<float> all;
    for (const EegShape* s : shapes) all.push_back(get(*s));
    return all;
}

float delta_beta(const EegShape& s) {
    return s.delta_theta + s.theta_alpha + s.alpha_beta;
}

// Standard deviation, from the tenth to the ninetieth percentile, of the ratio of bands that changes the most.
double change(std::span<const EegShape* const> shapes) {
    constexpr double p10_to_p90 = 2.563;  // of a normal distribution, in SD
    const auto spread = [&](const auto& get) {
        const std::vector<float> x = values(shapes, get);
        return (signal::percentile(x, 90) - signal::percentile(x, 10)) / p10_to_p90;
    };
    return std::max({spread(delta_beta), spread([](const EegShape& s) { return s.delta_theta; }),
                     spread([](const EegShape& s) { return s.theta_alpha; }),
                     spread([](const EegShape& s) { return s.alpha_beta; })});
}

// How far the median spectrum is from a power law: rms deviation of its half octaves, in log power, from the fitted line.
double rhythm(std::span<const EegShape* const> shapes) {
    constexpr double middle = (EegShape::bands - 1) / 2.0;
    std::array<double, EegShape::bands> log_power;
    double mean = 0, slope = 0, squares = 0;
    for (std::size_t b = 0; b < EegShape::bands; ++b) {
        log_power[b] = signal::median(values(shapes, [b](const EegShape& s) { return s.half_octaves[b]; }));
        const double x = static_cast<double>(b) - middle;
        mean += log_power[b] / EegShape::bands;
        slope += x * log_power[b];
        squares += x * x;
    }
    double sum = 0;
    for (std::size_t b = 0; b < EegShape::bands; ++b) {
        const double off = log_power[b] - mean - slope / squares * (static_cast<double>(b) - middle);
        sum += off * off;
    }
    return std::sqrt(sum / EegShape::bands);
}

bool is_noise(std::span<const EegShape* const> shapes) {
    return change(shapes) < change_of_noise && rhythm(shapes) < least_rhythm;
}

std::string against(const Shapes& shapes) {
    if (shapes.size() < fewest_epochs) return {};
    if (is_noise(shapes)) return "its spectrum is that of noise, without rhythm or change";
    const std::vector<float> falls = values(shapes, delta_beta);
    if (signal::median(falls) < least_delta_beta)
        return "its power does not fall from delta to beta: muscle, snoring, hum or noise";
    if (shapes.size() >= night_epochs && signal::percentile(falls, 90) < least_best_delta_beta)
        return "in no part of the night its power falls from delta to beta: noise drowns what there is";
    if (signal::median(values(shapes, [](const EegShape& s) { return s.delta_theta; })) > most_delta_theta)
        return "nearly all its power is slow: breathing, pulse or drift";
    if (signal::percentile(values(shapes, [](const EegShape& s) { return s.spikiness; }), 25) >
        (shapes.size() < long_epochs ? most_spikiness : most_long_spikiness))
        return "it is made of spikes, as an ECG is";
    if (shapes.size() >= unchanged_epochs && change(shapes) < least_change)
        return "its spectrum does not change in an hour or more, as no sleeper's does";
    return {};
}

bool in_range(const EegShape& s) {
    return delta_theta_range.holds(s.delta_theta) && theta_alpha_range.holds(s.theta_alpha) &&
           alpha_beta_range.holds(s.alpha_beta) && delta_beta_range.holds(delta_beta(s));
}

}  // namespace

EegShape eeg_shape(std::span<const double> density, double bin_hz, double spikiness) {
    const auto log_mean = [&](double low, double high) {
        return static_cast<float>(std::log(signal::mean_density(density, bin_hz, low, high)));
    };
    EegShape shape;
    for (std::size_t b = 0; b < EegShape::bands; ++b) shape.half_octaves[b] = log_mean(edges_hz[b], edges_hz[b + 1]);
    const float delta = log_mean(0.5, 4), theta = log_mean(4, 8), alpha = log_mean(8, 13), beta = log_mean(13, 30);
    shape.delta_theta = delta - theta;
    shape.theta_alpha = theta - alpha;
    shape.alpha_beta = alpha - beta;
    shape.spikiness = static_cast<float>(spikiness);
    return shape;
}

double spikiness_of(std::span<const float> samples) {
    if (samples.size() < 2) return std::numeric_limits<double>::quiet_NaN();
    const std::size_t n = samples.size() - 1;
    const float* const x = samples.data();
    const double squares = signal::lane_sum(n, [&](auto at) {
        const auto d = at(x + 1) - at(x);
        return d * d;
    });
    const double fourths = signal::lane_sum(n, [&](auto at) {
        const auto d = at(x + 1) - at(x);
        return (d * d) * (d * d);
    });
    return fourths * static_cast<double>(n) / (squares * squares);
}

EegDoubts doubt_eeg(std::span<const EegShape> shapes) {
    EegDoubts doubts{{}, std::vector<Obstacle>(shapes.size(), Obstacle::none)};
    Shapes measured;
    std::vector<std::size_t> places;
    for (std::size_t t = 0; t < shapes.size(); ++t) {
        if (std::isnan(shapes[t].delta_theta)) continue;
        measured.push_back(&shapes[t]);
        places.push_back(t);
        if (!in_range(shapes[t])) doubts.epochs[t] = Obstacle::out_of_range;
    }
    doubts.channel = against(measured);
    if (doubts.channel.empty())
        for (std::size_t first = 0; first + part_epochs <= measured.size(); first += part_step)
            if (is_noise(std::span(measured).subspan(first, part_epochs)))
                for (std::size_t i = first; i < first + part_epochs; ++i) doubts.epochs[places[i]] = Obstacle::no_eeg;
    const auto lost = std::count_if(doubts.epochs.begin(), doubts.epochs.end(), [](Obstacle o) { return o != Obstacle::none; });
    if (doubts.channel.empty() && measured.size() >= fewest_epochs && 2 * static_cast<std::size_t>(lost) > measured.size())
        doubts.channel = "most of it is noise or out of the range of an EEG";
    if (!doubts.channel.empty())
        for (std::size_t t : places) doubts.epochs[t] = Obstacle::no_eeg;
    return doubts;
}

std::string no_eeg_message(const std::string& label, const std::string& why) {
    return "channel '" + label + "' does not look like an EEG of sleep: " + why;
}

}  // namespace psg::staging
