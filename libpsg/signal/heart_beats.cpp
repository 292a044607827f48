// Heart beats: slopes of an electrocardiogram.
// SPDX-License-Identifier: BSD-3-Clause
#include "libpsg/signal/heart_beats.hpp"

#include <algorithm>
#include <cmath>
#include <limits>

#include "libpsg/signal/statistics.hpp"

namespace psg::signal {

namespace {

std::size_t samples_in(double length_s, double rate_hz) {
    return static_cast<std::size_t>(std::max(1L, std::lround(length_s * rate_hz)));
}

// Slope at sample `i`, `length` or more from both ends: the mean of the next `length` samples minus that of the last. A
// mean over 20 ms has no 50 Hz in it and a sixth of 60 Hz.
float slope_at(std::span<const float> x, std::size_t i, std::size_t length) {
    float before = 0, after = 0;
    for (std::size_t k = 0; k < length; ++k) {
        before += x[i - 1 - k];
        after += x[i + k];
    }
    return (after - before) / static_cast<float>(length);
}

// The sample of the steepest slope of one sign within 10 ms of hop k.
double steepest_near(std::span<const float> x, std::size_t k, std::size_t hop, std::size_t length, float sign) {
    const std::size_t begin = std::max(length, (k - 1) * hop), end = std::min((k + 1) * hop + 1, x.size() - length);
    if (begin >= end) return static_cast<double>(k * hop);
    float slope = slope_at(x, begin, length), steepest = sign * slope;
    std::size_t at = begin;
    for (std::size_t i = begin + 1; i < end; ++i) {
        slope += (x[i - 1 + length] - 2 * x[i - 1] + x[i - 1 - length]) / static_cast<float>(length);
        if (sign * slope <= steepest) continue;
        steepest = sign * slope;
        at = i;
    }
    return static_cast<double>(at);
}

constexpr std::size_t window = 200;                  // hops: 2 s, at least one beat
constexpr std::size_t search = 10, refractory = 25;  // hops: 0.1 s, 0.25 s
constexpr std::size_t narrow = 2, wide = 4;          // hops: slopes over 20 ms and 40 ms
constexpr double alike = 0.85;                       // correlation of two beats of an electrocardiogram (proposed)

}  // namespace

std::vector<HeartBeat> find_beats(std::span<const float> ecg, double rate_hz) {
    // slopes every 10 ms, from the sums of 10 ms each
    const std::size_t hop = samples_in(0.01, rate_hz);
    if (ecg.size() < 4 * wide * hop) return {};
    std::vector<float> sums(ecg.size() / hop);
    for (std::size_t k = 0; k < sums.size(); ++k) {
        float sum = 0;
        for (const float x : ecg.subspan(k * hop, hop)) sum += x;
        sums[k] = sum;
    }
    std::vector<float> slopes(sums.size(), 0.0F);
    const auto length = static_cast<float>(narrow * hop);
    for (std::size_t k = 3; k + 1 < sums.size(); ++k)
        slopes[k] = (sums[k] + sums[k + 1] - sums[k - 1] - sums[k - 2]) / length;
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

    std::vector<HeartBeat> beats;
    std::vector<std::size_t> hops;  // of the beats
    for (std::size_t k = 0; k < slopes.size(); ++k) {
        const float threshold = 0.5F * typical[k / window];
        if (!(sign * slopes[k] > threshold) || threshold <= 0) continue;
        for (std::size_t i = k; i < std::min(slopes.size(), k + search); ++i)
            if (sign * slopes[i] > sign * slopes[k]) k = i;
        beats.push_back({steepest_near(ecg, k, hop, narrow * hop, sign), 0});
        hops.push_back(k);
        k += refractory;
    }
    // Between them wide beats, which come from a ventricle: on either flank. What is none makes a shape of its own.
    // A slope between means over 40 ms is a sum of those over 20 ms.
    const auto wide_slope = [&](std::size_t k) { return 0.5F * (slopes[k - 2] + 2 * slopes[k] + slopes[k + 2]); };
    const std::size_t first = wide + 1, last = std::max(slopes.size() - wide, first);
    std::vector<float> sizes(up.size(), std::numeric_limits<float>::quiet_NaN());
    for (const std::size_t k : hops)
        for (std::size_t i = std::max(k - std::min(k, wide), first); i < std::min(k + wide + 1, last); ++i)
            sizes[k / window] = std::fmax(sizes[k / window], std::fabs(wide_slope(i)));
    const std::vector<float> typical_size = sliding_percentile(sizes, 7, 7, 50);
    hops.push_back(slopes.size() + refractory);
    std::size_t from = first;
    for (const std::size_t next : hops) {
        const std::size_t end = std::min(next - std::min(next, refractory), last);
        for (std::size_t k = from; k < end; ++k) {
            const float threshold = 0.4F * typical_size[k / window];
            if (!(std::fabs(wide_slope(k)) > threshold) || threshold <= 0) continue;
            for (std::size_t i = k; i < std::min(end, k + search); ++i)
                if (std::fabs(wide_slope(i)) > std::fabs(wide_slope(k))) k = i;
            beats.push_back({steepest_near(ecg, k, hop, wide * hop, wide_slope(k) > 0 ? 1.0F : -1.0F), 0});
            k += refractory;
        }
        from = std::max(next + refractory, first);
    }
    std::sort(beats.begin(), beats.end(), [](const HeartBeat& a, const HeartBeat& b) { return a.place < b.place; });

    BeatShapes shapes(alike);
    std::vector<float> wave(30);  // -0.1 to 0.2 s
    for (HeartBeat& beat : beats) {
        std::size_t at =
            static_cast<std::size_t>(beat.place) - std::min(static_cast<std::size_t>(beat.place), 10 * hop);
        for (float& v : wave) {
            v = 0;
            for (std::size_t end = std::min(ecg.size(), at + hop); at < end; ++at) v += ecg[at];
        }
        beat.shape = shapes.shape_of(wave);
    }
    return beats;
}

}  // namespace psg::signal
