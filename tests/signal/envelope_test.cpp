// Moving means against a brute-force window, also after a huge artefact.
// SPDX-License-Identifier: BSD-3-Clause
#include "libpsg/signal/envelope.hpp"

#include <algorithm>
#include <catch2/catch.hpp>
#include <cmath>
#include <random>

using namespace psg::signal;

TEST_CASE("Moving mean, rectified mean and RMS equal a brute-force window", "[signal]") {
    std::mt19937 random(2);
    for (const std::size_t n : {0U, 1U, 5U, 400U}) {
        std::vector<float> x(n);
        for (float& v : x) v = static_cast<float>(random() % 200) - 100.0F;
        if (n > 100) x[100] = 1e9F;
        for (const std::size_t before : {0U, 2U, 30U, 1000U})
            for (const std::size_t after : {0U, 3U, 1000U}) {
                const auto mean = moving_mean(x, before, after), rectified = moving_mean_rectified(x, before, after),
                           rms = moving_rms(x, before, after);
                REQUIRE(mean.size() == n);
                for (std::size_t i = 0; i < n; ++i) {
                    const std::size_t begin = i > before ? i - before : 0, end = std::min(n, i + after + 1);
                    double sum = 0, absolute = 0, square = 0;
                    for (std::size_t j = begin; j < end; ++j) {
                        const double v = static_cast<double>(x[j]);
                        sum += v;
                        absolute += std::fabs(v);
                        square += v * v;
                    }
                    const auto count = static_cast<double>(end - begin);
                    REQUIRE(mean[i] == Approx(sum / count).margin(1e-6));
                    REQUIRE(rectified[i] == Approx(absolute / count));
                    if (i > 100 + 2 * (before + after + 1)) REQUIRE(rms[i] == Approx(std::sqrt(square / count)));
                }
            }
    }
}

TEST_CASE("Nothing of a huge artefact is left two windows later", "[signal]") {
    std::vector<float> x(1000, 1.0F);
    x[100] = 1e15F;
    CHECK(moving_rms(x, 10, 10)[200] == 1);
    CHECK(moving_mean(x, 10, 10)[200] == 1);
}
