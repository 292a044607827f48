// Time in which a leg cannot be scored: leads off, saturation, a high resting level, gaps.
// SPDX-License-Identifier: BSD-3-Clause
#include <numbers>

#include "tests/events/leg_signals.hpp"

using namespace psg;
using namespace psg::test;
using namespace std::chrono_literals;

TEST_CASE("What cannot be scored leaves the time at risk", "[events]") {
    const Leg whole(256, 300, 2, {});
    SECTION("a lead that is off") {
        Leg leg(256, 300, 2, {{20, 22, 40}});
        leg.between(100, 160, [](double, double) { return -3276.7; });
        const events::Detection one = detect(night_of(leg));
        CHECK(one.events.size() == 1);
        CHECK(seconds(one.at_risk.total()) == Approx(240).margin(1));
        CHECK(one.partly_at_risk == one.at_risk);
        CHECK(has(one.findings, FindingCode::CHANNEL_NOT_FOUND));
        CHECK(has(one.findings, FindingCode::DETECTOR_REDUCED));
        const events::Detection both = detect(night_of(leg, whole));
        CHECK(seconds(both.at_risk.total()) == Approx(300).margin(0.1));
        CHECK(seconds(both.partly_at_risk.total()) == Approx(60).margin(1));
        const Leg active(256, 300, 2, {{120, 122, 40}, {200, 202, 40}});  // the first while the other lead is off
        CHECK(detect(night_of(leg, active)).events.size() == 3);
        const OptionValues require{{"require_both_legs", "yes"}};
        const events::Detection strict = detect(night_of(leg, active), require);
        CHECK(seconds(strict.at_risk.total()) == Approx(240).margin(1));
        CHECK(strict.partly_at_risk.empty());
        CHECK(strict.events.size() == 2);
        CHECK_FALSE(detect(night_of(leg), require).ran);
        // what cannot be scored is told as intervals with the reason
        const EventList lost = artefacts(night_of(leg));
        REQUIRE(lost.size() == 1);
        CHECK(lost[0].text("reason") == "no_signal");
        CHECK(lost[0].side == Side::left);
        CHECK(lost[0].channel == "LEG/L");
        CHECK(one.at_risk == IntervalSet({{Time(0), from_seconds(300)}}).without(IntervalSet({lost[0].extent})));
        REQUIRE(artefacts(night_of(leg, active), require).size() == 1);
        CHECK(artefacts(night_of(leg, active), require)[0].extent == lost[0].extent);
    }
    SECTION("a resting level that is too high") {
        Leg leg(256, 300, 2, {{20, 22, 40}});
        leg.between(100, 220, [](double, double v) { return 10 * v; });
        const events::Detection found = detect(night_of(leg));
        CHECK(found.events.size() == 1);
        CHECK(seconds(found.at_risk.total()) == Approx(180).margin(2));
        IntervalSet lost;
        for (const Event& e : artefacts(night_of(leg))) {
            CHECK(e.text("reason") == "resting_level");
            lost.add(e.extent);
        }
        CHECK(found.at_risk == IntervalSet({{Time(0), from_seconds(300)}}).without(lost));
    }
    SECTION("a stretch that is too short, a channel that is too coarse") {
        Night night = night_of(whole, whole);
        Signal& left = night.signals[0].signal;
        auto& all = left.stretches[0].samples;
        left.stretches.push_back({from_seconds(310), {all.begin(), all.begin() + 5 * 256}});
        night.segments.push_back({from_seconds(310), from_seconds(315)});
        night.signals[1].signal.step = 5;
        const EventList lost = artefacts(night);
        REQUIRE(lost.size() == 2);
        CHECK(lost[0].text("reason") == "channel_unusable");
        CHECK(lost[0].side == Side::right);
        CHECK(lost[1].text("reason") == "short_stretch");
        CHECK(lost[1].extent == Interval{from_seconds(310), from_seconds(315)});
    }
    SECTION("hum that was subtracted does not") {
        Leg leg(256, 300, 2, {});
        leg.between(100, 220, [](double t, double v) { return v + 30 * std::sin(2 * std::numbers::pi * 50 * t); });
        CHECK(seconds(detect(night_of(leg)).at_risk.total()) == Approx(300).margin(0.1));
    }
}

TEST_CASE("A lead that hums and shows no muscle leaves the time at risk", "[events]") {
    for (const double peak_uv : {80.0, 150.0, 300.0})
        for (const double noise_uv : {0.0, 0.5}) {
            INFO(peak_uv << " uV of hum, " << noise_uv << " uV of noise");
            const std::vector<float> noise = emg_noise(256 * 400, 256, 9);
            Leg leg(256, 400, 2, {{20, 22, 40}, {320, 322, 40}});
            leg.between(100, 300, [&](double t, double) {
                return peak_uv * std::sin(2 * std::numbers::pi * 50.02 * t) +
                       noise_uv * static_cast<double>(noise[static_cast<std::size_t>(t * 256)]);
            });
            const events::Detection found = detect(night_of(leg));
            CHECK(found.events.size() == 2);
            CHECK(seconds(found.at_risk.total()) == Approx(200).margin(4));
        }
    // a connected electrode in the same hum stays
    Leg leg(256, 400, 2, {{20, 22, 40}, {200, 202, 40}, {320, 322, 40}});
    leg.between(100, 300, [](double t, double v) { return v + 300 * std::sin(2 * std::numbers::pi * 50.02 * t); });
    const events::Detection found = detect(night_of(leg));
    CHECK(found.events.size() == 3);
    CHECK(seconds(found.at_risk.total()) == Approx(400).margin(0.1));
}

TEST_CASE("Saturation that comes and goes is no rest", "[events]") {
    std::vector<Burst> planted;
    for (double t = 20; t < 580; t += 30) planted.push_back({t, t + 2, 40});
    SECTION("most of the time at the limits: nothing is scored") {
        for (const double limit_uv : {300.0, 250.0}) {
            Leg leg(256, 600, 2, planted);
            leg.between(300, 600, [&](double t, double v) { return v + 900 * std::sin(2 * std::numbers::pi * 0.3 * t); });
            leg.between(0, 600, [&](double, double v) { return std::clamp(v, -limit_uv, limit_uv); });
            const events::Detection found = detect(night_of(leg));
            CHECK(found.events.size() == 10);
            for (const Event& e : found.events) {
                CHECK(e.kind == "leg_movement");
                CHECK(e.number("resting_uv") == Approx(2).epsilon(0.15));
            }
            CHECK(seconds(found.at_risk.total()) == Approx(300).margin(4));
        }
    }
    SECTION("a short one does not cut a movement, lengthen it, or make one") {
        Leg leg(256, 600, 2, planted);
        for (double t = 20; t < 580; t += 30) {
            leg.between(t + 0.8, t + 1.1, [](double, double) { return 300; });
            leg.between(t + 12, t + 12.3, [](double, double) { return -300; });
        }
        const events::Detection found = detect(night_of(leg));
        REQUIRE(found.events.size() == planted.size());
        for (std::size_t i = 0; i < planted.size(); ++i) {
            CHECK(seconds(found.events[i].extent.onset) == Approx(planted[i].onset_s).margin(0.1));
            CHECK(seconds(found.events[i].extent.offset) == Approx(planted[i].offset_s).margin(0.1));
        }
        CHECK(seconds(found.at_risk.total()) == Approx(600).margin(0.1));
    }
    SECTION("a connection that drops out for a second at a time") {
        Leg leg(256, 600, 2, planted);
        for (double t = 300; t < 600; t += 1.7) leg.between(t, t + 1, [](double, double) { return 0; });
        const events::Detection found = detect(night_of(leg));
        CHECK(found.events.size() == 10);
        CHECK(seconds(found.at_risk.total()) == Approx(300).margin(4));
    }
    SECTION("a coarse, quiet channel is not held") {
        Leg leg(256, 600, 1, planted);
        leg.between(0, 600, [](double, double v) { return 2 * std::round(v / 2); });
        const events::Detection found = detect(night_of(leg));
        CHECK(found.events.size() == planted.size());
        CHECK(seconds(found.at_risk.total()) == Approx(600).margin(1));
    }
}

TEST_CASE("Nothing crosses a gap", "[events]") {
    Night night = night_of(Leg(256, 60, 2, {{50.5, 61, 40}}));
    night.signals[0].signal.stretches.push_back({Time(100s), Leg(256, 60, 2, {{-1, 2, 40}}, 7).x});
    const events::Detection found = detect(night);
    REQUIRE(found.events.size() == 2);
    CHECK(found.events[0].extent.offset <= 60s);
    CHECK(seconds(found.events[0].extent.offset) == Approx(60).margin(0.02));
    CHECK(seconds(found.events[1].extent.onset) == Approx(100).margin(0.02));
    CHECK(seconds(found.events[1].extent.offset) == Approx(102).margin(0.05));
    CHECK(found.at_risk == IntervalSet({{0s, 60s}, {100s, 160s}}));
}
