// Crossings, ordinal patterns and fractal dimensions against values by hand.
// SPDX-License-Identifier: BSD-3-Clause
#include "libpsg/signal/complexity.hpp"

#include <catch2/catch.hpp>
#include <array>
#include <cmath>
#include <cstdint>
#include <map>
#include <vector>

#include "libpsg/model/error.hpp"

using namespace psg::signal;

TEST_CASE("zero crossings", "[signal]") {
    CHECK(zero_crossings(std::vector<float>{1, -1, -2, 3, 0, -1}) == 3);  // 0 counts as positive
    CHECK(zero_crossings(std::vector<float>{}) == 0);
}

TEST_CASE("permutation entropy", "[signal]") {
    // Bandt & Pompe 2002: of 4 7 9 10 6 11 3 two triples rise, two have the smallest last, one in the middle.
    const double bits = -2 * 0.4 * std::log2(0.4) - 0.2 * std::log2(0.2);
    CHECK(bits == Approx(1.522).epsilon(1e-3));
    CHECK(permutation_entropy(std::vector<float>{4, 7, 9, 10, 6, 11, 3}) == Approx(bits / std::log2(6.0)));
    CHECK(permutation_entropy(std::vector<float>{1, 2, 3, 4}) == Approx(0).margin(1e-12));
    CHECK(permutation_entropy(std::vector<float>{2, 2, 2, 2}) == Approx(0).margin(1e-12));  // as if it rose
    CHECK_THROWS_AS(permutation_entropy(std::vector<float>{1, 2}), psg::UsageError);
}

TEST_CASE("every order of three samples is counted once, whatever the length", "[signal]") {
    std::vector<float> x;
    std::uint32_t seed = 4;
    for (int i = 0; i < 61; ++i) {
        x.push_back(float((seed = seed * 1664525u + 1013904223u) >> 29));  // 0 to 7: equal ones, too
        if (x.size() < 3) continue;
        std::map<std::array<bool, 3>, int> orders;
        std::size_t crossings = 0, turns = 0;
        for (std::size_t t = 2; t < x.size(); ++t) {
            ++orders[{x[t - 2] > x[t - 1], x[t - 1] > x[t], x[t - 2] > x[t]}];
            turns += (x[t] < x[t - 1]) != (x[t - 1] < x[t - 2]) ? 1 : 0;
        }
        double entropy = 0;
        const double n = double(x.size() - 2), all = double(x.size());
        for (const auto& [order, count] : orders) entropy -= count / n * std::log2(count / n);
        CHECK(permutation_entropy(x) == Approx(entropy / std::log2(6.0)));
        CHECK(petrosian_dimension(x) == Approx(std::log10(all) / (std::log10(all) + std::log10(all / (all + 0.4 * double(turns))))));
        std::vector<float> around = x;
        for (float& v : around) v -= 3.5f;
        for (std::size_t t = 1; t < x.size(); ++t) crossings += (around[t] < 0) != (around[t - 1] < 0) ? 1 : 0;
        CHECK(zero_crossings(around) == crossings);
    }
}

TEST_CASE("Petrosian's dimension", "[signal]") {
    CHECK(petrosian_dimension(std::vector<float>{1, 2, 3, 4}) == 1);
    // 10 samples, the direction changes 8 times: 1 / (1 + log10(10 / 13.2))
    CHECK(petrosian_dimension(std::vector<float>{0, 1, 0, 1, 0, 1, 0, 1, 0, 1}) ==
          Approx(1 / (1 + std::log10(10 / 13.2))));
}

// The definition, without any shortcut.
static double naive_higuchi(const std::vector<float>& x, int k_max) {
    const int n = static_cast<int>(x.size());
    std::vector<double> lx, ly;
    for (int k = 1; k <= k_max; ++k) {
        double mean = 0;
        for (int m = 0; m < k; ++m) {
            const int q = (n - 1 - m) / k;
            double length = 0;
            for (int j = 1; j < q; ++j) length += std::abs(double(x[std::size_t(m + j * k)]) - double(x[std::size_t(m + (j - 1) * k)]));
            mean += length / k * (n - 1) / (double(k) * q) / k;
        }
        lx.push_back(std::log(1.0 / k));
        ly.push_back(std::log(mean));
    }
    double mx = 0, my = 0, sxy = 0, sxx = 0;
    for (std::size_t i = 0; i < lx.size(); ++i) {
        mx += lx[i] / double(lx.size());
        my += ly[i] / double(lx.size());
    }
    for (std::size_t i = 0; i < lx.size(); ++i) {
        sxy += (lx[i] - mx) * (ly[i] - my);
        sxx += (lx[i] - mx) * (lx[i] - mx);
    }
    return sxy / sxx;
}

TEST_CASE("Higuchi's dimension", "[signal]") {
    std::vector<float> noise;
    std::uint32_t seed = 9;
    for (int i = 0; i < 3000; ++i) noise.push_back(float((seed = seed * 1664525u + 1013904223u) >> 16));
    CHECK(higuchi_dimension(noise, 10) == Approx(2).margin(0.03));
    for (std::size_t length : {31u, 100u, 997u, 3000u}) {
        const std::vector<float> part(noise.begin(), noise.begin() + std::ptrdiff_t(length));
        INFO(length);
        CHECK(higuchi_dimension(part, 10) == Approx(naive_higuchi(part, 10)).epsilon(1e-6));
    }
    std::vector<float> line;
    for (int i = 0; i < 1000; ++i) line.push_back(float(i));
    CHECK(higuchi_dimension(line, 10) == Approx(1.0040).margin(5e-5));  // antropy's documentation
    CHECK_THROWS_AS(higuchi_dimension(std::vector<float>(30), 10), psg::UsageError);
    CHECK_THROWS_AS(higuchi_dimension(line, 1), psg::UsageError);
}
