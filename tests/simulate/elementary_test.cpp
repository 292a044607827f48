// The elementary functions of the simulation against the C library's.
// SPDX-License-Identifier: BSD-3-Clause
#include "libpsg/simulate/elementary.hpp"

#include <catch2/catch.hpp>
#include <cmath>

using namespace psg::simulate;

TEST_CASE("Elementary functions are exact to 1e-12", "[simulate]") {
    const double pi = std::acos(-1.0);
    double worst_exp = 0, worst_log = 0, worst_sin = 0, worst_cos = 0;
    for (int i = -20000; i <= 20000; ++i) {
        const double x = i * 0.0349;
        worst_exp = std::max(worst_exp, std::fabs(exponential(x) / std::exp(x) - 1));
        const double positive = std::exp(i * 0.03);
        if (positive > 0)
            worst_log = std::max(worst_log, std::fabs(logarithm(positive) - std::log(positive)) /
                                                std::max(1.0, std::fabs(std::log(positive))));
        const double turns = i * 0.000731;
        worst_sin = std::max(worst_sin, std::fabs(sine_of_turns(turns) - std::sin(2 * pi * turns)));
        worst_cos = std::max(worst_cos, std::fabs(cosine_of_turns(turns) - std::cos(2 * pi * turns)));
    }
    CHECK(worst_exp < 1e-13);
    CHECK(worst_log < 1e-13);
    CHECK(worst_sin < 1e-12);  // the reference itself loses digits in 2 pi t
    CHECK(worst_cos < 1e-12);
}

TEST_CASE("Elementary functions at their borders", "[simulate]") {
    CHECK(exponential(0) == 1);
    CHECK(exponential(-1000) == 0);
    CHECK(std::isinf(exponential(1000)));
    CHECK(logarithm(1) == 0);
    CHECK(std::fabs(logarithm(1 + 1e-9) / std::log(1 + 1e-9) - 1) < 1e-14);  // no digits lost near 1
    CHECK(sine_of_turns(0) == 0);
    CHECK(sine_of_turns(0.25) == 1);
    CHECK(sine_of_turns(1e9 + 0.25) == 1);  // exact reduction
    CHECK(cosine_of_turns(0.5) == -1);
    CHECK(cosine_of_turns(-0.25) == 0);
}
