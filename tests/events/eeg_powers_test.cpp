// Alpha and fast power of the EEG, made as samples come.
// SPDX-License-Identifier: BSD-3-Clause
#include "libpsg/events/eeg_powers.hpp"

#include <catch2/catch.hpp>
#include <algorithm>
#include <cmath>

#include "tests/cuts.hpp"

using namespace psg;
using namespace psg::events;
using namespace std::chrono_literals;

namespace {

// A NaN is equal to a NaN here.
bool same(const std::vector<float>& a, const std::vector<float>& b) {
    return std::equal(a.begin(), a.end(), b.begin(), b.end(), [](float x, float y) { return x == y || (std::isnan(x) && std::isnan(y)); });
}

}  // namespace

TEST_CASE("powers of the EEG do not depend on how samples are cut") {
    for (const SampleRate rate : {SampleRate::hertz(256), SampleRate::hertz(250), SampleRate(777, 7'000'000'000)}) {
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
            CHECK(made[0].band[0].size() > 150);
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
