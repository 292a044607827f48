// Values of either sign in 16 bits.
// SPDX-License-Identifier: BSD-3-Clause
#include "libpsg/model/stepped_series.hpp"

#include <catch2/catch.hpp>
#include <algorithm>
#include <cmath>
#include <random>
#include <stdexcept>
#include <vector>

using namespace psg;

TEST_CASE("a series of steps keeps every value to a 65534th of the largest beside it") {
    std::mt19937 random(1);
    std::normal_distribution<float> noise(0, 1);
    std::vector<float> x(64 * 100 + 17);
    for (std::size_t i = 0; i < x.size(); ++i) x[i] = noise(random) * std::exp(0.3F * static_cast<float>(i / 64 % 50));
    std::fill_n(x.begin() + 640, 64, 0.0F);
    x[100] = NAN;
    x[200] = INFINITY;
    x[300] = -40;
    SteppedSeries series;
    series.add(std::span(x).first(128));
    series.add(std::span(x).subspan(128));
    REQUIRE(series.size() == x.size());
    std::size_t off = 0;
    for (std::size_t i = 0; i < x.size(); ++i) {
        if (!std::isfinite(x[i])) {
            off += !std::isnan(series[i]);
            continue;
        }
        float largest = 0;
        for (std::size_t k = i / 64 * 64; k < std::min(x.size(), (i / 64 + 1) * 64); ++k)
            if (std::isfinite(x[k])) largest = std::max(largest, std::abs(x[k]));
        off += !(std::abs(series[i] - x[i]) <= largest / 65534 * 1.01F);
    }
    CHECK(off == 0);
    CHECK(series[640] == 0);
    CHECK_THROWS_AS(series.add(x), std::logic_error);  // it has ended in the middle of a row
}
