// Alpha and fast power of the EEG, made as samples come.
// SPDX-License-Identifier: BSD-3-Clause
#include "libpsg/events/eeg_powers.hpp"

#include <catch2/catch.hpp>
#include <algorithm>
#include <cmath>
#include <cstdint>

#include "tests/cuts.hpp"

using namespace psg;
using namespace psg::events;
using namespace std::chrono_literals;

namespace {

// Rates whose windows of a second have prime factors of 17, 19, 47, 103 and 127, and records of 0.91 s with 512 samples (281).
const SampleRate uneven_rates[]{SampleRate::hertz(509), SampleRate(494, 1'000'000'000), SampleRate(256, 910'000'000), SampleRate(256, 1'237'000'000),
                                SampleRate::hertz(254), SampleRate(512, 910'000'000)};

// The same 60 s at any rate: waves of all frequencies between 4 and 40 Hz, each as strong as its frequency is low, as an EEG has them.
std::vector<float> waves(SampleRate rate) {
    std::vector<float> x(static_cast<std::size_t>(60 * rate.hz()));
    std::uint32_t seed = 5;
    for (double hz = 4; hz < 40; hz += 0.0837) {
        const double phase = (seed = seed * 1664525U + 1013904223U) * 0x1p-31 * M_PI;
        for (std::size_t i = 0; i < x.size(); ++i) x[i] += static_cast<float>(20 / hz * std::sin(2 * M_PI * hz * static_cast<double>(i) / rate.hz() + phase));
    }
    return x;
}

EegPowers powers_of(SampleRate rate, const std::vector<float>& samples) {
    EegPowerMeter meter(rate);
    meter.begin_stretch(0s);
    meter.add(samples);
    EegPowers p = meter.finish().front();
    for (std::vector<float>& band : p.band)
        for (float& power : band) power /= static_cast<float>(std::pow(rate.hz(), 2));
    return p;
}

// A NaN is equal to a NaN here.
bool same(const std::vector<float>& a, const std::vector<float>& b) {
    return std::equal(a.begin(), a.end(), b.begin(), b.end(), [](float x, float y) { return x == y || (std::isnan(x) && std::isnan(y)); });
}

}  // namespace

TEST_CASE("powers of the EEG do not depend on how samples are cut") {
    for (const SampleRate rate : {SampleRate::hertz(256), SampleRate::hertz(250), SampleRate::hertz(509), SampleRate(777, 7'000'000'000)}) {
        std::vector<float> x = test::noise_samples(9999, 20, 1, 40);
        x[3333] = NAN;
        const auto results = test::of_all_cuts([&](auto cut) {
            EegPowerMeter meter(rate);
            for (const std::size_t count : {x.size(), x.size() / 2}) {
                meter.begin_stretch(std::chrono::seconds(count));
                cut(std::span<const float>(x).first(count), [&](auto piece) { meter.add(piece); });
            }
            return meter.finish();
        });
        for (const std::vector<EegPowers>& made : results) {
            REQUIRE(made.size() == 2);
            CHECK(made[1].start == 4999s);
            CHECK(made[0].band[0].size() > 70);
            for (std::size_t s = 0; s < 2; ++s)
                for (std::size_t b = 0; b < EegPowers::bands; ++b) CHECK(same(made[s].band[b], results[0][s].band[b]));
        }
    }
}

TEST_CASE("powers of the EEG are those of a tone in its band") {
    std::vector<float> x(256 * 20);
    for (std::size_t i = 0; i < x.size(); ++i) {
        const double t = static_cast<double>(i) / 256;  // alpha for 10 s, then fast; nothing in the last 2 s
        x[i] = 1000 + (t < 18 ? static_cast<float>(10 * std::sin(2 * M_PI * (t < 10 ? 10 : 20) * t)) : 0);
    }
    EegPowerMeter meter(SampleRate::hertz(256));
    meter.begin_stretch(0s);
    meter.add(x);
    const EegPowers p = meter.finish().front();
    REQUIRE(p.band[0].size() == 77);
    // a Hann window leaves a half of the amplitude at the tone's bin and a quarter at both neighbours: 1.5 / 16 of (length A)^2
    CHECK(p.band[0][8] == Approx(1.5 / 16 * 2560 * 2560).epsilon(1e-3));
    CHECK(p.band[1][8] < 1);
    CHECK(p.band[1][50] == Approx(1.5 / 16 * 2560 * 2560).epsilon(1e-3));
    CHECK(p.band[0][50] < 1);
    CHECK(std::isnan(p.band[0][76]));
}

TEST_CASE("powers of windows that are made of quarters are those of whole windows") {
    std::vector<float> x = test::noise_samples(256 * 60, 20, 3, 30'000);
    std::fill(x.begin() + 5000, x.begin() + 5400, 12.0F);  // flat
    EegPowerMeter quarters(SampleRate::hertz(256));
    quarters.begin_stretch(0s);
    quarters.add(x);
    const EegPowers p = quarters.finish().front();
    for (std::size_t k = 0; k < p.band[0].size(); ++k) {
        EegPowerMeter window(SampleRate(256'000'001, 1'000'000'000'000'000));  // not quite 256 Hz
        window.begin_stretch(0s);
        window.add(std::span<const float>(x).subspan(64 * k, 256));
        const EegPowers one = window.finish().front();
        for (std::size_t b = 0; b < EegPowers::bands; ++b) {
            REQUIRE(one.band[b].size() == 1);
            if (std::isnan(one.band[b][0]))
                CHECK(std::isnan(p.band[b][k]));
            else
                CHECK(p.band[b][k] == Approx(one.band[b][0]).epsilon(1e-3));
        }
    }
    CHECK(std::isnan(p.band[0][5000 / 64 + 1]));
}

TEST_CASE("powers of an EEG at rates with a large prime factor are those at 512 Hz") {
    const EegPowers whole = powers_of(SampleRate::hertz(512), waves(SampleRate::hertz(512)));
    for (const SampleRate rate : uneven_rates) {
        const EegPowers p = powers_of(rate, waves(rate));
        const std::size_t count = p.band[0].size();
        REQUIRE(count + 1 >= whole.band[0].size());
        for (std::size_t b = 0; b < EegPowers::bands; ++b) {
            double sum = 0, sum_whole = 0, difference = 0;
            for (std::size_t k = 0; k < std::min(count, whole.band[b].size()); ++k) {
                sum += p.band[b][k];
                sum_whole += whole.band[b][k];
                difference += std::abs(p.band[b][k] - whole.band[b][k]);
            }
            INFO(rate.hz() << " Hz, band " << b);
            CHECK(sum == Approx(sum_whole).epsilon(0.001));
            CHECK(difference < 0.002 * sum_whole);  // window by window
        }
    }
}

TEST_CASE("a tone in one band does not show in the other at rates with a large prime factor") {
    for (const SampleRate rate : uneven_rates)
        for (const double hz : {9.0, 10.0, 18.0, 24.0, 30.0}) {
            std::vector<float> x(static_cast<std::size_t>(5 * rate.hz()));
            for (std::size_t i = 0; i < x.size(); ++i) x[i] = static_cast<float>((i > 0 ? 300 : 0) + 10 * std::sin(2 * M_PI * hz * static_cast<double>(i) / rate.hz()));
            const EegPowers p = powers_of(rate, x);
            const std::size_t in = hz < 12 ? 0 : 1;
            REQUIRE(p.band[0].size() >= 16);
            for (std::size_t k = 4; k < p.band[0].size(); ++k) {  // the offset comes in the first second
                CHECK(p.band[in][k] == Approx(1.5 / 16 * 100).epsilon(0.001));
                CHECK(p.band[1 - in][k] < 0.01);
            }
        }
}
