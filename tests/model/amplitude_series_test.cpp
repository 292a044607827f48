// Amplitudes in 16 bits.
// SPDX-License-Identifier: BSD-3-Clause
#include "libpsg/model/amplitude_series.hpp"

#include <catch2/catch.hpp>
#include <cmath>
#include <limits>
#include <random>

using namespace psg;

namespace {

float stored(float x) {
    const std::uint16_t code = amplitude_code(x);
    float back = -1;
    decode_amplitudes({&code, 1}, {&back, 1});
    return back;
}

}  // namespace

TEST_CASE("amplitudes in 16 bits are those that were stored, to one part in four thousand", "[model]") {
    std::mt19937 random(3);
    double worst = 0;
    for (int i = 0; i < 200'000; ++i) {
        const float x = std::exp2(std::uniform_real_distribution<float>(-12.9F, 18.9F)(random));
        worst = std::max(worst, std::abs(static_cast<double>(stored(x)) / static_cast<double>(x) - 1));
    }
    CHECK(worst <= 1.0 / 4096);
    CHECK(worst > 0.9 / 4096);
    CHECK(stored(0) == 0);
    CHECK(std::isnan(stored(std::numeric_limits<float>::quiet_NaN())));
    for (const float x : {1.0F, 2.0F, 0.5F, 1.5F, 8.0F, 1000.0F}) CHECK(stored(x) == x);
    CHECK(stored(1e-30F) > 0);  // the least there is, and no zero
    CHECK(stored(1e-30F) < 0.00013F);
    CHECK(stored(1e9F) > 500'000);
    CHECK(std::isfinite(stored(std::numeric_limits<float>::infinity())));
    for (std::uint32_t code = 0; code < 0x10000; ++code) {  // each stands for a value of its own, in order
        const auto own = static_cast<std::uint16_t>(code);
        float x = 0;
        decode_amplitudes({&own, 1}, {&x, 1});
        if (amplitude_code(x) != own) FAIL(code);
    }
}

TEST_CASE("amplitudes that are stored many at a time are stored as one by one", "[model]") {
    std::mt19937 random(4);
    constexpr float nan = std::numeric_limits<float>::quiet_NaN(), infinite = std::numeric_limits<float>::infinity();
    std::vector<float> x{0, nan, infinite, 1e-30F, 1e-9F, 1e9F, 1, 0.00013F, 500'000};
    for (int i = 0; i < 1000; ++i) x.push_back(std::exp2(std::uniform_real_distribution<float>(-20, 25)(random)));
    std::vector<std::uint16_t> of_amplitudes(x.size()), of_mean_squares(x.size());
    encode_amplitudes(x, of_amplitudes);
    encode_root_mean_squares(x, of_mean_squares);
    for (std::size_t i = 0; i < x.size(); ++i) {
        CAPTURE(x[i]);
        CHECK(of_amplitudes[i] == amplitude_code(x[i]));
        CHECK(of_mean_squares[i] == amplitude_code(std::sqrt(x[i])));
    }
}

TEST_CASE("a series of amplitudes is looked at in parts", "[model]") {
    AmplitudeSeries series{SampleRate::hertz(100), {}};
    series.stretches.push_back({std::chrono::seconds(7), {}});
    for (int i = 0; i < 1000; ++i) {
        const std::uint16_t code = amplitude_code(static_cast<float>(i));
        series.stretches[0].codes.add({&code, 1});
    }
    CHECK(series.size(0) == 1000);
    CHECK(series.time_of(0, 50) == std::chrono::milliseconds(7500));
    CHECK(series.part(0, 998, 2) == std::vector<float>{998, 999});
    std::vector<float> all;
    series.for_each_piece(0, 300, [&](std::size_t first, std::span<const float> x) {
        CHECK(first == all.size());
        all.insert(all.end(), x.begin(), x.end());
    });
    CHECK(all == series.part(0, 0, 1000));
}
