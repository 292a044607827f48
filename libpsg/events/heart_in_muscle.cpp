// Beats between which a muscle is active, and amplitudes that repeat themselves as a heart does.
// SPDX-License-Identifier: BSD-3-Clause
#include "libpsg/events/heart_in_muscle.hpp"

#include <algorithm>
#include <chrono>
#include <cmath>

#include "libpsg/signal/paired_sums.hpp"
#include "libpsg/signal/statistics.hpp"

namespace psg::events {

using namespace std::chrono_literals;

std::vector<float> smoothed_50ms(const std::vector<float>& blocks) {
    const std::vector<float>& x = blocks;
    std::vector<float> smooth(x.size(), 0);
    const auto cut = [&](std::size_t k) {  // a window that an end cuts
        float sum = 0;
        std::size_t n = 0;
        for (std::size_t j = k < 2 ? 0 : k - 2; j < std::min(x.size(), k + 3); ++j, ++n) sum += x[j] * x[j];
        smooth[k] = std::sqrt(sum / static_cast<float>(n));
    };
    const std::size_t end = std::max<std::size_t>(4, x.size()) - 2;  // the others, several at a time
    for (std::size_t k = 0; k < std::min<std::size_t>(2, x.size()); ++k) cut(k);
    for (std::size_t k = 2; k < end; ++k)
        smooth[k] = std::sqrt((x[k - 2] * x[k - 2] + x[k - 1] * x[k - 1] + x[k] * x[k] + x[k + 1] * x[k + 1] + x[k + 2] * x[k + 2]) / 5);
    for (std::size_t k = end; k < x.size(); ++k) cut(k);
    return smooth;
}

IntervalSet beats_told_in(const Night& night, const std::string& label) {
    IntervalSet told;
    for (const Event& e : night.events)
        if ((e.kind == "heart_beat_artefact" || (e.kind == "artefact" && e.text("reason") == "heart_beats")) &&
            concerns(e, label))
            told.add({e.extent.onset - 10s, e.extent.offset + 10s});
    return told;
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
    std::vector<float> amplitude;
    for (std::size_t i = 0; i + 2 <= x.size(); i += 2) amplitude.push_back(std::min(most, std::sqrt((x[i] * x[i] + x[i + 1] * x[i + 1]) / 2)));
    const double hz = muscle_.envelope.rate.hz() / 2;
    const auto second = static_cast<std::size_t>(hz);
    std::vector<float> y = amplitude;
    for (std::size_t i = 0; i < y.size(); ++i) {  // less the mean of the second to either side: a tone that drifts pulsates not
        const std::size_t from = i - std::min(i, second), end = std::min(y.size(), i + second + 1);
        double sum = 0;
        for (std::size_t k = from; k < end; ++k) sum += static_cast<double>(amplitude[k]);
        y[i] -= static_cast<float>(sum / static_cast<double>(end - from));
    }
    double best = 0;
    for (auto lag = static_cast<std::size_t>(0.5 * hz); lag <= static_cast<std::size_t>(1.5 * hz) && lag < y.size(); ++lag) {
        best = std::max(best, signal::paired_sums<float>(y, std::span(y).subspan(lag)).likeness());
    }
    return pulsates_[piece] = best >= least_likeness;
}

}  // namespace psg::events
