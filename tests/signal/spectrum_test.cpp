// Welch's power density against SciPy's values and Parseval's theorem.
// SPDX-License-Identifier: BSD-3-Clause
#include "libpsg/signal/spectrum.hpp"

#include <catch2/catch.hpp>
#include <cmath>
#include <vector>

#include "libpsg/model/error.hpp"
#include "libpsg/signal/window.hpp"

using namespace psg::signal;

// sin(0.7 i) + 0.5 cos(0.05 i^2 / n) + 0.25, the signal of the SciPy 1.10.1 values here and in resample_test.cpp
static std::vector<float> wave(int n) {
    std::vector<float> x;
    for (int i = 0; i < n; ++i)
        x.push_back(static_cast<float>(std::sin(0.7 * i) + 0.5 * std::cos(0.05 * i * i / n) + 0.25));
    return x;
}

TEST_CASE("density is SciPy's", "[signal]") {
    Welch welch(256, 100);
    const std::vector<double> density = welch.density(wave(700));
    REQUIRE(density.size() == 129);
    CHECK(welch.bin_hz() == 0.390625);
    CHECK(density[0] == Approx(0.00279189).epsilon(1e-4));
    CHECK(density[1] == Approx(0.093732576).epsilon(1e-4));
    CHECK(density[5] == Approx(0.000295053).epsilon(1e-3));
    CHECK(density[30] == Approx(0.027839107).epsilon(1e-4));
}

TEST_CASE("the density adds up to the variance", "[signal]") {
    std::vector<float> x;
    unsigned seed = 7;
    for (int i = 0; i < 20000; ++i)
        x.push_back(static_cast<float>((seed = seed * 1664525u + 1013904223u) >> 16) / 65536.f);
    Welch welch(512, 200);
    double sum = 0;
    for (double d : welch.density(x)) sum += d * welch.bin_hz();
    CHECK(sum == Approx(1.0 / 12).epsilon(0.03));
}

TEST_CASE("bands include both edges", "[signal]") {
    const std::vector<double> density{1, 2, 4, 8, 16};
    CHECK(mean_density(density, 0.5, 0.5, 1.5) == Approx(14.0 / 3));
    CHECK(mean_density(density, 0.5, 0.6, 0.9) != mean_density(density, 0.5, 0.6, 0.9));  // NaN: no bin there
}

TEST_CASE("windows are SciPy's", "[signal]") {
    const std::vector<double> w = hann(8);
    CHECK(w[0] == 0);
    CHECK(w[1] == Approx(0.14644661));
    CHECK(w[4] == Approx(1));
    CHECK(kaiser(-1, 5) == Approx(0.03671089));
    CHECK(kaiser(-0.5, 5) == Approx(0.55285177));
    CHECK(kaiser(0, 5) == 1);
    CHECK(kaiser(1.01, 5) == 0);
}

TEST_CASE("too short and impossible spectra are refused", "[signal]") {
    CHECK_THROWS_AS(Welch(256, 0), psg::UsageError);
    CHECK_THROWS_AS(Welch(255, 100), psg::UsageError);
    Welch welch(256, 100);
    CHECK_THROWS_AS(welch.density(wave(255)), psg::UsageError);
}

TEST_CASE("the median is the mean where all windows are alike, and does not see a burst", "[signal]") {
    std::vector<float> x;
    for (int i = 0; i < 3000; ++i) x.push_back(static_cast<float>(std::sin(2 * 3.14159265358979 * 10 * i / 100)));
    Welch mean(500, 100, Taper::hamming), median(500, 100, Taper::hamming, Average::median);
    // 11 windows: the median of an exponential distribution's sample lies this much below its mean
    const double bias = 1 - 1.0 / 2 + 1.0 / 3 - 1.0 / 4 + 1.0 / 5 - 1.0 / 6 + 1.0 / 7 - 1.0 / 8 + 1.0 / 9 - 1.0 / 10 + 1.0 / 11;
    CHECK(median.density(x)[50] == Approx(mean.density(x)[50] / bias).epsilon(1e-5));
    const double before = median.density(x)[50];
    for (std::size_t i = 1000; i < 1100; ++i) x[i] *= 50;
    CHECK(median.density(x)[50] < 1.2 * before);
    CHECK(mean.density(x)[50] > 20 * before);
}

TEST_CASE("a burst does not show in the density without bursts, and without one nothing is left out", "[signal]") {
    const std::vector<float> plain = wave(3000);
    std::vector<float> burst = plain;
    for (std::size_t i = 1000; i < 1400; ++i) burst[i] += 50 * static_cast<float>(std::sin(0.3 * static_cast<double>(i)));
    Welch welch(256, 100);
    CHECK(welch.density_without_bursts(plain, 50) == welch.density(plain));
    CHECK(welch.left_out() == 0);
    const std::vector<double> seen = welch.density(burst);
    const std::vector<double> mended = welch.density_without_bursts(burst, 50);
    CHECK(welch.left_out() == 6);  // the windows from 896 to 1280, and one at each side that overlaps them
    const double whole = mean_density(welch.density(plain), welch.bin_hz(), 1, 20);
    CHECK(mean_density(seen, welch.bin_hz(), 1, 20) > 50 * whole);
    CHECK(mean_density(mended, welch.bin_hz(), 1, 20) == Approx(whole).epsilon(0.1));
}

TEST_CASE("densities at rates with a large prime factor are those at 512 Hz", "[signal]") {
    // the same 30 s of waves of all frequencies between 0.5 and 40 Hz, stronger the slower, in windows of 2 s
    const auto density = [](double rate_hz) {
        std::vector<float> x(static_cast<std::size_t>(30 * rate_hz));
        unsigned seed = 3;
        for (double hz = 0.5; hz < 40; hz += 0.0437) {
            const double phase = (seed = seed * 1664525u + 1013904223u) * 0x1p-31 * M_PI;
            for (std::size_t i = 0; i < x.size(); ++i) x[i] += static_cast<float>(std::sin(2 * M_PI * hz * static_cast<double>(i) / rate_hz + phase) / std::sqrt(hz));
        }
        Welch welch(2 * static_cast<std::size_t>(rate_hz), rate_hz);
        return std::pair(welch.density(x), welch.bin_hz());
    };
    const auto [whole, whole_hz] = density(512);
    for (const double rate_hz : {509.0, 256 / 0.91, 512 / 0.91, 256 / 1.237}) {
        const auto [other, bin_hz] = density(rate_hz);
        CHECK(bin_hz == Approx(0.5).epsilon(0.01));
        for (const auto& [low, high] : {std::pair(1.0, 7.0), {8.0, 12.0}, {16.0, 30.0}}) {
            INFO(rate_hz << " Hz, " << low << " to " << high << " Hz");
            CHECK(mean_density(other, bin_hz, low - bin_hz / 4, high + bin_hz / 4) == Approx(mean_density(whole, whole_hz, low, high)).epsilon(0.03));
        }
    }
}
