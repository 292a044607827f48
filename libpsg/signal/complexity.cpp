// Crossings, ordinal patterns, fractal dimensions.
// SPDX-License-Identifier: BSD-3-Clause
#include "libpsg/signal/complexity.hpp"

#include <array>
#include <cmath>
#include <vector>

#include "libpsg/model/error.hpp"
#include "libpsg/signal/dot.hpp"

namespace psg::signal {

std::size_t zero_crossings(std::span<const double> samples) {
    std::size_t count = 0;
    for (std::size_t i = 1; i < samples.size(); ++i) count += (samples[i] < 0) != (samples[i - 1] < 0) ? 1U : 0U;
    return count;
}

double permutation_entropy(std::span<const double> samples) {
    if (samples.size() < 3) throw UsageError("permutation entropy needs three samples or more");
    // Which of the three pairs is in falling order tells the six orders apart.
    std::array<std::size_t, 8> counts{};
    for (std::size_t i = 2; i < samples.size(); ++i) {
        const double a = samples[i - 2], b = samples[i - 1], c = samples[i];
        ++counts[(a > b ? 1U : 0U) | (b > c ? 2U : 0U) | (a > c ? 4U : 0U)];
    }
    const double n = static_cast<double>(samples.size() - 2);
    double entropy = 0;
    for (const std::size_t count : counts) {
        if (count == 0) continue;
        const double p = static_cast<double>(count) / n;
        entropy -= p * std::log2(p);
    }
    return entropy / std::log2(6.0);
}

double petrosian_dimension(std::span<const double> samples) {
    if (samples.size() < 2) throw UsageError("Petrosian's dimension needs two samples or more");
    std::size_t turns = 0;
    for (std::size_t i = 2; i < samples.size(); ++i)
        turns += (samples[i] < samples[i - 1]) != (samples[i - 1] < samples[i - 2]) ? 1U : 0U;
    const double n = static_cast<double>(samples.size());
    return std::log10(n) / (std::log10(n) + std::log10(n / (n + 0.4 * static_cast<double>(turns))));
}

namespace {

// The mean of L(m, k) over m. All m with the same q are summed together.
double curve_length(std::span<const double> x, std::size_t k) {
    const std::size_t n = x.size();
    const std::size_t q = (n - 1) / k, longer = (n - 1) % k + 1;  // m < longer has q steps, the others one less
    const auto steps = [&](std::size_t from, std::size_t count) {  // sum of | x[i + k] - x[i] |
        const double* const here = &x[from];
        return lane_sum(count, [&](auto at) {
            const auto d = at(here + k) - at(here);
            return d < 0 ? -d : d;
        });
    };
    double with_q = 0, with_less = 0;
    if (longer == k) {  // all alike: one run through the samples
        with_q = steps(0, (q - 1) * k);
    } else {
        for (std::size_t row = 0; row + 1 < q; ++row) {
            with_q += steps(row * k, longer);
            if (row + 2 < q) with_less += steps(row * k + longer, k - longer);
        }
    }
    const double scale = static_cast<double>(n - 1) / static_cast<double>(k * k);
    const double total = with_q / static_cast<double>(q) + (longer < k ? with_less / static_cast<double>(q - 1) : 0);
    return scale * total / static_cast<double>(k);
}

}  // namespace

double higuchi_dimension(std::span<const double> samples, std::size_t k_max) {
    if (k_max < 2 || samples.empty() || (samples.size() - 1) / 3 < k_max)
        throw UsageError("Higuchi's dimension needs a k_max of 2 or more and more than three times as many samples");
    double sx = 0, sy = 0, sxx = 0, sxy = 0;
    for (std::size_t k = 1; k <= k_max; ++k) {
        const double x = -std::log(static_cast<double>(k)), y = std::log(curve_length(samples, k));
        sx += x;
        sy += y;
        sxx += x * x;
        sxy += x * y;
    }
    const double n = static_cast<double>(k_max);
    return (n * sxy - sx * sy) / (n * sxx - sx * sx);
}

}  // namespace psg::signal
