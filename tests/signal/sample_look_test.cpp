// What one pass over samples tells.
// SPDX-License-Identifier: BSD-3-Clause
#include "libpsg/signal/sample_look.hpp"

#include <catch2/catch.hpp>
#include <algorithm>
#include <cmath>
#include <random>
#include <vector>

using namespace psg::signal;

TEST_CASE("one look tells what plain loops do") {
    std::mt19937 random(1);
    std::uniform_int_distribution<int> coarse(-5, 5);
    for (std::size_t count : {0, 1, 2, 15, 16, 17, 33, 100, 1000})
        for (const float odd : {0.0F, static_cast<float>(NAN), INFINITY, -INFINITY})
            for (std::size_t place = 0; place < std::max<std::size_t>(1, count); place += 7) {
                std::vector<float> x(count);
                for (float& v : x) v = static_cast<float>(coarse(random));
                if (place < count) x[place] = odd;
                float lowest = INFINITY, highest = -INFINITY;
                std::size_t equal = 0;
                for (std::size_t i = 0; i + 1 < count; ++i) {
                    equal += x[i] == x[i + 1];
                    if (x[i] < lowest) lowest = x[i];
                    if (x[i] > highest) highest = x[i];
                }
                const SampleLook look = look_at(x);
                const bool as_told = look.lowest == lowest && look.highest == highest && look.equal == equal &&
                                     look.finite == std::all_of(x.begin(), x.end(), [](float v) { return std::isfinite(v); });
                if (!as_told) FAIL(count << " samples, " << odd << " at " << place);
            }
}
