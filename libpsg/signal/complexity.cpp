// Crossings, ordinal patterns, fractal dimensions.
// SPDX-License-Identifier: BSD-3-Clause
#include "libpsg/signal/complexity.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdint>

#include "libpsg/model/error.hpp"
#include "libpsg/signal/dot.hpp"

namespace psg::signal {

namespace {

typedef std::int32_t FourInts __attribute__((vector_size(16)));

// How many of the places i < n hold: holds(at) looks at at(x), which is x[i], or four neighbours at once, for which `auto` must stand,
// and gives a comparison (of vectors: -1 where it holds).
template <class Holds>
std::size_t count_places(std::size_t n, const Holds& holds) {
    FourInts counts{};
    std::size_t i = 0;
    for (; i + 4 <= n; i += 4) counts -= holds([i](const float* x) { return four_at(x + i); });
    std::size_t count = static_cast<std::size_t>(counts[0] + counts[1] + counts[2] + counts[3]);
    for (; i < n; ++i) count += holds([i](const float* x) { return x[i]; }) != 0 ? 1U : 0U;
    return count;
}

}  // namespace

std::size_t zero_crossings(std::span<const float> samples) {
    if (samples.empty()) return 0;
    const float* const x = samples.data();
    return count_places(samples.size() - 1, [x](auto at) { return (at(x + 1) < 0) ^ (at(x) < 0); });
}

double permutation_entropy(std::span<const float> samples) {
    if (samples.size() < 3) throw UsageError("permutation entropy needs three samples or more");
    const float* const x = samples.data();
    const std::size_t places = samples.size() - 2;
    // Of the three samples a, b, c of a place: which of the three pairs is in falling order tells the six orders apart. a > b > c
    // says a > c, and a > c that one of the other two falls.
    const std::size_t ab = count_places(places, [x](auto at) { return at(x) > at(x + 1); });
    const std::size_t bc = count_places(places, [x](auto at) { return at(x + 1) > at(x + 2); });
    const std::size_t both = count_places(places, [x](auto at) { return (at(x) > at(x + 1)) & (at(x + 1) > at(x + 2)); });
    const std::size_t ab_ac = count_places(places, [x](auto at) { return (at(x) > at(x + 1)) & (at(x) > at(x + 2)); });
    const std::size_t bc_ac = count_places(places, [x](auto at) { return (at(x + 1) > at(x + 2)) & (at(x) > at(x + 2)); });
    const std::array<std::size_t, 6> counts{places - (ab + bc - both), ab - ab_ac, bc - bc_ac, both, ab_ac - both, bc_ac - both};
    const double n = static_cast<double>(samples.size() - 2);
    double entropy = 0;
    for (const std::size_t count : counts) {
        if (count == 0) continue;
        const double p = static_cast<double>(count) / n;
        entropy -= p * std::log2(p);
    }
    return entropy / std::log2(6.0);
}

double petrosian_dimension(std::span<const float> samples) {
    if (samples.size() < 2) throw UsageError("Petrosian's dimension needs two samples or more");
    const float* const x = samples.data();
    const std::size_t turns = count_places(samples.size() - 2, [x](auto at) { return (at(x + 2) < at(x + 1)) ^ (at(x + 1) < at(x)); });
    const double n = static_cast<double>(samples.size());
    return std::log10(n) / (std::log10(n) + std::log10(n / (n + 0.4 * static_cast<double>(turns))));
}

namespace {

// Sum of | x[i + k] - x[i] | for i < n, in eight partial sums, each of single precision over 256 terms at most.
double sum_of_steps(const float* x, std::size_t k, std::size_t n) {
    constexpr std::size_t block = 2048;
    const FourInts no_sign{0x7fffffff, 0x7fffffff, 0x7fffffff, 0x7fffffff};
    const auto step = [&](std::size_t i) {
        const Four d = four_at(x + i + k) - four_at(x + i);
        return reinterpret_cast<Four>(reinterpret_cast<FourInts>(d) & no_sign);
    };
    double sum = 0;
    std::size_t i = 0;
    while (i + 8 <= n) {
        Four even{}, odd{};
        for (const std::size_t end = i + std::min(block, (n - i) / 8 * 8); i < end; i += 8) {
            even += step(i);
            odd += step(i + 4);
        }
        for (std::size_t lane = 0; lane < 4; ++lane) sum += static_cast<double>(even[lane]) + static_cast<double>(odd[lane]);
    }
    for (; i < n; ++i) sum += static_cast<double>(std::abs(x[i + k] - x[i]));
    return sum;
}

// The mean of L(m, k) over m. All m with the same q are summed together.
double curve_length(std::span<const float> x, std::size_t k) {
    const std::size_t n = x.size();
    const std::size_t q = (n - 1) / k, longer = (n - 1) % k + 1;  // m < longer has q steps, the others one less
    const auto steps = [&](std::size_t from, std::size_t count) { return sum_of_steps(&x[from], k, count); };
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

double higuchi_dimension(std::span<const float> samples, std::size_t k_max) {
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
