// Bias and limits of agreement against values of R and of the papers.
// SPDX-License-Identifier: BSD-3-Clause
#include "libpsg/stats/limits_of_agreement.hpp"

#include <catch2/catch.hpp>
#include <cmath>

using namespace psg::stats;

TEST_CASE("limits of agreement", "[stats]") {
    const double d[] = {1, 2, NAN, 3, 4};
    const Limits l = limits_of_agreement(d);
    CHECK(l.nights == 4);
    CHECK(l.bias.value == 2.5);
    CHECK(l.sd == Approx(std::sqrt(5.0 / 3)));
    CHECK(l.upper.value == Approx(2.5 + 1.96 * std::sqrt(5.0 / 3)));
    CHECK(l.lower.value == Approx(2.5 - 1.96 * std::sqrt(5.0 / 3)));
    // R: t.test(c(1, 2, 3, 4))$conf.int
    CHECK(l.bias.low == Approx(0.4457397432).margin(1e-9));
    CHECK(l.bias.high == Approx(4.5542602568).margin(1e-9));
    const Limits one = limits_of_agreement(std::span(d, 1));
    CHECK(one.bias.value == 1);
    CHECK(std::isnan(one.lower.value));
    CHECK(std::isnan(limits_of_agreement({}).bias.value));
}

TEST_CASE("the peak flow meters of Bland and Altman 1986", "[stats]") {
    // large and mini meter, first measurements (l/min), Lancet 1986, table 1
    const double large[] = {494, 395, 516, 434, 476, 557, 413, 442, 650, 433, 417, 656, 267, 478, 178, 423, 427};
    const double mini[] = {512, 430, 520, 428, 500, 600, 364, 380, 658, 445, 432, 626, 260, 477, 259, 350, 451};
    std::vector<double> d;
    for (std::size_t i = 0; i < 17; ++i) d.push_back(large[i] - mini[i]);
    const Limits l = limits_of_agreement(d);
    CHECK(l.bias.value == Approx(-2.1).margin(0.05));
    CHECK(l.sd == Approx(38.8).margin(0.05));
    CHECK(l.bias.low == Approx(-22.0).margin(0.1));
    CHECK(l.bias.high == Approx(17.8).margin(0.1));
}
