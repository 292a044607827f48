// Seven measures of one EEG channel per 30-s epoch: spectra of the signal resampled to 100 Hz, stretch by stretch.
// SPDX-License-Identifier: BSD-3-Clause
#include "libpsg/staging/features.hpp"

#include <algorithm>
#include <cmath>
#include <limits>

#include "libpsg/model/error.hpp"
#include "libpsg/signal/resample.hpp"
#include "libpsg/signal/spectrum.hpp"

namespace psg::staging {

namespace {

constexpr std::size_t epoch_samples = 3000;  // at 100 Hz
constexpr std::size_t window_samples = 256;

struct Extremes {
    float low = std::numeric_limits<float>::infinity();
    float high = -std::numeric_limits<float>::infinity();
};

Extremes extremes_of(const Signal& signal) {
    Extremes found;
    for (const auto& stretch : signal.stretches)
        for (float x : stretch.samples) {
            if (!std::isfinite(x)) continue;
            found.low = std::min(found.low, x);
            found.high = std::max(found.high, x);
        }
    return found;
}

double variance_of(std::span<const float> x) {
    double mean = 0, sum = 0;
    for (float v : x) mean += v;
    mean /= static_cast<double>(x.size());
    for (float v : x) sum += (v - mean) * (v - mean);
    return sum / static_cast<double>(x.size());
}

// Judges an epoch by its samples as recorded.
Obstacle obstacle_in(std::span<const float> raw, const Signal& signal, const Extremes& extremes) {
    const auto second = static_cast<std::size_t>(signal.rate.samples_in(std::chrono::seconds(1)));
    std::size_t unchanged = 0, at_extreme = 0, run = 0;
    for (std::size_t i = 0; i < raw.size(); ++i) {
        if (!std::isfinite(raw[i])) return Obstacle::not_a_number;
        run = i > 0 && raw[i] == raw[i - 1] ? run + 1 : 1;
        if (run == second) unchanged += second;
        if (run > second) ++unchanged;
        if (raw[i] == extremes.low || raw[i] == extremes.high) ++at_extreme;
    }
    if (3 * unchanged >= raw.size() || variance_of(raw) < signal.step * signal.step) return Obstacle::flat;
    if (10 * at_extreme >= raw.size()) return Obstacle::clipped;
    return Obstacle::none;
}

EpochFeatures measure(std::span<const float> samples, signal::Welch& welch) {
    EpochFeatures f;
    const std::vector<double> density = welch.density(samples);
    const auto band = [&](double low, double high) { return signal::mean_density(density, welch.bin_hz(), low, high); };
    f.delta = band(0.5, 4);
    f.theta = band(4, 8);
    f.alpha = band(8, 13);
    f.beta = band(13, 30);
    f.gamma = band(30, 50);
    f.variance = variance_of(samples);
    std::vector<float> difference(samples.size() - 1);
    for (std::size_t i = 0; i < difference.size(); ++i) difference[i] = samples[i + 1] - samples[i];
    f.mobility = std::sqrt(variance_of(difference) / f.variance);
    return f;
}

bool usable(const EpochFeatures& f) {
    for (double x : {f.delta, f.theta, f.alpha, f.beta, f.gamma, f.variance, f.mobility})
        if (!(std::isfinite(x) && x > 0)) return false;
    return true;
}

}  // namespace

bool fast_enough(SampleRate rate) {
    return rate.hz() > 100 * (1 - 1e-9);
}

std::string_view obstacle_name(Obstacle obstacle) {
    switch (obstacle) {
        case Obstacle::none:
            return "";
        case Obstacle::not_recorded:
            return "not recorded";
        case Obstacle::gap:
            return "gap";
        case Obstacle::not_a_number:
            return "not a number";
        case Obstacle::flat:
            return "flat";
        case Obstacle::clipped:
            return "clipped";
    }
    return "";
}

ChannelFeatures epoch_features(const Signal& signal, Time duration) {
    if (!fast_enough(signal.rate)) throw UsageError("staging needs EEG sampled at 100 Hz or more");
    const SampleRate rate = SampleRate::hertz(100);
    const Time raw_tick = std::max(signal.rate.time_of(1), Time(1));  // what may be lacking at the end of the recording
    signal::Welch welch(window_samples, rate.hz());
    const Extremes extremes = extremes_of(signal);

    ChannelFeatures features;
    features.label = signal.label;
    features.epochs.resize(static_cast<std::size_t>(std::max<std::int64_t>(duration / epoch_length, 0)));
    if (!signal.stretches.empty()) {  // until an epoch is found whole
        const Time end = signal.view(signal.stretches.size() - 1).extent().offset;
        for (std::size_t i = 0; i < features.epochs.size() && epoch_length * static_cast<std::int64_t>(i) < end; ++i)
            features.epochs[i].obstacle = Obstacle::gap;
    }
    for (std::size_t s = 0; s < signal.stretches.size(); ++s) {
        const SignalView view = signal.view(s);
        const Interval extent = view.extent();
        const Time end = extent.offset + (s + 1 == signal.stretches.size() ? raw_tick : Time(0));
        const auto whole = [&](Time onset) { return onset >= extent.onset && onset + epoch_length <= end; };
        // a stretch without a whole epoch is not worth resampling (there may be one per data record)
        const Time first_onset = epoch_length * std::max<std::int64_t>((extent.onset + epoch_length - Time(1)) / epoch_length, 0);
        if (!whole(first_onset)) continue;
        std::vector<float> cleaned;  // a bad sample must not spread into the next epoch
        if (!std::all_of(view.samples.begin(), view.samples.end(), [](float x) { return std::isfinite(x); })) {
            cleaned.assign(view.samples.begin(), view.samples.end());
            for (float& x : cleaned)
                if (!std::isfinite(x)) x = 0;
        }
        const std::vector<float> resampled =
            signal::resample(cleaned.empty() ? view.samples : std::span<const float>(cleaned), signal.rate, rate);

        for (auto i = static_cast<std::size_t>(first_onset / epoch_length); i < features.epochs.size(); ++i) {
            const Time onset = epoch_length * static_cast<std::int64_t>(i);
            if (!whole(onset)) break;
            EpochFeatures& epoch = features.epochs[i];
            const auto begin = static_cast<std::size_t>(rate.index_at(onset - extent.onset));
            if (begin >= resampled.size() || resampled.size() - begin + 1 < epoch_samples) continue;
            const auto raw_begin = static_cast<std::size_t>(signal.rate.index_at(onset - extent.onset));
            const auto raw_end =
                std::min(static_cast<std::size_t>(signal.rate.index_at(onset - extent.onset + epoch_length)),
                         view.samples.size());
            epoch.obstacle = obstacle_in(view.samples.subspan(raw_begin, raw_end - raw_begin), signal, extremes);
            if (epoch.obstacle != Obstacle::none) continue;
            const std::size_t count = std::min(epoch_samples, resampled.size() - begin);
            epoch = measure(std::span(resampled).subspan(begin, count), welch);
            epoch.obstacle = Obstacle::none;
            if (!usable(epoch)) epoch = {.obstacle = Obstacle::not_a_number};
        }
    }
    return features;
}

}  // namespace psg::staging
