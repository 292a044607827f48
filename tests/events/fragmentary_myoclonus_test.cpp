// Potentials of single muscles, their index and the verdict, on a body made by hand.
// SPDX-License-Identifier: BSD-3-Clause
#include <catch2/catch.hpp>

#include "libpsg/events/detector.hpp"
#include "tests/events/body.hpp"

using namespace psg;
using namespace psg::events;
using namespace std::chrono_literals;

namespace psg::events {
extern const Detector fragmentary_myoclonus_detector;
}

namespace {

double measure(const Detection& d, const std::string& name, const std::string& channel, const std::string& stage) {
    for (const NightMeasure& m : d.measures)
        if (m.name == name && m.channel == channel && m.stage == stage) return m.value;
    throw std::logic_error("no measure " + name + " of " + channel + " in " + stage);
}

Body sleeper(double minutes) {
    Body body({Role::chin, Role::leg_left, Role::leg_right}, 60 * minutes);
    body.night.hypnogram.stages.assign(static_cast<std::size_t>(2 * minutes), Stage::N2);
    return body;
}

}  // namespace

TEST_CASE("potentials of 75 to 150 ms above 50 uV are found, other bursts are not") {
    Body body = sleeper(4);
    body.burst(Role::leg_left, 60, 0.11, 80);
    body.burst(Role::chin, 80, 0.09, 80);
    body.burst(Role::leg_left, 100, 0.3, 80);    // long
    body.burst(Role::leg_left, 120, 0.11, 12);   // weak
    body.burst(Role::leg_left, 140, 0.02, 120);  // a spike
    body.burst(Role::leg_left, 160, 0.11, 80);   // not alone
    body.burst(Role::leg_left, 160.2, 0.5, 80);
    const Detection d = fragmentary_myoclonus_detector.run(body.night, {});
    REQUIRE(d.events.size() == 2);
    for (const Event& e : d.events) CHECK(e.number("peak_uv") > 100);
    CHECK(fragmentary_myoclonus_detector.run(body.night, {{"min_amplitude_uv", "1000"}}).events.empty());
    // what lies in another movement is none
    Event jerk;
    jerk.kind = "hypnic_jerk";
    jerk.extent = {59900ms, 60200ms};
    body.night.events.push_back(jerk);
    CHECK(fragmentary_myoclonus_detector.run(body.night, {}).events.size() == 1);
}

TEST_CASE("a trunk that works with the head coughs, one that twitches every few seconds has hiccups, one twitch is a potential") {
    Body body({Role::chin, Role::neck, Role::trunk, Role::leg_left}, 240);
    body.night.hypnogram.stages.assign(8, Stage::N2);
    body.burst(Role::trunk, 60, 0.11, 80);
    body.burst(Role::neck, 60.05, 0.11, 80);
    body.burst(Role::trunk, 120, 0.11, 80);
    for (const double t : {180.0, 183.5, 186.4, 190.0}) body.burst(Role::trunk, t, 0.12, 80);  // hiccups
    const Detection d = fragmentary_myoclonus_detector.run(body.night, {});
    REQUIRE(d.events.size() == 1);
    CHECK(seconds(d.events[0].extent.onset) == Approx(120).margin(0.02));
}

TEST_CASE("frequent potentials of the trunk have no rhythm, as hiccups do") {
    Body body({Role::trunk, Role::leg_left}, 240);
    body.night.hypnogram.stages.assign(8, Stage::N2);
    for (const double t : {100.0, 102.1, 107.9, 109.0, 115.2, 118.0}) body.burst(Role::trunk, t, 0.12, 80);
    CHECK(fragmentary_myoclonus_detector.run(body.night, {}).events.size() == 6);
}

TEST_CASE("what legs do for a while alone hides no myoclonus of other muscles") {
    Body body({Role::arm_left, Role::leg_left}, 240);
    body.night.hypnogram.stages.assign(8, Stage::N2);
    body.burst(Role::arm_left, 100, 0.11, 80);
    body.burst(Role::leg_left, 103, 0.11, 80);
    Event train;
    train.kind = "high_frequency_leg_movements";
    train.channel = "leg_left";
    train.extent = {98s, 108s};
    body.night.events.push_back(train);
    const EventList events = fragmentary_myoclonus_detector.run(body.night, {}).events;
    REQUIRE(events.size() == 1);
    CHECK(events[0].channel == "arm_left");
    body.night.events[0].kind = "large_muscle_group_movement";
    CHECK(fragmentary_myoclonus_detector.run(body.night, {}).events.empty());
}

TEST_CASE("muscles of the head that work together make words and bites, no potentials") {
    Body body({Role::chin, Role::masseter, Role::neck, Role::leg_left}, 240);
    body.night.hypnogram.stages.assign(8, Stage::W);
    for (const Role role : {Role::chin, Role::masseter}) body.burst(role, 60, 0.11, 80);
    for (const Role role : {Role::chin, Role::leg_left}) body.burst(role, 80, 0.11, 80);  // these do not
    body.burst(Role::neck, 100, 0.11, 80);  // among words
    for (const double t : {99.0, 99.4, 100.4, 101.0}) body.burst(Role::chin, t, 0.2, 80);
    const Detection d = fragmentary_myoclonus_detector.run(body.night, {});
    REQUIRE(d.events.size() == 2);
    for (const Event& e : d.events) CHECK(seconds(e.extent.onset) == Approx(80).margin(0.05));
}

TEST_CASE("the index counts 3-s mini-epochs, the verdict minutes of NREM sleep") {
    // 30 min: potentials every 10 s in 12 + 12 minutes with a gap between; in the legs in turn
    Body body = sleeper(30);
    for (int i = 0; i < 12 * 6; ++i) body.burst(i % 2 ? Role::leg_left : Role::leg_right, 61 + 10 * i, 0.11, 80);
    for (int i = 0; i < 12 * 6; ++i) body.burst(Role::leg_left, 16 * 60 + 1 + 10 * i, 0.11, 80);
    const Detection d = fragmentary_myoclonus_detector.run(body.night, {});
    CHECK(d.events.size() >= 140);
    CHECK(measure(d, "fmi", "all", "N2") == Approx(288).epsilon(0.04));
    CHECK(measure(d, "fmi", "chin", "N2") == 0);
    CHECK(std::isnan(measure(d, "fmi", "all", "R")));
    CHECK(measure(d, "positive_minutes", "all", "NREM") == 24);
    CHECK(measure(d, "positive_minutes", "leg_left", "NREM") == 12);
    CHECK(measure(d, "efm_summed", "all", "NREM") == 1);
    CHECK(measure(d, "efm_contiguous", "all", "NREM") == 0);
    CHECK(measure(d, "efm_summed", "leg_left", "NREM") == 0);
    const Detection shorter = fragmentary_myoclonus_detector.run(body.night, {{"excessive_min", "12"}});
    CHECK(measure(shorter, "efm_contiguous", "leg_left", "NREM") == 1);
}
