// The resting level: median, opening, median of what is at rest.
// SPDX-License-Identifier: BSD-3-Clause
#include "libpsg/signal/baseline.hpp"

#include <algorithm>
#include <cmath>
#include <cstring>
#include <functional>
#include <limits>
#include <type_traits>
#include <utility>

#include "libpsg/model/wide.hpp"
#include "libpsg/signal/columns.hpp"
#include "libpsg/signal/dot.hpp"
#include "libpsg/signal/medians_of_eight.hpp"
#include "libpsg/signal/statistics.hpp"
#include "libpsg/signal/transpose.hpp"

namespace psg::signal {

namespace {

constexpr float nan_f = std::numeric_limits<float>::quiet_NaN();
constexpr double cell_s = 0.5;
constexpr std::size_t cells_per_s = 2, cells_at_once = 64;
constexpr float lowest = 0.75F, highest = 1.4F;  // of the opened level: at rest
constexpr float least_known = 0.5;               // part of the second around a cell

// Extreme (the lowest or the highest) of the window of `reach` values on either side; NaN are left out. Of twice as many values each time,
// then of two that cover the window: many places at a time.
template <class Better>
std::vector<float> extreme(const std::vector<float>& values, std::size_t reach, Better better) {
    constexpr float infinite = std::numeric_limits<float>::infinity();
    const float worst = better(0.F, 1.F) ? infinite : -infinite;
    std::vector<float> of(values.size() + 2 * reach, worst), result(values.size());
    wide([in = values.data(), out = result.data(), count = values.size(), x = of.data(), size = of.size(), width = 2 * reach + 1, reach, worst, better] {
        for (std::size_t i = 0; i < count; ++i) x[reach + i] = better(in[i], worst) ? in[i] : worst;
        std::size_t length = 1;
        for (; 2 * length <= width; length *= 2)
            for (std::size_t i = 0; i + length < size; ++i) x[i] = better(x[i + length], x[i]) ? x[i + length] : x[i];
        for (std::size_t i = 0; i < count; ++i) {
            const float first = x[i], last = x[i + width - length], best = better(last, first) ? last : first;
            out[i] = best == worst ? nan_f : best;
        }
    });
    return result;
}

// Per cell: root of the median power of the second around it, and that second's mean power.
struct Levels {
    std::vector<float> median, mean_power;
};

// Means of neighbours, half of the values; their sum, which is finite if all of them are.
float mean_pairs(std::span<const float> x, std::vector<float>& pairs) {
    pairs.resize(x.size() / 2);
    return wide([in = x.data(), out = pairs.data(), count = pairs.size()] {
        for (std::size_t i = 0; i < count; ++i) out[i] = 0.5F * (in[2 * i] + in[2 * i + 1]);
        Four sum{};
        std::size_t i = 0;
        for (; i + 4 <= count; i += 4) sum += four_at(out + i);
        for (; i < count; ++i) sum[0] += out[i];
        return (sum[0] + sum[1]) + (sum[2] + sum[3]);
    });
}

Levels cell_levels(std::size_t blocks, const ReadPower& read, double blocks_per_s) {
    const double span = static_cast<double>(blocks);
    const auto cells = static_cast<std::size_t>(std::ceil(span / (blocks_per_s * cell_s)));
    Levels levels{std::vector<float>(cells, nan_f), std::vector<float>(cells, nan_f)};
    std::vector<float> power, window;
    MediansOfEight quick;
    const auto found = [&](std::size_t c, float power_at_c) { levels.median[c] = std::sqrt(power_at_c); };
    const auto second_of = [&](std::size_t c) {
        const double middle = (static_cast<double>(c) + 0.5) * cell_s * blocks_per_s;
        return std::pair{static_cast<std::size_t>(std::max(0.0, middle - blocks_per_s / 2)), static_cast<std::size_t>(std::min(span, std::ceil(middle + blocks_per_s / 2)))};
    };
    std::size_t first = 0;  // of power, which is read for many cells together
    for (std::size_t c = 0; c < cells; ++c) {
        const auto [begin, end] = second_of(c);
        if (end > first + power.size()) {
            first = begin;
            power.resize(second_of(std::min(cells - 1, c + cells_at_once)).second - first);
            read(first, power);
        }
        // pairs: half the work, and as robust
        float sum = mean_pairs(std::span(power).subspan(begin - first, end - begin), window);
        if (!std::isfinite(sum)) {
            std::erase_if(window, [](float pair) { return !std::isfinite(pair); });
            sum = 0;
            for (const float pair : window) sum += pair;
        }
        if (window.empty() || static_cast<float>(2 * window.size()) < least_known * static_cast<float>(end - begin))
            continue;
        levels.mean_power[c] = sum / static_cast<float>(window.size());
        if (MediansOfEight::can_take(window.size())) {
            quick.add(window, c, found);
            continue;
        }
        const auto half = window.begin() + static_cast<std::ptrdiff_t>(window.size() / 2);
        std::nth_element(window.begin(), half, window.end());
        found(c, *half);
    }
    quick.finish(found);
    return levels;
}

// Leaves of the medians those that are at rest; the root of how much higher the mean power of such seconds is, as a rule. Mean powers
// are given back.
double keep_at_rest(Levels& levels, const std::vector<float>& opened) {
    const std::vector<float> mean_power = std::move(levels.mean_power);
    std::vector<float> ratios;
    for (std::size_t c = 0; c < opened.size(); ++c) {
        float& level = levels.median[c];
        if (!(level >= lowest * opened[c] && level <= highest * opened[c]))
            level = nan_f;
        else if (level > 0)
            ratios.push_back(mean_power[c] / (level * level));
    }
    return ratios.empty() ? 1 : std::sqrt(median(ratios));
}

}  // namespace

void block_power(std::span<const float> samples, std::size_t block, std::span<float> power) {
    const auto short_blocks = [&](auto length) {  // a constant, for the compiler's sake; some blocks side by side
        constexpr std::size_t n = length, at_once = 8;
        wide([x = samples.data(), out = power.data(), count = power.size()] {
            std::size_t k = 0;
            for (; k + at_once <= count; k += at_once) {
                Eight sum;
                sum_eight<n>(x + k * n, sum, [](Eight& v) { v *= v; });
                sum /= static_cast<float>(n);
                std::memcpy(out + k, &sum, sizeof sum);
            }
            for (; k < count; ++k) {
                float sum = 0;
                for (std::size_t i = 0; i < n; ++i) sum += x[k * n + i] * x[k * n + i];
                out[k] = sum / static_cast<float>(n);
            }
        });
    };
    if (block == 2) return short_blocks(std::integral_constant<std::size_t, 2>());
    if (block == 3) return short_blocks(std::integral_constant<std::size_t, 3>());
    if (block == 4) return short_blocks(std::integral_constant<std::size_t, 4>());
    if (block == 5) return short_blocks(std::integral_constant<std::size_t, 5>());
    // eight blocks side by side, so that their partial sums are summed together
    std::size_t k = wide([block, x = samples.data(), out = power.data(), count = power.size()] {
        std::size_t done = 0;
        for (; done + 8 <= count; done += 8) {  // the first four, and the others, in a half each
            Eight rows[4] = {};
            std::size_t i = 0;
            for (; i + 4 <= block; i += 4)
                for (std::size_t b = 0; b < 4; ++b) {
                    const float* const from = x + (done + b) * block + i;
                    const Eight here = __builtin_shufflevector(four_at(from), four_at(from + 4 * block), 0, 1, 2, 3, 4, 5, 6, 7);
                    rows[b] += here * here;
                }
            transpose(rows);
            Eight sum = (rows[0] + rows[2]) + (rows[1] + rows[3]);
            for (; i < block; ++i) {
                const float* const from = x + done * block + i;
                const Eight last{from[0], from[block], from[2 * block], from[3 * block], from[4 * block], from[5 * block], from[6 * block], from[7 * block]};
                sum += last * last;
            }
            sum /= static_cast<float>(block);
            std::memcpy(out + done, &sum, sizeof sum);
        }
        return done;
    });
    for (; k < power.size(); ++k) {
        const float* x = samples.data() + k * block;
        Four p{};
        for (std::size_t i = 0; i + 4 <= block; i += 4) p += four_at(x + i) * four_at(x + i);
        float sum = (p[0] + p[2]) + (p[1] + p[3]);
        for (std::size_t i = block / 4 * 4; i < block; ++i) sum += x[i] * x[i];
        power[k] = sum / static_cast<float>(block);
    }
}

std::vector<float> block_power(std::span<const float> samples, std::size_t block) {
    std::vector<float> power(samples.size() / block);
    block_power(samples, block, power);
    return power;
}

RestingLevel::Cell RestingLevel::cell_at(std::size_t block) const {
    const auto first_of = [&](std::size_t cell) {  // rounded up, without a call
        const double exact = static_cast<double>(cell) * blocks_per_cell;
        const auto whole = static_cast<std::size_t>(exact);
        return whole + (static_cast<double>(whole) < exact ? 1 : 0);
    };
    auto cell = static_cast<std::size_t>(static_cast<double>(block) / blocks_per_cell);
    while (cell > 0 && first_of(cell) > block) --cell;
    while (first_of(cell + 1) <= block) ++cell;
    return {first_of(cell), first_of(cell + 1), cell < cells.size() ? cells[cell] : nan_f};
}

RestingLevel resting_cells(std::span<const float> power, double blocks_per_s, const RestingOptions& options) {
    const auto read = [&](std::size_t first, std::span<float> out) { std::copy_n(power.begin() + static_cast<std::ptrdiff_t>(first), out.size(), out.begin()); };
    return resting_cells(power.size(), read, blocks_per_s, options);
}

RestingLevel resting_cells(std::size_t blocks, const ReadPower& read, double blocks_per_s, const RestingOptions& options) {
    Levels levels = cell_levels(blocks, read, blocks_per_s);
    const auto reach = static_cast<std::size_t>(std::lround(options.longest_movement_s / cell_s / 2));
    const std::vector<float> opened = extreme(extreme(levels.median, reach, std::less<>()), reach, std::greater<>());
    const double ratio = keep_at_rest(levels, opened);
    const std::vector<float>& at_rest = levels.median;

    // the window must not mix the two sides of a step, so it is gated by the level here
    const auto smooth = static_cast<std::size_t>(std::lround(options.smoothing_s / cell_s / 2));
    std::vector<float> rest(at_rest.size(), nan_f), window;
    std::vector<bool> as_before(rest.size(), false);
    // what is at rest, and how much of it lies before each cell: where the gate leaves nothing out of a window, it is a part of that
    const std::vector<float> least = extreme(at_rest, smooth, std::less<>()), most = extreme(at_rest, smooth, std::greater<>());
    std::vector<float> all;
    std::vector<std::uint32_t> before{0};
    all.reserve(at_rest.size());
    before.reserve(at_rest.size() + 1);
    for (const float level : at_rest) {
        if (!std::isnan(level)) all.push_back(level);
        before.push_back(static_cast<std::uint32_t>(all.size()));
    }
    levels = {};  // gives back its memory
    MediansOfEight quick;
    const auto found = [&](std::size_t c, float middle) { rest[c] = static_cast<float>(ratio) * middle; };
    float last_opened = nan_f;
    for (std::size_t c = 0; c < rest.size(); ++c) {
        // once in two seconds is enough as long as the level stands
        if (c % (2 * cells_per_s) != 0 && std::fabs(opened[c] - last_opened) <= 0.02F * last_opened) {
            as_before[c] = true;
            continue;
        }
        last_opened = opened[c];
        const std::size_t begin = before[c > smooth ? c - smooth : 0], end = before[std::min(rest.size(), c + smooth + 1)];
        window.assign(all.begin() + static_cast<std::ptrdiff_t>(begin), all.begin() + static_cast<std::ptrdiff_t>(end));
        if (!(least[c] >= lowest * opened[c] && most[c] <= highest * opened[c])) {
            std::size_t taken = 0;  // without a branch, which nobody could foresee
            for (const float level : window) {
                window[taken] = level;
                taken += (level >= lowest * opened[c]) & (level <= highest * opened[c]) ? 1 : 0;
            }
            window.resize(taken);
        }
        if (window.size() < 8) continue;
        if (MediansOfEight::can_take(window.size())) {
            quick.add(window, c, found);
            continue;
        }
        const auto half = window.begin() + static_cast<std::ptrdiff_t>(window.size() / 2);
        std::nth_element(window.begin(), half, window.end());
        found(c, *half);
    }
    quick.finish(found);
    for (std::size_t c = 1; c < rest.size(); ++c)
        if (as_before[c]) rest[c] = rest[c - 1];
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

    return {std::move(rest), cell_s * blocks_per_s};
}

std::vector<float> resting_level(std::span<const float> power, double blocks_per_s, const RestingOptions& options) {
    const RestingLevel level = resting_cells(power, blocks_per_s, options);
    std::vector<float> result(power.size(), nan_f);
    const auto place = [&](std::size_t cell) {
        const double block = std::ceil(static_cast<double>(cell) * level.blocks_per_cell);
        return result.begin() + static_cast<std::ptrdiff_t>(std::min(block, static_cast<double>(result.size())));
    };
    for (std::size_t c = 0; c < level.cells.size(); ++c) std::fill(place(c), place(c + 1), level.cells[c]);
    return result;
}

}  // namespace psg::signal
