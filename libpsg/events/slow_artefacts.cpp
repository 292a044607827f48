// Slow swings of single leads; limits proposed.
// SPDX-License-Identifier: BSD-3-Clause
#include "libpsg/events/slow_artefacts.hpp"

#include <algorithm>
#include <chrono>
#include <cmath>
#include <set>

#include "libpsg/signal/sample_look.hpp"
#include "libpsg/signal/samples_in.hpp"
#include "libpsg/signal/statistics.hpp"

namespace psg::events {

using namespace std::chrono_literals;
using signal::Run;

namespace {

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

}  // namespace

Sweat::Sweat(SampleRate rate, const SlowArtefactRules& rules, double least_uv)
    : rate_(rate),
      rules_(rules),
      least_uv_(least_uv),
      window_(static_cast<std::size_t>(4 * rules.sweat_s)),
      block_means_(signal::samples_in(0.25, rate.hz())),
      block_(signal::samples_in(0.25, rate.hz())) {}

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
      block_means_(signal::samples_in(0.1, rate.hz())),
      block_(signal::samples_in(0.1, rate.hz())),
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
    : rate_(rate), least_uv_(static_cast<float>(least_uv)), block_means_(signal::samples_in(0.05, rate.hz())), block_(signal::samples_in(0.05, rate.hz())) {}

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
