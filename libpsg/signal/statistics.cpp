// Order statistics; the sliding percentile counts ranks in a Fenwick tree.
// SPDX-License-Identifier: BSD-3-Clause
#include "libpsg/signal/statistics.hpp"

#include <algorithm>
#include <bit>
#include <cmath>
#include <cstdint>
#include <limits>

namespace psg::signal {

namespace {

// How many values of each rank are in the window; finds the k-th smallest in O(log n).
class RankCounter {
public:
    explicit RankCounter(std::size_t ranks) : counts_(ranks + 1, 0), top_(std::bit_floor(ranks)) {}

    void add(std::size_t rank, std::int32_t change) {
        for (std::size_t i = rank + 1; i < counts_.size(); i += i & (~i + 1)) counts_[i] += change;
    }
    // Rank of the k-th smallest (k from 0).
    std::size_t find(std::int32_t k) const {
        std::size_t position = 0;
        for (std::size_t jump = top_; jump > 0; jump /= 2)
            if (position + jump < counts_.size() && counts_[position + jump] <= k) {
                position += jump;
                k -= counts_[position];
            }
        return position;
    }

private:
    std::vector<std::int32_t> counts_;
    std::size_t top_;
};

}  // namespace

double percentile(std::span<const float> samples, double p) {
    std::vector<float> finite;
    finite.reserve(samples.size());
    for (const float x : samples)
        if (std::isfinite(x)) finite.push_back(x);
    if (finite.empty()) return std::numeric_limits<double>::quiet_NaN();
    const double place = std::clamp(p, 0.0, 100.0) / 100 * static_cast<double>(finite.size() - 1);
    const auto below = static_cast<std::ptrdiff_t>(place);
    std::nth_element(finite.begin(), finite.begin() + below, finite.end());
    const double low = static_cast<double>(finite[static_cast<std::size_t>(below)]);
    const double part = place - static_cast<double>(below);
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
    // on the bits, so that the compiler can look at four samples at a time
    constexpr std::uint32_t exponent = 0x7f800000U;
    std::uint32_t odd = 0;
    for (const float x : samples) odd |= (std::bit_cast<std::uint32_t>(x) & exponent) == exponent ? 1U : 0U;
    return odd == 0;
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

std::vector<float> sliding_percentile(std::span<const float> values, std::size_t before, std::size_t after, double p) {
    std::vector<std::uint32_t> order;
    for (std::size_t i = 0; i < values.size(); ++i)
        if (std::isfinite(values[i])) order.push_back(static_cast<std::uint32_t>(i));
    std::sort(order.begin(), order.end(), [&](std::uint32_t a, std::uint32_t b) {
        return values[a] < values[b] || (values[a] == values[b] && a < b);
    });
    std::vector<std::uint32_t> rank(values.size());
    for (std::size_t r = 0; r < order.size(); ++r) rank[order[r]] = static_cast<std::uint32_t>(r);

    std::vector<float> result(values.size(), std::numeric_limits<float>::quiet_NaN());
    RankCounter window(order.size());
    std::int32_t count = 0;
    const auto change = [&](std::size_t i, std::int32_t sign) {
        if (!std::isfinite(values[i])) return;
        window.add(rank[i], sign);
        count += sign;
    };
    std::size_t entered = 0;
    for (std::size_t i = 0; i < values.size(); ++i) {
        const std::size_t end = after < values.size() - i ? i + after + 1 : values.size();
        for (; entered < end; ++entered) change(entered, 1);
        if (i > before) change(i - before - 1, -1);
        if (count == 0) continue;
        const double k = std::round(std::clamp(p, 0.0, 100.0) / 100 * (count - 1));
        result[i] = values[order[window.find(static_cast<std::int32_t>(k))]];
    }
    return result;
}

}  // namespace psg::signal
