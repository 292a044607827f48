// Correlations of two series.
// SPDX-License-Identifier: BSD-3-Clause
#include "libpsg/signal/paired_sums.hpp"

#include <catch2/catch.hpp>
#include <vector>

using psg::signal::paired_sums;

TEST_CASE("correlation is about the means, likeness about zero") {
    const std::vector<float> a{1, 2, 3, 4}, b{3, 5, 7, 9}, turned{-1, -2, -3, -4}, still{2, 2, 2, 2}, none(4);
    CHECK(paired_sums<float>(a, b).correlation() == Approx(1));
    CHECK(paired_sums<float>(a, b).likeness() == Approx(70 / std::sqrt(30.0 * 164)));
    CHECK(paired_sums<float>(a, turned).likeness() == Approx(-1));
    CHECK(paired_sums<float>(a, still).correlation() == 0);
    CHECK(paired_sums<float>(a, none).likeness() == 0);
    CHECK(paired_sums<float>(a, std::span(b).subspan(2)).n == 2);
}
