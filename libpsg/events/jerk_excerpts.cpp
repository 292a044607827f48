// Excerpts of signals: copied, repaired, filtered with a margin to either side.
// SPDX-License-Identifier: BSD-3-Clause
#include "libpsg/events/jerk_excerpts.hpp"

#include <algorithm>
#include <cmath>

#include "libpsg/signal/butterworth.hpp"
#include "libpsg/signal/spectrum.hpp"
#include "libpsg/signal/statistics.hpp"

namespace psg::events {

using std::chrono::milliseconds;

Excerpt excerpt(const Signal& signal, Time anchor, Interval wanted) {
    Excerpt part{{}, signal.rate, wanted.onset};
    const auto next = std::partition_point(signal.stretches.begin(), signal.stretches.end(),
                                           [&](const Signal::Stretch& s) { return s.start <= anchor; });
    if (next == signal.stretches.begin()) return part;
    const auto stretch = static_cast<std::size_t>(next - signal.stretches.begin()) - 1;
    const Interval extent = signal.extent(stretch);
    if (!extent.contains(anchor)) return part;
    const auto count = static_cast<std::int64_t>(signal.stretches[stretch].size());
    const auto first = std::clamp<std::int64_t>(signal.rate.index_at(wanted.onset - extent.onset), 0, count);
    const auto end = std::clamp<std::int64_t>(signal.rate.index_at(wanted.offset - extent.onset), first, count);
    part.start = extent.onset + signal.rate.time_of(first);
    part.samples = signal.part(stretch, static_cast<std::size_t>(first), static_cast<std::size_t>(end - first));
    signal::fill_nonfinite(part.samples);
    return part;
}

std::vector<float> waveform(const Signal& signal, Interval extent, double high_pass_hz, double rate_hz) {
    Excerpt part = excerpt(signal, extent.onset + extent.duration() / 2,
                           {extent.onset - milliseconds(500), extent.offset + milliseconds(500)});
    if (part.samples.size() < 2 || high_pass_hz >= 0.45 * rate_hz) return {};
    signal::filter_zero_phase(
        signal::butterworth_band_pass(2, high_pass_hz, 0.45 * std::min(rate_hz, part.rate.hz()), part.rate.hz()),
        part.samples);
    std::vector<float> wave;
    const double begin = seconds(extent.onset - part.start), last = static_cast<double>(part.samples.size() - 1);
    for (double t = 0; t < seconds(extent.duration()); t += 1 / rate_hz) {
        const double place = (begin + t) * part.rate.hz();
        if (place < 0 || place >= last) {
            wave.push_back(0);
            continue;
        }
        const auto i = static_cast<std::size_t>(place);
        const auto part_after = static_cast<float>(place - std::floor(place));
        wave.push_back(part.samples[i] + part_after * (part.samples[i + 1] - part.samples[i]));
    }
    return wave;
}

std::vector<Time> heart_beats(const Signal& ecg, Interval extent) {
    constexpr double low_hz = 8, high_hz = 30;
    const double rate_hz = ecg.rate.hz();
    Excerpt part = excerpt(ecg, extent.onset + extent.duration() / 2, extent);
    if (part.samples.size() < static_cast<std::size_t>(rate_hz) || rate_hz < 3 * low_hz) return {};
    signal::filter_zero_phase(signal::butterworth_band_pass(2, low_hz, std::min(high_hz, 0.45 * rate_hz), rate_hz),
                              part.samples);
    for (float& x : part.samples) x = std::abs(x);
    const auto threshold = static_cast<float>(0.4 * signal::percentile(part.samples, 98));
    if (!(threshold > 0)) return {};
    const auto apart = static_cast<std::size_t>(0.3 * rate_hz);
    std::vector<std::size_t> peaks;
    for (std::size_t i = 0; i < part.samples.size(); ++i) {
        if (part.samples[i] < threshold) continue;
        if (peaks.empty() || i - peaks.back() >= apart)
            peaks.push_back(i);
        else if (part.samples[i] > part.samples[peaks.back()])
            peaks.back() = i;
    }
    std::vector<Time> beats;
    for (const std::size_t i : peaks) beats.push_back(part.view().time_of(i));
    return beats;
}

std::vector<std::vector<float>> band_powers(const Excerpt& part, double length_s, double step_s, std::span<const FrequencyBand> bands) {
    const double rate_hz = part.rate.hz();
    const std::size_t length = 2 * static_cast<std::size_t>(length_s * rate_hz / 2);
    std::vector<std::vector<float>> powers(bands.size());
    if (length < 2) return powers;
    signal::Welch welch(length, rate_hz);
    for (double t = 0;; t += step_s) {
        const auto first = static_cast<std::size_t>(t * rate_hz);
        if (first + length > part.samples.size()) return powers;
        const auto density = welch.density(std::span(part.samples).subspan(first, length));
        for (std::size_t b = 0; b < bands.size(); ++b)
            powers[b].push_back(static_cast<float>(signal::mean_density(density, welch.bin_hz(), bands[b].low_hz, bands[b].high_hz)));
    }
}

std::vector<float> band_power(const Excerpt& part, double length_s, double step_s, double low_hz, double high_hz) {
    const FrequencyBand band{low_hz, high_hz};
    return band_powers(part, length_s, step_s, {&band, 1}).front();
}

}  // namespace psg::events
