// Beats between which a muscle is active, and amplitudes that repeat themselves as a heart does.
// SPDX-License-Identifier: BSD-3-Clause
#include "libpsg/events/heart_in_muscle.hpp"

#include <algorithm>
#include <chrono>
#include <cmath>

#include "libpsg/signal/statistics.hpp"

namespace psg::events {

using namespace std::chrono_literals;

std::vector<float> smoothed_50ms(const std::vector<float>& blocks) {
    std::vector<float> smooth(blocks.size(), 0);
    for (std::size_t k = 0; k < blocks.size(); ++k) {
        float sum = 0;
        std::size_t n = 0;
        for (std::size_t j = k < 2 ? 0 : k - 2; j < std::min(blocks.size(), k + 3); ++j, ++n) sum += blocks[j] * blocks[j];
        smooth[k] = std::sqrt(sum / static_cast<float>(n));
    }
    return smooth;
}

bool HeartInMuscle::leaves_activity(const Interval& extent, float level_uv, Time least) const {
    constexpr Time longest_beat = 250ms;
    const std::vector<float> x = smoothed_50ms(amplitude_in(muscle_, extent));
    const Time block = muscle_.envelope.rate.time_of(1);
    Time all{0}, between{0};
    for (std::size_t k = 0; k < x.size(); ++k) {
        if (!(x[k] >= level_uv)) continue;
        all += block;
        if (!at_beat(extent.onset + block * static_cast<std::int64_t>(k))) between += block;
    }
    if (all < least) return false;
    if (beats_.empty()) return all >= longest_beat || !pulsates(extent.onset);
    return between >= least || !(told_.overlaps(extent) || pulsates(extent.onset));
}

bool HeartInMuscle::at_beat(Time t) const {
    const auto next = std::lower_bound(beats_.begin(), beats_.end(), t - 120ms);
    return next != beats_.end() && *next <= t + 60ms;
}

// Does the amplitude of the 20 s around repeat itself after 0.5 to 1.5 s? Strong bursts count for no more than beats do.
bool HeartInMuscle::pulsates(Time t) const {
    constexpr double least_likeness = 0.25;
    const std::int64_t piece = t / 10s;
    const auto known = pulsates_.find(piece);
    if (known != pulsates_.end()) return known->second;
    const std::vector<float> x = amplitude_in(muscle_, {std::max<Time>(piece * 10s - 5s, Time(0)), piece * 10s + 15s});
    const float most = 4 * static_cast<float>(signal::percentile(x, 50));
    std::vector<float> y;
    double mean = 0;
    for (std::size_t i = 0; i + 2 <= x.size(); i += 2) {
        y.push_back(std::min(most, std::sqrt((x[i] * x[i] + x[i + 1] * x[i + 1]) / 2)));
        mean += static_cast<double>(y.back());
    }
    mean /= static_cast<double>(std::max<std::size_t>(1, y.size()));
    for (float& v : y) v -= static_cast<float>(mean);
    const double hz = muscle_.envelope.rate.hz() / 2;
    double best = 0;
    for (auto lag = static_cast<std::size_t>(0.5 * hz); lag <= static_cast<std::size_t>(1.5 * hz) && lag < y.size(); ++lag) {
        double ab = 0, aa = 0, bb = 0;
        for (std::size_t i = 0; i + lag < y.size(); ++i) {
            const auto a = static_cast<double>(y[i]), b = static_cast<double>(y[i + lag]);
            ab += a * b;
            aa += a * a;
            bb += b * b;
        }
        if (aa > 0 && bb > 0) best = std::max(best, ab / std::sqrt(aa * bb));
    }
    return pulsates_[piece] = best >= least_likeness;
}

}  // namespace psg::events
