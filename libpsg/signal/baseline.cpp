// The resting level: median, opening, median of what is at rest.
// SPDX-License-Identifier: BSD-3-Clause
#include "libpsg/signal/baseline.hpp"

#include <algorithm>
#include <cmath>
#include <deque>
#include <functional>
#include <limits>

#include "libpsg/signal/dot.hpp"
#include "libpsg/signal/statistics.hpp"

namespace psg::signal {

namespace {

constexpr float nan_f = std::numeric_limits<float>::quiet_NaN();
constexpr double cell_s = 0.5;
constexpr std::size_t cells_per_s = 2;
constexpr float lowest = 0.75F, highest = 1.4F;  // of the opened level: at rest
constexpr float least_known = 0.5;               // part of the second around a cell

// Extreme (by `better`) of the window of `reach` values on either side; NaN are left out. Monotonic queue, O(n).
template <class Better>
std::vector<float> extreme(const std::vector<float>& values, std::size_t reach, Better better) {
    std::vector<float> result(values.size(), nan_f);
    std::deque<std::size_t> queue;
    std::size_t entered = 0;
    for (std::size_t i = 0; i < values.size(); ++i) {
        for (; entered < std::min(values.size(), i + reach + 1); ++entered) {
            if (std::isnan(values[entered])) continue;
            while (!queue.empty() && !better(values[queue.back()], values[entered])) queue.pop_back();
            queue.push_back(entered);
        }
        while (!queue.empty() && queue.front() + reach < i) queue.pop_front();
        if (!queue.empty()) result[i] = values[queue.front()];
    }
    return result;
}

// Per cell: root of the median power of the second around it, and that second's mean power.
struct Levels {
    std::vector<float> median, mean_power;
};

Levels cell_levels(std::span<const float> power, double blocks_per_s) {
    const double span = static_cast<double>(power.size());
    const auto cells = static_cast<std::size_t>(std::ceil(span / (blocks_per_s * cell_s)));
    Levels levels{std::vector<float>(cells, nan_f), std::vector<float>(cells, nan_f)};
    std::vector<float> window;
    for (std::size_t c = 0; c < cells; ++c) {
        const double middle = (static_cast<double>(c) + 0.5) * cell_s * blocks_per_s;
        const auto begin = static_cast<std::size_t>(std::max(0.0, middle - blocks_per_s / 2));
        const auto end = static_cast<std::size_t>(std::min(span, std::ceil(middle + blocks_per_s / 2)));
        window.clear();
        double sum = 0;
        for (std::size_t k = begin; k + 1 < end; k += 2)  // pairs: half the work, and as robust
            if (const float pair = 0.5F * (power[k] + power[k + 1]); std::isfinite(pair)) {
                window.push_back(pair);
                sum += static_cast<double>(pair);
            }
        if (window.empty() || static_cast<float>(2 * window.size()) < least_known * static_cast<float>(end - begin))
            continue;
        const auto half = window.begin() + static_cast<std::ptrdiff_t>(window.size() / 2);
        std::nth_element(window.begin(), half, window.end());
        levels.median[c] = std::sqrt(*half);
        levels.mean_power[c] = static_cast<float>(sum / static_cast<double>(window.size()));
    }
    return levels;
}

}  // namespace

std::vector<float> block_power(std::span<const float> samples, std::size_t block) {
    std::vector<float> power(samples.size() / block);
    for (std::size_t k = 0; k < power.size(); ++k) {
        const auto part = samples.subspan(k * block, block);
        power[k] = dot(part, part) / static_cast<float>(block);
    }
    return power;
}

std::vector<float> resting_level(std::span<const float> power, double blocks_per_s, const RestingOptions& options) {
    const Levels levels = cell_levels(power, blocks_per_s);
    const auto reach = static_cast<std::size_t>(std::lround(options.longest_movement_s / cell_s / 2));
    const std::vector<float> opened = extreme(extreme(levels.median, reach, std::less<>()), reach, std::greater<>());

    std::vector<float> at_rest(levels.median.size(), nan_f), ratios;
    for (std::size_t c = 0; c < at_rest.size(); ++c) {
        const float level = levels.median[c];
        if (!(level >= lowest * opened[c] && level <= highest * opened[c])) continue;
        at_rest[c] = level;
        if (level > 0) ratios.push_back(levels.mean_power[c] / (level * level));
    }
    const double ratio = ratios.empty() ? 1 : std::sqrt(median(ratios));

    // the window must not mix the two sides of a step, so it is gated by the level here
    const auto smooth = static_cast<std::size_t>(std::lround(options.smoothing_s / cell_s / 2));
    std::vector<float> rest(at_rest.size(), nan_f), window;
    float last_opened = nan_f;
    for (std::size_t c = 0; c < rest.size(); ++c) {
        // once in two seconds is enough as long as the level stands
        if (c % (2 * cells_per_s) != 0 && std::fabs(opened[c] - last_opened) <= 0.02F * last_opened) {
            rest[c] = rest[c - 1];
            continue;
        }
        last_opened = opened[c];
        window.clear();
        for (std::size_t i = c > smooth ? c - smooth : 0; i < std::min(rest.size(), c + smooth + 1); ++i)
            if (at_rest[i] >= lowest * opened[c] && at_rest[i] <= highest * opened[c]) window.push_back(at_rest[i]);
        if (window.size() < 8) continue;
        const auto half = window.begin() + static_cast<std::ptrdiff_t>(window.size() / 2);
        std::nth_element(window.begin(), half, window.end());
        rest[c] = static_cast<float>(ratio) * *half;
    }
    // in the middle of a long movement nothing is at rest: the opened level, scaled as nearby
    float scale = static_cast<float>(ratio);
    for (std::size_t c = rest.size(); c-- > 0;)
        if (!std::isnan(rest[c]) && opened[c] > 0) scale = rest[c] / opened[c];
    for (std::size_t c = 0; c < rest.size(); ++c)
        if (std::isnan(rest[c]))
            rest[c] = scale * opened[c];
        else if (opened[c] > 0)
            scale = rest[c] / opened[c];
    rest = extreme(rest, cells_per_s / 2, std::greater<>());

    std::vector<float> result(power.size(), nan_f);
    for (std::size_t c = 0; c < rest.size(); ++c) {
        const double begin = static_cast<double>(c) * cell_s * blocks_per_s, end = begin + cell_s * blocks_per_s;
        for (auto k = static_cast<std::size_t>(std::ceil(begin)); k < result.size() && static_cast<double>(k) < end;
             ++k)
            result[k] = rest[c];
    }
    return result;
}

}  // namespace psg::signal
