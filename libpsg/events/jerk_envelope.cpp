// Means of rectified samples, made from sums of steps; medians and percentiles only where they are asked for.
// SPDX-License-Identifier: BSD-3-Clause
#include "libpsg/events/jerk_envelope.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <type_traits>

#include "libpsg/model/wide.hpp"
#include "libpsg/signal/statistics.hpp"

namespace psg::events {

namespace {

constexpr double step_s = 0.004;        // of the smoothed signal, as close as the rate allows
constexpr double coarse_s = 0.08;       // of the values from which the background is taken
constexpr double quiet_block_s = 1.5;   // blocks whose percentile is "quiet": each has a heart beat, few have a jerk;
constexpr std::size_t quiet_blocks = 40;  // the median of those of the last minute counts

std::size_t values_in(double length_s, double rate_hz) {
    return std::max<std::size_t>(1, static_cast<std::size_t>(length_s * rate_hz));
}

// The value of rank round(n / 2 - 1/2) of the finite ones; NaN if there are none.
float middle_of(std::vector<float>& x) {
    std::erase_if(x, [](float v) { return !std::isfinite(v); });
    if (x.empty()) return std::numeric_limits<float>::quiet_NaN();
    const auto middle = x.begin() + static_cast<std::ptrdiff_t>(x.size() / 2);
    std::nth_element(x.begin(), middle, x.end());
    return *middle;
}

}  // namespace

JerkEnvelope::JerkEnvelope(double rate_hz, const BurstRules& rules)
    : percentile_(rules.quiet_percentile),
      step_(values_in(step_s, rate_hz)),
      half_(static_cast<std::size_t>(std::max(0.0, std::round((rules.smoothing_ms * 1e-3 * rate_hz - 1) / 2)))),
      rate_hz_(rate_hz / static_cast<double>(step_)),
      coarse_(values_in(coarse_s, rate_hz_)),
      window_(static_cast<std::size_t>(std::max(1.0, rules.background_s * rate_hz_ / static_cast<double>(coarse_)))),
      block_(values_in(quiet_block_s, rate_hz_)) {}

void JerkEnvelope::begin() {
    ended_ = false;
    rectified_.clear();
    values_.clear();
    percentiles_.clear();
    median_place_ = quiet_place_ = first_percentile_ = 0;
}

// The next `count` values, all of whose windows are whole: sums of steps and of what a window has beyond whole steps, made for
// all of them together, so that the compiler can take several at a time.
void JerkEnvelope::add_means(std::size_t count) {
    const std::size_t width = 2 * half_ + 1, whole = width / step_, more = width % step_;
    const std::size_t begin = values_.end() * step_ - half_;
    const float* const x = rectified_.part(begin, begin + (count - 1) * step_ + width).data();
    sums_.resize(count + whole);
    // constants for the usual rates and smoothing, for the compiler's sake
    const auto make = [=, sums = sums_.data(), mean = values_.extend(count).data()](auto step, auto steps) {
        for (std::size_t i = 0; i < count + steps - 1; ++i) {
            float sum = x[i * step];
            for (std::size_t k = 1; k < step; ++k) sum += x[i * step + k];
            sums[i] = sum;
        }
        const float* const last = x + steps * step;
        for (std::size_t k = 0; k < more; ++k)
            for (std::size_t i = 0; i < count; ++i) mean[i] = k == 0 ? last[i * step] : mean[i] + last[i * step + k];
        for (std::size_t i = 0; i < count; ++i) {
            float sum = more > 0 ? mean[i] : 0;
            for (std::size_t k = 0; k < steps; ++k) sum += sums[i + k];
            mean[i] = sum / static_cast<float>(width);
        }
    };
    const auto make_by_step = [step = step_, &make](auto steps) {
        if (step == 1) return make(std::integral_constant<std::size_t, 1>(), steps);
        if (step == 2) return make(std::integral_constant<std::size_t, 2>(), steps);
        if (step == 4) return make(std::integral_constant<std::size_t, 4>(), steps);
        make(step, steps);
    };
    wide([whole, &make_by_step] { whole == 3 ? make_by_step(std::integral_constant<std::size_t, 3>()) : make_by_step(whole); });
}

void JerkEnvelope::add(std::span<const float> band) {
    constexpr std::size_t at_once = 2048;  // what is made of them stays in the cache
    for (; !band.empty(); band = band.subspan(std::min(band.size(), at_once))) add_some(band.first(std::min(band.size(), at_once)));
}

void JerkEnvelope::add_some(std::span<const float> band) {
    const std::span<float> rectified = rectified_.extend(band.size());
    wide([in = band.data(), out = rectified.data(), count = band.size()] {
        for (std::size_t i = 0; i < count; ++i) out[i] = std::abs(in[i]);
    });
    const std::size_t n = rectified_.end();
    const auto add_cut = [&] {  // a window that the stretch cuts
        const std::size_t i = values_.end() * step_, first = i - std::min(i, half_), end = std::min(n, i + half_ + 1);
        float sum = 0;
        for (const float x : rectified_.part(first, end)) sum += x;
        values_.extend(1)[0] = sum / static_cast<float>(end - first);
    };
    while (values_.end() * step_ < half_ && values_.end() * step_ + half_ < n) add_cut();
    if (const std::size_t i = values_.end() * step_; i >= half_ && i + half_ < n) add_means((n - 1 - half_ - i) / step_ + 1);
    while (ended_ && values_.end() * step_ < n) add_cut();
    rectified_.forget_before(values_.end() * step_ - std::min(values_.end() * step_, half_));
}

void JerkEnvelope::finish() {
    ended_ = true;
    add_some({});
}

std::size_t JerkEnvelope::ready() const {
    const std::size_t n = values_.end();
    if (ended_) return n;
    return n < std::max(quiet_blocks * block_, (window_ - 1) * coarse_ + 1) ? 0 : n / block_ * block_;
}

void JerkEnvelope::forget_before(std::size_t i) {
    const std::size_t back = std::max((quiet_blocks + 1) * block_, window_ * coarse_);
    values_.forget_before(i - std::min(i, back));
}

float JerkEnvelope::median_at(std::size_t i) {
    const std::size_t count = (values_.end() + coarse_ - 1) / coarse_;
    const std::size_t place = std::max(i / coarse_, std::min(window_, count) - 1);
    if (median_place_ == place + 1) return median_;
    some_.clear();
    for (std::size_t k = place + 1 - std::min(place + 1, window_); k <= place; ++k) some_.push_back(values_[k * coarse_]);
    median_ = middle_of(some_);
    median_place_ = place + 1;
    return median_;
}

float JerkEnvelope::quiet_at(std::size_t i) {
    const std::size_t n = values_.end(), blocks = std::max<std::size_t>(1, n / block_);  // an incomplete last one uses what is before it
    const std::size_t place = std::clamp(i / block_, std::min(quiet_blocks, blocks) - 1, blocks - 1);
    if (quiet_place_ == place + 1) return quiet_;
    const std::size_t first = place + 1 - std::min(place + 1, quiet_blocks), known = first_percentile_ + percentiles_.size();
    if (known <= first) {
        percentiles_.clear();
        first_percentile_ = first;
    } else if (first > first_percentile_) {
        percentiles_.erase(percentiles_.begin(), percentiles_.begin() + static_cast<std::ptrdiff_t>(first - first_percentile_));
        first_percentile_ = first;
    }
    for (std::size_t k = first_percentile_ + percentiles_.size(); k <= place; ++k)
        percentiles_.push_back(static_cast<float>(signal::percentile(values_.part(k * block_, std::min(n, (k + 1) * block_)), percentile_)));
    some_ = percentiles_;
    quiet_ = middle_of(some_);
    quiet_place_ = place + 1;
    return quiet_;
}

}  // namespace psg::events
