// The detector of leg movements on planted nights of every rate and several levels of noise, with limits.
// SPDX-License-Identifier: BSD-3-Clause
//
// A short version of tests/bench/leg_nights.cpp, which takes many whole nights.
#include "tests/events/leg_nights.hpp"

#include <catch2/catch.hpp>
#include <cmath>

#include "libpsg/events/detector.hpp"

namespace psg::events {
extern const Detector leg_movements_detector;
}

using namespace psg;

TEST_CASE("Planted nights of every rate and noise are scored within the limits", "[events]") {
    std::uint64_t seed = 40;
    test::LegComparison all;
    double plm_error = 0, plm_nr_error = 0;
    std::string faults;
    for (const int rate_hz : {200, 256, 500, 512, 1000})
        for (const double noise : {0.5, 1.0, 2.0}) {
            test::LegNightOptions options;
            options.seed = ++seed;
            options.hours = 1;
            options.rate_hz = rate_hz;
            options.noise = noise;
            options.with_ecg = seed % 2 == 0;
            options.wide_band = seed % 3 != 0;
            const test::LegNight night = test::make_leg_night(options);
            const auto c = test::compare(night, events::leg_movements_detector.run(night.night, {}).events);
            all.planted += c.planted;
            all.found += c.found;
            all.false_ones += c.false_ones;
            all.splits += c.splits;
            all.merges += c.merges;
            plm_error += c.plm_found - c.plm_planted;
            plm_nr_error += c.plm_nr_found - c.plm_nr_planted;
            INFO(rate_hz << " Hz, noise " << noise);
            CHECK(std::fabs(c.onset_error_ms) <= 10);
            CHECK(std::fabs(c.offset_error_ms) <= 30);
            faults += std::to_string(rate_hz) + " Hz:\n" + c.faults;
        }
    INFO(faults);
    CHECK(all.planted > 500);
    CHECK(100 * all.found >= 98 * all.planted);
    CHECK(300 * all.false_ones <= 2 * all.planted);
    CHECK(300 * (all.splits + all.merges) <= 5 * all.planted);
    CHECK(std::fabs(plm_error) / 15 <= 0.5);
    CHECK(std::fabs(plm_nr_error) / 15 <= 0.5);
}

TEST_CASE("Heart beats of any rhythm leave edges where they are", "[events]") {
    struct Rhythm {
        const char* name;
        double ectopic;
        bool irregular;
    };
    std::uint64_t seed = 60;
    test::LegComparison all;
    std::string faults;
    for (const Rhythm& r : {Rhythm{"ectopic 5 %", 0.05, false}, Rhythm{"ectopic 20 %", 0.2, false},
                            Rhythm{"bigeminy", 0.5, false}, Rhythm{"fibrillation", 0, true}, Rhythm{"both", 0.1, true}})
        for (const double peak_uv : {20.0, 120.0, 200.0})
            for (const bool with_ecg : {true, false}) {
                test::LegNightOptions options;
                options.seed = ++seed;
                options.hours = 0.5;
                options.rate_hz = seed % 3 ? 256 : 500;
                options.pick_up_uv = peak_uv;
                options.ectopic = r.ectopic;
                options.irregular = r.irregular;
                options.with_ecg = with_ecg;
                options.hum = options.defects = false;
                const test::LegNight night = test::make_leg_night(options);
                const auto c = test::compare(night, events::leg_movements_detector.run(night.night, {}).events);
                all.planted += c.planted;
                all.found += c.found;
                all.false_ones += c.false_ones;
                all.splits += c.splits;
                all.merges += c.merges;
                const std::string name = std::string(r.name) + ", " + std::to_string(static_cast<int>(peak_uv)) +
                                         " uV" + (with_ecg ? "" : ", no ECG");
                INFO(name);
                CHECK(std::fabs(c.onset_error_ms) <= 10);
                CHECK(std::fabs(c.offset_error_ms) <= 30);
                faults += name + ":\n" + c.faults;
            }
    INFO(faults);
    CHECK(all.planted > 500);
    CHECK(100 * all.found >= 98 * all.planted);
    CHECK(300 * all.false_ones <= 2 * all.planted);
    CHECK(300 * (all.splits + all.merges) <= 5 * all.planted);
}

TEST_CASE("The comparison of planted nights sees what is missing, false, split and merged", "[events]") {
    test::LegNight night;
    night.night.respiratory.emplace();
    night.night.arousals.emplace();
    night.night.segments = {{Time(0), from_seconds(300)}};
    night.night.hypnogram.stages.assign(10, Stage::N2);
    night.truth = {{0, 10, 12, 40, true, "a"}, {0, 30, 32, 40, true, "b"},
                   {1, 50, 51, 40, true, "c"}, {1, 60, 60.2, 40, false, "too short"},
                   {0, 70, 71, 40, true, "d"}, {0, 72, 73, 40, true, "e"}};
    EventList found;
    const auto add = [&](double from, double to, Side side) {
        Event e;
        e.kind = "leg_movement";
        e.extent = {from_seconds(from), from_seconds(to)};
        e.side = side;
        found.push_back(e);
    };
    add(10.01, 11, Side::left);  // two on one: a split
    add(11.5, 12.02, Side::left);
    add(50, 51, Side::left);       // the other leg: false, and the planted one is missed
    add(60, 60.2, Side::right);    // a decoy: false
    add(69.99, 73.5, Side::left);  // two in one: a merge
    const auto c = test::compare(night, found);
    CHECK(c.planted == 5);
    CHECK(c.found == 3);
    CHECK(c.false_ones == 2);
    CHECK(c.splits == 1);
    CHECK(c.merges == 1);
    CHECK_FALSE(c.within_limits());
}
