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
        case Obstacle::no_channel:
            return "no channel";
        case Obstacle::unknown_unit:
            return "unit not known";
        case Obstacle::too_slow:
            return "sampled too slowly";
        case Obstacle::gap:
            return "gap";
        case Obstacle::not_a_number:
            return "not a number";
        case Obstacle::flat:
            return "flat";
        case Obstacle::clipped:
            return "clipped";
        case Obstacle::no_eeg:
            return "no EEG in the channel";
        case Obstacle::out_of_range:
            return "out of the model's range";
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

bool ObstacleFinder::is_limit(float x) const {
    const bool extreme = (x == low_ || x == high_) && high_ - low_ > 2 * signal_.step;
    return extreme && 2 * std::abs(x) >= std::max(std::abs(low_), std::abs(high_));
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
    std::size_t unchanged = 0, saturated = 0, run = 1;  // still for a second or more: elsewhere, and at a limit
    for (std::size_t i = 0; same + 1 >= second && i < raw.size(); ++i) {  // hardly ever looked at
        run = i > 0 && raw[i] == raw[i - 1] ? run + 1 : 1;
        if (run >= second) (is_limit(raw[i]) ? saturated : unchanged) += run == second ? second : 1;
    }
    const bool clipped = 10 * std::size_t(at_extreme) >= raw.size();
    if (3 * unchanged >= raw.size()) return Obstacle::flat;
    if (clipped && saturated > 0) return Obstacle::clipped;
    if (3 * saturated >= raw.size() || signal::variance_of(raw) < signal_.step * signal_.step) return Obstacle::flat;
    return clipped ? Obstacle::clipped : Obstacle::none;
}

}  // namespace psg::staging
