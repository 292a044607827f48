// Events written as .annot read back as the same events.
// SPDX-License-Identifier: BSD-3-Clause
#include "libpsg/workflow/tables/event_export.hpp"

#include <catch2/catch.hpp>

#include "libpsg/workflow/scoring_options.hpp"

using namespace psg;
using namespace std::chrono_literals;

namespace {

Event event(std::string kind, std::string id, Time onset, Time offset, std::string channel, Side side) {
    Event e;
    e.kind = std::move(kind);
    e.id = std::move(id);
    e.extent = {onset, offset};
    e.channel = std::move(channel);
    e.side = side;
    return e;
}

}  // namespace

TEST_CASE("events come back from .annot as they were", "[workflow]") {
    const EventList events{
        event("leg_movement", "leg_movement-1", 1us, 500001us, "EMG LAT", Side::left),
        event("leg_movement", "leg_movement-20", 10s, 10s + 333333us, "links, Bein",
              Side::right),  // neither from the label
        event("periodic_leg_movement", "periodic_leg_movement-1", 10s, 12s, "EMG LAT+EMG RAT", Side::both),
        event("hypnic_jerk", "hypnic_jerk-7", 20s + 123456us, 20s + 123457us, "", Side::none),
        event("leg_movement", "leg_movement-3", 7h + 999999us, 7h + 1s, "EMG RAT", Side::right),
    };
    const std::string text = workflow::events_annot(events);
    Recording recording;
    recording.segments = {{0s, 8h}};
    recording.start = {Date{2020, 3, 1}, 23h};
    for (const auto use : {io::ScoringUse::movements, io::ScoringUse::everything}) {
        auto options = workflow::scoring_options("", "");
        options.use = use;
        const auto file = io::read_scored_text(text, "events.annot", recording, use);
        CHECK(file.format == "Luna .annot");
        Findings findings;
        const auto back = io::understand(file, recording, options, findings);
        for (const Finding& f : findings) FAIL_CHECK(f.message);  // nothing moved, nothing unknown
        REQUIRE(back.movements.size() == events.size());
        for (std::size_t i = 0; i < events.size(); ++i) {
            const Event &a = events[i], &b = back.movements[i];
            INFO(a.id);
            CHECK(b.id == a.id);
            CHECK(b.kind == a.kind);
            CHECK(b.extent.onset == a.extent.onset);
            CHECK(b.extent.offset == a.extent.offset);
            CHECK(b.channel == a.channel);
            CHECK(b.side == a.side);
        }
    }
}
