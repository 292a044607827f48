// Heart beats: slopes of an electrocardiogram, lone and regular spikes of an EMG.
// SPDX-License-Identifier: BSD-3-Clause
#include "libpsg/signal/heart_beats.hpp"

#include <algorithm>
#include <cmath>

#include "libpsg/signal/baseline.hpp"
#include "libpsg/signal/dot.hpp"
#include "libpsg/signal/statistics.hpp"

namespace psg::signal {

namespace {

std::size_t samples_in(double length_s, double rate_hz) {
    return static_cast<std::size_t>(std::max(1L, std::lround(length_s * rate_hz)));
}

// Slope at sample `i`, `length` or more from both ends: the mean of the next 20 ms minus that of the last 20 ms. A mean
// over 20 ms has no 50 Hz in it and a sixth of 60 Hz.
float slope_at(std::span<const float> x, std::size_t i, std::size_t length) {
    float before = 0, after = 0;
    for (std::size_t k = 0; k < length; ++k) {
        before += x[i - 1 - k];
        after += x[i + k];
    }
    return (after - before) / static_cast<float>(length);
}

}  // namespace

std::vector<double> find_beats(std::span<const float> ecg, double rate_hz) {
    // slopes every 10 ms, from the sums of 10 ms each
    const std::size_t hop = samples_in(0.01, rate_hz), length = 2 * hop;
    if (ecg.size() < 4 * hop) return {};
    std::vector<float> sums(ecg.size() / hop), slopes(sums.size(), 0.0F);
    for (std::size_t k = 0; k < sums.size(); ++k) {
        float sum = 0;
        for (const float x : ecg.subspan(k * hop, hop)) sum += x;
        sums[k] = sum;
    }
    for (std::size_t k = 3; k + 1 < sums.size(); ++k)
        slopes[k] = (sums[k] + sums[k + 1] - sums[k - 1] - sums[k - 2]) / static_cast<float>(length);

    constexpr std::size_t window = 200;  // 2 s: at least one beat
    std::vector<float> up, down;
    for (std::size_t begin = 0; begin < slopes.size(); begin += window) {
        const auto part = std::span(slopes).subspan(begin, std::min(window, slopes.size() - begin));
        const auto [low, high] = std::minmax_element(part.begin(), part.end());
        up.push_back(*high);
        down.push_back(-*low);
    }
    // one sign only, or the place would jump between the two flanks of the QRS complex
    const bool falling = median(down) > median(up);
    const float sign = falling ? -1.0F : 1.0F;
    const std::vector<float> typical = sliding_percentile(falling ? down : up, 7, 7, 50);

    std::vector<double> beats;
    constexpr std::size_t search = 10, refractory = 25;  // 0.1 s, 0.25 s
    for (std::size_t k = 0; k < slopes.size(); ++k) {
        const float threshold = 0.5F * typical[k / window];
        if (!(sign * slopes[k] > threshold) || threshold <= 0) continue;
        for (std::size_t i = k; i < std::min(slopes.size(), k + search); ++i)
            if (sign * slopes[i] > sign * slopes[k]) k = i;
        // to the sample: the steepest within 10 ms
        const std::size_t begin = (k - 1) * hop, end = std::min((k + 1) * hop + 1, ecg.size() - length);
        float slope = slope_at(ecg, begin, length), steepest = sign * slope;
        std::size_t at = begin;
        for (std::size_t i = begin + 1; i < end; ++i) {
            slope += (ecg[i - 1 + length] - 2 * ecg[i - 1] + ecg[i - 1 - length]) / static_cast<float>(length);
            if (sign * slope <= steepest) continue;
            steepest = sign * slope;
            at = i;
        }
        beats.push_back(static_cast<double>(at));
        k += refractory;
    }
    return beats;
}

namespace {

// Beats between spikes[s] and the next that a movement hides or touches: expected at equal distances, put where the EMG
// is most like the mean of the other spikes.
void add_hidden_beats(std::span<const float> emg, double rate_hz, std::span<const double> spikes, std::size_t s,
                      double typical_s, std::vector<double>& beats) {
    const double missing = std::round((spikes[s + 1] - spikes[s]) / rate_hz / typical_s);
    if (!(missing >= 2 && missing <= 20)) return;
    const std::size_t half = samples_in(0.06, rate_hz), length = 2 * half;
    std::vector<float> mean(length, 0.0F);
    for (const double spike : spikes) {
        const auto at = static_cast<std::size_t>(spike);
        if (at < half || at + half > emg.size()) continue;
        for (std::size_t i = 0; i < length; ++i) mean[i] += emg[at - half + i];
    }
    const double search = 0.15 * typical_s * rate_hz;
    for (double m = 1; m < missing; ++m) {
        const double expected = spikes[s] + (spikes[s + 1] - spikes[s]) * m / missing;
        double best = 0, place = expected;
        for (double shift = -search; shift <= search; ++shift) {
            const auto at = static_cast<std::size_t>(expected + shift);
            if (at < half || at + half > emg.size()) continue;
            const auto x = emg.subspan(at - half, length);
            const double likeness =
                static_cast<double>(dot(x, mean)) / std::sqrt(static_cast<double>(dot(x, x)) + 1e-9);
            if (likeness <= best) continue;
            best = likeness;
            place = static_cast<double>(at);
        }
        if (place > beats.back()) beats.push_back(place);
    }
}

}  // namespace

std::vector<double> find_spikes_like_beats(std::span<const float> emg, double rate_hz) {
    const std::size_t block = samples_in(0.025, rate_hz);
    const std::vector<float> power = block_power(emg, block);
    const std::size_t count = power.size();
    constexpr std::size_t second = 40, around = 6, beyond = 4;  // blocks: 1 s, 0.15 s, 0.1 s
    if (count < 10 * second) return {};

    // lone peaks: twice the rest's amplitude in two blocks, a quarter of their power 0.1 to 0.15 s before and behind
    std::vector<double> spikes;
    std::vector<float> window;
    float rest = 0;
    for (std::size_t k = around; k + around + 1 < count; ++k) {
        if ((k - around) % second == 0) {
            window.clear();
            for (std::size_t i = k > second ? k - second : 0; i < std::min(count, k + second); i += 2)
                window.push_back(power[i]);
            const auto middle = window.begin() + static_cast<std::ptrdiff_t>(window.size() / 2);
            std::nth_element(window.begin(), middle, window.end());
            rest = *middle;
        }
        const auto pair = [&](std::size_t i) { return power[i] + power[i + 1]; };
        const float peak = pair(k);
        if (!(peak > 2 * 4 * rest) || peak <= 0) continue;
        bool alone = true;
        for (std::size_t i = k - around; i <= k + around && alone; ++i) {
            const std::size_t distance = i > k ? i - k : k - i;
            alone = pair(i) <= peak && (distance < beyond || pair(i) < peak / 4);
        }
        if (!alone) continue;
        const std::size_t begin = (k - 1) * block, end = std::min(emg.size(), (k + 3) * block);
        std::size_t at = begin;
        for (std::size_t i = begin; i < end; ++i)
            if (std::fabs(emg[i]) > std::fabs(emg[at])) at = i;
        spikes.push_back(static_cast<double>(at));
        k += around;
    }

    // Regular: of the eleven intervals around a spike five or more lie within 15 % of the typical one, and at most a
    // third as many lie elsewhere. Intervals of more than 1.7 times the typical one tell nothing: a movement hides
    // beats.
    constexpr std::size_t reach = 5;
    std::vector<double> beats;
    std::vector<float> intervals;
    for (std::size_t s = 0; s + 1 < spikes.size(); ++s) {
        const std::size_t begin = s > reach ? s - reach : 0, end = std::min(spikes.size() - 1, s + reach + 1);
        intervals.clear();
        for (std::size_t i = begin; i < end; ++i)
            intervals.push_back(static_cast<float>((spikes[i + 1] - spikes[i]) / rate_hz));
        const double typical = percentile(intervals, 35);
        if (!(typical >= 0.35 && typical <= 1.7)) continue;
        int regular = 0, irregular = 0;
        for (const float interval : intervals) {
            const double relative = static_cast<double>(interval) / typical;
            if (std::fabs(relative - 1) < 0.15)
                ++regular;
            else if (relative < 1.7)
                ++irregular;
        }
        if (regular < 5 || 3 * irregular > regular) continue;
        if (beats.empty() || beats.back() < spikes[s]) beats.push_back(spikes[s]);
        add_hidden_beats(emg, rate_hz, std::span(spikes).subspan(begin, end - begin + 1), s - begin, typical, beats);
        beats.push_back(spikes[s + 1]);
    }
    return beats;
}

}  // namespace psg::signal
