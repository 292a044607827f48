// Why an epoch cannot be staged.
// SPDX-License-Identifier: BSD-3-Clause
#include "libpsg/staging/obstacle.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <limits>
#include <map>
#include <span>

#include "libpsg/signal/moments.hpp"

namespace psg::staging {

std::string_view obstacle_name(Obstacle obstacle) {
    switch (obstacle) {
        case Obstacle::none:
            return "";
        case Obstacle::not_recorded:
            return "not recorded";
        case Obstacle::gap:
            return "gap";
        case Obstacle::not_a_number:
            return "not a number";
        case Obstacle::flat:
            return "flat";
        case Obstacle::clipped:
            return "clipped";
    }
    return "";
}

std::string obstacle_summary(const std::vector<Obstacle>& obstacles) {
    std::map<Obstacle, int> counts;
    for (Obstacle obstacle : obstacles)
        if (obstacle != Obstacle::none) ++counts[obstacle];
    std::string text;
    for (const auto& [obstacle, count] : counts)
        text += (text.empty() ? "" : ", ") + std::to_string(count) + " " + std::string(obstacle_name(obstacle));
    return text;
}

ObstacleFinder::ObstacleFinder(const Signal& signal)
    : signal_(signal), low_(std::numeric_limits<float>::infinity()), high_(-low_) {
    for (const auto& stretch : signal.stretches) {
        constexpr std::size_t lanes = 8;  // side by side: a whole night is looked through
        const std::vector<float>& x = stretch.samples;
        std::array<float, lanes> low, high;
        low.fill(low_);
        high.fill(high_);
        const auto look = [&](std::size_t lane, float value) {
            const bool finite = std::abs(value) <= std::numeric_limits<float>::max();
            low[lane] = finite && value < low[lane] ? value : low[lane];
            high[lane] = finite && value > high[lane] ? value : high[lane];
        };
        std::size_t i = 0;
        for (; i + lanes <= x.size(); i += lanes)
            for (std::size_t lane = 0; lane < lanes; ++lane) look(lane, x[i + lane]);
        for (; i < x.size(); ++i) look(0, x[i]);
        low_ = *std::min_element(low.begin(), low.end());
        high_ = *std::max_element(high.begin(), high.end());
    }
}

std::span<const float> ObstacleFinder::samples_of(std::size_t stretch, Time onset) const {
    const SignalView view = signal_.view(stretch);
    const auto begin = static_cast<std::size_t>(view.rate.index_at(onset - view.start));
    const auto end = static_cast<std::size_t>(view.rate.index_at(onset - view.start + epoch_length));
    return view.samples.subspan(std::min(begin, view.samples.size()),
                                std::min(end, view.samples.size()) - std::min(begin, view.samples.size()));
}

Obstacle ObstacleFinder::at_of_still(std::size_t stretch, Time onset) const {
    const std::span<const float> raw = samples_of(stretch, onset);
    if (raw.empty()) return Obstacle::gap;
    if (!std::all_of(raw.begin(), raw.end(), [](float x) { return std::isfinite(x); })) return Obstacle::not_a_number;
    return std::all_of(raw.begin(), raw.end(), [&](float x) { return x == raw[0]; }) ? Obstacle::flat : Obstacle::none;
}

Obstacle ObstacleFinder::at(std::size_t stretch, Time onset) const {
    const std::span<const float> raw = samples_of(stretch, onset);
    if (raw.empty()) return Obstacle::gap;
    const auto second = static_cast<std::size_t>(signal_.rate.samples_in(std::chrono::seconds(1)));
    std::size_t unchanged = 0, at_extreme = 0, run = 0;
    for (std::size_t i = 0; i < raw.size(); ++i) {
        if (!std::isfinite(raw[i])) return Obstacle::not_a_number;
        run = i > 0 && raw[i] == raw[i - 1] ? run + 1 : 1;
        if (run == second) unchanged += second;
        if (run > second) ++unchanged;
        if (raw[i] == low_ || raw[i] == high_) ++at_extreme;
    }
    if (3 * unchanged >= raw.size() || signal::variance_of(raw) < signal_.step * signal_.step) return Obstacle::flat;
    if (10 * at_extreme >= raw.size()) return Obstacle::clipped;
    return Obstacle::none;
}

}  // namespace psg::staging
