// Filters that come in pieces against those of whole signals.
// SPDX-License-Identifier: BSD-3-Clause
#include "libpsg/signal/recursion.hpp"

#include <catch2/catch.hpp>
#include <cmath>
#include <random>

#include "libpsg/signal/butterworth.hpp"

using namespace psg::signal;

namespace {

std::vector<float> noise(std::size_t n, float offset) {
    std::mt19937 random(7);
    std::vector<float> x(n);
    for (float& v : x) v = offset + static_cast<float>(static_cast<int>(random() % 20001) - 10000) / 100.0F;
    return x;
}

// One section at a time, one sample after the other.
std::vector<double> plainly(const BiquadCascade& sections, const std::vector<float>& x) {
    std::vector<double> y(x.begin(), x.end());
    for (const Biquad& q : sections) {
        const double first = y.front() * (q.b0 + q.b1 + q.b2) / (1 + q.a1 + q.a2);
        double s1 = first - q.b0 * y.front(), s2 = q.b2 * y.front() - q.a2 * first;
        for (double& v : y) {
            const double in = v;
            v = q.b0 * in + s1;
            s1 = q.b1 * in - q.a1 * v + s2;
            s2 = q.b2 * in - q.a2 * v;
        }
    }
    return y;
}

std::vector<std::pair<const char*, BiquadCascade>> filters() {
    return {{"high-pass", butterworth_high_pass(2, 20, 512)},
            {"band-pass", butterworth_band_pass(2, 20, 225, 512)},
            {"low-pass", butterworth_low_pass(2, 30, 256)},
            {"slow high-pass, in double precision", butterworth_high_pass(2, 0.5, 256)},
            {"odd order", butterworth_high_pass(3, 10, 200)},
            {"four sections", butterworth_band_pass(4, 20, 90, 500)},
            {"two groups of three and one", butterworth_band_pass(7, 40, 120, 500)}};
}

}  // namespace

TEST_CASE("Parts side by side give what one sample after the other gives", "[signal]") {
    for (const auto& [name, sections] : filters()) {
        INFO(name);
        const std::vector<float> x = noise(60'003, 3000);
        const std::vector<double> expected = plainly(sections, x);
        const double most = magnitude_at(sections, 0, 512) > 0.5 ? 3e-3 : 3e-4;  // a millionth of 3,000 where they stay
        for (const std::size_t piece : {std::size_t{60'003}, std::size_t{20'000}, std::size_t{777}, std::size_t{1}}) {
            std::vector<float> y = x;
            Recursion filter(sections);
            filter.start(y.front());
            for (std::size_t i = 0; i < y.size(); i += piece) filter.forwards(std::span(y).subspan(i, std::min(piece, y.size() - i)));
            double worst = 0;
            for (std::size_t i = 0; i < y.size(); ++i) worst = std::max(worst, std::abs(static_cast<double>(y[i]) - expected[i]));
            CHECK(worst < most);
            // backwards in time the same
            std::vector<float> turned(x.rbegin(), x.rend());
            filter.start(turned.back());
            for (std::size_t end = turned.size(); end > 0; end -= std::min(end, piece))
                filter.backwards(std::span(turned).subspan(end - std::min(end, piece), std::min(end, piece)));
            worst = 0;
            for (std::size_t i = 0; i < y.size(); ++i) worst = std::max(worst, std::abs(static_cast<double>(turned[y.size() - 1 - i]) - expected[i]));
            CHECK(worst < most);
        }
    }
}

TEST_CASE("A zero-phase filter in blocks is the one of the whole signal", "[signal]") {
    for (const auto& [name, sections] : filters()) {
        INFO(name);
        ZeroPhaseFilter filter(sections);
        const std::size_t block = filter.block();
        for (const std::size_t n : {std::size_t{0}, std::size_t{1}, std::size_t{2}, std::size_t{30}, block - 1, block, block + 1, 2 * block, 5 * block + 17}) {
            INFO(n << " samples");
            const std::vector<float> x = noise(n, 500);
            std::vector<float> expected = x, y;
            filter_zero_phase(sections, expected);
            filter.begin();
            std::size_t i = 0;
            const auto take = [&](std::span<const float> some) { y.insert(y.end(), some.begin(), some.end()); };
            for (; i + block <= n; i += block) take(filter.next(std::span(x).subspan(i, block)));
            take(filter.finish(std::span(x).subspan(i)));
            REQUIRE(y.size() == n);
            float worst = 0;
            for (std::size_t k = 0; k < n; ++k) worst = std::max(worst, std::abs(y[k] - expected[k]));
            CHECK(worst < 2e-4F);
        }
    }
}
