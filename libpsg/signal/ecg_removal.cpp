// Heart beats in a muscle channel: spike-triggered averages.
// SPDX-License-Identifier: BSD-3-Clause
#include "libpsg/signal/ecg_removal.hpp"

#include <algorithm>
#include <cmath>
#include <numbers>

#include "libpsg/signal/baseline.hpp"
#include "libpsg/signal/dot.hpp"
#include "libpsg/signal/statistics.hpp"

namespace psg::signal {

namespace {

std::size_t samples_in(double length_s, double rate_hz) {
    return static_cast<std::size_t>(std::max(1L, std::lround(length_s * rate_hz)));
}

// Slope at sample `i`: the mean of the next 20 ms minus that of the last 20 ms. A mean over 20 ms has no 50 Hz in it
// and a sixth of 60 Hz.
float slope_at(std::span<const float> x, std::size_t i, std::size_t length) {
    if (i < length || i + length > x.size()) return 0;
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
    for (std::size_t k = 2; k + 1 < sums.size(); ++k)
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
        std::size_t at = k * hop;
        float steepest = sign * slopes[k];
        for (std::size_t i = (k - 1) * hop; i <= (k + 1) * hop; ++i)
            if (const float slope = sign * slope_at(ecg, i, length); slope > steepest) {
                steepest = slope;
                at = i;
            }
        beats.push_back(static_cast<double>(at));
        k += refractory;
    }
    return beats;
}

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
            const auto middle = std::span(power).subspan(k > second ? k - second : 0);
            window.assign(middle.begin(),
                          middle.begin() + static_cast<std::ptrdiff_t>(std::min(middle.size(), 2 * second)));
            std::nth_element(window.begin(), window.begin() + static_cast<std::ptrdiff_t>(window.size() / 2),
                             window.end());
            rest = window[window.size() / 2];
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

    // regular: of the eleven intervals around a spike three quarters lie within 15 % of their median
    constexpr std::size_t reach = 5;
    std::vector<double> beats;
    std::vector<float> intervals;
    for (std::size_t s = 0; s + 1 < spikes.size(); ++s) {
        const std::size_t begin = s > reach ? s - reach : 0, end = std::min(spikes.size() - 1, s + reach + 1);
        if (end - begin < 2 * reach) continue;
        intervals.clear();
        for (std::size_t i = begin; i < end; ++i)
            intervals.push_back(static_cast<float>((spikes[i + 1] - spikes[i]) / rate_hz));
        const double typical = median(intervals);
        if (typical < 0.35 || typical > 1.7) continue;
        const auto regular = std::count_if(intervals.begin(), intervals.end(), [&](float t) {
            return std::fabs(static_cast<double>(t) - typical) < 0.15 * typical;
        });
        if (4 * static_cast<std::size_t>(regular) < 3 * intervals.size()) continue;
        if (beats.empty() || beats.back() < spikes[s]) beats.push_back(spikes[s]);
        // beats that a movement hides or touches: expected at equal distances
        const double gap = (spikes[s + 1] - spikes[s]) / rate_hz;
        const double missing = std::round(gap / typical);
        if (missing >= 2 && missing <= 20)
            for (double m = 1; m < missing; ++m) beats.push_back(spikes[s] + (spikes[s + 1] - spikes[s]) * m / missing);
        beats.push_back(spikes[s + 1]);
    }
    return beats;
}

namespace {

// The surroundings of one beat.
struct Beat {
    std::size_t begin = 0;
    float power = 0;
    float gain = 0;
};

double product(std::span<const float> a, std::span<const float> b) {
    return static_cast<double>(dot(a, b));
}

}  // namespace

BeatRemoval subtract_beats(std::span<float> emg, double rate_hz, std::span<const double> places) {
    const std::size_t before = samples_in(0.1, rate_hz), length = before + samples_in(0.15, rate_hz);
    const std::size_t taper = samples_in(0.02, rate_hz);
    std::vector<Beat> beats;
    for (const double place : places) {
        const auto middle = std::llround(place);
        if (middle < static_cast<long long>(before)) continue;
        const std::size_t begin = static_cast<std::size_t>(middle) - before;
        if (begin + length > emg.size()) break;
        const auto x = emg.subspan(begin, length);
        beats.push_back({begin, static_cast<float>(product(x, x) / static_cast<double>(length)), 0});
    }
    constexpr std::size_t group = 20, margin = 10, gain_reach = 3;
    BeatRemoval removal;
    std::vector<float> peaks, mean(length), slope(length), gains;
    for (std::size_t first = 0; first < beats.size(); first += group) {
        const std::size_t begin = first > margin ? first - margin : 0;
        const std::size_t end = std::min(beats.size(), first + group + margin);
        if (end - begin < 8) continue;
        std::fill(mean.begin(), mean.end(), 0.0F);
        double weights = 0, noise = 0;
        for (std::size_t b = begin; b < end; ++b) {
            const double power = std::max(static_cast<double>(beats[b].power), 1e-3), w = 1 / (power * power);
            weights += w;
            noise += w * w * power;
            const auto x = emg.subspan(beats[b].begin, length);
            for (std::size_t i = 0; i < length; ++i) mean[i] += static_cast<float>(w) * x[i];
        }
        for (std::size_t i = 0; i < length; ++i) {
            const double edge = static_cast<double>(std::min(i, length - 1 - i)) / static_cast<double>(taper);
            const double fade = edge < 1 ? 0.5 - 0.5 * std::cos(std::numbers::pi * edge) : 1;
            mean[i] *= static_cast<float>(fade / weights);
        }
        const double energy = product(mean, mean), expected = noise / (weights * weights) * static_cast<double>(length);
        if (energy < 4 * expected) continue;
        for (std::size_t i = 0; i < length; ++i)
            slope[i] = 0.5F * (mean[std::min(i + 1, length - 1)] - mean[i > 0 ? i - 1 : 0]);
        const double slope_energy = product(slope, slope);
        for (std::size_t b = begin; b < end; ++b)
            beats[b].gain = static_cast<float>(product(emg.subspan(beats[b].begin, length), mean) / energy);
        const std::size_t own_end = std::min(beats.size(), first + group);
        for (std::size_t b = first; b < own_end; ++b) {
            gains.clear();
            for (std::size_t i = std::max(begin, b > gain_reach ? b - gain_reach : 0);
                 i < std::min(end, b + gain_reach + 1); ++i)
                gains.push_back(beats[i].gain);
            const auto gain = static_cast<float>(std::clamp(median(gains), 0.0, 1.5));
            const auto x = emg.subspan(beats[b].begin, length);
            for (std::size_t i = 0; i < length; ++i) x[i] -= gain * mean[i];
            // shift in samples, with a prior standard deviation of a third of a sample
            const double left = product(x, x) / static_cast<double>(length);
            const double shift =
                product(x, slope) / (slope_energy + left / (0.1 * std::max(0.01, static_cast<double>(gain))));
            const auto amount = static_cast<float>(std::clamp(shift, -1.0, 1.0));
            for (std::size_t i = 0; i < length; ++i) x[i] -= amount * slope[i];
            ++removal.beats;
            float peak = 0;
            for (const float m : mean) peak = std::max(peak, std::fabs(gain * m));
            peaks.push_back(peak);
        }
    }
    if (!peaks.empty()) removal.peak_uv = median(peaks);
    return removal;
}

}  // namespace psg::signal
