// The random numbers of the simulation: the published generator, and moments of the transforms.
// SPDX-License-Identifier: BSD-3-Clause
#include "libpsg/simulate/random.hpp"

#include <catch2/catch.hpp>
#include <cmath>

#include "libpsg/simulate/noise_band.hpp"

using namespace psg::simulate;

TEST_CASE("Random streams are reproducible and differ by seed and name", "[simulate]") {
    // from an independent program of the published generator (which gives 11520, 0, 1509978240 from the state 1, 2, 3,
    // 4)
    Random fixed(1, "stages");
    CHECK(fixed.bits() == 0xc2cf3230b4937a32);
    CHECK(fixed.bits() == 0x61e3b7d56ecd0e70);
    CHECK(fixed.bits() == 0xa03df0af12dd3640);
    CHECK(Random(1, "a").bits() == Random(1, "a").bits());
    CHECK(Random(1, "a").bits() != Random(2, "a").bits());
    CHECK(Random(1, "a").bits() != Random(1, "b").bits());
}

TEST_CASE("Transforms have the moments they should", "[simulate]") {
    Random random(7, "moments");
    constexpr int n = 400'000;
    double mean[4] = {}, square[4] = {}, fourth[4] = {};
    for (int i = 0; i < n; ++i) {
        const double draws[4] = {random.uniform(), random.normal(), random.noise(), random.exponential()};
        for (int k = 0; k < 4; ++k) {
            mean[k] += draws[k] / n;
            square[k] += draws[k] * draws[k] / n;
            fourth[k] += draws[k] * draws[k] * draws[k] * draws[k] / n;
        }
        REQUIRE(draws[0] >= 0);
        REQUIRE(draws[0] < 1);
        REQUIRE(draws[3] >= 0);
    }
    CHECK(mean[0] == Approx(0.5).margin(0.003));
    CHECK(square[0] == Approx(1.0 / 3).margin(0.003));
    CHECK(mean[1] == Approx(0).margin(0.007));
    CHECK(square[1] == Approx(1).margin(0.01));
    CHECK(fourth[1] == Approx(3).margin(0.08));
    CHECK(mean[2] == Approx(0).margin(0.007));
    CHECK(square[2] == Approx(1).margin(0.01));
    CHECK(mean[3] == Approx(1).margin(0.007));
    CHECK(square[3] == Approx(2).margin(0.03));
    for (int i = 0; i < 1000; ++i) {
        const int draw = random.below(7);
        REQUIRE(draw >= 0);
        REQUIRE(draw < 7);
    }
}

TEST_CASE("Band noise has unit variance and stays in its band", "[simulate]") {
    const double rate = 256;
    NoiseBand alpha(8, 12, rate, Random(3, "alpha"));
    constexpr int n = 256 * 400;
    double square = 0, at_10 = 0, at_40 = 0;
    double re10 = 0, im10 = 0, re40 = 0, im40 = 0;
    for (int i = 0; i < n; ++i) {
        const double x = alpha.next(), turn = 2 * std::acos(-1.0) * i / rate;
        square += x * x / n;
        re10 += x * std::cos(10 * turn), im10 += x * std::sin(10 * turn);
        re40 += x * std::cos(40 * turn), im40 += x * std::sin(40 * turn);
        if (i % 512 == 511) {  // Fourier power of 2-s pieces
            at_10 += re10 * re10 + im10 * im10;
            at_40 += re40 * re40 + im40 * im40;
            re10 = im10 = re40 = im40 = 0;
        }
    }
    CHECK(square == Approx(1).margin(0.08));
    CHECK(at_10 > 40 * at_40);  // 12 dB per octave: 123 times, less the leakage of the short pieces
}
