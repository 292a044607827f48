// Seven measures of one EEG channel per 30-s epoch: spectra of the signal resampled to 100 Hz, stretch by stretch.
// SPDX-License-Identifier: BSD-3-Clause
#include "libpsg/staging/features.hpp"

#include <algorithm>
#include <cmath>
#include <numbers>

#include "libpsg/model/error.hpp"
#include "libpsg/signal/moments.hpp"
#include "libpsg/signal/resample.hpp"
#include "libpsg/signal/spectrum.hpp"

namespace psg::staging {

namespace {

constexpr std::size_t epoch_samples = 3000;  // at 100 Hz
constexpr std::size_t window_samples = 256;
// Mains of 50 Hz lies on the edge of the gamma band and rules the mobility; 60 Hz is gone at 100 Hz. Above `hum_from_hz`
// the spectrum may be `most_rise` times what it is just below, and what exceeds that is hum (proposed; the window leaks
// less than 1e-6 of a line's power 4 Hz away).
constexpr double hum_from_hz = 46, hum_reference_hz = 42, most_rise = 1.5;

// Takes hum out of a density at 100 Hz and tells the powers, in uV^2, of the signal and of its first difference that
// went, and that stayed.
struct HumPower {
    double gone = 0, stayed = 0, gone_from_difference = 0, stayed_in_difference = 0;
};
HumPower remove_hum(std::vector<double>& density, double bin_hz) {
    const double most = most_rise * signal::mean_density(density, bin_hz, hum_reference_hz, hum_from_hz);
    HumPower power;
    for (std::size_t k = 1; k < density.size(); ++k) {
        const double hz = static_cast<double>(k) * bin_hz;
        const double response = 2 - 2 * std::cos(2 * std::numbers::pi * hz / 100);  // of the difference, in power
        const double excess = hz > hum_from_hz ? std::max(density[k] - most, 0.0) : 0;
        density[k] -= excess;
        power.gone += excess * bin_hz;
        power.stayed += density[k] * bin_hz;
        power.gone_from_difference += response * excess * bin_hz;
        power.stayed_in_difference += response * density[k] * bin_hz;
    }
    return power;
}

EpochFeatures measure(std::span<const float> samples, signal::Welch& welch) {
    EpochFeatures f;
    std::vector<double> density = welch.density(samples);
    f.shape = eeg_shape(density, welch.bin_hz(), spikiness_of(samples));
    const HumPower hum = remove_hum(density, welch.bin_hz());
    const auto band = [&](double low, double high) { return signal::mean_density(density, welch.bin_hz(), low, high); };
    f.delta = band(0.5, 4);
    f.theta = band(4, 8);
    f.alpha = band(8, 13);
    f.beta = band(13, 30);
    f.gamma = band(30, 50);
    f.variance = signal::variance_of(samples);
    std::vector<float> difference(samples.size() - 1);
    for (std::size_t i = 0; i < difference.size(); ++i) difference[i] = samples[i + 1] - samples[i];
    double of_difference = signal::variance_of(difference);
    if (hum.gone > 0) {  // slow waves count in the variance but not in the windows; in the difference they are nothing
        f.variance = std::max(f.variance - hum.gone, hum.stayed);
        of_difference *= hum.stayed_in_difference / (hum.stayed_in_difference + hum.gone_from_difference);
    }
    f.mobility = std::sqrt(of_difference / f.variance);
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

// At 100 Hz, whatever the rate.
static ChannelFeatures measured(const Signal& signal, Time duration) {
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
            if (!usable(epoch)) epoch = without_features(Obstacle::not_a_number);
        }
    }
    return features;
}

ChannelFeatures epoch_features(const Signal& signal, Time duration) {
    if (!fast_enough(signal.rate)) throw UsageError("staging needs EEG sampled at 100 Hz or more");
    return measured(signal, duration);
}

EegDoubts doubts_about(const ChannelFeatures& features) {
    std::vector<EegShape> shapes;
    for (const EpochFeatures& f : features.epochs) shapes.push_back(f.shape);
    return doubt_eeg(shapes);
}

EegDoubts doubts_about(const Signal& signal, Time duration) {
    return doubts_about(measured(signal, duration));
}

}  // namespace psg::staging
