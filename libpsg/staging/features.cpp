// Seven measures of one EEG channel per 30-s epoch: spectra of the signal resampled to 100 Hz.
// SPDX-License-Identifier: BSD-3-Clause
#include "libpsg/staging/features.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <numbers>
#include <utility>

#include "libpsg/model/error.hpp"
#include "libpsg/signal/moments.hpp"
#include "libpsg/signal/statistics.hpp"

namespace psg::staging {

namespace {

constexpr std::size_t window_samples = 256;   // at 100 Hz
constexpr std::size_t piece_samples = 16384;  // resampled at a time
// Mains of 50 Hz lies on the edge of the gamma band and rules the mobility; 60 Hz is gone at 100 Hz. Above `hum_from_hz`
// the spectrum may be `most_rise` times what it is just below, and what exceeds that is hum (proposed; the window leaks
// less than 1e-6 of a line's power 4 Hz away).
constexpr double hum_from_hz = 46, hum_reference_hz = 42, most_rise = 1.5;

// Windows of more than this many times the energy of the epoch's median one are bursts: ten times as little as 1 mV over
// an EEG of 30 uV has, and more than a K-complex of 300 uV over 10 uV (44). Proposed.
constexpr double most_burst = 50;

// A steady tone between 4 and 46 Hz is a bin `least_tone` times as dense as those 1.6 to 2.3 Hz away, whose power differs little between the
// windows, or from `fast_tone_from_hz` on, where no rhythm of an EEG is that narrow, `most_peak` times as dense. What is within a window's reach
// of it and above the line between those beside it goes. All proposed; ucddb018: a bin that is as even as that and not near 21.9 Hz, where it
// has a tone of its own, in fewer than 1 of 10,000; from 17 Hz on a bin without it is at most 5.2 times as dense, spindles are 9.4 times.
constexpr double tone_from_hz = 4, fast_tone_from_hz = 17, least_tone = 3, most_unevenness = 0.25, most_peak = 7;
constexpr double most_tone = 10;  // times the power of the rest: more is no EEG with a tone, but a tone
constexpr std::size_t tone_reach = 3, beside_from = 4, beside_to = 6;  // bins

// Power of a signal and of its first difference, in uV^2.
struct Power {
    double signal = 0, difference = 0;
    void add(double density, double hz, double bin_hz) {
        signal += density * bin_hz;
        difference += density * bin_hz * (2 - 2 * std::cos(2 * std::numbers::pi * hz / 100));
    }
};

// Takes from a density at 100 Hz what exceeds `most`; what went is added to `gone`.
void limit(std::vector<double>& density, const std::vector<double>& most, double bin_hz, Power& gone) {
    for (std::size_t k = 1; k < density.size(); ++k) {
        if (!(density[k] > most[k])) continue;
        gone.add(density[k] - most[k], static_cast<double>(k) * bin_hz, bin_hz);
        density[k] = most[k];
    }
}

void remove_tones(std::vector<double>& density, const std::vector<double>& unevenness, double bin_hz, Power& gone) {
    const auto beside = [&](std::size_t k, int side) {
        double sum = 0;
        for (std::size_t away = beside_from; away <= beside_to; ++away) sum += side < 0 ? density[k - away] : density[k + away];
        return sum / (beside_to - beside_from + 1);
    };
    std::vector<double> most;
    for (auto k = static_cast<std::size_t>(std::ceil(tone_from_hz / bin_hz)); static_cast<double>(k) * bin_hz <= hum_from_hz; ++k) {
        if (density[k] < density[k - 1] || density[k] < density[k + 1]) continue;
        const double low = beside(k, -1), high = beside(k, 1), peak = 2 * density[k] / (low + high);
        const bool fast = static_cast<double>(k) * bin_hz >= fast_tone_from_hz;
        if (!(peak > least_tone && unevenness[k] < most_unevenness) && !(fast && peak > most_peak)) continue;
        if (most.empty()) most.assign(density.size(), std::numeric_limits<double>::infinity());
        for (std::size_t i = k - tone_reach; i <= k + tone_reach; ++i) {  // the line between the means beside it, 5 bins away
            const double along = (static_cast<double>(i) - static_cast<double>(k) + 5) / 10;
            most[i] = std::min(most[i], low + (high - low) * along);
        }
    }
    if (most.empty()) return;
    std::vector<double> quiet = density;
    Power of_tones, left;
    limit(quiet, most, bin_hz, of_tones);
    for (std::size_t k = 1; k < quiet.size(); ++k) left.add(quiet[k], static_cast<double>(k) * bin_hz, bin_hz);
    if (of_tones.signal > most_tone * left.signal) return;
    density = std::move(quiet);
    gone = of_tones;
}

void remove_hum(std::vector<double>& density, double bin_hz, Power& gone) {
    std::vector<double> most(density.size(), std::numeric_limits<double>::infinity());
    std::fill(most.begin() + static_cast<std::ptrdiff_t>(hum_from_hz / bin_hz) + 1, most.end(),
              most_rise * signal::mean_density(density, bin_hz, hum_reference_hz, hum_from_hz));
    limit(density, most, bin_hz, gone);
}

// Takes slow power that is no EEG (sweat, breathing, a swaying electrode) out of the lowest bins of delta. All numbers proposed.
//
// What lies below 0.5 Hz leaks into 0.78 Hz, the lowest bin: a line puts at most `most_leak` there of what it puts into the
// bin below (the Hann window at 0.5 Hz; the lower the less). Where that bin below, 0.39 Hz, exceeds `most_slow` times the
// density of 1.17 Hz (a real night: 1 to 4 asleep, 1.5 to 7 awake, in one epoch of a hundred 15), the excess counts, and what it
// may have leaked goes, down to `usual_fall` times the density of 1.17 Hz (real: 1 to 4).
//
// Sweat reaches higher. The mean of 0.78 and 1.17 Hz is 7 times that of 1.9-4 Hz (12 in N3; at most 24 in any epoch of N3 of a
// real night): what exceeds 25 times is taken for sweat, and as much again goes with it, down to the usual 7 times; 1.56 Hz
// then has no more than 1.17 Hz.
constexpr double most_slow = 10, most_leak = 0.55, usual_fall = 2;
constexpr double most_over_fast_delta = 25, usual_over_fast_delta = 7;
void remove_slow(std::vector<double>& density, double bin_hz) {
    const double excess = density[1] - most_slow * density[3];
    if (excess > 0) density[2] = std::min(density[2], std::max(density[2] - most_leak * excess, usual_fall * density[3]));
    const double slow = (density[2] + density[3]) / 2, fast = signal::mean_density(density, bin_hz, 1.9, 4);
    if (!(slow > most_over_fast_delta * fast)) return;
    const double left = std::max(usual_over_fast_delta * fast, 2 * most_over_fast_delta * fast - slow);
    density[2] *= left / slow;
    density[3] *= left / slow;
    density[4] = std::min(density[4], density[3]);
}

// The variance, which mobility is told by, without slow power that is no EEG: it is 1.5 times the power from 0.78 Hz on (1.3 to 1.7
// in the median of every stage of real nights; 97 of 100 epochs less than 3.5 times). What exceeds 3.5 times goes, and as much again, down to
// 1.5 times.
constexpr double most_over_power = 3.5, usual_over_power = 1.5;
double without_slow(double variance, std::span<const double> density, double bin_hz) {
    double power = 0;
    for (std::size_t k = 2; k < density.size(); ++k) power += density[k] * bin_hz;
    if (!(variance > most_over_power * power)) return variance;
    return std::max(usual_over_power * power, 2 * most_over_power * power - variance);
}

EpochFeatures measure(std::span<const float> samples, signal::Welch& welch) {
    EpochFeatures f;
    std::vector<double> unevenness;
    std::vector<double> density = welch.density_without_bursts(samples, most_burst, unevenness);
    Power gone, stayed;
    remove_tones(density, unevenness, welch.bin_hz(), gone);
    f.shape = eeg_shape(density, welch.bin_hz(), spikiness_of(samples));
    remove_hum(density, welch.bin_hz(), gone);
    if (gone.signal > 0 || welch.left_out() > 0)
        for (std::size_t k = 1; k < density.size(); ++k) stayed.add(density[k], static_cast<double>(k) * welch.bin_hz(), welch.bin_hz());
    remove_slow(density, welch.bin_hz());
    const auto band = [&](double low, double high) { return signal::mean_density(density, welch.bin_hz(), low, high); };
    f.delta = band(0.5, 4);
    f.theta = band(4, 8);
    f.alpha = band(8, 13);
    f.beta = band(13, 30);
    f.gamma = band(30, 50);
    f.variance = signal::variance_of(samples);
    double of_difference = signal::variance_of_difference(samples);
    if (gone.signal > 0) {  // slow waves count in the variance but not in the windows; in the difference they are nothing
        f.variance = std::max(f.variance - gone.signal, stayed.signal);
        of_difference *= stayed.difference / (stayed.difference + gone.difference);
    }
    f.variance = without_slow(f.variance, density, welch.bin_hz());
    if (welch.left_out() > 0) {  // a burst
        f.variance = stayed.signal;
        of_difference = stayed.difference;
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

FeatureMeter::FeatureMeter(SampleRate rate, Time duration, StepObserver done)
    : resampler_(rate, SampleRate::hertz(100)),
      cutter_(SampleRate::hertz(100), whole_epochs(duration)),
      welch_(window_samples, 100),
      fast_(fast_enough(rate)),
      epochs_(whole_epochs(duration)),
      done_(std::move(done)) {}

void FeatureMeter::begin_stretch(Time start) {
    end_stretch();
    resampler_.begin_stretch();
    cutter_.begin_stretch(start);
}

void FeatureMeter::add(std::span<const float> samples) {
    for (; !samples.empty(); samples = samples.subspan(std::min(samples.size(), piece_samples))) {
        std::span<const float> part = samples.first(std::min(samples.size(), piece_samples));
        if (!signal::all_finite(part)) {  // a bad sample must not spread into the next epoch
            cleaned_.assign(part.begin(), part.end());
            for (float& x : cleaned_)
                if (!std::isfinite(x)) x = 0;
            part = cleaned_;
        }
        resampled_.clear();
        resampler_.add(part, resampled_);
        tell_piece(done_, "resample");
        cutter_.add(resampled_, [&](std::size_t epoch, std::span<const float> x) { take(epoch, x); });
        tell_piece(done_, "features");
    }
}

void FeatureMeter::end_stretch() {
    const auto last = [&](std::size_t epoch, std::span<const float> x) { take(epoch, x); };
    resampled_.clear();
    resampler_.end_stretch(resampled_);
    cutter_.add(resampled_, last);
    cutter_.end_stretch(last);
}

void FeatureMeter::take(std::size_t epoch, std::span<const float> samples) {
    epochs_[epoch] = measure(samples, welch_);
    if (!fast_) epochs_[epoch].shape.fast_fall = epochs_[epoch].shape.fast_power = std::numeric_limits<float>::quiet_NaN();
}

std::vector<EpochFeatures> FeatureMeter::finish(const std::vector<Obstacle>& obstacles) {
    end_stretch();
    for (std::size_t t = 0; t < epochs_.size(); ++t) {
        const Obstacle obstacle = obstacles[t] == Obstacle::none && !usable(epochs_[t]) ? Obstacle::not_a_number : obstacles[t];
        if (obstacle == Obstacle::none)
            epochs_[t].obstacle = obstacle;
        else
            epochs_[t] = without_features(obstacle);
    }
    return std::move(epochs_);
}

ChannelFeatures epoch_features(const Signal& signal, Time duration) {
    if (!fast_enough(signal.rate)) throw UsageError("staging needs EEG sampled at 100 Hz or more");
    ObstacleFinder obstacles(signal.rate, signal.step, duration);
    FeatureMeter meter(signal.rate, duration);
    for (const Signal::Stretch& stretch : signal.stretches) {
        obstacles.begin_stretch(stretch.start);
        obstacles.add(stretch.samples);
        meter.begin_stretch(stretch.start);
        meter.add(stretch.samples);
    }
    return {signal.label, meter.finish(obstacles.finish())};
}

EegDoubts doubts_about(std::span<const EpochFeatures> epochs) {
    std::vector<EegShape> shapes;
    for (const EpochFeatures& f : epochs) shapes.push_back(f.shape);
    return doubt_eeg(shapes);
}

}  // namespace psg::staging
