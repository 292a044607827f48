// Heart beats in a muscle channel: spike-triggered averages.
// SPDX-License-Identifier: BSD-3-Clause
#include "libpsg/signal/ecg_removal.hpp"

#include <algorithm>
#include <cmath>
#include <numbers>
#include <utility>

#include "libpsg/signal/dot.hpp"
#include "libpsg/signal/statistics.hpp"

namespace psg::signal {

namespace {

// The surroundings of one beat.
struct Beat {
    std::size_t begin = 0;
    float power = 0;
    float gain = 0;
};

// Median of the gains, each with the weight of the inverse of its beat's remaining power; from 0 to 1.5.
float typical_gain(std::span<const Beat> beats) {
    std::vector<std::pair<float, float>> gains;
    float total = 0;
    for (const Beat& b : beats) {
        gains.emplace_back(b.gain, 1 / std::max(b.power, 1e-2F));
        total += gains.back().second;
    }
    std::sort(gains.begin(), gains.end());
    float below = 0;
    for (const auto& [gain, weight] : gains)
        if ((below += weight) >= 0.5F * total) return std::clamp(gain, 0.0F, 1.5F);
    return 0;
}

double product(std::span<const float> a, std::span<const float> b) {
    return static_cast<double>(dot(a, b));
}

// What a beat leaves in the EMG, from one group of beats.
struct Template {
    std::vector<float> mean;
    double energy = 0;     // sum of squares
    double clearness = 0;  // energy relative to that expected of noise
};

constexpr std::size_t group_beats = 20, margin_beats = 10, fewest_beats = 8, gain_reach = 4;
constexpr double clear_enough = 4;

// Mean of a group and its margins, each beat weighted by the inverse square of its power, faded at both ends.
Template mean_beat(std::span<const float> emg, std::span<const Beat> beats, std::size_t length, std::size_t fade) {
    Template t;
    if (beats.size() < fewest_beats) return t;
    t.mean.assign(length, 0.0F);
    double weights = 0, noise = 0;
    for (const Beat& b : beats) {
        const double power = std::max(static_cast<double>(b.power), 1e-3), w = 1 / (power * power);
        weights += w;
        noise += w * w * power;
        const float* x = &emg[b.begin];
        float* mean = t.mean.data();
        for (std::size_t i = 0; i < length; ++i) mean[i] += static_cast<float>(w) * x[i];
    }
    for (std::size_t i = 0; i < length; ++i) {
        const double edge = static_cast<double>(std::min(i, length - 1 - i)) / static_cast<double>(fade);
        t.mean[i] *= static_cast<float>((edge < 1 ? 0.5 - 0.5 * std::cos(std::numbers::pi * edge) : 1) / weights);
    }
    t.energy = product(t.mean, t.mean);
    t.clearness = t.energy / (noise / (weights * weights) * static_cast<double>(length));
    return t;
}

// Subtracts `gain` times the mean, and its slope as far as the beat is shifted: up to a sample, with a prior standard
// deviation of a third of one.
void subtract(std::span<float> x, const std::vector<float>& mean, float gain) {
    const std::size_t length = x.size();
    std::vector<float> slope(length);
    for (std::size_t i = 0; i < length; ++i) {
        slope[i] = 0.5F * gain * (mean[std::min(i + 1, length - 1)] - mean[i > 0 ? i - 1 : 0]);
        x[i] -= gain * mean[i];
    }
    const double left = product(x, x) / static_cast<double>(length);
    const double shift = product(x, slope) / (product(slope, slope) + left / 0.1 + 1e-9);
    const auto amount = static_cast<float>(std::clamp(shift, -1.0, 1.0));
    for (std::size_t i = 0; i < length; ++i) x[i] -= amount * slope[i];
}

// Subtracts the beats of one shape; adds the peaks of what was subtracted.
void subtract_shape(std::span<float> emg, double rate_hz, std::span<const double> places, std::vector<float>& peaks) {
    const auto samples_in = [&](double length_s) {
        return static_cast<std::size_t>(std::max(1L, std::lround(length_s * rate_hz)));
    };
    const std::size_t before = samples_in(0.1), length = before + samples_in(0.15);
    std::vector<Beat> beats;
    for (const double place : places) {
        const auto middle = std::llround(place);
        if (middle < static_cast<long long>(before)) continue;
        const std::size_t begin = static_cast<std::size_t>(middle) - before;
        if (begin + length > emg.size()) break;
        const auto x = emg.subspan(begin, length);
        beats.push_back({begin, static_cast<float>(product(x, x) / static_cast<double>(length)), 0});
    }
    std::vector<Template> means;
    for (std::size_t first = 0; first < beats.size(); first += group_beats) {
        const std::size_t begin = first > margin_beats ? first - margin_beats : 0;
        const std::size_t end = std::min(beats.size(), first + group_beats + margin_beats);
        means.push_back(mean_beat(emg, std::span(beats).subspan(begin, end - begin), length, samples_in(0.02)));
    }
    // where a pick-up begins or ends most of a group may be clean: the clearest mean of the neighbours serves both
    const auto serving = [&](std::size_t b) -> const Template* {
        const std::size_t own = b / group_beats;
        const Template* best = &means[own];
        if (own > 0 && means[own - 1].clearness > best->clearness) best = &means[own - 1];
        if (own + 1 < means.size() && means[own + 1].clearness > best->clearness) best = &means[own + 1];
        return best->clearness >= clear_enough ? best : nullptr;
    };
    for (std::size_t b = 0; b < beats.size(); ++b)
        if (const Template* t = serving(b)) {
            const double gain = product(emg.subspan(beats[b].begin, length), t->mean) / t->energy;
            beats[b].gain = static_cast<float>(gain);
            // from here on the power of what is not the heart's
            beats[b].power -= static_cast<float>(gain * gain * t->energy / static_cast<double>(length));
        }

    for (std::size_t b = 0; b < beats.size(); ++b) {
        const Template* t = serving(b);
        if (!t) continue;
        const std::size_t from = b > gain_reach ? b - gain_reach : 0;
        const std::size_t to = std::min(beats.size(), b + gain_reach + 1);
        const float gain = typical_gain(std::span(beats).subspan(from, to - from));
        subtract(emg.subspan(beats[b].begin, length), t->mean, gain);
        peaks.push_back(gain * std::fabs(*std::max_element(t->mean.begin(), t->mean.end(), [](float a, float c) {
                            return std::fabs(a) < std::fabs(c);
                        })));
    }
}

}  // namespace

BeatRemoval subtract_beats(std::span<float> emg, double rate_hz, std::span<const HeartBeat> beats) {
    std::vector<std::vector<double>> by_shape;
    for (const HeartBeat& b : beats) {
        const auto shape = static_cast<std::size_t>(b.shape);
        if (by_shape.size() <= shape) by_shape.resize(shape + 1);
        by_shape[shape].push_back(b.place);
    }
    // the most frequent first: the mean of a rare one must not hold what a neighbour leaves
    std::stable_sort(by_shape.begin(), by_shape.end(), [](auto& a, auto& b) { return a.size() > b.size(); });
    std::vector<float> peaks;
    for (const std::vector<double>& places : by_shape) subtract_shape(emg, rate_hz, places, peaks);
    BeatRemoval removal{peaks.size(), 0};
    if (!peaks.empty()) removal.peak_uv = median(peaks);
    return removal;
}

}  // namespace psg::signal
