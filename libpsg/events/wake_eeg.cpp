// Tells wake from sleep by the night's own EEG: a discriminant learnt from its scored epochs, to find awakenings.
// SPDX-License-Identifier: BSD-3-Clause
#include "libpsg/events/wake_eeg.hpp"

#include <algorithm>
#include <array>
#include <cmath>

#include "libpsg/events/jerk_excerpts.hpp"
#include "libpsg/signal/butterworth.hpp"

namespace psg::events {

using namespace std::chrono_literals;

namespace {

constexpr FrequencyBand bands[]{{1, 7}, {8, 12}, {16, 30}};

// Solves a x = b for a symmetric positive definite 3 x 3 matrix by elimination.
std::array<double, 3> solve(std::array<std::array<double, 3>, 3> a, std::array<double, 3> b) {
    for (std::size_t k = 0; k < 3; ++k)
        for (std::size_t i = k + 1; i < 3; ++i) {
            const double factor = a[i][k] / a[k][k];
            for (std::size_t j = k; j < 3; ++j) a[i][j] -= factor * a[k][j];
            b[i] -= factor * b[k];
        }
    for (std::size_t k = 3; k-- > 0;) {
        for (std::size_t j = k + 1; j < 3; ++j) b[k] -= a[k][j] * b[j];
        b[k] /= a[k][k];
    }
    return b;
}

// At most `count` of the items, evenly spread.
std::vector<std::size_t> thinned(const std::vector<std::size_t>& items, std::size_t count) {
    if (items.size() <= count) return items;
    std::vector<std::size_t> kept;
    for (std::size_t i = 0; i < count; ++i) kept.push_back(items[i * items.size() / count]);
    return kept;
}

}  // namespace

WakeEeg::WakeEeg(std::vector<const Signal*> eeg, const Hypnogram& hypnogram) : eeg_(std::move(eeg)) {
    for (const Signal* signal : eeg_) {
        models_.push_back(learn(*signal, hypnogram));
        learnt_ = learnt_ || models_.back();
    }
}

std::vector<WakeEeg::Features> WakeEeg::features(const Signal& eeg, Time anchor, Interval wanted,
                                                             Time step) {
    constexpr double length_s = 2;
    const Excerpt part = excerpt(eeg, anchor, wanted);
    if (part.start != wanted.onset && part.start > wanted.onset + from_seconds(2 / part.rate.hz())) return {};
    const auto powers = band_powers(part, length_s, seconds(step), bands);
    std::vector<Features> all;
    for (std::size_t i = 0; i < powers[0].size(); ++i) {
        Features f{};
        for (std::size_t k = 0; k < 3; ++k) f[k] = std::log(std::max(1e-6, static_cast<double>(powers[k][i])));
        all.push_back(f);
    }
    return all;
}

// Fisher's discriminant between the epochs of wake and those of N1 and N2 (of all sleep if there are too few), in equal
// weight; half-way between the means is the border.
std::optional<WakeEeg::WakeModel> WakeEeg::learn(const Signal& eeg, const Hypnogram& hypnogram) {
    constexpr std::size_t fewest = 5, most = 40;
    std::vector<std::size_t> wake, light, sleep;
    for (std::size_t i = 0; i < hypnogram.stages.size(); ++i) {
        const Stage s = hypnogram.stages[i];
        if (s == Stage::W) wake.push_back(i);
        if (s == Stage::N1 || s == Stage::N2) light.push_back(i);
        if (is_sleep(s)) sleep.push_back(i);
    }
    if (light.size() >= fewest) sleep = light;
    if (wake.size() < fewest || sleep.size() < fewest) return std::nullopt;

    std::array<Features, 2> mean{};
    std::array<std::array<double, 3>, 3> scatter{};
    for (std::size_t c = 0; c < 2; ++c) {
        std::vector<Features> all;
        for (const std::size_t epoch : thinned(c == 1 ? wake : sleep, most)) {
            const Interval extent = hypnogram.epoch_extent(epoch);
            for (const Features& f : features(eeg, extent.onset, extent, 2s)) all.push_back(f);
        }
        if (all.size() < 10) return std::nullopt;
        const auto n = static_cast<double>(all.size());
        for (const Features& f : all)
            for (std::size_t k = 0; k < 3; ++k) mean[c][k] += f[k] / n;
        for (const Features& f : all)
            for (std::size_t i = 0; i < 3; ++i)
                for (std::size_t j = 0; j < 3; ++j) scatter[i][j] += (f[i] - mean[c][i]) * (f[j] - mean[c][j]) / n;
    }
    for (std::size_t k = 0; k < 3; ++k) scatter[k][k] += 1e-3;  // a flat derivation has no scatter
    Features difference{};
    for (std::size_t k = 0; k < 3; ++k) difference[k] = mean[1][k] - mean[0][k];
    WakeModel model;
    model.weights = solve(scatter, difference);
    for (std::size_t k = 0; k < 3; ++k) model.bias -= model.weights[k] * (mean[0][k] + mean[1][k]) / 2;
    return model;
}

// A window of 2 s is wake as soon as a part of it is: `coarse_s` after the event began the first of them. The most
// likely moment of the change, if the powers of the three bands in a tenth of a second are those of the 8 s before the
// event or those of the 8 s that begin 2 s after the window did (of each derivation; powers of a narrow band are spread
// exponentially).
std::optional<double> WakeEeg::change_after(Time onset_of_event, double coarse_s, double within_s) const {
    constexpr double piece_s = 0.1;
    const Time first = onset_of_event - 10s, window = onset_of_event + from_seconds(coarse_s);
    const auto count = static_cast<std::size_t>((seconds(window - first) + 10) / piece_s);
    const auto place = [&](Time t) {
        return static_cast<std::size_t>(std::max(0.0, std::round(seconds(t - first) / piece_s)));
    };
    std::vector<double> for_wake(count, 0);  // log likelihood, beside sleep, of each piece
    bool known = false;
    for (std::size_t d = 0; d < eeg_.size(); ++d) {
        const Excerpt part = excerpt(*eeg_[d], onset_of_event, {first, window + 10s});
        const double rate_hz = part.rate.hz();
        if (!models_[d] || part.start > first + 100ms ||
            static_cast<double>(part.samples.size()) < (static_cast<double>(count) * piece_s - 0.1) * rate_hz)
            continue;
        for (const FrequencyBand band : bands) {
            std::vector<float> x = part.samples;
            signal::filter_zero_phase(
                signal::butterworth_band_pass(2, band.low_hz, std::min(band.high_hz, 0.45 * rate_hz), rate_hz), x);
            std::vector<double> power(count, 0);
            for (std::size_t k = 0; k < count; ++k) {
                const auto at = [&](std::size_t piece) {
                    return std::min(x.size(), static_cast<std::size_t>(static_cast<double>(piece) * piece_s * rate_hz));
                };
                for (std::size_t i = at(k); i < at(k + 1); ++i)
                    power[k] += static_cast<double>(x[i]) * static_cast<double>(x[i]);
            }
            const auto mean = [&](Time from, Time to) {
                double sum = 0;
                for (std::size_t k = place(from); k < place(to); ++k) sum += power[k];
                return sum / static_cast<double>(place(to) - place(from));
            };
            const double asleep = mean(onset_of_event - 8500ms, onset_of_event - 500ms),
                         awake = mean(window + 2s, window + 10s);
            if (!(asleep > 0 && awake > 0)) continue;
            for (std::size_t k = 0; k < count; ++k)
                for_wake[k] += (band.high_hz - band.low_hz) *
                               (std::min(power[k], 5 * awake) * (1 / asleep - 1 / awake) - std::log(awake / asleep));
            known = true;
        }
    }
    if (!known) return std::nullopt;
    double best = -INFINITY, sum = 0;
    std::size_t at = 0;
    for (std::size_t k = place(window + 2500ms); k-- > place(std::max(onset_of_event, window - 500ms));) {
        sum += for_wake[k];
        if (sum > best) best = sum, at = k;
    }
    return std::clamp(std::round(10 * (seconds(first - onset_of_event) + static_cast<double>(at) * piece_s)) / 10, 0.0,
                      within_s);
}

std::optional<Awakening> WakeEeg::awakening(Time onset_of_event, double wake_s, double within_s) const {
    constexpr Time step = 500ms, before = 10s, length = 2s;
    const Interval wanted{onset_of_event - before,
                          onset_of_event + from_seconds(within_s + wake_s) + length};
    std::vector<double> score;  // of the window that begins at wanted.onset + i * step
    int used = 0;
    for (std::size_t d = 0; d < eeg_.size(); ++d) {
        if (!models_[d]) continue;
        const auto all = features(*eeg_[d], onset_of_event, wanted, step);
        if (all.size() < static_cast<std::size_t>((wanted.duration() - length) / step))
            continue;  // cut by a gap or an end
        score.resize(std::max(score.size(), all.size()), 0);
        for (std::size_t i = 0; i < all.size(); ++i) {
            score[i] += models_[d]->bias;
            for (std::size_t k = 0; k < 3; ++k) score[i] += models_[d]->weights[k] * all[i][k];
        }
        ++used;
    }
    if (used == 0) return std::nullopt;
    const auto mean_of = [&](std::size_t first, std::size_t end) {
        double sum = 0;
        for (std::size_t i = first; i < end; ++i) sum += score[i];
        return sum / static_cast<double>(end - first);
    };
    const auto windows_before = static_cast<std::size_t>((before - length) / step) + 1;  // that end by the onset
    if (mean_of(0, windows_before) > 0) return std::nullopt;                             // awake already
    // wake must hold on average over 5 s anywhere in the 15 s, so that a single window does not break it
    const auto run = static_cast<std::size_t>(from_seconds(wake_s) / step) - 3;  // windows within the time
    const auto latest = static_cast<std::size_t>(from_seconds(within_s) / step);
    constexpr std::size_t five_seconds = 7;  // windows of 2 s every 0.5 s
    const auto onset = static_cast<std::size_t>(before / step);
    for (std::size_t i = 0; i <= latest; ++i) {
        const std::size_t first = onset + i;
        if (first + run > score.size()) break;
        if (score[first] <= 0) continue;
        bool awake = true;
        for (std::size_t k = first; awake && k + five_seconds <= first + run; ++k)
            awake = mean_of(k, k + five_seconds) > 0;
        if (!awake) continue;
        const double coarse_s = static_cast<double>(i) * seconds(step);
        return Awakening{true, change_after(onset_of_event, coarse_s, within_s).value_or(coarse_s)};
    }
    return Awakening{};
}

}  // namespace psg::events
