// Moments, Hjorth's parameters, integrals and robust scaling against values by hand.
// SPDX-License-Identifier: BSD-3-Clause
#include "libpsg/signal/moments.hpp"

#include <catch2/catch.hpp>
#include <cmath>
#include <vector>

#include "libpsg/model/error.hpp"
#include "libpsg/signal/integrate.hpp"
#include "libpsg/signal/statistics.hpp"

using namespace psg::signal;

TEST_CASE("moments", "[signal]") {
    // 0 0 0 4: mean 1, deviations -1 -1 -1 3: m2 = 3, m3 = 6, m4 = 21
    const Moments m = moments_of(std::vector<double>{0, 0, 0, 4});
    CHECK(m.mean == 1);
    CHECK(m.sd == Approx(2));
    CHECK(m.skewness == Approx(6 / std::pow(3, 1.5)));
    CHECK(m.kurtosis == Approx(21.0 / 9 - 3));
    CHECK(variance_of(std::vector<float>{0, 0, 0, 4}) == 3);
    CHECK(std::isnan(moments_of(std::vector<double>{2, 2}).skewness));
    CHECK_THROWS_AS(moments_of(std::vector<double>{1}), psg::UsageError);
}

TEST_CASE("Hjorth's parameters", "[signal]") {
    // 0 1 0 -1 0: variance 0.4; differences 1 -1 -1 1: variance 1; second differences -2 0 2: variance 8/3
    const Hjorth h = hjorth_of(std::vector<double>{0, 1, 0, -1, 0});
    CHECK(h.mobility == Approx(std::sqrt(1 / 0.4)));
    CHECK(h.complexity == Approx(std::sqrt(8.0 / 3) / std::sqrt(1 / 0.4)));
    const Hjorth shifted = hjorth_of(std::vector<double>{1e6, 1e6 + 1, 1e6, 1e6 - 1, 1e6});
    CHECK(shifted.mobility == Approx(h.mobility));
    CHECK_THROWS_AS(hjorth_of(std::vector<double>{1, 2}), psg::UsageError);
}

TEST_CASE("integrals", "[signal]") {
    const std::vector<double> squares{0, 1, 4, 9, 16};
    CHECK(trapezoid(squares, 1) == 22);
    CHECK(simpson(squares, 1) == Approx(64.0 / 3));  // exact for a parabola
    // 0 1 8 27, even: (Simpson of 0 1 8 = 4, 17.5) and (0.5, Simpson of 1 8 27 = 20): mean of 21.5 and 20.5
    CHECK(simpson(std::vector<double>{0, 1, 8, 27}, 1) == Approx(21));
    CHECK(simpson(std::vector<double>{1, 3}, 0.5) == 1);
    CHECK(simpson(std::vector<double>{1}, 1) == 0);
    CHECK(trapezoid(std::vector<double>{}, 1) == 0);
}

TEST_CASE("robust scaling", "[signal]") {
    std::vector<double> x;
    for (int i = 100; i >= 0; --i) x.push_back(i);  // median 50, 5th percentile 5, 95th 95
    x.push_back(std::nan(""));
    robust_scale(x, 5, 95);
    CHECK(x[0] == Approx(50.0 / 90));
    CHECK(x[100] == Approx(-50.0 / 90));
    CHECK(std::isnan(x[101]));
    std::vector<double> same{3, 3, 3};
    robust_scale(same, 5, 95);
    CHECK(same == std::vector<double>{0, 0, 0});
}
