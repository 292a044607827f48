// Jumps and slow swings of single leads; limits proposed.
// SPDX-License-Identifier: BSD-3-Clause
#include "libpsg/events/slow_artefacts.hpp"

#include <algorithm>
#include <array>
#include <bit>
#include <chrono>
#include <cmath>
#include <numeric>
#include <set>

#include "libpsg/model/wide.hpp"
#include "libpsg/signal/sample_look.hpp"
#include "libpsg/signal/statistics.hpp"

namespace psg::events {

using namespace std::chrono_literals;
using signal::Run;

namespace {

std::size_t samples_in(SampleRate rate, double length_s) {
    return static_cast<std::size_t>(std::max(1L, std::lround(length_s * rate.hz())));
}

double deviation(std::span<const float> x) {
    double sum = 0, squares = 0;
    for (const float v : x) sum += static_cast<double>(v), squares += static_cast<double>(v) * static_cast<double>(v);
    const auto n = static_cast<double>(x.size());
    return std::sqrt(std::max(0.0, squares / n - sum * sum / (n * n)));
}

// Joins it with the last one where they touch.
void add_to_runs(std::vector<Run>& runs, const Run& run) {
    if (!runs.empty() && run.begin <= runs.back().end)
        runs.back().end = run.end;
    else
        runs.push_back(run);
}

constexpr std::size_t tenth = 10, quiet_before = tenth + 2, longest_pop = 300;  // blocks of 10 ms
constexpr int bin_bits = 12;  // of a float that a bin of jumps leaves open: 11 of its value count

std::size_t bin_of(float x) { return std::bit_cast<std::uint32_t>(x) >> bin_bits; }
float edge_of(std::size_t bin) { return std::bit_cast<float>(static_cast<std::uint32_t>(bin << bin_bits)); }

}  // namespace

ElectrodePops::ElectrodePops(SampleRate rate, const SlowArtefactRules& rules)
    : rate_(rate),
      block_(samples_in(rate, 0.01)),
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

Sweat::Sweat(SampleRate rate, const SlowArtefactRules& rules, double least_uv)
    : rate_(rate),
      rules_(rules),
      least_uv_(least_uv),
      window_(static_cast<std::size_t>(4 * rules.sweat_s)),
      block_means_(samples_in(rate, 0.25)),
      block_(samples_in(rate, 0.25)) {}

void Sweat::begin(Time start) {
    block_means_.begin();
    start_ = start;
    means_.clear();
    slow_.clear();
    next_ = 0;
    strong_.clear();
}

void Sweat::add(std::span<const float> samples) {
    constexpr std::size_t wide = 6;  // 1.5 s
    means_.add(block_means_.add(samples));
    for (std::size_t k = slow_.end(); k + wide <= means_.end(); ++k) {
        float sum = 0;
        for (const float mean : means_.part(k, k + wide)) sum += mean;
        slow_.extend(1)[0] = sum / static_cast<float>(wide);
    }
    for (; next_ + window_ <= slow_.end(); next_ += window_ / 4) {
        const double drift = deviation(slow_.part(next_, next_ + window_));
        if (drift < least_uv_ || drift < rules_.sweat_part * deviation(means_.part(next_, next_ + window_))) continue;
        add_to_runs(strong_, {next_, next_ + window_});
    }
    means_.forget_before(std::min(next_, slow_.end()));
    slow_.forget_before(std::min(next_, slow_.end()));
}

std::vector<Interval> Sweat::finish() {
    const SignalView view{{}, rate_, start_};
    std::vector<Interval> list;
    for (const Run& run : signal::bridged(strong_, window_))
        if (run.size() > window_) list.push_back({view.time_of(run.begin * block_), view.time_of(run.end * block_)});
    return list;
}

LeadSwings::LeadSwings(SampleRate rate, const SlowArtefactRules& rules)
    : rate_(rate),
      rules_(rules),
      window_(static_cast<std::size_t>(10 * rules.movement_s)),
      hop_(std::max<std::size_t>(1, window_ / 5)),
      around_(1200 / hop_),  // two minutes
      block_means_(samples_in(rate, 0.1)),
      block_(samples_in(rate, 0.1)),
      usual_(around_, around_, 50) {}

void LeadSwings::begin(Time start) {
    block_means_.begin();
    start_ = start;
    count_ = 0;
    smooth_.clear();
    usual_.begin();
    windows_ = heard_ = told_ = judged_ = 0;
    swinging_.clear();
}

void LeadSwings::add(std::span<const float> samples) {
    const std::span<const float> means = block_means_.add(samples);
    if (means.empty()) return;
    const std::size_t first = count_ == 0 ? 1 : 0;
    const std::span<float> to = smooth_.extend(means.size() - first);
    for (std::size_t i = first; i < means.size(); ++i) to[i - first] = ((i == 0 ? last_ : means[i - 1]) + means[i]) / 2;
    last_ = means.back();
    count_ += means.size();
    if (smooth_.end() < window_) return;
    windows_ = (smooth_.end() - window_) / hop_ + 1;
    judge_before(windows_ - std::min(windows_, around_));
    smooth_.forget_before((judged_ - std::min(judged_, around_)) * hop_);
}

std::span<const float> LeadSwings::means_of(std::size_t first, std::size_t end) const { return smooth_.part(first * hop_, (end - 1) * hop_ + window_); }
float LeadSwings::sd_of(std::size_t window) const { return static_cast<float>(deviation(means_of(window, window + 1))); }

// Whether the extremes of some means already tell that none deviates so much.
bool LeadSwings::is_calm(std::span<const float> means) const {
    const signal::SampleLook look = signal::look_at(means);
    const auto low = static_cast<double>(std::min(look.lowest, means.back())), high = static_cast<double>(std::max(look.highest, means.back()));
    constexpr double margin = 0.999, most = 1e6;  // beyond it rounding would matter
    return high - low < 2 * margin * rules_.movement_uv && low > -most && high < most;
}

// The next windows, all around which are known. Most are calm, and several together are.
void LeadSwings::judge_before(std::size_t end) {
    constexpr std::size_t together = 16;
    while (judged_ < end) {
        const std::size_t next = std::min(end, judged_ + together);
        if (is_calm(means_of(judged_, next))) judged_ = next;
        for (; judged_ < next; ++judged_) {
            if (is_calm(means_of(judged_, judged_ + 1))) continue;
            const float sd = sd_of(judged_);
            if (sd >= static_cast<float>(rules_.movement_uv) && sd >= static_cast<float>(rules_.movement_ratio) * usual_at(judged_)) add_to_runs(swinging_, {judged_, judged_ + 1});
        }
    }
}

// The median around a window. It is asked for seldom: where that was long ago it is made anew, else it goes on.
float LeadSwings::usual_at(std::size_t window) {
    if (window > told_ + around_ / 2) {
        usual_.begin();
        heard_ = told_ = window - std::min(window, around_);
    }
    float usual = 0;
    while (told_ <= window) {
        const auto next = heard_ < windows_ ? usual_.add(sd_of(heard_)) : usual_.finish();
        if (heard_ < windows_) ++heard_;
        if (!next) continue;
        usual = *next;
        ++told_;
    }
    return usual;
}

std::vector<Interval> LeadSwings::finish() {
    judge_before(windows_);
    const SignalView view{{}, rate_, start_};
    std::vector<Interval> list;
    for (const Run& run : signal::bridged(swinging_, 5)) {
        // a window is over the limit as soon as a part of it swings: a quarter of it at either end is quiet
        const std::size_t begin = run.begin * hop_ + window_ / 4, end = std::min(count_, (run.end - 1) * hop_ + window_ - window_ / 4);
        list.push_back({view.time_of(begin * block_), view.time_of(end * block_)});
    }
    return list;
}

namespace {

constexpr std::size_t reach = 80;                         // blocks of 50 ms to either side in a median
constexpr std::size_t shortest_excursion = 4, longest_excursion = 60;

}  // namespace

Excursions::Excursions(SampleRate rate, double least_uv)
    : rate_(rate), least_uv_(static_cast<float>(least_uv)), block_means_(samples_in(rate, 0.05)), block_(samples_in(rate, 0.05)) {}

void Excursions::begin(Time start) {
    block_means_.begin();
    start_ = start;
    means_.clear();
    pieces_ = 0;
    open_ = {none, none};
    for (auto& list : found_) list.clear();
}

void Excursions::add(std::span<const float> samples) {
    means_.add(block_means_.add(samples));
    for (; (pieces_ + 2) * reach <= means_.end(); ++pieces_) look_at(pieces_, means_.end());
    means_.forget_before(pieces_ * reach - std::min(pieces_, std::size_t{1}) * reach);
}

void Excursions::end_run(std::size_t sign, std::size_t place) {
    const std::size_t begin = open_[sign], length = place - begin;
    open_[sign] = none;
    if (begin == none || length < shortest_excursion || length > longest_excursion) return;
    const SignalView view{{}, rate_, start_};
    found_[sign].push_back({view.time_of(begin * block_), view.time_of(place * block_)});
}

// Blocks [piece * reach, (piece + 1) * reach), `count` being known. Where all in the reach of these lie within the limit none can be
// further from its median: nearly everywhere, and quicker to tell.
void Excursions::look_at(std::size_t piece, std::size_t count) {
    const std::size_t begin = piece * reach, first = begin - std::min(begin, reach), end = std::min(count, begin + reach);
    const std::span<const float> x = means_.part(first, std::min(count, begin + 2 * reach));
    float low = INFINITY, high = -INFINITY;
    for (const float v : x) low = v < low ? v : low, high = v > high ? v : high;
    if (!(high - low > least_uv_)) {
        for (const std::size_t sign : {0, 1}) end_run(sign, begin);
        return;
    }
    const std::vector<float> usual = signal::sliding_percentile(x, reach, reach, 50);
    for (std::size_t k = begin; k < end; ++k)
        for (const std::size_t sign : {0, 1}) {
            const float away = x[k - first] - usual[k - first];
            const bool inside = (sign == 0 ? away : -away) > least_uv_;
            if (inside && open_[sign] == none) open_[sign] = k;
            if (!inside && open_[sign] != none) end_run(sign, k);
        }
}

std::vector<Interval> Excursions::finish() {
    for (; pieces_ * reach < means_.end(); ++pieces_) look_at(pieces_, means_.end());
    for (const std::size_t sign : {0, 1}) end_run(sign, means_.end());
    std::vector<Interval> list = found_[0];
    list.insert(list.end(), found_[1].begin(), found_[1].end());
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
