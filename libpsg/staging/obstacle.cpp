// Why an epoch cannot be staged.
// SPDX-License-Identifier: BSD-3-Clause
#include "libpsg/staging/obstacle.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdint>
#include <cstring>
#include <limits>
#include <map>
#include <span>

#include "libpsg/model/wide.hpp"
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

namespace {

struct Extremes {
    float low = std::numeric_limits<float>::infinity(), high = -low;
};

// Of the finite samples, sixteen side by side, so that no comparison waits for the one before.
template <std::size_t bytes>
Extremes extremes_by(std::span<const float> x, Extremes so_far) {
    typedef float Vector __attribute__((vector_size(bytes)));
    typedef std::int32_t Mask __attribute__((vector_size(bytes)));
    constexpr std::size_t lanes = 16, each = bytes / sizeof(float), vectors = lanes / each;
    Vector low[vectors], high[vectors];
    for (std::size_t v = 0; v < vectors; ++v) {
        low[v] = Vector{} + so_far.low;
        high[v] = Vector{} + so_far.high;
    }
    const auto look = [&](const Vector& value, std::size_t v) {
        const Mask finite = value - value == 0;  // neither NaN nor infinite
        low[v] = (finite & (value < low[v])) ? value : low[v];
        high[v] = (finite & (value > high[v])) ? value : high[v];
    };
    std::size_t i = 0;
    for (; i + lanes <= x.size(); i += lanes)
        for (std::size_t v = 0; v < vectors; ++v) {
            Vector value;
            std::memcpy(&value, &x[i + v * each], sizeof value);
            look(value, v);
        }
    for (; i < x.size(); ++i) look(Vector{} + x[i], 0);
    std::array<float, lanes> lows, highs;
    std::memcpy(lows.data(), low, sizeof low);
    std::memcpy(highs.data(), high, sizeof high);
    return {*std::min_element(lows.begin(), lows.end()), *std::max_element(highs.begin(), highs.end())};
}

Extremes extremes_of(std::span<const float> x, Extremes so_far) {
    return wide_by([=](auto bytes) { return extremes_by<bytes()>(x, so_far); });
}

struct Equal {
    unsigned to_low = 0, to_high = 0, to_before = 0;
};
Equal equal_samples(std::span<const float> x, float low, float high) {
    return wide([=] {
        Equal equal;
        for (const float v : x) {
            equal.to_low += v == low ? 1U : 0U;
            equal.to_high += v == high ? 1U : 0U;
        }
        for (std::size_t i = 1; i < x.size(); ++i) equal.to_before += x[i] == x[i - 1] ? 1U : 0U;
        return equal;
    });
}

}  // namespace

ObstacleFinder::ObstacleFinder(SampleRate rate, double step, Time duration, Judge judge)
    : rate_(rate),
      step_(step),
      judge_(judge),
      second_(static_cast<std::size_t>(rate.samples_in(std::chrono::seconds(1)))),
      cutter_(rate, whole_epochs(duration)),
      epochs_(whole_epochs(duration)),
      low_(Extremes().low),
      high_(Extremes().high) {}

void ObstacleFinder::begin_stretch(Time start) {
    end_stretch();
    start_ = start;
    at_ = 0;
    cutter_.begin_stretch(start);
}

void ObstacleFinder::add(std::span<const float> samples) {
    if (judge_ == Judge::eeg) {
        const Extremes all = extremes_of(samples, {low_, high_});
        low_ = all.low;
        high_ = all.high;
    }
    at_ += static_cast<std::int64_t>(samples.size());
    cutter_.add(samples, [&](std::size_t epoch, std::span<const float> x) { epochs_[epoch] = count(x); });
}

void ObstacleFinder::end_stretch() {
    if (at_ < 0) return;
    cutter_.end_stretch([&](std::size_t epoch, std::span<const float> x) { epochs_[epoch] = count(x); });
    end_ = start_ + rate_.time_of(at_);
}

std::vector<Obstacle> ObstacleFinder::finish() {
    end_stretch();
    std::vector<Obstacle> obstacles(epochs_.size(), Obstacle::not_recorded);
    for (std::size_t t = 0; t < obstacles.size(); ++t) {
        if (epochs_[t].samples > 0)
            obstacles[t] = judge(epochs_[t]);
        else if (at_ >= 0 && epoch_length * static_cast<std::int64_t>(t) < end_)
            obstacles[t] = Obstacle::gap;
    }
    return obstacles;
}

ObstacleFinder::Counts ObstacleFinder::count(std::span<const float> x) const {
    Counts c;
    c.samples = x.size();
    c.finite = signal::all_finite(x);
    if (!c.finite || x.empty()) return c;
    const auto [low, high] = extremes_of(x, {});
    c.low = low;
    c.high = high;
    if (judge_ == Judge::still) return c;
    const auto [at_low, at_high, same] = equal_samples(x, low, high);
    c.at_low = at_low;
    c.at_high = at_high;
    std::size_t run = 1;
    for (std::size_t i = 0; same + 1 >= second_ && i < x.size(); ++i) {  // hardly ever looked at
        run = i > 0 && x[i] == x[i - 1] ? run + 1 : 1;
        if (run < second_) continue;
        const std::size_t more = run == second_ ? second_ : 1;
        c.still += more;
        if (x[i] == low) c.still_low += more;
        if (x[i] == high) c.still_high += more;
    }
    // n samples of which two are that far apart have at least (high - low)^2 / 2n of variance
    const double range = double(high) - double(low), n = static_cast<double>(x.size());
    c.varies = range * range >= 2 * n * step_ * step_ * (1 + 1e-9) || signal::variance_of(x) >= step_ * step_;
    return c;
}

bool ObstacleFinder::is_limit(float x) const {
    const bool extreme = (x == low_ || x == high_) && high_ - low_ > 2 * step_;
    return extreme && 2 * std::abs(x) >= std::max(std::abs(low_), std::abs(high_));
}

Obstacle ObstacleFinder::judge(const Counts& c) const {
    if (!c.finite) return Obstacle::not_a_number;
    if (judge_ == Judge::still) return c.low == c.high ? Obstacle::flat : Obstacle::none;
    const std::size_t n = c.samples;
    const bool constant = c.low == c.high;
    const std::size_t at_extreme = (c.low == low_ || (constant && c.high == high_) ? c.at_low : 0) + (!constant && c.high == high_ ? c.at_high : 0);
    const std::size_t saturated = (is_limit(c.low) ? c.still_low : 0) + (!constant && is_limit(c.high) ? c.still_high : 0);
    const std::size_t unchanged = c.still - saturated;
    const bool clipped = 10 * at_extreme >= n;
    if (3 * unchanged >= n) return Obstacle::flat;
    if (clipped && saturated > 0) return Obstacle::clipped;
    if (3 * saturated >= n || !c.varies) return Obstacle::flat;
    return clipped ? Obstacle::clipped : Obstacle::none;
}

}  // namespace psg::staging
