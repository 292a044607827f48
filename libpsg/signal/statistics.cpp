// Order statistics; the sliding percentile keeps its window in order.
// SPDX-License-Identifier: BSD-3-Clause
#include "libpsg/signal/statistics.hpp"

#include <algorithm>
#include <bit>
#include <cmath>
#include <cstdint>
#include <cstring>
#include <functional>
#include <limits>

#include "libpsg/model/wide.hpp"

namespace psg::signal {

namespace {

// Counts by the upper and lower halves of the bits find an order statistic of many values in a few passes, without
// comparing them. For values from 0 on, whose bits are in order as they are.
class BitCounter {
public:
    explicit BitCounter(std::span<const float> values) : values_(values), counts_(halves) {
        for (const float x : values_) ++counts_[std::bit_cast<std::uint32_t>(x) >> 16];
    }
    // k-th smallest (k from 0).
    float find(std::size_t k) const {
        std::uint32_t high = 0;
        for (; k >= counts_[high]; ++high) k -= counts_[high];
        std::vector<float> same;
        same.reserve(counts_[high]);
        for (const float x : values_)
            if (std::bit_cast<std::uint32_t>(x) >> 16 == high) same.push_back(x);
        std::nth_element(same.begin(), same.begin() + static_cast<std::ptrdiff_t>(k), same.end());
        return same[k];
    }

private:
    static constexpr std::size_t halves = 1U << 16;
    std::span<const float> values_;
    std::vector<std::size_t> counts_;
};

// How many of a sorted window are smaller: counted without branches as long as it is short.
std::ptrdiff_t place_in(std::span<const float> window, float x) {
    constexpr std::size_t short_one = 1024;
    if (window.size() > short_one) return std::lower_bound(window.begin(), window.end(), x) - window.begin();
    return wide([window, x] {
        std::int32_t smaller = 0;
        for (const float w : window) smaller += w < x ? 1 : 0;
        return smaller;
    });
}

constexpr std::size_t few = 8;  // values whose highest ones are taken by themselves

// Leaves out most of the values that are not among the `few` highest: those below the lowest of the highest of every eighth.
void leave_high_ones(std::vector<float>& values) {
    if (values.size() < 4 * few) return;
    const std::size_t count = wide([x = values.data(), size = values.size()] {
        typedef float Vector __attribute__((vector_size(few * sizeof(float))));
        Vector here, highest;
        std::memcpy(&highest, x, sizeof highest);
        for (std::size_t i = few; i + few <= size; i += few) {
            std::memcpy(&here, x + i, sizeof here);
            highest = here > highest ? here : highest;
        }
        float least = highest[0];
        for (std::size_t k = 1; k < few; ++k) least = highest[k] < least ? highest[k] : least;
        std::size_t left = 0;
        for (std::size_t i = 0; i < size; ++i) {  // without a branch that nobody can foresee
            const float value = x[i];
            x[left] = value;
            left += value >= least ? 1 : 0;
        }
        return left;
    });
    values.resize(count);
}

constexpr std::size_t many = 1U << 18;  // from here on, counting is quicker than selecting

}  // namespace

double percentile(std::span<const float> samples, double p) {
    std::vector<float> finite;
    if (all_finite(samples)) {
        finite.assign(samples.begin(), samples.end());
    } else {
        finite.reserve(samples.size());
        for (const float x : samples)
            if (std::isfinite(x)) finite.push_back(x);
    }
    if (finite.empty()) return std::numeric_limits<double>::quiet_NaN();
    const double place = std::clamp(p, 0.0, 100.0) / 100 * static_cast<double>(finite.size() - 1);
    const auto below = static_cast<std::ptrdiff_t>(place);
    const double part = place - static_cast<double>(below);
    if (finite.size() >= many && std::none_of(finite.begin(), finite.end(), [](float x) { return std::signbit(x); })) {
        const BitCounter counter(finite);
        const auto k = static_cast<std::size_t>(below);
        const double low = static_cast<double>(counter.find(k));
        return part <= 0 ? low : low + part * (static_cast<double>(counter.find(k + 1)) - low);
    }
    if (const auto top = std::ssize(finite) - below; top <= 2 * std::ptrdiff_t{few} && part > 0) {  // a high percentile
        if (top <= std::ptrdiff_t{few}) leave_high_ones(finite);
        std::partial_sort(finite.begin(), finite.begin() + top, finite.end(), std::greater<>());
        const double low = static_cast<double>(finite[static_cast<std::size_t>(top - 1)]);
        return low + part * (static_cast<double>(finite[static_cast<std::size_t>(top - 2)]) - low);
    }
    std::nth_element(finite.begin(), finite.begin() + below, finite.end());
    const double low = static_cast<double>(finite[static_cast<std::size_t>(below)]);
    if (part <= 0) return low;
    const double high = static_cast<double>(*std::min_element(finite.begin() + below + 1, finite.end()));
    return low + part * (high - low);
}

void robust_scale(std::span<double> values, double low_p, double high_p) {
    std::vector<double> sorted;
    for (const double x : values)
        if (std::isfinite(x)) sorted.push_back(x);
    if (sorted.empty()) return;
    std::sort(sorted.begin(), sorted.end());
    const auto at = [&](double p) {
        const double place = p / 100 * static_cast<double>(sorted.size() - 1);
        const auto below = static_cast<std::size_t>(place);
        const std::size_t above = std::min(below + 1, sorted.size() - 1);
        return sorted[below] + (place - static_cast<double>(below)) * (sorted[above] - sorted[below]);
    };
    const double middle = at(50), spread = at(high_p) - at(low_p);
    for (double& x : values)
        if (std::isfinite(x)) x = (x - middle) / (spread > 0 ? spread : 1);
}

bool all_finite(std::span<const float> samples) {
    // on the bits without the sign, which are in order, so that the compiler can look at several samples at a time
    constexpr std::int32_t without_sign = 0x7fffffff, infinite = 0x7f800000;
    return wide([samples] {
        std::int32_t most = 0;
        for (const float x : samples) most = std::max(most, std::bit_cast<std::int32_t>(x) & without_sign);
        return most;
    }) < infinite;
}

std::size_t fill_nonfinite(std::span<float> samples) {
    if (all_finite(samples)) return 0;  // nearly always
    const auto first = std::find_if(samples.begin(), samples.end(), [](float x) { return std::isfinite(x); });
    float last = first == samples.end() ? 0.0F : *first;
    std::size_t filled = 0;
    for (float& x : samples) {
        if (std::isfinite(x)) {
            last = x;
        } else {
            x = last;
            ++filled;
        }
    }
    return filled;
}

SlidingPercentile::SlidingPercentile(std::size_t before, std::size_t after, double p)
    : before_(before), after_(after), part_(std::clamp(p, 0.0, 100.0) / 100), recent_(before + after + 1) {
    begin();
}

void SlidingPercentile::begin() {
    window_.assign(begin_ + pad, std::numeric_limits<float>::infinity());
    window_.front() = -window_.front();
    added_ = told_ = slot_ = 0;
}

void SlidingPercentile::enter(float x) { window_.insert(window_.begin() + begin_ + place_in(std::span(window_).subspan(begin_, size()), x), x); }
void SlidingPercentile::leave(float x) { window_.erase(window_.begin() + begin_ + place_in(std::span(window_).subspan(begin_, size()), x)); }

// Both at once. In a short window each place is told by itself, without branches: what is left in order is r[k] = w[k] below
// `out`, else w[k + 1]; with `in` among them it is the middle one of r[k - 1], r[k] and `in`.
void SlidingPercentile::change(float out, float in) {
    constexpr std::size_t longest = 256;
    const std::size_t n = size();
    if (n > longest) {  // only what lies between them moves
        const std::span<float> window = std::span(window_).subspan(begin_, n);
        const auto from = window.begin() + place_in(window, out), to = window.begin() + place_in(window, in);
        if (from < to)
            *std::copy(from + 1, to, from) = in;
        else
            *(std::copy_backward(to, from, from + 1) - 1) = in;
        return;
    }
    wide_by([w = window_.data() + begin_, n, out, in](auto bytes) {
        typedef float Vector __attribute__((vector_size(decltype(bytes)::value)));
        constexpr std::size_t lanes = decltype(bytes)::value / sizeof(float);
        static_assert(pad >= 2 * lanes);
        Vector more, before, here, next, before_next;
        float same[lanes];
        std::fill_n(same, lanes, in);
        std::memcpy(&more, same, sizeof more);
        std::memcpy(&before, w - 1, sizeof before);
        for (std::size_t k = 0; k < n; k += lanes) {
            std::memcpy(&here, w + k, sizeof here);
            std::memcpy(&next, w + k + 1, sizeof next);
            std::memcpy(&before_next, w + k + lanes - 1, sizeof before_next);  // before its first value changes
            const Vector left = before < out ? before : here, right = here < out ? here : next, high = left > more ? left : more;
            const Vector middle = right < high ? right : high;
            std::memcpy(w + k, &middle, sizeof middle);
            before = before_next;
        }
    });
}

float SlidingPercentile::current() {
    const std::size_t count = size();
    if (count == 0) return std::numeric_limits<float>::quiet_NaN();
    if (ranked_ != count) {
        ranked_ = count;
        rank_ = static_cast<std::size_t>(std::round(part_ * static_cast<double>(ranked_ - 1)));
    }
    return window_[begin_ + rank_];
}

std::optional<float> SlidingPercentile::add(float value) {
    const float oldest = recent_[slot_];
    const bool enters = std::isfinite(value), leaves = added_ >= recent_.size() && std::isfinite(oldest);
    if (enters && leaves) {
        change(oldest, value);
    } else {
        if (enters) enter(value);
        if (leaves) leave(oldest);
    }
    recent_[slot_] = value;
    if (++slot_ == recent_.size()) slot_ = 0;
    if (++added_ <= after_) return std::nullopt;
    ++told_;
    return current();
}

std::optional<float> SlidingPercentile::finish() {
    if (told_ >= added_) return std::nullopt;
    if (told_ > before_) {
        const float oldest = recent_[(told_ - before_ - 1) % recent_.size()];
        if (std::isfinite(oldest)) leave(oldest);
    }
    ++told_;
    return current();
}

std::vector<float> sliding_percentile(std::span<const float> values, std::size_t before, std::size_t after, double p) {
    SlidingPercentile sliding(std::min(before, values.size()), std::min(after, values.size()), p);
    std::vector<float> result;
    result.reserve(values.size());
    for (const float x : values)
        if (const auto y = sliding.add(x)) result.push_back(*y);
    while (const auto y = sliding.finish()) result.push_back(*y);
    return result;
}

}  // namespace psg::signal
