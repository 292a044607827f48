// Jumps and slow swings of single leads; limits proposed.
// SPDX-License-Identifier: BSD-3-Clause
#include "libpsg/events/slow_artefacts.hpp"

#include <algorithm>
#include <array>
#include <chrono>
#include <cmath>
#include <set>

#include "libpsg/signal/dot.hpp"
#include "libpsg/signal/runs.hpp"
#include "libpsg/signal/statistics.hpp"

namespace psg::events {

using namespace std::chrono_literals;
using signal::Run;

namespace {

// Means of blocks of `block` samples.
std::vector<float> block_means(const SignalView& view, std::size_t block) {
    std::vector<float> mean(view.samples.size() / block, 0);
    std::size_t k = 0;
    constexpr std::size_t long_one = 16;
    for (; block >= long_one && k < mean.size(); ++k)
        mean[k] = static_cast<float>(signal::lane_sum(block, [&](auto at) { return at(view.samples.data() + k * block); }) / static_cast<double>(block));
    constexpr std::size_t at_once = 4;  // sums that do not wait for each other
    for (; k + at_once <= mean.size(); k += at_once) {
        const float* x = view.samples.data() + k * block;
        std::array<double, at_once> sum{};
        for (std::size_t i = 0; i < block; ++i)
            for (std::size_t j = 0; j < at_once; ++j) sum[j] += static_cast<double>(x[j * block + i]);
        for (std::size_t j = 0; j < at_once; ++j) mean[k + j] = static_cast<float>(sum[j] / static_cast<double>(block));
    }
    for (; k < mean.size(); ++k) {
        double sum = 0;
        for (std::size_t i = 0; i < block; ++i) sum += static_cast<double>(view.samples[k * block + i]);
        mean[k] = static_cast<float>(sum / static_cast<double>(block));
    }
    return mean;
}

std::size_t samples_in(const SignalView& view, double length_s) {
    return static_cast<std::size_t>(std::max(1L, std::lround(length_s * view.rate.hz())));
}

double deviation(std::span<const float> x) {
    double sum = 0, squares = 0;
    for (const float v : x) sum += static_cast<double>(v), squares += static_cast<double>(v) * static_cast<double>(v);
    const auto n = static_cast<double>(x.size());
    return std::sqrt(std::max(0.0, squares / n - sum * sum / (n * n)));
}

// Change of the mean across a moment, from 60 to 20 ms before to 20 to 70 ms after.
double change_at(const SignalView& view, Time t) {
    const auto mean = [&](Time from, Time to) {
        const auto n = static_cast<std::int64_t>(view.samples.size());
        const auto first = std::clamp<std::int64_t>(view.rate.index_at(from - view.start), 0, n);
        const auto end = std::clamp<std::int64_t>(view.rate.index_at(to - view.start), first, n);
        double sum = 0;
        for (std::int64_t i = first; i < end; ++i) sum += static_cast<double>(view.samples[static_cast<std::size_t>(i)]);
        return end > first ? sum / static_cast<double>(end - first) : 0;
    };
    return mean(t + 20ms, t + 70ms) - mean(t - 60ms, t - 20ms);
}

}  // namespace

std::vector<Interval> electrode_pops(const SignalView& view, const SlowArtefactRules& rules, const SignalView* other) {
    std::vector<Interval> list;
    const std::size_t block = samples_in(view, 0.01), tenth = 10;
    const std::vector<float> mean = block_means(view, block);
    const std::size_t n = mean.size();
    if (n < 100) return list;
    std::vector<float> jumps(n, 0);
    for (std::size_t k = 2; k < n; ++k) jumps[k] = std::abs(mean[k] - mean[k - 2]);
    const auto usual = static_cast<float>(signal::median(jumps));
    const float least = std::max(static_cast<float>(rules.pop_uv), static_cast<float>(rules.pop_ratio) * usual);
    for (std::size_t k = 2; k + 3 * tenth < n; ++k) {
        if (!(jumps[k] >= least)) continue;
        const float before = mean[k - 2], jump = mean[k] - before;
        // a spike comes back or crosses; a burst changes its sign, and is not quiet before
        bool away = k > tenth + 2;
        for (std::size_t j = k - std::min(k, tenth + 2); j + 2 < k && away; ++j) away = std::abs(mean[j] - before) < 0.2F * std::abs(jump);
        for (std::size_t j = k; j < k + tenth && away; ++j) away = (mean[j] - before) * jump > 0.3F * jump * jump;
        if (!away) continue;
        const Time at = view.time_of((k - 1) * block);
        if (other && std::abs(change_at(*other, at)) >= 0.25 * std::abs(change_at(view, at))) continue;
        std::size_t end = k + tenth;
        while (end < n && end < k + 300 && std::abs(mean[end] - before) > 0.2F * std::abs(jump)) ++end;
        list.push_back({view.time_of((k - 2) * block), view.time_of(end * block)});
        k = end;
    }
    return list;
}

std::vector<Interval> sweat(const SignalView& view, const SlowArtefactRules& rules, double least_uv) {
    const std::size_t block = samples_in(view, 0.25), wide = 6;  // 1.5 s
    const std::vector<float> mean = block_means(view, block);
    std::vector<float> slow;  // means of 1.5 s every 0.25 s
    for (std::size_t k = 0; k + wide <= mean.size(); ++k) {
        float sum = 0;
        for (std::size_t i = k; i < k + wide; ++i) sum += mean[i];
        slow.push_back(sum / static_cast<float>(wide));
    }
    const auto window = static_cast<std::size_t>(4 * rules.sweat_s);
    std::vector<bool> inside(mean.size(), false);
    for (std::size_t k = 0; k + window <= slow.size(); k += window / 4) {
        const double drift = deviation(std::span(slow).subspan(k, window));
        if (drift < least_uv || drift < rules.sweat_part * deviation(std::span(mean).subspan(k, window))) continue;
        std::fill_n(inside.begin() + static_cast<std::ptrdiff_t>(k), window, true);
    }
    std::vector<Interval> list;
    for (const Run& run : signal::bridged(signal::runs_where(inside.size(), [&](std::size_t k) { return bool(inside[k]); }), window))
        if (run.size() > window) list.push_back({view.time_of(run.begin * block), view.time_of(run.end * block)});
    return list;
}

std::vector<Interval> swings_of_lead(const SignalView& view, const SlowArtefactRules& rules) {
    const std::size_t block = samples_in(view, 0.1);
    const std::vector<float> mean = block_means(view, block);
    std::vector<float> smooth;  // means of 0.2 s
    for (std::size_t k = 0; k + 2 <= mean.size(); ++k) smooth.push_back((mean[k] + mean[k + 1]) / 2);
    const auto window = static_cast<std::size_t>(10 * rules.movement_s), hop = std::max<std::size_t>(1, window / 5);
    std::vector<float> sd;
    for (std::size_t k = 0; k + window <= smooth.size(); k += hop) sd.push_back(static_cast<float>(deviation(std::span(smooth).subspan(k, window))));
    const std::size_t two_minutes = 1200 / hop;
    const std::vector<float> usual = signal::sliding_percentile(sd, two_minutes, two_minutes, 50);
    const auto large = [&](std::size_t k) {
        return sd[k] >= static_cast<float>(rules.movement_uv) && sd[k] >= static_cast<float>(rules.movement_ratio) * usual[k];
    };
    std::vector<Interval> list;
    for (const Run& run : signal::bridged(signal::runs_where(sd.size(), large), 5)) {
        // a window is over the limit as soon as a part of it swings: a quarter of it at either end is quiet
        const std::size_t begin = run.begin * hop + window / 4, end = std::min(mean.size(), (run.end - 1) * hop + window - window / 4);
        list.push_back({view.time_of(begin * block), view.time_of(end * block)});
    }
    return list;
}

namespace {

// Medians of the `reach` values to either side; NaN where all of these lie within `least`, so that none can be further from its
// median: nearly everywhere, and quicker to tell.
std::vector<float> medians_where_needed(std::span<const float> x, std::size_t reach, float least) {
    const std::size_t n = x.size();
    const auto quiet = [&](std::size_t piece) {
        const std::size_t middle = piece * reach, first = middle - std::min(middle, reach), end = std::min(n, middle + 2 * reach);
        float low = INFINITY, high = -INFINITY;
        for (std::size_t i = first; i < end; ++i) low = x[i] < low ? x[i] : low, high = x[i] > high ? x[i] : high;
        return !(high - low > least);
    };
    std::vector<float> usual(n, NAN);
    for (const Run& run : signal::runs_where((n + reach - 1) / reach, [&](std::size_t piece) { return !quiet(piece); })) {
        const std::size_t begin = run.begin * reach, end = std::min(n, run.end * reach), first = begin - std::min(begin, reach);
        const std::vector<float> median = signal::sliding_percentile(x.subspan(first, std::min(n, end + reach) - first), reach, reach, 50);
        std::copy_n(median.begin() + static_cast<std::ptrdiff_t>(begin - first), end - begin, usual.begin() + static_cast<std::ptrdiff_t>(begin));
    }
    return usual;
}

}  // namespace

std::vector<Interval> excursions(const SignalView& view, double least_uv) {
    const std::size_t block = samples_in(view, 0.05);
    const std::vector<float> mean = block_means(view, block), usual = medians_where_needed(mean, 80, static_cast<float>(least_uv));
    std::vector<Interval> list;
    for (const float sign : {1.0F, -1.0F})
        for (const Run& run : signal::runs_where(mean.size(), [&](std::size_t k) { return sign * (mean[k] - usual[k]) > static_cast<float>(least_uv); }))
            if (run.size() >= 4 && run.size() <= 60) list.push_back({view.time_of(run.begin * block), view.time_of(run.end * block)});
    return list;
}

std::vector<Interval> at_once(const std::vector<std::vector<Interval>>& by_channel, int fewest) {
    std::vector<std::pair<Interval, std::size_t>> all;
    for (std::size_t c = 0; c < by_channel.size(); ++c)
        for (const Interval& i : by_channel[c]) all.emplace_back(i, c);
    std::sort(all.begin(), all.end(), [](const auto& a, const auto& b) { return a.first.onset < b.first.onset; });
    std::vector<Interval> list;
    for (std::size_t i = 0; i < all.size();) {
        Interval extent = all[i].first;
        std::set<std::size_t> together;
        std::size_t k = i;
        for (; k < all.size() && all[k].first.onset < extent.onset + 300ms; ++k) {
            together.insert(all[k].second);
            extent.offset = std::max(extent.offset, all[k].first.offset);
        }
        if (together.size() < static_cast<std::size_t>(fewest)) {
            ++i;
            continue;
        }
        list.push_back(extent);
        i = k;
    }
    return list;
}

}  // namespace psg::events
