// Numbering of events.
// SPDX-License-Identifier: BSD-3-Clause
#include "libpsg/model/event.hpp"

#include <catch2/catch.hpp>

using namespace psg;

TEST_CASE("New events count on from the highest number of their class", "[event]") {
    EventList events(6);
    const char* ids[] = {"leg_movement-1", "", "leg_movement-4", "", "", "by hand"};
    for (std::size_t i = 0; i < events.size(); ++i) {
        events[i].kind = i == 4 ? "arousal" : "leg_movement";
        events[i].id = ids[i];
    }
    number_events(events);
    CHECK(events[0].id == "leg_movement-1");
    CHECK(events[1].id == "leg_movement-5");  // 2 and 3 were removed by somebody, and stay so
    CHECK(events[3].id == "leg_movement-6");
    CHECK(events[4].id == "arousal-1");
    CHECK(events[5].id == "by hand");
}
