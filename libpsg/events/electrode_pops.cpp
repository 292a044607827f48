// Jumps of single leads; limits proposed.
// SPDX-License-Identifier: BSD-3-Clause
#include "libpsg/events/electrode_pops.hpp"

#include <algorithm>
#include <array>
#include <bit>
#include <chrono>
#include <cmath>
#include <numeric>

#include "libpsg/model/wide.hpp"
#include "libpsg/signal/samples_in.hpp"

namespace psg::events {

using namespace std::chrono_literals;

namespace {

constexpr std::size_t tenth = 10, quiet_before = tenth + 2, longest_pop = 300;  // blocks of 10 ms
constexpr int bin_bits = 12;  // of a float that a bin of jumps leaves open: 11 of its value count

std::size_t bin_of(float x) { return std::bit_cast<std::uint32_t>(x) >> bin_bits; }
float edge_of(std::size_t bin) { return std::bit_cast<float>(static_cast<std::uint32_t>(bin << bin_bits)); }

}  // namespace

ElectrodePops::ElectrodePops(SampleRate rate, const SlowArtefactRules& rules)
    : rate_(rate),
      block_(signal::samples_in(0.01, rate.hz())),
      least_uv_(static_cast<float>(rules.pop_uv)),
      ratio_(static_cast<float>(rules.pop_ratio)),
      block_means_(block_),
      counts_(1) {}

void ElectrodePops::begin(Time start) {
    block_means_.begin();
    start_ = start;
    means_.clear();
    candidates_.clear();
    found_.clear();
    std::fill(counts_.begin(), counts_.end(), 0);
}

void ElectrodePops::add(std::span<const float> samples) {
    const std::size_t known = means_.end();
    means_.add(block_means_.add(samples));
    count_jumps(known);
    look_at(means_.end(), false);
    const std::size_t oldest = candidates_.empty() ? means_.end() : candidates_.front();
    means_.forget_before(oldest - std::min(oldest, quiet_before + 2));
}

// For the largest jump so far: most of the range is never needed.
void ElectrodePops::make_room(std::size_t bin) {
    constexpr std::size_t some = 1024;
    counts_.reserve((bin / some + 1) * some);
    counts_.resize(bin + 1);
}

// Over two blocks, for those from `from` on; before the first two there is none. Most are small, and no more than counted.
void ElectrodePops::count_jumps(std::size_t from) {
    constexpr std::size_t across = 2, at_once = 128;
    for (; from < std::min(across, means_.end()); ++from) ++counts_[0];
    if (from >= means_.end()) return;
    const std::span<const float> x = means_.part(from - across, means_.end());
    const float fewest_uv = least_uv_ / ratio_;
    const std::size_t lowest_bin = bin_of(fewest_uv), last = bin_of(1e6F);
    std::array<float, at_once> jumps;
    struct Counted {
        std::int32_t small, other, large;
    };
    for (std::size_t i = 0; i + across < x.size(); i += at_once) {
        const std::size_t count = std::min(at_once, x.size() - across - i);
        const Counted counted = wide([here = x.data() + i, to = jumps.data(), count, fewest_uv, least_uv = least_uv_] {
            Counted all{0, 0, 0};
            for (std::size_t k = 0; k < count; ++k) {
                const float jump = std::abs(here[k + across] - here[k]);
                to[k] = jump;
                all.small += jump < fewest_uv ? 1 : 0;
                all.other += jump >= fewest_uv ? 1 : 0;  // a NaN is neither
                all.large += jump >= least_uv ? 1 : 0;
            }
            return all;
        });
        counts_[0] += static_cast<std::uint32_t>(counted.small);
        if (counted.other == 0) continue;
        std::array<std::uint32_t, at_once + 1> others;
        std::size_t known = 0;
        for (std::size_t k = 0; k < count; ++k) {  // without a branch that nobody can foresee
            others[known] = static_cast<std::uint32_t>(k);
            known += jumps[k] >= fewest_uv ? 1 : 0;
        }
        for (std::size_t k = 0; k < known; ++k) {
            const std::size_t bin = std::min(bin_of(jumps[others[k]]), last) - lowest_bin;  // an infinite one in the last
            if (bin >= counts_.size()) make_room(bin);
            ++counts_[bin];
        }
        for (std::size_t k = 0; counted.large > 0 && k < count; ++k)
            if (jumps[k] >= least_uv_) candidates_.push_back(from + i + k);
    }
}

// Candidates of which enough is known after them: `count` blocks so far.
void ElectrodePops::look_at(std::size_t count, bool ended) {
    std::size_t done = 0;
    for (; done < candidates_.size(); ++done) {
        const std::size_t k = candidates_[done];
        if (ended ? k + 3 * tenth >= count : k + longest_pop > count) break;
        if (k <= quiet_before) continue;
        const float before = means_[k - 2], jump = means_[k] - before;
        // a spike comes back or crosses; a burst changes its sign, and is not quiet before
        bool away = true;
        for (std::size_t j = k - quiet_before; j + 2 < k && away; ++j) away = std::abs(means_[j] - before) < 0.2F * std::abs(jump);
        if (!away) continue;
        const auto left = [&](std::size_t j) { return (means_[j] - before) / jump; };
        for (std::size_t j = k; j < k + tenth && away; ++j) away = left(j) > 0.3F;
        std::size_t end = k + tenth;
        if (away) {
            while (end < count && end < k + longest_pop && std::abs(left(end)) > 0.2F) ++end;
        } else {
            bool fallen = false, fades = true;
            for (std::size_t j = k + 1; j < k + 3 * tenth && fades; ++j) {
                fades = fallen ? std::abs(left(j)) <= 0.8F : left(j) <= left(j - 1) + 0.3F;  // roughly; fades_like_a_step() looks closer
                fallen = fallen || left(j) < 0.3F;
            }
            if (!fades) continue;
            while (end > k + 1 && std::abs(left(end - 1)) <= 0.2F) --end;
        }
        found_.push_back({k, end, std::abs(jump), !away});
    }
    candidates_.erase(candidates_.begin(), candidates_.begin() + static_cast<std::ptrdiff_t>(done));
}

// Median of the jumps; where it is below least_uv_ / ratio_, that.
float ElectrodePops::usual() const {
    const double place = 0.5 * (std::accumulate(counts_.begin(), counts_.end(), 0.0) - 1);
    double below = counts_[0];
    if (place < below) return least_uv_ / ratio_;
    const std::size_t lowest_bin = bin_of(least_uv_ / ratio_);
    for (std::size_t i = 1; i < counts_.size(); ++i) {
        if (place < below + counts_[i]) {
            const auto part = static_cast<float>((place - below + 0.5) / counts_[i]);
            return edge_of(lowest_bin + i) + part * (edge_of(lowest_bin + i + 1) - edge_of(lowest_bin + i));
        }
        below += counts_[i];
    }
    return edge_of(lowest_bin + counts_.size());
}

std::vector<ElectrodePop> ElectrodePops::finish() {
    std::vector<ElectrodePop> list;
    if (means_.end() < 100) return list;
    look_at(means_.end(), true);
    const float least = found_.empty() ? 0 : std::max(least_uv_, ratio_ * usual());
    const SignalView view{{}, rate_, start_};
    for (const Jump& jump : found_)
        if (jump.uv >= least) list.push_back({view.time_of((jump.place - 1) * block_), {view.time_of((jump.place - 2) * block_), view.time_of(jump.end * block_)}, jump.brief});
    return list;
}

std::vector<Interval> counted_pops(const std::vector<ElectrodePop>& pops, const std::function<bool(const ElectrodePop&)>& counts) {
    std::vector<Interval> list;
    for (const ElectrodePop& pop : pops)
        if ((list.empty() || pop.middle >= list.back().offset) && counts(pop)) list.push_back(pop.extent);
    return list;
}

bool fades_like_a_step(const SignalView& view, Time t, double least_uv) {
    const auto n = static_cast<std::int64_t>(view.samples.size());
    const auto place = [&](Time at) { return std::clamp<std::int64_t>(view.rate.index_at(at - view.start), 0, n); };
    const std::int64_t quiet = place(t - 110ms), jump = place(t - 20ms), top_end = place(t + 40ms), end = place(t + 300ms);
    const auto abrupt = std::max<std::int64_t>(2, static_cast<std::int64_t>(std::ceil(0.004 * view.rate.hz())));
    const auto slow = static_cast<std::int64_t>(std::lround(0.008 * view.rate.hz()));
    if (jump - quiet < abrupt || top_end <= jump + abrupt) return false;
    double before = 0;
    for (std::int64_t i = quiet; i < jump; ++i) before += static_cast<double>(view.samples[static_cast<std::size_t>(i)]) / static_cast<double>(jump - quiet);
    const auto away = [&](std::int64_t i) { return static_cast<double>(view.samples[static_cast<std::size_t>(i)]) - before; };
    std::int64_t top = jump;
    for (std::int64_t i = jump; i < top_end; ++i)
        if (std::abs(away(i)) > std::abs(away(top))) top = i;
    const double height = away(top);
    if (std::abs(height) < least_uv || std::abs(away(top - abrupt)) >= 0.2 * std::abs(height)) return false;
    std::int64_t i = top;
    for (; i + 1 < end && away(i) / height >= 0.37; ++i)
        if (away(i + 1) / height > away(i) / height + 0.15) return false;
    if (i - top < slow) return false;
    for (; i < end; ++i)
        if (std::abs(away(i)) > 0.4 * std::abs(height)) return false;
    return true;
}

}  // namespace psg::events
