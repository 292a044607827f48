// Parts of a night, and movements counted in them: values computed by hand.
// SPDX-License-Identifier: BSD-3-Clause
#include "libpsg/stats/night_parts.hpp"

#include <catch2/catch.hpp>
#include <cmath>

#include "libpsg/stats/severity.hpp"

using namespace psg;
using namespace psg::stats;
using namespace std::chrono_literals;

namespace {

Hypnogram of(std::initializer_list<std::pair<Stage, int>> runs) {
    Hypnogram h;
    for (const auto& [stage, epochs] : runs) h.stages.insert(h.stages.end(), static_cast<std::size_t>(epochs), stage);
    return h;
}

IntervalSet set(Time onset, Time offset) { return IntervalSet({{onset, offset}}); }

const IntervalSet* find(const std::vector<NightPart>& parts, const std::string& division, const std::string& name) {
    for (const NightPart& p : parts)
        if (p.division == division && p.name == name) return &p.time;
    return nullptr;
}

}  // namespace

TEST_CASE("Thirds are of the sleep period, cycles end with their REM, positions are as recorded", "[parts]") {
    // 5 min W, 40 min N2, 10 min R, 40 min N2, 5 min W: sleep from 300 to 5700 s
    const Hypnogram h = of({{Stage::W, 10}, {Stage::N2, 80}, {Stage::R, 20}, {Stage::N2, 80}, {Stage::W, 10}});
    const auto parts = night_parts(h, h.extent(), {{"supine", set(0s, 1000s)}});
    REQUIRE(parts.size() == 8);
    CHECK(*find(parts, "third", "1") == set(300s, 2100s));
    CHECK(*find(parts, "third", "2") == set(2100s, 3900s));
    CHECK(*find(parts, "third", "3") == set(3900s, 5700s));
    CHECK(*find(parts, "cycle", "1") == set(300s, 3300s));
    CHECK(*find(parts, "cycle", "2") == set(3300s, 5700s));
    CHECK(*find(parts, "sleep_onset", "before") == set(0s, 300s));
    CHECK(*find(parts, "sleep_onset", "after") == set(300s, 6000s));
    CHECK(*find(parts, "position", "supine") == set(0s, 1000s));
}

TEST_CASE("Sleep outside the bed is no part of the night, and a night without sleep has no thirds", "[parts]") {
    const Hypnogram h = of({{Stage::N2, 10}, {Stage::W, 10}, {Stage::N2, 10}});
    const auto parts = night_parts(h, {300s, 900s}, {});
    CHECK(*find(parts, "third", "1") == set(600s, 700s));
    CHECK(*find(parts, "sleep_onset", "before") == set(300s, 600s));
    CHECK(night_parts(of({{Stage::W, 10}}), {0s, 300s}, {}).empty());
    CHECK(night_parts({}, {0s, 0s}, {}).empty());
}

TEST_CASE("Movements are counted in each part, awake and asleep, with what breathing did", "[parts]") {
    SeverityNight night;
    night.hypnogram = of({{Stage::W, 10}, {Stage::N2, 30}});  // sleep from 300 to 1200 s
    night.window = set(0s, 1200s);
    night.classes = {{"twitch", set(0s, 900s)}};
    for (const Time t : {Time(100s), Time(400s), Time(650s), Time(1000s)}) {
        Event e;
        e.kind = "twitch";
        e.extent = {t, t + 1s};
        e.stage = night.hypnogram.at(t);
        night.events.push_back(e);
    }
    night.respiratory.emplace();
    Event breath;
    breath.extent = {380s, 399600ms};  // ends 0.4 s before the movement at 400 s
    night.respiratory->push_back(breath);

    const auto rows = severity_by_part(night, night_parts(night.hypnogram, {0s, 1200s}, {}));
    const auto row = [&](const std::string& division, const std::string& part, const std::string& stage) {
        for (const PartRow& r : rows)
            if (r.division == division && r.part == part && r.row.stage == stage) return r.row;
        FAIL("no row " << division << part << stage);
        return SeverityRow{};
    };
    CHECK(row("sleep_onset", "before", "W").count == 1);
    CHECK(row("sleep_onset", "before", "W").minutes == 5);
    CHECK(row("sleep_onset", "before", "sleep").minutes == 0);
    CHECK(std::isnan(row("sleep_onset", "before", "sleep").rate));
    const SeverityRow after = row("sleep_onset", "after", "sleep");
    CHECK(after.count == 3);
    CHECK(after.minutes == 10);  // 300 to 900 s at risk
    CHECK(after.rate == Approx(18));
    CHECK(after.rate_low == Approx(3.71203274));   // R: poisson.test(3, 1/6)$conf.int
    CHECK(after.rate_high == Approx(52.60363842));
    CHECK(after.respiratory == Approx(1.0 / 3));
    CHECK(row("third", "1", "all").count == 1);   // 300 to 600 s
    CHECK(row("third", "2", "all").count == 1);
    CHECK(row("third", "3", "all").count == 1);
    night.respiratory.reset();
    CHECK(std::isnan(severity_by_part(night, night_parts(night.hypnogram, {0s, 1200s}, {})).back().row.respiratory));
}
