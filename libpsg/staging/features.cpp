// Seven measures of one EEG channel per 30-s epoch: spectra of the signal resampled to 100 Hz, stretch by stretch.
// SPDX-License-Identifier: BSD-3-Clause
#include "libpsg/staging/features.hpp"

#include <algorithm>
#include <cmath>

#include "libpsg/model/error.hpp"
#include "libpsg/signal/moments.hpp"
#include "libpsg/signal/resample.hpp"
#include "libpsg/signal/spectrum.hpp"

namespace psg::staging {

namespace {

constexpr std::size_t epoch_samples = 3000;  // at 100 Hz
constexpr std::size_t window_samples = 256;

EpochFeatures measure(std::span<const float> samples, signal::Welch& welch) {
    EpochFeatures f;
    const std::vector<double> density = welch.density(samples);
    const auto band = [&](double low, double high) { return signal::mean_density(density, welch.bin_hz(), low, high); };
    f.delta = band(0.5, 4);
    f.theta = band(4, 8);
    f.alpha = band(8, 13);
    f.beta = band(13, 30);
    f.gamma = band(30, 50);
    f.variance = signal::variance_of(samples);
    std::vector<float> difference(samples.size() - 1);
    for (std::size_t i = 0; i < difference.size(); ++i) difference[i] = samples[i + 1] - samples[i];
    f.mobility = std::sqrt(signal::variance_of(difference) / f.variance);
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

ChannelFeatures epoch_features(const Signal& signal, Time duration) {
    if (!fast_enough(signal.rate)) throw UsageError("staging needs EEG sampled at 100 Hz or more");
    const SampleRate rate = SampleRate::hertz(100);
    const Time raw_tick = std::max(signal.rate.time_of(1), Time(1));  // what may be lacking at the end of the recording
    signal::Welch welch(window_samples, rate.hz());
    const ObstacleFinder obstacles(signal);

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
            epoch.obstacle = obstacles.at(s, onset);
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
