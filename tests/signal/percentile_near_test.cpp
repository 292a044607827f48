// The percentile around one place is that of the sliding one there.
// SPDX-License-Identifier: BSD-3-Clause
#include "libpsg/signal/percentile_near.hpp"

#include <catch2/catch.hpp>
#include <cmath>
#include <limits>
#include <random>
#include <vector>

#include "libpsg/signal/statistics.hpp"

using namespace psg::signal;

TEST_CASE("the percentile near a place is that of the sliding percentile", "[statistics]") {
    std::mt19937 random(7);
    std::uniform_int_distribution<int> value(0, 40);
    std::vector<float> x(300);
    for (float& v : x) v = static_cast<float>(value(random));
    for (std::size_t i = 100; i < 150; ++i) x[i] = std::numeric_limits<float>::quiet_NaN();
    x[7] = std::numeric_limits<float>::infinity();
    for (const double p : {0.0, 25.0, 50.0, 100.0})
        for (const auto& [before, after] : {std::pair<std::size_t, std::size_t>{20, 20}, {0, 9}, {31, 0}, {400, 400}}) {
            const std::vector<float> all = sliding_percentile(x, before, after, p);
            for (std::size_t k = 0; k < x.size(); ++k) {
                const float one = percentile_near(x, k, before, after, p);
                REQUIRE((one == all[k] || (std::isnan(one) && std::isnan(all[k]))));
            }
        }
}
