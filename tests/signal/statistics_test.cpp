// Percentiles against sorting by hand, the sliding one against a brute-force window.
// SPDX-License-Identifier: BSD-3-Clause
#include "libpsg/signal/statistics.hpp"

#include <algorithm>
#include <catch2/catch.hpp>
#include <cmath>
#include <limits>
#include <random>

using namespace psg::signal;

namespace {
constexpr float nan_f = std::numeric_limits<float>::quiet_NaN();
}

TEST_CASE("Percentiles interpolate like numpy's", "[signal]") {
    const std::vector<float> x{7, 1, 3, nan_f, 10};
    CHECK(percentile(x, 0) == 1);
    CHECK(percentile(x, 100) == 10);
    CHECK(median(x) == 5);
    CHECK(percentile(x, 10) == Approx(1.6));  // numpy.percentile([7, 1, 3, 10], 10)
    CHECK(percentile(x, 95) == Approx(9.55));
    CHECK(std::isnan(median(std::vector<float>{nan_f})));
    CHECK(std::isnan(median({})));
}

TEST_CASE("High percentiles equal those of sorted values", "[signal]") {
    std::mt19937 random(2);
    for (const std::size_t n : {2U, 31U, 32U, 33U, 100U, 375U, 1000U})
        for (const unsigned values : {3U, 1000U}) {  // many that are equal, few
            std::vector<float> x(n);
            for (float& v : x) v = static_cast<float>(random() % values) - 1;
            std::vector<float> sorted = x;
            std::sort(sorted.begin(), sorted.end());
            for (const double p : {95.0, 99.0, 99.9}) {
                const double place = p / 100 * static_cast<double>(n - 1);
                const auto below = static_cast<std::size_t>(place);
                const double low = static_cast<double>(sorted[below]), high = static_cast<double>(sorted[std::min(n - 1, below + 1)]);
                CHECK(percentile(x, p) == low + (place - static_cast<double>(below)) * (high - low));
            }
        }
}

TEST_CASE("Samples that are no numbers are filled from the left", "[signal]") {
    std::vector<float> x{nan_f, 2, INFINITY, nan_f, 5};
    CHECK(fill_nonfinite(x) == 3);
    CHECK(x == std::vector<float>{2, 2, 2, 2, 5});
    std::vector<float> hopeless{nan_f, nan_f};
    CHECK(fill_nonfinite(hopeless) == 2);
    CHECK(hopeless == std::vector<float>{0, 0});
}

TEST_CASE("The sliding percentile equals a brute-force window", "[signal]") {
    std::mt19937 random(1);
    for (const std::size_t n : {0U, 1U, 2U, 63U, 64U, 65U, 300U}) {
        std::vector<float> x(n);
        for (float& v : x) v = random() % 5 == 0 ? nan_f : static_cast<float>(random() % 40);
        for (const std::size_t before : {0U, 3U, 50U, 1000U})
            for (const std::size_t after : {0U, 4U, 1000U})
                for (const double p : {0.0, 20.0, 50.0, 100.0}) {
                    const std::vector<float> y = sliding_percentile(x, before, after, p);
                    REQUIRE(y.size() == n);
                    for (std::size_t i = 0; i < n; ++i) {
                        std::vector<float> window;
                        for (std::size_t j = i > before ? i - before : 0; j < std::min(n, i + after + 1); ++j)
                            if (!std::isnan(x[j])) window.push_back(x[j]);
                        std::sort(window.begin(), window.end());
                        if (window.empty()) {
                            REQUIRE(std::isnan(y[i]));
                        } else {
                            const double k = std::round(p / 100 * static_cast<double>(window.size() - 1));
                            REQUIRE(y[i] == window[static_cast<std::size_t>(k)]);
                        }
                    }
                }
    }
}
