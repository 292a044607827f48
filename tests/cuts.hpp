// Feeds samples in pieces of different lengths to what must not depend on how they are cut.
// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <algorithm>
#include <cmath>
#include <random>
#include <span>
#include <vector>

#include "libpsg/model/signal.hpp"

namespace psg::test {

/// Calls `add` with all samples, in pieces whose lengths `length()` gives.
template <class Add, class Length>
void feed(std::span<const float> samples, Add add, Length length) {
    while (!samples.empty()) {
        const std::size_t n = std::min<std::size_t>(samples.size(), length());
        add(samples.first(n));
        samples = samples.subspan(n);
    }
}

/// The results of `scan(cut)`, which is to call `cut(samples, add)`: of whole stretches, of random pieces (some of them long, some
/// empty), of pieces of a second or so, and of single samples.
template <class Scan>
auto of_all_cuts(Scan scan) {
    std::mt19937 random(5);
    std::vector<decltype(scan([](std::span<const float> x, auto add) { add(x); }))> results;
    results.push_back(scan([](std::span<const float> x, auto add) { add(x); }));
    results.push_back(scan([&](std::span<const float> x, auto add) {
        add(x.first(0));
        feed(x, add, [&] { return 1 + (random() % 5 == 0 ? random() % 50'000 : random() % 700); });
    }));
    results.push_back(scan([](std::span<const float> x, auto add) { feed(x, add, [] { return 499U; }); }));
    results.push_back(scan([](std::span<const float> x, auto add) { feed(x, add, [] { return 1U; }); }));
    return results;
}

/// Noise of `sd_uv` around `offset_uv`.
inline std::vector<float> noise_samples(std::size_t count, float sd_uv, unsigned seed, float offset_uv = 0) {
    std::mt19937 random(seed);
    std::vector<float> x(count);
    for (float& v : x) {
        float sum = 0;
        for (int i = 0; i < 4; ++i) sum += static_cast<float>(random() % 10'001) / 10'000.0F - 0.5F;
        v = offset_uv + sd_uv * sum * std::sqrt(3.0F);
    }
    return x;
}

}  // namespace psg::test
