// One movement, one name.
// SPDX-License-Identifier: BSD-3-Clause
#include "libpsg/events/movement_names.hpp"

#include <catch2/catch.hpp>

#include "libpsg/events/leg_movement_series.hpp"
#include "libpsg/model/night.hpp"

using namespace psg;
using namespace psg::events;
using namespace std::chrono_literals;

namespace {

Event event(const char* kind, Time onset, Time offset, const char* channel = "Leg L", const char* id = "") {
    Event e;
    e.kind = kind;
    e.extent = {onset, offset};
    e.channel = channel;
    e.id = id;
    return e;
}

std::vector<std::string> kinds(const EventList& events) {
    std::vector<std::string> list;
    for (const Event& e : events) list.push_back(e.kind);
    return list;
}

using Kinds = std::vector<std::string>;

}  // namespace

TEST_CASE("a sequence takes its bursts, and tells what they could have been") {
    EventList events{event("high_frequency_leg_movements", 10s, 20s), event("alternating_leg_muscle_activation", 10s, 20s, "Leg L+Leg R"),
                     event("fragmentary_myoclonus", 12s, 12100ms), event("fragmentary_myoclonus", 13s, 13100ms, "Arm L"),
                     event("hypnic_jerk", 15s, 15200ms, "Leg L+Leg R"), event("fragmentary_myoclonus", 30s, 30100ms)};
    name_movements(events);
    CHECK(kinds(events) == Kinds{"alternating_leg_muscle_activation", "fragmentary_myoclonus", "fragmentary_myoclonus"});
    CHECK(events[0].text("alternatives") == "high_frequency_leg_movements,hypnic_jerk,fragmentary_myoclonus");
    CHECK(events[1].channel == "Arm L");
}

TEST_CASE("jaws that go on working hide no jerk of the limbs") {
    EventList events{event("bruxism", 10s, 20s, "Chin"), event("hypnic_jerk", 10100ms, 10300ms, "Chin+Leg L"), event("hypnic_jerk", 12s, 12200ms, "Chin+Neck")};
    events[1].measures.push_back({"regions", std::string("axial+leg_left")});
    events[2].measures.push_back({"regions", std::string("axial")});
    name_movements(events);
    CHECK(kinds(events) == Kinds{"bruxism", "hypnic_jerk"});
    CHECK(events[0].text("alternatives") == "hypnic_jerk");
}

TEST_CASE("leg movements stay, out of the rates") {
    EventList events{event("alternating_leg_muscle_activation", 10s, 20s, "Leg L+Leg R"), event("leg_movement", 11s, 19s),
                     event("leg_movement", 18s, 25s), event("periodic_leg_movement", 40s, 42s), event("leg_movement", 40s, 42s)};
    name_movements(events);
    REQUIRE(events.size() == 5);
    CHECK(events[1].number("scored") == 0);
    CHECK(events[1].text("part_of") == "alternating_leg_muscle_activation");
    CHECK(std::isnan(events[2].number("scored")));  // most of it lies outside
    CHECK(events[0].text("alternatives") == "leg_movement");
    CHECK(events[3].measures.empty());
    CHECK(events[4].measures.empty());
}

TEST_CASE("legs of jerks that begin in the trunk make no series of leg movements") {
    EventList events;
    for (int i = 0; i < 5; ++i) {
        events.push_back(event("propriospinal_myoclonus", 23s * i, 23s * i + 800ms, "Trunk+Leg L+Leg R"));
        events.push_back(event("leg_movement", 23s * i + 100ms, 23s * i + 900ms));
    }
    events.push_back(event("leg_movement", 200s, 201s));
    CHECK(series_input(events, {}) == std::vector<std::size_t>{10});
    name_movements(events);
    CHECK(series_input(events, {}).size() == 1);
    for (const Event& e : events)
        if (e.kind == "leg_movement" && e.extent.onset < 200s) CHECK(e.text("part_of") == "propriospinal_myoclonus");
}

TEST_CASE("a large movement masks the jerk inside, not the one it begins with") {
    EventList events{event("large_muscle_group_movement", 10s, 20s, "Chin+Arm L"), event("hypnic_jerk", 10500ms, 10700ms),
                     event("hypnic_jerk", 15s, 15200ms), event("fragmentary_myoclonus", 16s, 16100ms)};
    name_movements(events);
    CHECK(kinds(events) == Kinds{"large_muscle_group_movement", "hypnic_jerk"});
    CHECK(events[1].extent.onset == 10500ms);
}

TEST_CASE("given events keep their names, classes without a rank too") {
    EventList events{event("rhythmic_movement", 10s, 20s), event("hypnic_jerk", 15s, 15200ms, "Leg L", "mine-1"),
                     event("arousal", 15s, 18s, ""), event("nonperiodic_leg_movement", 12s, 13s)};
    name_movements(events);
    CHECK(events.size() == 4);
}

TEST_CASE("a stripe goes before a jerk of neck and chin, not before one of the limbs") {
    EventList events{event("hypnic_jerk", 10s, 10200ms, "Chin+Neck"), event("neck_myoclonus", 10s, 10400ms, "C3+Neck"),
                     event("hypnic_jerk", 20s, 20200ms, "Leg L+Neck"), event("neck_myoclonus", 20s, 20200ms, "C3+Neck")};
    events[0].measures.push_back({"regions", std::string("axial")});
    events[2].measures.push_back({"regions", std::string("axial+leg_left")});
    name_movements(events);
    CHECK(kinds(events) == Kinds{"neck_myoclonus", "hypnic_jerk"});
    CHECK(events[0].text("alternatives") == "hypnic_jerk");
    CHECK(events[1].text("alternatives") == "neck_myoclonus");
}

TEST_CASE("a stripe that outlasts the jerk of the limbs that shook the head is none") {
    EventList events{event("hypnic_jerk", 10s, 10200ms, "Leg L+Neck"), event("neck_myoclonus", 10050ms, 10600ms, "C3+Neck")};
    events[0].measures.push_back({"regions", std::string("axial+leg_left")});
    name_movements(events);
    CHECK(kinds(events) == Kinds{"hypnic_jerk"});
}

TEST_CASE("a large movement takes tense legs and swings of the head's leads, not rhythmic muscles") {
    EventList events{event("large_muscle_group_movement", 10s, 30s, "Chin+Arm L+Leg L"), event("tonic_leg_activity", 11s, 29s), event("bruxism", 12s, 28s, "Chin"),
                     event("rhythmic_movement", 15s, 20s, "C3+E1"), event("large_muscle_group_movement", 50s, 60s, "Arm L+Neck"),
                     event("rhythmic_movement", 49s, 61s, "Arm L+Neck"), event("tonic_leg_activity", 100s, 140s),
                     event("large_muscle_group_movement", 110s, 115s, "Chin+Leg L")};
    events[2].measures.push_back({"type", std::string("tonic")});
    events[5].measures.push_back({"bursts", 12.0});
    name_movements(events);
    CHECK(kinds(events) == Kinds{"large_muscle_group_movement", "rhythmic_movement", "tonic_leg_activity", "large_muscle_group_movement"});
}
