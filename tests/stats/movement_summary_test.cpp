// Counts, minutes at risk and rates per stage.
// SPDX-License-Identifier: BSD-3-Clause
#include "libpsg/stats/movement_summary.hpp"

#include <catch2/catch.hpp>
#include <cmath>

using namespace psg;
using namespace psg::stats;
using namespace std::chrono_literals;

TEST_CASE("rates use the time at risk inside the window") {
    Hypnogram h;  // 2 min W, 4 min N2, 1 min unscored, 3 min R
    h.stages.assign(4, Stage::W);
    h.stages.insert(h.stages.end(), 8, Stage::N2);
    h.stages.insert(h.stages.end(), 2, Stage::unknown);
    h.stages.insert(h.stages.end(), 6, Stage::R);
    EventList events;
    for (Time t : {Time(10s), Time(130s), Time(200s), Time(599s)}) {
        Event e;
        e.kind = "jerk";
        e.extent = {t, t + 2s};
        e.stage = h.at(t);
        events.push_back(e);
    }
    const IntervalSet window({{60s, 600s}});      // lights off after a minute
    const IntervalSet at_risk({{0s, 240s}, {300s, 600s}});
    const auto rows = summarise(events, {{"jerk", at_risk}, {"other", {}}}, h, window);
    REQUIRE(rows.size() == 16);
    const auto row = [&](const std::string& stage, std::size_t from = 0) {
        for (std::size_t i = from; i < from + 8; ++i)
            if (rows[i].stage == stage) return rows[i];
        throw std::logic_error("no row");
    };
    CHECK(row("W").count == 0);  // the first event comes before the window
    CHECK(row("W").minutes == Approx(1));
    CHECK(row("N2").count == 2);
    CHECK(row("N2").minutes == Approx(3));
    CHECK(row("N2").rate == Approx(40));
    CHECK(row("N2").mean_duration_s == Approx(2));
    CHECK(row("NREM").count == 2);
    CHECK(row("sleep").count == 3);
    CHECK(row("sleep").minutes == Approx(6));
    CHECK(row("all").minutes == Approx(8));
    CHECK(row("all").count == 3);
    CHECK(std::isnan(row("N1").rate));
    CHECK(std::isnan(row("W").mean_duration_s));
    CHECK(row("all", 8).count == 0);
    CHECK(std::isnan(row("all", 8).rate));
}

TEST_CASE("an event that its rules left out counts in no rate") {
    Hypnogram h;
    h.stages.assign(4, Stage::N2);
    Event e;
    e.kind = "jerk";
    e.extent = {10s, 12s};
    e.stage = Stage::N2;
    Event left_out = e;
    e.measures = {{"scored", 1.0}};
    left_out.measures = {{"scored", 0.0}};
    const IntervalSet night({h.extent()});
    for (const SummaryRow& r : summarise({e, left_out}, {{"jerk", night}}, h, night))
        if (r.stage == "all" || r.stage == "N2") CHECK(r.count == 1);
}
