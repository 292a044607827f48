// Intervals and cohort figures against values of R 4.2.
// SPDX-License-Identifier: BSD-3-Clause
#include "libpsg/stats/cohort.hpp"

#include <catch2/catch.hpp>
#include <cmath>

#include "libpsg/stats/intervals.hpp"

using namespace psg::stats;

TEST_CASE("intervals of rates and shares", "[stats]") {
    // R: poisson.test(7, 2.5)
    const Estimate seven = poisson_rate(7, 2.5);
    CHECK(seven.value == 2.8);
    CHECK(seven.low == Approx(1.12574522061).epsilon(1e-8));
    CHECK(seven.high == Approx(5.76907014468).epsilon(1e-8));
    CHECK(poisson_rate(0, 2).low == 0);
    CHECK(poisson_rate(0, 2).high == Approx(1.84443972706).epsilon(1e-8));  // R: poisson.test(0, 2)
    CHECK(std::isnan(poisson_rate(3, 0).value));
    // R: prop.test(7, 10, correct = FALSE)
    const Estimate share = wilson_share(7, 10);
    CHECK(share.value == 0.7);
    CHECK(share.low == Approx(0.396778147461).epsilon(1e-8));
    CHECK(share.high == Approx(0.892208732594).epsilon(1e-8));
    CHECK(wilson_share(0, 5).low == 0);
    CHECK(wilson_share(5, 5).high == 1);
    CHECK(std::isnan(wilson_share(0, 0).value));
}

TEST_CASE("distribution of values", "[stats]") {
    const double v[] = {3, 1, NAN, 10, 2, 4};
    const Distribution d = distribution(v);
    CHECK(d.count == 5);
    CHECK(d.mean == 4);
    CHECK(d.sd == Approx(std::sqrt(12.5)));
    CHECK(d.median == 3);
    CHECK(d.q05 == Approx(1.2));  // R: quantile(c(3, 1, 10, 2, 4), 0.05)
    CHECK(d.max == 10);
    CHECK(std::isnan(distribution({}).mean));
}

TEST_CASE("night-to-night reliability", "[stats]") {
    // the ratings of Shrout and Fleiss 1979, table 2: ICC(1, 1) = 0.17
    const std::vector<std::vector<double>> six{{9, 2, 5, 8}, {6, 1, 3, 2}, {8, 4, 6, 8}, {7, 1, 2, 6}, {10, 5, 6, 9}, {6, 2, 4, 7}};
    const Reliability r = reliability(six);
    CHECK(r.persons == 6);
    CHECK(r.nights == 24);
    CHECK(r.icc.value == Approx(0.165741768405).epsilon(1e-8));  // R: aov(y ~ person), qf
    CHECK(r.icc.low == Approx(-0.132932324875).epsilon(1e-8));
    CHECK(r.icc.high == Approx(0.722560062328).epsilon(1e-8));
    CHECK(std::isnan(reliability({{1, 2}, {3}}).icc.value));
    // nights that are all alike tell nothing, whatever rounding leaves of their variances
    for (const double x : {60 / 9.4, 0.1, 1e6 / 3, 4e-5}) CHECK(std::isnan(reliability({{x, x, x}, {x, x, x}, {x, x, x}}).icc.value));
    CHECK(reliability({{0.1, 0.1, 0.1}, {0.7, 0.7, 0.7}}).icc.low == 1);
    // unequal numbers of nights: R, the same formulas with n0
    CHECK(reliability({{1, 2}, {3, 5, 4}, {9, 7}}).icc.value == Approx(0.888458559256).epsilon(1e-8));
}

TEST_CASE("Student's t", "[stats]") {
    // R: qt(0.975, c(1, 2, 3, 4, 16, 29, 100))
    CHECK(student_t_95(1) == Approx(12.7062047364).epsilon(1e-8));
    CHECK(student_t_95(2) == Approx(4.3026527297).epsilon(1e-8));
    CHECK(student_t_95(3) == Approx(3.1824463053).epsilon(1e-8));
    CHECK(student_t_95(4) == Approx(2.7764451052).epsilon(1e-8));
    CHECK(student_t_95(16) == Approx(2.1199052992).epsilon(1e-8));
    CHECK(student_t_95(29) == Approx(2.0452296421).epsilon(1e-8));
    CHECK(student_t_95(100) == Approx(1.9839715185).epsilon(1e-8));
}
