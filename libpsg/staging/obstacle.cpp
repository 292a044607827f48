// Why an epoch cannot be staged.
// SPDX-License-Identifier: BSD-3-Clause
#include "libpsg/staging/obstacle.hpp"

#include <algorithm>
#include <cmath>
#include <cstring>
#include <limits>
#include <map>
#include <span>

#include "libpsg/signal/moments.hpp"
#include "libpsg/signal/statistics.hpp"

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
        typedef float Four __attribute__((vector_size(16)));  // side by side: a whole night is looked through
        const std::vector<float>& x = stretch.samples;
        Four low{low_, low_, low_, low_}, high{high_, high_, high_, high_};
        const auto look = [&](Four value) {
            const auto finite = value - value == 0;  // neither NaN nor infinite
            low = (finite & (value < low)) ? value : low;
            high = (finite & (value > high)) ? value : high;
        };
        std::size_t i = 0;
        for (Four four; i + 4 <= x.size(); i += 4) {
            std::memcpy(&four, &x[i], sizeof four);
            look(four);
        }
        for (; i < x.size(); ++i) look(Four{x[i], x[i], x[i], x[i]});
        for (int lane = 0; lane < 4; ++lane) {
            low_ = std::min(low_, low[lane]);
            high_ = std::max(high_, high[lane]);
        }
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
    if (!signal::all_finite(raw)) return Obstacle::not_a_number;
    return std::all_of(raw.begin(), raw.end(), [&](float x) { return x == raw[0]; }) ? Obstacle::flat : Obstacle::none;
}

Obstacle ObstacleFinder::at(std::size_t stretch, Time onset) const {
    const std::span<const float> raw = samples_of(stretch, onset);
    if (raw.empty()) return Obstacle::gap;
    const auto second = static_cast<std::size_t>(signal_.rate.samples_in(std::chrono::seconds(1)));
    if (!signal::all_finite(raw)) return Obstacle::not_a_number;
    unsigned at_extreme = 0, same = 0;  // same as the one before
    for (const float x : raw) at_extreme += (x == low_ ? 1U : 0U) | (x == high_ ? 1U : 0U);
    for (std::size_t i = 1; i < raw.size(); ++i) same += raw[i] == raw[i - 1] ? 1U : 0U;
    std::size_t unchanged = 0, run = 1;
    for (std::size_t i = 0; same + 1 >= second && i < raw.size(); ++i) {  // hardly ever looked at
        run = i > 0 && raw[i] == raw[i - 1] ? run + 1 : 1;
        if (run == second) unchanged += second;
        if (run > second) ++unchanged;
    }
    if (3 * unchanged >= raw.size() || signal::variance_of(raw) < signal_.step * signal_.step) return Obstacle::flat;
    if (10 * std::size_t(at_extreme) >= raw.size()) return Obstacle::clipped;
    return Obstacle::none;
}

}  // namespace psg::staging
