// Signs of sleep, arousal and awakening around a jerk (ICSD: vertex waves, arousal, tachycardia); limits proposed.
// SPDX-License-Identifier: BSD-3-Clause
#include "libpsg/events/jerk_support.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <utility>

#include "libpsg/events/jerk_excerpts.hpp"
#include "libpsg/signal/butterworth.hpp"
#include "libpsg/signal/spectrum.hpp"
#include "libpsg/signal/statistics.hpp"

namespace psg::events {

using std::chrono::milliseconds;
using namespace std::chrono_literals;

namespace {

constexpr double nan = std::numeric_limits<double>::quiet_NaN();
constexpr double min_eeg_rate_hz = 64;  // below it there is no band above 16 Hz

// 1 if at least half of the votes are for it, NaN without any.
double majority(int yes, int votes) {
    return votes == 0 ? nan : double(2 * yes >= votes);
}

double peak_to_peak(std::span<const float> samples) {
    const auto [low, high] = std::minmax_element(samples.begin(), samples.end());
    return samples.empty() ? 0 : static_cast<double>(*high - *low);
}

// True if the 1.5 s around the jerk hold a wave that stands out from the half minute before.
std::optional<bool> has_wave(const Signal& eeg, Time onset, const SupportRules& rules) {
    Excerpt part = excerpt(eeg, onset, {onset - 30s, onset + 2s});
    const double rate_hz = part.rate.hz();
    const auto window = static_cast<std::size_t>(1.5 * rate_hz);
    const auto from = part.rate.index_at(onset - 500ms - part.start);
    if (from < 0 || static_cast<std::size_t>(from) + window > part.samples.size()) return std::nullopt;
    signal::filter_zero_phase(signal::butterworth_band_pass(1, 0.5, 8, rate_hz), part.samples);
    const auto here = static_cast<std::size_t>(from);
    std::vector<float> before;
    for (std::size_t i = 0; i + window <= here; i += window)
        before.push_back(static_cast<float>(peak_to_peak(std::span(part.samples).subspan(i, window))));
    const double usual = before.empty() ? 0 : signal::median(before);
    const double wave = peak_to_peak(std::span(part.samples).subspan(here, window));
    return wave >= rules.wave_uv && wave >= rules.wave_ratio * usual;
}

// True if the power of a band stays high for long enough within -0.5 ... +3 s. Windows on the jerk itself, where muscle
// activity reaches the EEG, neither count nor interrupt.
std::optional<bool> accelerates(const Signal& eeg, const Interval& jerk, const SupportRules& rules, double low_hz,
                                double high_hz) {
    constexpr double length_s = 0.5, step_s = 0.25;
    const Excerpt part = excerpt(eeg, jerk.onset, {jerk.onset - 10500ms, jerk.onset + 3s});
    const std::vector<float> power = band_power(part, length_s, step_s, low_hz, high_hz);
    std::vector<float> before;
    double seconds_high = 0;
    bool enough = false;
    for (std::size_t i = 0; i < power.size(); ++i) {
        const Time begin = part.start + from_seconds(step_s * static_cast<double>(i));
        const Interval window{begin, begin + from_seconds(length_s)};
        if (window.offset <= jerk.onset - 500ms) {
            before.push_back(power[i]);
            continue;
        }
        if (before.size() < 8) return std::nullopt;  // 2 s
        if (window.onset < jerk.onset - 500ms || window.overlaps({jerk.onset - 50ms, jerk.offset + 100ms})) continue;
        if (static_cast<double>(power[i]) < rules.acceleration_ratio * signal::median(before))
            seconds_high = 0;
        else
            seconds_high += seconds_high > 0 ? step_s : length_s;
        enough = enough || seconds_high >= rules.acceleration_s;
    }
    if (before.size() < 8) return std::nullopt;
    return enough;
}

int site_rank(const std::string& site) {
    constexpr std::string_view order = "COFP";
    const std::size_t place = site.empty() ? std::string_view::npos : order.find(site[0]);
    return place == std::string_view::npos ? static_cast<int>(order.size()) : static_cast<int>(place);
}

}  // namespace

SupportFinder::SupportFinder(const Night& night, const SupportRules& rules) : rules_(rules) {
    std::vector<const RoleSignal*> derivations;
    for (const RoleSignal& s : night.signals)
        if (s.role == Role::eeg && s.signal.unit == "uV" && s.signal.rate.hz() >= min_eeg_rate_hz)
            derivations.push_back(&s);
    std::stable_sort(derivations.begin(), derivations.end(),
                     [](const RoleSignal* a, const RoleSignal* b) { return site_rank(a->site) < site_rank(b->site); });
    constexpr std::size_t most = 4;
    for (std::size_t i = 0; i < std::min(most, derivations.size()); ++i) eeg_.push_back(&derivations[i]->signal);
    wake_.emplace(eeg_, night.hypnogram);
    eog_left_ = night.find(Role::eog_left);
    eog_right_ = night.find(Role::eog_right);
    ecg_ = night.find(Role::ecg);
}

void SupportFinder::find_waves_and_acceleration(const Interval& jerk, Support& support) const {
    int waves = 0, wave_votes = 0, fast = 0, fast_votes = 0;
    for (const Signal* eeg : eeg_) {
        if (const auto wave = has_wave(*eeg, jerk.onset, rules_)) {
            ++wave_votes;
            waves += *wave;
        }
        const auto alpha = accelerates(*eeg, jerk, rules_, 8, 11);
        const auto beta = accelerates(*eeg, jerk, rules_, 18, 30);
        if (alpha && beta) {
            ++fast_votes;
            fast += *alpha || *beta;
        }
    }
    support.wave = majority(waves, wave_votes);
    support.acceleration = majority(fast, fast_votes);
}

void SupportFinder::find_sleepiness(const Interval& jerk, Support& support) const {
    int yes = 0, votes = 0;
    for (const Signal* eeg : eeg_) {
        const Excerpt part = excerpt(*eeg, jerk.onset, {jerk.onset - 30s, jerk.onset - 100ms});
        const std::vector<float> alpha = band_power(part, 1, 0.5, 8, 12);
        if (alpha.size() < 40) continue;             // 20 s
        const auto last = std::span(alpha).last(9);  // 5 s
        ++votes;
        yes +=
            signal::median(last) < rules_.attenuation_ratio * signal::median(std::span(alpha).first(alpha.size() - 9));
    }
    support.sleepy = majority(yes, votes);
    if (!eog_left_ || !eog_right_ || !(eog_left_->rate == eog_right_->rate)) return;
    const Interval wanted{jerk.onset - 30s, jerk.onset};
    Excerpt left = excerpt(*eog_left_, jerk.onset, wanted), right = excerpt(*eog_right_, jerk.onset, wanted);
    const double rate_hz = left.rate.hz();
    const std::size_t n = std::min(left.samples.size(), right.samples.size());
    if (static_cast<double>(n) < 20 * rate_hz || rate_hz < 8) return;
    std::vector<float> difference(n);
    for (std::size_t i = 0; i < n; ++i) difference[i] = left.samples[i] - right.samples[i];
    signal::filter_zero_phase(signal::butterworth_band_pass(1, 0.2, 1, rate_hz), difference);
    double squares = 0;
    for (const float x : difference) squares += static_cast<double>(x) * static_cast<double>(x);
    const bool slow_eyes = std::sqrt(squares / static_cast<double>(n)) >= rules_.slow_eyes_uv;
    support.sleepy = double(slow_eyes || support.sleepy == 1);
}

// Fastest median of three beats in the 10 s after, against the mean of the 10 s before.
double SupportFinder::heart_rate_rise(Time onset) const {
    if (!ecg_) return nan;
    const std::vector<Time> beats = heart_beats(*ecg_, {onset - 10s, onset + 10s});
    std::vector<double> before;
    double fastest = 0;
    for (std::size_t i = 1; i < beats.size(); ++i)
        if (beats[i] <= onset) before.push_back(seconds(beats[i] - beats[i - 1]));
    for (std::size_t i = 3; i < beats.size(); ++i) {
        if (beats[i - 3] < onset) continue;
        std::array<double, 3> three{seconds(beats[i] - beats[i - 1]), seconds(beats[i - 1] - beats[i - 2]),
                                    seconds(beats[i - 2] - beats[i - 3])};
        std::sort(three.begin(), three.end());
        fastest = std::max(fastest, 1 / three[1]);
    }
    if (before.size() < 5 || fastest == 0) return nan;
    double sum = 0;
    for (const double interval : before) sum += interval;
    return 100 * (fastest * sum / static_cast<double>(before.size()) - 1);
}

Support SupportFinder::around(const Interval& jerk) const {
    Support support;
    find_waves_and_acceleration(jerk, support);
    const auto awakening = wake_->awakening(jerk.onset, rules_.wake_s, rules_.wake_within_s);
    support.woke = awakening ? double(awakening->woke) : nan;
    support.wake_latency_s = awakening && awakening->woke ? awakening->latency_s : nan;
    find_sleepiness(jerk, support);
    support.hr_rise_percent = heart_rate_rise(jerk.onset);
    return support;
}

}  // namespace psg::events
