// Alpha and fast power of the EEG, made as samples come.
// SPDX-License-Identifier: BSD-3-Clause
#include "libpsg/events/eeg_powers.hpp"

#include <catch2/catch.hpp>
#include <cmath>
#include <random>

#include "tests/pieces.hpp"

using namespace psg;
using namespace psg::events;
using namespace std::chrono_literals;

namespace {

std::vector<float> noise(std::size_t count) {
    std::mt19937 random(1);
    std::normal_distribution<float> next(40, 20);
    std::vector<float> x(count);
    for (float& v : x) v = next(random);
    return x;
}

std::vector<float> powers(SampleRate rate, std::span<const float> x, Cut cut) {
    EegPowerMeter meter(rate);
    meter.begin_stretch(5s);
    add_in_pieces(x, cut, [&](auto piece) { meter.add(piece); });
    meter.begin_stretch(5000s);
    add_in_pieces(x.first(x.size() / 2), cut, [&](auto piece) { meter.add(piece); });
    std::vector<float> all;
    const auto made = meter.finish();
    REQUIRE(made.size() == 2);
    CHECK(made[1].start == 5000s);
    for (const EegPowers& p : made)
        for (const auto& b : p.band) all.insert(all.end(), b.begin(), b.end());
    return all;
}

}  // namespace

TEST_CASE("powers of the EEG do not depend on how samples are cut") {
    for (const SampleRate rate : {SampleRate::hertz(256), SampleRate::hertz(250), SampleRate(777, 7'000'000'000)}) {
        std::vector<float> x = noise(9999);
        x[3333] = NAN;
        const std::vector<float> whole = powers(rate, x, Cut::whole);
        for (const Cut cut : all_cuts) {
            const std::vector<float> cut_up = powers(rate, x, cut);
            CHECK(std::equal(whole.begin(), whole.end(), cut_up.begin(), cut_up.end(), [](float a, float b) { return a == b || (std::isnan(a) && std::isnan(b)); }));
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
