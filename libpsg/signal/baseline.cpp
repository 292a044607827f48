// The resting level: median, opening, median of what is at rest.
// SPDX-License-Identifier: BSD-3-Clause
#include "libpsg/signal/baseline.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdint>
#include <deque>
#include <functional>
#include <limits>
#include <utility>

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

// The comparisons of Batcher's odd-even merge sort of `Count` values (a power of 2).
template <std::size_t Count>
constexpr auto merge_sort() {
    std::array<std::pair<std::uint8_t, std::uint8_t>, Count * 9> list{};
    std::size_t length = 0;
    for (std::size_t p = 1; p < Count; p *= 2)
        for (std::size_t k = p; k >= 1; k /= 2)
            for (std::size_t j = k % p; j + k < Count; j += 2 * k)
                for (std::size_t i = j; i < std::min(j + k, Count - k); ++i)
                    if (i / (2 * p) == (i + k) / (2 * p)) list[length++] = {static_cast<std::uint8_t>(i), static_cast<std::uint8_t>(i + k)};
    return std::pair{list, length};
}

// The values of rank size / 2 of four lists of up to 64 values at a time, by comparisons that depend on nothing.
class MediansOfFour {
public:
    static constexpr std::size_t fewest = 24, most = 64, lists = 4;  // of values that pay

    /// Takes list number `list` of `fewest` to `most` values.
    void set(std::size_t list, std::span<const float> values) {
        for (std::size_t i = 0; i < most; ++i) rows_[i][list] = i < values.size() ? values[i] : std::numeric_limits<float>::infinity();
        rank_[list] = values.size() / 2;
    }
    std::array<float, lists> find() {
        static constexpr auto sort = merge_sort<most>();
        for (std::size_t i = 0; i < sort.second; ++i) {
            Four &a = rows_[sort.first[i].first], &b = rows_[sort.first[i].second];
            const Four low = a < b ? a : b;
            b = a < b ? b : a;
            a = low;
        }
        std::array<float, lists> medians{};
        for (std::size_t list = 0; list < lists; ++list) medians[list] = rows_[rank_[list]][list];
        return medians;
    }

private:
    typedef float Four __attribute__((vector_size(16)));
    std::array<Four, most> rows_{};
    std::array<std::size_t, lists> rank_{};
};

Levels cell_levels(std::span<const float> power, double blocks_per_s) {
    const double span = static_cast<double>(power.size());
    const auto cells = static_cast<std::size_t>(std::ceil(span / (blocks_per_s * cell_s)));
    Levels levels{std::vector<float>(cells, nan_f), std::vector<float>(cells, nan_f)};
    std::vector<float> window;
    MediansOfFour quick;
    std::array<std::size_t, MediansOfFour::lists> waiting{};
    std::size_t count = 0;
    const auto find_waiting = [&] {
        const auto medians = quick.find();
        for (std::size_t i = 0; i < count; ++i) levels.median[waiting[i]] = std::sqrt(medians[i]);
        count = 0;
    };
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
        levels.mean_power[c] = static_cast<float>(sum / static_cast<double>(window.size()));
        if (window.size() >= MediansOfFour::fewest && window.size() <= MediansOfFour::most) {
            quick.set(count, window);
            waiting[count++] = c;
            if (count == MediansOfFour::lists) find_waiting();
            continue;
        }
        const auto half = window.begin() + static_cast<std::ptrdiff_t>(window.size() / 2);
        std::nth_element(window.begin(), half, window.end());
        levels.median[c] = std::sqrt(*half);
    }
    if (count > 0) find_waiting();
    return levels;
}

}  // namespace

std::vector<float> block_power(std::span<const float> samples, std::size_t block) {
    std::vector<float> power(samples.size() / block);
    std::size_t k = 0;
    constexpr std::size_t at_once = 4;  // short blocks: sums that do not wait for each other
    for (; block < 8 && k + at_once <= power.size(); k += at_once) {
        const float* x = samples.data() + k * block;
        std::array<float, at_once> sum{};
        for (std::size_t i = 0; i < block; ++i)
            for (std::size_t j = 0; j < at_once; ++j) sum[j] += x[j * block + i] * x[j * block + i];
        for (std::size_t j = 0; j < at_once; ++j) power[k + j] = sum[j] / static_cast<float>(block);
    }
    for (; k < power.size(); ++k) {
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
        const auto place = [&](double x) { return result.begin() + static_cast<std::ptrdiff_t>(std::min(std::ceil(x), static_cast<double>(result.size()))); };
        std::fill(place(begin), place(end), rest[c]);
    }
    return result;
}

}  // namespace psg::signal
