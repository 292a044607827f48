// A gain that changes within the night is found and taken away, and the stages' own power stays.
// SPDX-License-Identifier: BSD-3-Clause
#include "libpsg/staging/gain_change.hpp"

#include <catch2/catch.hpp>
#include <cmath>
#include <filesystem>

#include "libpsg/io/gzip.hpp"
#include "libpsg/io/input_file.hpp"
#include "libpsg/staging/feature_table.hpp"
#include "tests/reference.hpp"
#include "tests/staging/plain_signals.hpp"

using namespace psg::staging;

namespace {

// Two kinds of epochs by turns of 20 min, of which the second has less power as its shape tells, times a gain.
template <class Gain>
MeasureSeries night(std::size_t epochs, const Gain& gain) {
    psg::test::Noise noise;
    MeasureSeries series;
    for (std::size_t t = 0; t < epochs; ++t) {
        Measures x;
        for (double& v : x) v = 0.1 * (noise.next() - 32.75) / 18.9;
        if (t / 40 % 2 == 1) {
            x[gain_measure] -= 1.6;
            x[2] += 2;
        }
        x[gain_measure] += 2 * std::log(gain(t));
        series.push_back(x);
    }
    return series;
}

}  // namespace

TEST_CASE("a gain that steps is found and goes, and what the shape tells stays", "[staging]") {
    const auto steady = [](std::size_t) { return 1.0; };
    CHECK_FALSE(gain_change(night(800, steady)).has_value());
    CHECK(gain_change(night(800, [](std::size_t t) { return t < 390 ? 1 : 2.0; })).value() == Approx(2).epsilon(0.1));
    CHECK(gain_change(night(800, [](std::size_t t) { return t < 500 ? 1 : 0.5; })).value() == Approx(0.5).epsilon(0.1));
    CHECK_FALSE(gain_change(night(800, [](std::size_t t) { return t < 390 ? 1 : 1.3; })).has_value());
    CHECK_FALSE(gain_change(night(240, [](std::size_t t) { return t < 120 ? 1 : 2.0; })).has_value());    // brief
    CHECK_FALSE(gain_change(night(2000, [](std::size_t t) { return t < 1000 ? 1 : 2.0; })).has_value());  // a day

    MeasureSeries stepped = night(800, [](std::size_t t) { return t < 390 ? 1 : 2.0; });
    stepped[100].reset();
    const MeasureSeries mended = without_gain_changes(stepped), plain = without_gain_changes(night(800, steady));
    CHECK_FALSE(mended[100].has_value());
    CHECK((*plain[60])[gain_measure] - (*plain[20])[gain_measure] == Approx(-1.6).margin(0.8));
    double at_worst = 0;
    for (std::size_t t = 0; t < 800; ++t)
        if (t != 100 && (t < 370 || t >= 410)) at_worst = std::max(at_worst, std::abs((*mended[t])[gain_measure] - (*plain[t])[gain_measure]));
    CHECK(at_worst < 0.2);
}

TEST_CASE("no real night seems to change its gain", "[staging]") {
    PSG_REFERENCE_OR_SKIP(folder, "staging/sleep-edf");
    int nights = 0;
    for (const auto& entry : std::filesystem::directory_iterator(folder)) {
        const std::string path = entry.path().string();
        ScoredNight night = read_feature_table(psg::io::unpacked(psg::io::read_text_file(path), path), path);
        cut_to_sleep(night, std::chrono::minutes(30));
        for (const ChannelFeatures& channel : night.channels) {
            INFO(path << " " << channel.label);
            CHECK_FALSE(gain_change(log_measures(channel)).has_value());
        }
        ++nights;
    }
    CHECK(nights == 20);
}
