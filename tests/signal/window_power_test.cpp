// Power of windows of any length against the defining sum, where zeros continue them, too.
// SPDX-License-Identifier: BSD-3-Clause
#include "libpsg/signal/window_power.hpp"

#include <catch2/catch.hpp>
#include <cmath>
#include <complex>
#include <numbers>
#include <vector>

#include "libpsg/model/error.hpp"
#include "libpsg/signal/window.hpp"
#include "tests/cuts.hpp"

using namespace psg;
using psg::signal::transform_length;
using psg::signal::WindowPower;

namespace {

std::vector<float> tapered(std::vector<float> x) {
    const std::vector<double> hann = signal::hann(x.size());
    for (std::size_t n = 0; n < x.size(); ++n) x[n] *= static_cast<float>(hann[n]);
    return x;
}

std::vector<float> tone(std::size_t length, double turns) {
    std::vector<float> x;
    for (std::size_t n = 0; n < length; ++n) x.push_back(static_cast<float>(std::cos(2 * std::numbers::pi * turns * double(n) / double(length) + 1)));
    return tapered(x);
}

// By the definition, at any place between bins.
double defined(const std::vector<float>& x, double k) {
    std::complex<double> sum = 0;
    for (std::size_t n = 0; n < x.size(); ++n) sum += std::polar(double(x[n]), -2 * std::numbers::pi * k * double(n) / double(x.size()));
    return std::norm(sum);
}

std::vector<double> powers(const std::vector<float>& x) {
    WindowPower power(x.size());
    power.transform(x);
    std::vector<double> all;
    for (std::size_t k = 0; k < power.bins(); ++k) all.push_back(power.at<double>(k));
    return all;
}

double sum_of(const std::vector<double>& powers, std::size_t first, std::size_t last) {
    double sum = 0;
    for (std::size_t k = first; k <= last; ++k) sum += powers[k];
    return sum;
}

}  // namespace

TEST_CASE("windows are continued to the next even length with no prime factor above 7", "[signal]") {
    for (const std::size_t length : {2u, 14u, 100u, 126u, 128u, 200u, 250u, 256u, 400u, 500u, 512u, 1000u, 1024u, 2000u, 2048u, 1u << 24})
        CHECK(transform_length(length) == length);
    CHECK(transform_length(0) == 2);
    CHECK(transform_length(1) == 2);
    CHECK(transform_length(22) == 24);
    CHECK(transform_length(125) == 126);
    CHECK(transform_length(510) == 512);
    CHECK(transform_length(562) == 576);
    CHECK(transform_length(1018) == 1024);
    CHECK(transform_length(1026) == 1050);
    for (std::size_t length = 2; length < 3000; ++length) {  // each even length between has another factor
        const std::size_t found = transform_length(length);
        REQUIRE(found >= length);
        for (std::size_t n = length + length % 2; n <= found; n += 2) {
            std::size_t rest = n;
            for (const std::size_t p : {2u, 3u, 5u, 7u})
                while (rest % p == 0) rest /= p;
            CHECK((rest == 1) == (n == found));
        }
    }
}

TEST_CASE("powers are the defining sum where a window needs no zeros", "[signal]") {
    const std::vector<float> x = tapered(test::noise_samples(500, 20, 3));
    const std::vector<double> all = powers(x);
    REQUIRE(all.size() == 251);
    for (std::size_t k = 0; k < all.size(); ++k) CHECK(all[k] == Approx(defined(x, double(k))).epsilon(1e-3).margin(0.1));
    WindowPower power(500);
    power.transform(x);
    CHECK(power.at<float>(20) == Approx(all[20]).epsilon(1e-6));
}

TEST_CASE("a bin of a continued window has the mean of its spectrum around it", "[signal]") {
    for (const std::size_t length : {22u, 206u, 510u, 562u, 1018u}) {
        const std::vector<float> x = tapered(test::noise_samples(length, 20, 4));
        const std::vector<double> all = powers(x);
        REQUIRE(all.size() == length / 2 + 1);
        // what lies between two bins of the transform has the power of the nearer one, counted in small steps
        const std::size_t longer = transform_length(length);
        const double width = static_cast<double>(longer) / static_cast<double>(length);
        std::vector<double> fine;
        for (std::size_t i = 0; i < longer; ++i) fine.push_back(defined(x, static_cast<double>(i) / width));
        for (std::size_t k = 0; k < all.size(); ++k) {
            constexpr int steps = 10000;
            double mean = 0;
            for (int i = 0; i < steps; ++i) {
                const double place = std::round((static_cast<double>(k) - 0.5 + (i + 0.5) / steps) * width);
                mean += fine[static_cast<std::size_t>(place < 0 ? place + static_cast<double>(longer) : place) % longer] / steps;
            }
            CHECK(all[k] == Approx(mean).epsilon(0.01).margin(0.1));
        }
        // all of it is the energy of the window
        double energy = 0;
        for (const float v : x) energy += double(v) * double(v);
        const double sum = all.front() + all.back() + 2 * sum_of(all, 1, all.size() - 2);
        CHECK(sum / double(length) == Approx(energy).epsilon(1e-5));
    }
}

TEST_CASE("a continued window has a tone in its bin and what a taper makes of it in the bins beside it", "[signal]") {
    for (const std::size_t length : {206u, 510u, 562u, 1018u})
        for (const double turns : {8.0, 8.3, 9.5, 16.0, 31.0}) {
            const std::vector<double> all = powers(tone(length, turns));
            const auto at = static_cast<std::size_t>(std::lround(turns));
            const double whole = 1.5 / 16 * double(length * length);
            CHECK(sum_of(all, at - 4, at + 4) == Approx(whole).epsilon(0.002));
            CHECK(sum_of(all, at - 1, at + 1) > 0.9 * whole);
            CHECK(sum_of(all, at + 5, all.size() - 1) < 0.001 * whole);
        }
}

TEST_CASE("windows and lengths that cannot be transformed are refused", "[signal]") {
    CHECK_THROWS_AS(WindowPower(0), UsageError);
    CHECK_THROWS_AS(WindowPower(509), UsageError);
    CHECK_THROWS_AS(WindowPower((std::size_t(1) << 24) + 2), UsageError);
    for (const std::size_t length : {500u, 1018u}) {
        WindowPower power(length);
        CHECK_THROWS_AS(power.transform(std::vector<float>(length - 2)), UsageError);
        CHECK_THROWS_AS(power.transform(std::vector<float>(transform_length(length) + 2)), UsageError);
    }
}
