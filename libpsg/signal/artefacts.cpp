// Time in which an electrode says nothing: held samples, crowded saturation, a lead that only hums.
// SPDX-License-Identifier: BSD-3-Clause
#include "libpsg/signal/artefacts.hpp"

#include <algorithm>
#include <cmath>

#include "libpsg/signal/samples_in.hpp"
#include "libpsg/signal/statistics.hpp"

namespace psg::signal {

namespace {

constexpr double held_s = 0.1, beside_s = 0.05, crowded_share = 0.15, coarse_share = 0.25;
constexpr std::size_t shortest_s = 5;            // of time that is scored between artefacts, and of a lead that hums
constexpr float strong_uv = 50, alone_uv = 100;  // peak of a hum
constexpr float least_part = 0.6F, least_uv = 1;
constexpr std::size_t fewest_seconds = 60;

// Mostly they are numbers that differ, which their difference tells at once (it may be too large for one).
bool same(float a, float b) {
    const float difference = std::abs(a - b);
    if (difference > 0 && difference < INFINITY) return false;
    return a == b || !std::isfinite(a) || !std::isfinite(b);
}
bool same(std::span<const float> x, std::size_t i) { return same(x[i], x[i + 1]); }

}  // namespace

void EqualRuns::begin() {
    runs_.clear();
    count_ = open_ = 0;
}

void EqualRuns::end_run(std::size_t end) {
    if (end - open_ >= length_ && end - open_ > 1) runs_.push_back({open_, end});
}

void EqualRuns::add(std::span<const float> x, std::size_t equal) {
    if (x.empty()) return;
    const std::size_t n = x.size();
    std::size_t i = 0;  // of this piece: the first sample that does not go on with what was there before
    if (count_ > 0)
        for (float before = last_; i < n && same(before, x[i]); ++i) before = x[i];
    last_ = x.back();
    if (i == n) {
        count_ += n;
        return;
    }
    end_run(count_ + i);
    // a run within the piece contains a multiple of half its length, so that only those places are looked at
    const std::size_t step = std::max<std::size_t>(1, length_ / 2);
    std::size_t free_from = i;
    open_ = count_ + n;
    const std::size_t last = equal + 1 >= length_ ? n : 0;  // else no run is that long
    for (std::size_t k = (count_ + i + step - 1) / step * step - count_; k + 1 < last; k += step) {
        if (k < free_from || !same(x, k)) continue;
        Run run{k, k + 1};
        while (run.begin > free_from && same(x, run.begin - 1)) --run.begin;
        while (run.end < n && same(x, run.end - 1)) ++run.end;
        free_from = run.end;
        open_ = count_ + run.begin;
        if (run.end < n) end_run(count_ + run.end), open_ = count_ + n;
    }
    if (open_ == count_ + n)  // the run at the end of the piece, of one sample mostly
        for (--open_; open_ > count_ + free_from && same(x, open_ - 1 - count_);) --open_;
    count_ += n;
}

void EqualRuns::finish() {
    if (count_ > 0) end_run(count_);
}

std::vector<Run> equal_runs(std::span<const float> x, std::size_t length) {
    EqualRuns runs(length);
    runs.add(x);
    runs.finish();
    return runs.runs();
}

HeldRuns::HeldRuns(double rate_hz) : runs_(static_cast<std::size_t>(std::max(3.0, std::ceil(held_s * rate_hz)))) { begin(); }

void HeldRuns::begin() {
    runs_.begin();
    values_.clear();
    count_ = equal_ = free_of_bad_ = 0;
    lowest_ = INFINITY;
    highest_ = -INFINITY;
}

namespace {

constexpr std::size_t at_once = 4096;  // samples, to be looked at several times while they are in the cache

}  // namespace

void HeldRuns::add(std::span<const float> x) {
    for (; !x.empty(); x = x.subspan(std::min(x.size(), at_once))) {
        const auto piece = x.first(std::min(x.size(), at_once));
        add(piece, look_at(piece));
    }
}

void HeldRuns::add(std::span<const float> x, const SampleLook& look) {
    if (look.finite && !x.empty()) return take(x, look);
    for (std::size_t i = 0; i < x.size(); ++i) take(x.subspan(i, 1), {});
}

// The value of each run that has ended by now; `x` begins at sample `first`.
void HeldRuns::remember_values(std::span<const float> x, std::size_t first) {
    const std::vector<Run>& runs = runs_.runs();
    for (std::size_t r = values_.size(); r < runs.size(); ++r)
        values_.push_back(free_of_bad_ > runs[r].begin ? NAN : runs[r].end > first ? x[runs[r].end - 1 - first] : last_);
}

// Samples that are numbers, or a single one.
void HeldRuns::take(std::span<const float> x, const SampleLook& look) {
    runs_.add(x, look.equal);
    remember_values(x, count_);
    if (count_ > 0) {
        equal_ += same(last_, x[0]);
        if (std::isfinite(last_)) lowest_ = std::min(lowest_, last_), highest_ = std::max(highest_, last_);
    }
    lowest_ = std::min(lowest_, look.lowest), highest_ = std::max(highest_, look.highest);
    equal_ += look.equal;
    count_ += x.size();
    last_ = x.back();
    if (!std::isfinite(last_)) free_of_bad_ = count_;
}

bool HeldRuns::is_coarse() const {
    std::size_t looked = count_ > 0 ? count_ - 1 : 0, equal = equal_;  // ... outside of the runs
    for (const Run& run : all()) {
        looked -= run.size() - (run.end == count_ ? 1 : 0);
        equal -= run.size() - 1;
    }
    return static_cast<double>(equal) > coarse_share * static_cast<double>(looked);
}

bool HeldRuns::tells(std::size_t run) const {
    const float value = values_[run];
    return !std::isfinite(value) || value == lowest_ || value == highest_ || !is_coarse();
}

std::vector<Run> HeldRuns::finish() {
    runs_.finish();
    remember_values({}, count_);
    std::vector<Run> told;
    if (!is_coarse()) return all();
    for (std::size_t r = 0; r < all().size(); ++r)
        if (tells(r)) told.push_back(all()[r]);
    return told;
}

std::vector<Run> held_runs(std::span<const float> x, double rate_hz) {
    HeldRuns runs(rate_hz);
    runs.add(x);
    return runs.finish();
}

namespace {

// Seconds that are marked, as samples; the last, incomplete one belongs to the last whole one.
std::vector<Run> as_samples(std::vector<Run> seconds, std::size_t whole, std::size_t second, std::size_t count) {
    for (Run& run : seconds) run = {run.begin * second, run.end == whole ? count : run.end * second};
    return seconds;
}

}  // namespace

std::vector<Run> crowded_seconds(const std::vector<Run>& held, std::size_t count, double rate_hz) {
    const auto second = samples_in(1, rate_hz);
    const std::size_t whole = (count + second - 1) / second;
    std::vector<std::size_t> samples(whole, 0);
    for (const Run& run : held)
        for (std::size_t s = run.begin / second; s < whole && s * second < run.end; ++s)
            samples[s] += std::min(run.end, (s + 1) * second) - std::max(run.begin, s * second);
    const auto spoilt = [&](std::size_t s) {
        const std::size_t around = samples[s] + (s > 0 ? samples[s - 1] : 0) + (s + 1 < whole ? samples[s + 1] : 0);
        return samples[s] > 0 && static_cast<double>(around) > 3 * crowded_share * static_cast<double>(second);
    };
    return as_samples(bridged(runs_where(whole, spoilt), shortest_s), whole, second, count);
}

void conceal(std::span<float> x, const std::vector<Run>& held, double rate_hz) {
    const auto beside = static_cast<std::size_t>(beside_s * rate_hz);
    for (const Run& run : held) {
        const std::size_t begin = run.begin > beside ? run.begin - beside : 0,
                          end = std::min(x.size(), run.end + beside);
        const std::size_t middle = begin + (end - begin) / 2;
        // where one side is too short the other one serves
        const bool left = begin >= end - begin, right = x.size() - end >= end - begin;
        for (std::size_t i = begin; i < end; ++i) {
            if (left && (i < middle || !right))
                x[i] = x[begin - 1 - (i - begin)];
            else if (right)
                x[i] = x[end + (end - 1 - i)];
        }
    }
}

std::vector<Run> humming_seconds(std::span<const float> with_hum, std::span<const float> without, std::size_t second) {
    const std::size_t count = std::min(with_hum.size(), without.size());
    const auto hum_power = [&](std::size_t s) { return with_hum[s] - without[s]; };  // half the square of the peak
    std::vector<float> connected;
    bool any = false;
    for (std::size_t s = 0; s < count; ++s) {
        if (hum_power(s) >= 0.5F * strong_uv * strong_uv)
            any = true;
        else if (without[s] > 0)
            connected.push_back(without[s]);
    }
    if (!any) return {};
    const bool compared = connected.size() >= fewest_seconds;
    const float peak = compared ? strong_uv : alone_uv;
    const double limit = compared ? static_cast<double>(least_part * least_part) * percentile(connected, 5)
                                  : static_cast<double>(least_uv * least_uv);
    const std::vector<Run> off = runs_where(count, [&](std::size_t s) {
        return hum_power(s) >= 0.5F * peak * peak && static_cast<double>(without[s]) < limit;
    });
    return as_samples(without_short(bridged(off, shortest_s), shortest_s), count, second, count * second);
}

}  // namespace psg::signal
