// What never goes above 30 Hz in part of a night.
// SPDX-License-Identifier: BSD-3-Clause
#include "libpsg/staging/fast_floor.hpp"

#include <catch2/catch.hpp>
#include <cmath>

#include "libpsg/staging/gain_change.hpp"
#include "tests/staging/plain_signals.hpp"

using namespace psg::staging;

namespace {

ChannelFeatures night(double noise_density) {
    psg::test::Noise noise;
    ChannelFeatures channel{"C3-A2", {}};
    for (int t = 0; t < 800; ++t) {
        const double vary = std::exp(0.2 * (noise.next() - 32.75) / 18.9), more = t >= 400 ? noise_density : 0;
        EpochFeatures f;
        f.obstacle = Obstacle::none;
        f.delta = 60 * vary;
        f.theta = 6;
        f.alpha = 3;
        f.beta = 0.3 * vary + 0.6 * more;
        f.gamma = 0.02 * vary + more;
        f.mobility = 0.2;
        channel.epochs.push_back(f);
    }
    return channel;
}

}  // namespace

TEST_CASE("a floor that rises is brought down to what it is elsewhere, and one that does not stays", "[staging]") {
    const MeasureSeries plain = log_measures(night(0));
    const FloorTaken nothing = without_raised_floor(plain);
    CHECK(std::count(nothing.raised.begin(), nothing.raised.end(), true) == 0);
    CHECK(nothing.series == plain);

    MeasureSeries under = log_measures(night(0.2));
    under[600].reset();
    const FloorTaken taken = without_raised_floor(under);
    CHECK_FALSE(taken.series[600].has_value());
    for (std::size_t t = 0; t < 800; ++t) {
        if (t < 385) CHECK_FALSE(taken.raised[t]);
        if (t < 415 || t == 600) continue;
        CHECK(taken.raised[t]);
        for (std::size_t k = 0; k < 6; ++k) CHECK((*taken.series[t])[k] == Approx((*plain[t])[k]).margin(k == 5 ? 0.8 : 0.3));
    }
    CHECK(without_raised_floor(MeasureSeries(20)).series == MeasureSeries(20));
}

TEST_CASE("without its power a series is the same at any gain", "[staging]") {
    const MeasureSeries plain = log_measures(night(0));
    MeasureSeries louder = plain;
    for (auto& x : louder) (*x)[gain_measure] += 3;
    CHECK(without_power(louder) == without_power(plain));
    CHECK((*without_power(plain)[3])[1] == (*plain[3])[1]);
}
