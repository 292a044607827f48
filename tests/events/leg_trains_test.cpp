// Trains of leg bursts and tonic leg activity on a body made by hand.
// SPDX-License-Identifier: BSD-3-Clause
#include <catch2/catch.hpp>

#include "libpsg/events/muscle_activity.hpp"
#include "libpsg/events/registry.hpp"
#include "tests/events/body.hpp"

using namespace psg;
using namespace psg::events;
using namespace std::chrono_literals;

namespace psg::events {
extern const Detector alternating_leg_muscle_activation_detector, hypnagogic_foot_tremor_detector,
    high_frequency_leg_movements_detector, tonic_leg_activity_detector;
}

namespace {

const std::vector<Role> legs{Role::leg_left, Role::leg_right};

void stage(Night& night, Stage s) {
    night.hypnogram.stages.assign(static_cast<std::size_t>(night.segments.back().offset / 30s), s);
}

EventList found(const Detector& d, const Body& body, const OptionValues& options = {}) {
    return d.run(body.night, options).events;
}

}  // namespace

TEST_CASE("bursts of a muscle are found with their edges and strength") {
    for (const int rate_hz : {128, 200, 256, 512, 1000}) {
        CAPTURE(rate_hz);
        Body body({Role::leg_left}, 120, rate_hz);
        body.burst(Role::leg_left, 60.2, 0.4, 60);
        body.burst(Role::leg_left, 80, 2, 30);
        const auto activity = muscle_activity(body.night);
        REQUIRE(activity.size() == 1);
        CHECK(seconds(activity[0].visible.total()) == Approx(120).margin(0.1));
        CHECK(rest_at(activity[0], 30s) == Approx(rest_at(activity[0], 90s)).epsilon(0.2));
        const auto bursts = bursts_of(activity[0], {});
        REQUIRE(bursts.size() == 2);
        CHECK(seconds(bursts[0].extent.onset) == Approx(60.2).margin(0.025));
        CHECK(seconds(bursts[0].extent.offset) == Approx(60.6).margin(0.04));
        CHECK(seconds(bursts[1].extent.duration()) == Approx(2).margin(0.05));
        CHECK(bursts[0].mean_uv / bursts[1].mean_uv == Approx(2).epsilon(0.25));
        CHECK(bursts_of(activity[0], {.max_ms = 1000}).size() == 1);
        CHECK(bursts_of(activity[0], {.min_ms = 1000}).size() == 1);
    }
}

TEST_CASE("bursts that alternate between the legs are found, others are not") {
    Body body(legs, 300);
    for (int i = 0; i < 8; ++i) body.burst(i % 2 ? Role::leg_left : Role::leg_right, 60 + 0.6 * i, 0.3, 60);
    for (int i = 0; i < 3; ++i) body.burst(i % 2 ? Role::leg_left : Role::leg_right, 120 + 0.6 * i, 0.3, 60);  // too few
    for (int i = 0; i < 8; ++i) body.burst(Role::leg_left, 160 + 0.6 * i, 0.3, 60);                            // one leg
    for (int i = 0; i < 8; ++i) body.burst(i % 2 ? Role::leg_left : Role::leg_right, 200 + 3.0 * i, 0.3, 60);  // too slow
    const EventList events = found(alternating_leg_muscle_activation_detector, body);
    REQUIRE(events.size() == 1);
    CHECK(seconds(events[0].extent.onset) == Approx(60).margin(0.03));
    CHECK(seconds(events[0].extent.offset) == Approx(64.5).margin(0.03));
    CHECK(events[0].side == Side::both);
    CHECK(events[0].number("bursts") == 8);
    CHECK(events[0].number("frequency_hz") == Approx(1 / 0.6).epsilon(0.05));
    CHECK(events[0].number("burst_length_ms") == Approx(300).margin(30));
    CHECK(found(alternating_leg_muscle_activation_detector, body, {{"min_bursts", "9"}}).empty());
    CHECK(found(alternating_leg_muscle_activation_detector, body, {{"max_burst_ms", "200"}}).empty());
}

TEST_CASE("foot tremor is a train at sleep onset, fast leg movements are one anywhere") {
    Body body(legs, 600);
    stage(body.night, Stage::N2);
    for (std::size_t i = 0; i < 6; ++i) body.night.hypnogram.stages[i] = i < 4 ? Stage::W : Stage::N1;
    for (int i = 0; i < 10; ++i) body.burst(Role::leg_left, 90 + 0.9 * i, 0.45, 50);
    for (int i = 0; i < 10; ++i) body.burst(Role::leg_left, 90.1 + 0.9 * i, 0.45, 50);
    for (int i = 0; i < 6; ++i) body.burst(Role::leg_right, 400 + 1.2 * i, 0.5, 50);
    const EventList tremor = found(hypnagogic_foot_tremor_detector, body);
    REQUIRE(tremor.size() == 1);
    CHECK(seconds(tremor[0].extent.onset) == Approx(90).margin(0.03));
    CHECK(found(high_frequency_leg_movements_detector, body).size() == 2);
    CHECK(hypnagogic_foot_tremor_detector.run(body.night, {}).at_risk == IntervalSet({{0s, 180s}}));
    CHECK(found(hypnagogic_foot_tremor_detector, body, {{"before_sleep_min", "0"}}).empty());
    for (int i = 0; i < 9; ++i) body.burst(Role::leg_right, 130 + 1.0 * i, i % 4 == 3 ? 0.13 : 0.35, 50);  // some short ones break no tremor
    CHECK(found(hypnagogic_foot_tremor_detector, body).size() == 2);
    stage(body.night, Stage::unknown);
    const Detection none = hypnagogic_foot_tremor_detector.run(body.night, {});
    CHECK_FALSE(none.ran);
    CHECK(none.findings.back().code == FindingCode::DETECTOR_NOT_RUN);
}

TEST_CASE("irregular twitches and heart beats in a leg are no train of movements") {
    Body body({Role::leg_left, Role::leg_right, Role::ecg}, 900);
    stage(body.night, Stage::N1);
    std::mt19937 random(3);
    for (const Role leg : legs)
        for (double t = 20; t < 400; t += 0.2 - 4.0 * std::log((static_cast<double>(random()) + 1) / 4294967296.0))
            body.burst(leg, t, 0.1, 80);
    for (double t = 405; t < 890; t += 1) {
        body.burst(Role::leg_right, t, 0.04, 40);
        for (Role r : {Role::ecg}) body.burst(r, t, 0.04, 400);
    }
    for (const Detector* d : {&alternating_leg_muscle_activation_detector, &hypnagogic_foot_tremor_detector,
                              &high_frequency_leg_movements_detector})
        CHECK(found(*d, body).size() <= 1);
}

TEST_CASE("potentials that are steady by chance among others are no train, the same ones alone are") {
    Body body(legs, 240);
    stage(body.night, Stage::N3);
    for (const double t : {60.0, 61.8, 64.0, 66.4, 69.1}) body.burst(Role::leg_left, t, 0.12, 80);
    CHECK(found(high_frequency_leg_movements_detector, body).size() == 1);
    Body other = body;
    for (const double t : {40.0, 47.0, 78.0, 84.0, 93.0}) other.burst(Role::leg_right, t, 0.12, 80);
    CHECK(found(high_frequency_leg_movements_detector, other).size() == 1);
    for (const double t : {40.0, 47.0, 78.0, 84.0, 93.0}) body.burst(Role::leg_left, t, 0.12, 80);
    CHECK(found(high_frequency_leg_movements_detector, body).empty());
}

TEST_CASE("tonic leg activity lasts more than 15 s, two minutes too, and is no hum") {
    Body body(legs, 1500);
    body.burst(Role::leg_left, 100, 14, 40);
    body.burst(Role::leg_left, 300, 20, 40);
    body.burst(Role::leg_right, 600, 120, 40);
    Signal& s = body.of(Role::leg_right);
    for (std::size_t i = 1000 * 512; i < 1040 * 512; ++i)
        s.stretches[0].samples[i] += static_cast<float>(60 * std::sin(2 * M_PI * 50 * static_cast<double>(i) / 512));
    const EventList events = found(tonic_leg_activity_detector, body);
    REQUIRE(events.size() == 2);
    CHECK(seconds(events[0].extent.duration()) == Approx(20).margin(1));
    CHECK(events[0].side == Side::left);
    CHECK(seconds(events[1].extent.duration()) == Approx(120).margin(1));
    CHECK(events[1].number("strength_ratio") == Approx(13).epsilon(0.3));
    Event clipping;
    clipping.kind = "artefact";
    clipping.extent = {299s, 312s};
    clipping.channel = events[0].channel;
    clipping.measures = {{"reason", std::string("clipping")}};
    body.night.events.push_back(clipping);
    CHECK(found(tonic_leg_activity_detector, body).size() == 1);
}

TEST_CASE("a faster rhythm is none of the bursts that run together in it") {
    Body body(legs, 120);
    stage(body.night, Stage::W);
    for (int i = 0; i < 24; ++i) body.burst(Role::leg_left, 60 + 0.16 * i, i % 8 < 6 && i % 2 ? 0.03 : 0.07, 80);
    for (int i = 0; i < 8; ++i) body.burst(Role::leg_right, 90 + 0.6 * i, 0.1, 80);
    const EventList events = found(high_frequency_leg_movements_detector, body);
    REQUIRE(events.size() == 1);
    CHECK(events[0].channel == "leg_right");
}

TEST_CASE("fast leg movements with short pauses and slow ends are found") {
    Body body(legs, 120);
    stage(body.night, Stage::N2);
    for (int i = 0; i < 8; ++i) {
        body.burst(Role::leg_left, 60 + 0.3 * i, 0.18, 60);
        body.burst(Role::leg_left, 60.18 + 0.3 * i, 0.06, 9);  // fades
    }
    const EventList events = found(high_frequency_leg_movements_detector, body);
    REQUIRE(events.size() == 1);
    CHECK(seconds(events[0].extent.onset) == Approx(60).margin(0.05));
    CHECK(events[0].number("frequency_hz") == Approx(1 / 0.3).margin(0.2));
}

TEST_CASE("twitches on the heart's beats, trains without pauses and trains in artefacts are left out") {
    Body body({Role::leg_left, Role::leg_right, Role::ecg}, 300);
    stage(body.night, Stage::W);
    std::mt19937 random(7);
    double beat = 10;
    std::vector<double> beats;
    while (beat < 290) {
        beats.push_back(beat);
        for (int i = 0; i < 20; ++i)  // a steep wave of 40 ms
            body.of(Role::ecg).stretches[0].samples[static_cast<std::size_t>(beat * 512) + static_cast<std::size_t>(i)] += static_cast<float>(800 * std::sin(M_PI * i / 19));
        beat += 0.8 + 0.2 * static_cast<double>(random()) / 4294967296.0;
    }
    for (std::size_t i = 30; i < 36; ++i) body.burst(Role::leg_left, beats[i] + 0.01, 0.09, 60);
    const auto count = [&] { return found(high_frequency_leg_movements_detector, body).size(); };
    CHECK(count() == 0);
    for (std::size_t i = 100; i < 108; ++i) body.burst(Role::leg_left, beats[i] + 0.35, 0.09, 60);  // as short, at other times
    CHECK(count() == 1);
    for (int i = 0; i < 8; ++i) body.burst(Role::leg_right, 200 + 1.2 * i, 1.08, 60);
    CHECK(count() == 1);
    CHECK(found(high_frequency_leg_movements_detector, body, {{"max_filled", "1"}}).size() == 2);
    Event artefact;
    artefact.kind = "artefact";
    artefact.channel = "leg_left";
    artefact.extent = {Time(0), 300s};
    artefact.measures = {{"reason", std::string("sweat")}};
    body.night.events = {artefact};
    CHECK(count() == 1);
    body.night.events[0].measures = {{"reason", std::string("clipping")}};
    CHECK(count() == 0);
}
