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

// Heart beats are in every window of 2.56 s; where those of most windows are not spiky, flat or clipped seconds make an epoch seem so. [an EEG's
// median window 2.6 to 3.2]
constexpr std::size_t spike_window = 256;
constexpr double most_of_windows = 1.4;

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

// Filters. In brackets the medians of real recordings that went through none or harmless ones (0.5 Hz), and of ucddb018 behind
// harmful ones. The slow one: [1.13 or more] 1 Hz 0.84 (second order; kappa 0.70) and 0.19 (fourth, both ways; 0.56), 1.6 Hz 0.68
// (first order; 0.38). The fast ones, lower quartiles: [Sleep-EDF at most 3.1 of 30-50 Hz in any half hour; 12 min awake 5.2; 0.3-35 Hz 4.6]
// 30 Hz 7.9 (fourth order, both ways; 0.81), 25 Hz 11.5 (0.77), 20 Hz 15.0 (0.34).
constexpr double least_slow_fall = 0.9, most_fast_fall = 6.5;
// They are judged by epochs whose delta / beta is at least this, as that of noise and of a loose electrode is not: white noise has 0
// and would pass for an EEG without slow waves. ucddb018 has it in 820 of 822 epochs, behind 2 Hz (fourth order, both ways) in 654.
constexpr double least_fall_of_eeg = 1;
// Steady noise: in two hours or more the lower half of the densities of 36-45 Hz lies within this SD, and they are never far below
// beta. [Sleep-EDF where they are as steady as that: 1.35 or more] ucddb018 under white noise of 0.3 of its SD 0.08 and 1.06 (kappa
// 0.54), of 0.5 and more 0.07 and 0.64 (0); of 0.2 it is not told (0.69). In parts of two hours, too: [Sleep-EDF by 30-50 Hz, where
// they are as steady as 0.15: 1.46 or more].
constexpr std::size_t noise_epochs = 240, noise_step = 60;
constexpr double steady = 0.1, least_above_noise = 1.2;
// Heart beats, of half an hour or more, lower quartile: [4.1] ECG with narrow beats of 0.5 of the EEG's SD 6.6 (kappa 0.71), with
// wider ones of 0.7 5.3 (0.62); of 0.5 4.2 (0.80) it is not told.
constexpr double most_beating = 4.8;

// Sweat and other slow power that comes and goes: ten minutes, median of 0.7-1.2 over 1.9-4 Hz. [2.6; single epochs of N3 3.2, of W
// 3.5] ucddb018 under 50 uV of 0.4 Hz 2.9 to 4.0 (mended: kappa loses nothing), of 0.6 Hz 3.6 to 5.0, under noise of 0.1 to 1 or 1.5 Hz
// with 35 uV rms 3.6 to 5.0.
constexpr std::size_t slow_epochs = 20, slow_step = 5;
constexpr double most_slow_fall = 3.1;

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

double percentile_of(std::span<const EegShape* const> shapes, double p, float EegShape::*value) {
    return signal::percentile(values(shapes, [value](const EegShape& s) { return s.*value; }), p);
}

bool is_under_noise(std::span<const EegShape* const> shapes) {
    constexpr double p10_to_p50 = 1.2816;  // of a normal distribution, in SD
    const double middle = percentile_of(shapes, 50, &EegShape::fast_power), low = percentile_of(shapes, 10, &EegShape::fast_power);
    return (middle - low) / p10_to_p50 < steady && percentile_of(shapes, 90, &EegShape::fast_fall) < least_above_noise;
}

bool is_under_sweat(std::span<const EegShape* const> shapes) {
    return percentile_of(shapes, 50, &EegShape::slow_fall) > most_slow_fall;
}

// Which of the epochs lie in a part of which `judge` holds; the last part ends with the last epoch.
std::vector<bool> in_parts(const Shapes& shapes, std::size_t length, std::size_t step, bool (*judge)(std::span<const EegShape* const>)) {
    std::vector<bool> inside(shapes.size());
    for (std::size_t first = 0; length <= shapes.size(); first += step) {
        const std::size_t begin = std::min(first, shapes.size() - length);
        if (judge(std::span(shapes).subspan(begin, length)))
            std::fill_n(inside.begin() + static_cast<std::ptrdiff_t>(begin), length, true);
        if (begin + length == shapes.size()) break;
    }
    return inside;
}

// "90 min".
std::string minutes_of(const std::vector<bool>& epochs) {
    return std::to_string((std::count(epochs.begin(), epochs.end(), true) + 1) / 2) + " min";
}

Findings told_against(const Shapes& shapes, const std::vector<bool>& noisy, const std::vector<bool>& sweaty) {
    Findings told;
    if (shapes.empty()) return told;
    if (shapes.size() < fewest_epochs) {
        told.push_back({.code = FindingCode::EEG_UNTESTED,
                        .message = "less than five minutes of it can be measured, too few to tell an EEG from noise, hum or a loose electrode, "
                                   "which are staged W as surely as wake is",
                        .repair = "staged all the same; look at the signal"});
        return told;
    }
    const auto percentile = [&](double p, float EegShape::*value) { return percentile_of(shapes, p, value); };
    Shapes falling;
    for (const EegShape* s : shapes)
        if (delta_beta(*s) >= least_fall_of_eeg) falling.push_back(s);
    const bool filters_show = falling.size() >= fewest_epochs;
    const std::string advice = "staged all the same; take the EEG as it was recorded, or filtered to 0.3-35 Hz or wider";
    // heart beats fill up 2 to 4 Hz, of which the slow waves are then a small part
    const bool beating = shapes.size() >= long_epochs && percentile(25, &EegShape::spikiness) > most_beating;
    if (filters_show && !beating && percentile_of(falling, 50, &EegShape::slow_fall) < least_slow_fall)
        told.push_back({.code = FindingCode::EEG_BAND_MISSING,
                        .message = "slow waves about 1 Hz are missing: it went through a high-pass filter of about 1 Hz or more, and "
                                   "N3 is told by them: on a real night kappa fell from 0.83 to 0.70 or 0.56 (1 Hz, soft or sharp), 0.38 "
                                   "(1.6 Hz, soft) and 0.25 (2 Hz, sharp)",
                        .repair = advice});
    if (filters_show && percentile_of(falling, 25, &EegShape::fast_fall) > most_fast_fall)
        told.push_back({.code = FindingCode::EEG_BAND_MISSING,
                        .message = "fast activity is missing: it went through a sharp low-pass filter of about 30 Hz or less, and W, N1 "
                                   "and R are told by it: on a real night kappa fell from 0.83 to 0.81 (30 Hz), 0.77 (25 Hz) and below "
                                   "0.40 (20 Hz, 15 Hz)",
                        .repair = advice});
    const std::string use = "staged all the same where no other EEG channel is free of it, and under steady noise marked as unsure; take another channel if there is one";
    const auto any = [](const std::vector<bool>& epochs) { return std::find(epochs.begin(), epochs.end(), true) != epochs.end(); };
    if (any(noisy))
        told.push_back({.code = FindingCode::EEG_NOISY,
                        .message = "steady noise lies over " + minutes_of(noisy) + " of it: what is fast in it never changes and never falls far below beta; under "
                                   "white noise of 0.3 of the EEG's standard deviation kappa fell from 0.83 to 0.54 on a real night, and "
                                   "under more all was called W",
                        .repair = use});
    if (any(sweaty))
        told.push_back({.code = FindingCode::EEG_NOISY,
                        .message = "slow noise lies over " + minutes_of(sweaty) + " of it, as sweat, breathing or a swaying electrode make it: what is "
                                   "below 1.3 Hz exceeds what is above as in no part of a real night. What is taken for such noise is left out of "
                                   "delta: under 35 to 70 uV of 0.1 to 1.5 Hz kappa fell by less than 0.05 on a real night; great slow waves (of a "
                                   "child) may look the same",
                        .repair = use});
    if (beating)
        told.push_back({.code = FindingCode::EEG_HEART_BEATS,
                        .message = "it is full of spikes, as heart beats make them; under an ECG of 0.5 to 1 of the EEG's standard deviation "
                                   "kappa fell from 0.83 to between 0.80 and 0.54 on a real night",
                        .repair = "staged all the same; a derivation to both ears or mastoids has less of them"});
    return told;
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
    shape.slow_fall = log_mean(0.7, 1.2) - log_mean(1.9, 4);
    shape.fast_power = log_mean(36, 45);
    shape.fast_fall = beta - shape.fast_power;
    shape.spikiness = static_cast<float>(spikiness);
    return shape;
}

double spikiness_of(std::span<const float> samples) {
    if (samples.size() < 2) return std::numeric_limits<double>::quiet_NaN();
    struct Sums {
        double squares = 0, fourths = 0, n = 0;
        double kurtosis() const { return fourths * n / (squares * squares); }
    };
    Sums all;
    std::vector<float> of_windows;
    for (std::size_t first = 0; first + 1 < samples.size(); first += spike_window) {
        const std::size_t n = std::min(spike_window, samples.size() - 1 - first);
        const float* const x = samples.data() + first;
        Sums window;
        window.n = static_cast<double>(n);
        window.squares = signal::lane_sum(n, [&](auto at) {
            const auto d = at(x + 1) - at(x);
            return d * d;
        });
        window.fourths = signal::lane_sum(n, [&](auto at) {
            const auto d = at(x + 1) - at(x);
            return (d * d) * (d * d);
        });
        all = {all.squares + window.squares, all.fourths + window.fourths, all.n + window.n};
        of_windows.push_back(window.squares > 0 ? static_cast<float>(window.kurtosis()) : 0);
    }
    return std::min(all.kurtosis(), most_of_windows * static_cast<double>(signal::median(of_windows)));
}

EegDoubts doubt_eeg(std::span<const EegShape> shapes) {
    EegDoubts doubts{{}, std::vector<Obstacle>(shapes.size(), Obstacle::none), std::vector<bool>(shapes.size()), std::vector<bool>(shapes.size()), {}};
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
    if (!doubts.channel.empty()) {
        for (std::size_t t : places) doubts.epochs[t] = Obstacle::no_eeg;
    } else {
        // filters, noise and slow power are told of the EEG, so not by the epochs that hold none
        Shapes of_eeg;
        std::vector<std::size_t> places_of_eeg;
        for (std::size_t t : places) {
            if (doubts.epochs[t] != Obstacle::none) continue;
            of_eeg.push_back(&shapes[t]);
            places_of_eeg.push_back(t);
        }
        const std::vector<bool> noisy = in_parts(of_eeg, noise_epochs, noise_step, is_under_noise);
        const std::vector<bool> sweaty = in_parts(of_eeg, slow_epochs, slow_step, is_under_sweat);
        for (std::size_t i = 0; i < of_eeg.size(); ++i) {
            doubts.disturbed[places_of_eeg[i]] = noisy[i] || sweaty[i];
            doubts.noisy[places_of_eeg[i]] = noisy[i];
        }
        doubts.told = told_against(of_eeg, noisy, sweaty);
    }
    return doubts;
}

Findings told_of(const EegDoubts& doubts, int channel, const std::string& label) {
    Findings told = doubts.told;
    for (Finding& f : told) {
        f.message = "EEG channel '" + label + "': " + f.message;
        f.channel = channel;
        f.label = label;
    }
    return told;
}

std::string no_eeg_message(const std::string& label, const std::string& why) {
    return "channel '" + label + "' does not look like an EEG of sleep: " + why;
}

}  // namespace psg::staging
