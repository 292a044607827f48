// Views of signals for pages.
// SPDX-License-Identifier: BSD-3-Clause
#include "libpsg/workflow/report/recording_views.hpp"

#include <algorithm>
#include <cmath>
#include <limits>

#include "libpsg/signal/butterworth.hpp"
#include "libpsg/signal/spectrum.hpp"
#include "libpsg/signal/statistics.hpp"

namespace psg::workflow {

namespace {

constexpr float nan = std::numeric_limits<float>::quiet_NaN();

// Whole seconds of a step, so that no more than `count` of them are needed; at least `least`.
double step_for(Time duration, double least, double count) {
    return std::max(least, std::ceil(seconds(duration) / count));
}

void filter_for(Role role, double rate_hz, std::span<float> samples) {
    const bool head = role == Role::eeg || role == Role::eog_left || role == Role::eog_right;
    const double low = head ? 0.3 : role == Role::ecg ? 0.5 : 10;
    if (low < rate_hz / 2) signal::filter_zero_phase(signal::butterworth_high_pass(2, low, rate_hz), samples);
    if (head && 35 < rate_hz / 2) signal::filter_zero_phase(signal::butterworth_low_pass(2, 35, rate_hz), samples);
}

}  // namespace

std::string role_words(Role role) {
    switch (role) {
        case Role::eeg: return "EEG";
        case Role::eog_left: return "left eye";
        case Role::eog_right: return "right eye";
        case Role::arm_left: return "left arm";
        case Role::arm_right: return "right arm";
        case Role::leg_left: return "left leg";
        case Role::leg_right: return "right leg";
        case Role::ecg: return "ECG";
        default: return std::string(role_name(role));
    }
}

report::EnvelopeView envelope_view(const MuscleActivity& muscle, const RoleSignal& signal, Time duration) {
    report::EnvelopeView view{role_words(signal.role), signal.signal.label, signal.signal.unit, step_for(duration, 1, 30000), {}, {}};
    const auto steps = static_cast<std::size_t>(std::ceil(seconds(duration) / view.step_s));
    view.median.assign(steps, nan);
    view.peak.assign(steps, nan);
    std::vector<float> values;
    const auto finish = [&](std::size_t step) {
        if (!values.empty() && step < steps) {
            // of a step that two stretches share, the later one counts
            view.median[step] = static_cast<float>(signal::median(values));
            view.peak[step] = *std::max_element(values.begin(), values.end());
        }
        values.clear();
    };
    for (std::size_t i = 0; i < muscle.envelope.stretches.size(); ++i) {
        std::size_t current = 0;
        muscle.envelope.for_each_piece(i, 4096, [&](std::size_t first, std::span<const float> x) {
            for (std::size_t k = 0; k < x.size(); ++k) {
                const auto step = static_cast<std::size_t>(std::max(0.0, seconds(muscle.envelope.time_of(i, first + k)) / view.step_s));
                if (step != current) finish(current);
                current = step;
                if (!std::isnan(x[k])) values.push_back(x[k]);
            }
        });
        finish(current);
    }
    return view;
}

std::optional<report::SpectrogramView> spectrogram_view(const Signal& signal, Time duration) {
    const double rate = signal.rate.hz();
    if (rate < 8 || rate > 20000) return std::nullopt;
    report::SpectrogramView view{signal.label, signal.unit + "²/Hz", step_for(duration, 10, 3600), 0.5, 0.5, 0, {}};
    view.bins = static_cast<std::size_t>((std::min(30.0, rate / 2) - view.low_hz) / view.bin_hz);
    const auto steps = static_cast<std::size_t>(seconds(duration) / view.step_s);
    view.db.assign(steps * view.bins, nan);
    signal::Welch welch(2 * static_cast<std::size_t>(std::lround(2 * rate)), rate);
    for (std::size_t i = 0; i < signal.stretches.size(); ++i) {
        const double begin = seconds(signal.stretches[i].start);
        for (auto step = static_cast<std::size_t>(std::max(0.0, std::ceil(begin / view.step_s - 1e-9))); step < steps; ++step) {
            const auto from = static_cast<std::size_t>(std::max(0.0, std::round((static_cast<double>(step) * view.step_s - begin) * rate)));
            const auto count = static_cast<std::size_t>(std::floor(view.step_s * rate));
            if (from + count > signal.stretches[i].size()) break;
            const auto density = welch.density(signal.part(i, from, count));
            for (std::size_t k = 0; k < view.bins; ++k) {
                const double low = view.low_hz + static_cast<double>(k) * view.bin_hz;
                const double power = signal::mean_density(density, welch.bin_hz(), low, low + view.bin_hz - welch.bin_hz() / 2);
                // an empty signal has no logarithm: 0.0001 of the unit's square stands for the least that is shown
                view.db[step * view.bins + k] = std::isfinite(power) ? static_cast<float>(10 * std::log10(std::max(power, 1e-4))) : nan;
            }
        }
    }
    return view;
}

report::Trace trace_view(const RoleSignal& signal, Time onset, Time before, Time after) {
    const Signal& s = signal.signal;
    report::Trace trace{role_words(signal.role), s.label, s.unit, {}, {}};
    const double rate = s.rate.hz(), window = seconds(before + after), begin = seconds(onset - before);
    const auto parts = static_cast<std::size_t>(std::clamp(std::floor(window * rate), 1.0, 300.0));
    trace.low.assign(parts, nan);
    trace.high.assign(parts, nan);
    for (std::size_t i = 0; i < s.stretches.size(); ++i) {
        const Time start = s.stretches[i].start;
        const double margin = 3;  // s: where filters settle
        const double from = std::max(0.0, (begin - margin - seconds(start)) * rate);
        const double to = std::min(static_cast<double>(s.stretches[i].size()), (begin + window + margin - seconds(start)) * rate);
        if (to - from < 2) continue;
        const auto first = static_cast<std::size_t>(from);
        const std::vector<float> cut = s.part(i, first, static_cast<std::size_t>(to) - first);
        std::vector<float> samples = cut;
        const bool known = std::any_of(samples.begin(), samples.end(), [](float v) { return std::isfinite(v); });
        signal::fill_nonfinite(samples);
        filter_for(signal.role, rate, samples);
        for (std::size_t k = 0; k < samples.size() && known; ++k) {
            const double place = (seconds(start + s.rate.time_of(static_cast<std::int64_t>(first + k))) - begin) / window * static_cast<double>(parts);
            if (place < 0 || place >= static_cast<double>(parts) || !std::isfinite(cut[k])) continue;
            float &low = trace.low[static_cast<std::size_t>(place)], &high = trace.high[static_cast<std::size_t>(place)];
            low = std::isnan(low) ? samples[k] : std::min(low, samples[k]);
            high = std::isnan(high) ? samples[k] : std::max(high, samples[k]);
        }
    }
    return trace;
}

}  // namespace psg::workflow
