// Indices of leg movements, counted by hand on a short night.
// SPDX-License-Identifier: BSD-3-Clause
#include "libpsg/stats/movement_indices.hpp"

#include <catch2/catch.hpp>
#include <cmath>

using namespace psg;
using namespace psg::stats;

namespace {

constexpr double nan_value = std::numeric_limits<double>::quiet_NaN();

Event movement(double onset_s, double interval_s, bool plm, Side side = Side::left) {
    Event e;
    e.kind = plm ? "periodic_leg_movement" : "nonperiodic_leg_movement";
    e.extent = {from_seconds(onset_s), from_seconds(onset_s + 2)};
    e.side = side;
    e.measures = {{"candidate", 1.0},         {"scored", 1.0},
                  {"respiratory", nan_value}, {"arousal", nan_value},
                  {"series", double(plm)},    {"series_nr", double(plm)},
                  {"interval_s", interval_s}, {"interval_nr_s", interval_s}};
    return e;
}

// Two hours: 60 min N2 (the first 5 min W), 30 min R, 30 min N2. Movements every 20 s from 3000 s.
MovementNight night() {
    MovementNight n;
    n.hypnogram.stages.assign(240, Stage::N2);
    for (int i = 0; i < 10; ++i) n.hypnogram.stages[static_cast<std::size_t>(i)] = Stage::W;
    for (int i = 120; i < 180; ++i) n.hypnogram.stages[static_cast<std::size_t>(i)] = Stage::R;
    n.window = n.at_risk = IntervalSet({n.hypnogram.extent()});
    n.movements = {movement(100, nan_value, false), movement(106, 6, false),   movement(3000, 2894, true),
                   movement(3020, 20, true),        movement(3040, 20, true),  movement(3060, 20, true, Side::right),
                   movement(3630, 570, false),      movement(3640, 10, false), movement(3730, 90, false)};
    return n;
}

MovementIndex find(const std::vector<MovementIndex>& rows, const std::string& name, const std::string& group,
                   const std::string& side = "") {
    for (const MovementIndex& r : rows)
        if (r.name == name && r.group == group && r.side == side) return r;
    FAIL("no index " << name << " in " << group);
    return {};
}

}  // namespace

TEST_CASE("Indices of leg movements by stage, third, leg and REM period", "[stats]") {
    const auto rows = movement_indices(night());
    const auto value = [&](const char* name, const char* group, const char* side = "") {
        return find(rows, name, group, side).value;
    };
    CHECK(value("plm", "sleep") == Approx(4 / (115 / 60.0)));
    CHECK(value("plm", "sleep", "R") == Approx(1 / (115 / 60.0)));
    CHECK(value("plm", "W") == 0);
    CHECK(value("clm", "W") == Approx(2 / (5 / 60.0)));
    CHECK(std::isnan(value("clm", "N1")));  // no time
    CHECK(value("clm", "R") == Approx(3 / 0.5));
    CHECK(value("pi", "sleep") == Approx(4 / 7.0));
    CHECK(std::isnan(value("pi_nr", "sleep")));  // respiratory events were not scored
    CHECK(std::isnan(value("plm_a", "sleep")));
    CHECK(value("clm_short_interval", "all") == Approx(0.5));
    CHECK(find(rows, "clm_isolated", "all").count == 4);  // 100, 3630, 3640, 3730
    CHECK(find(rows, "clm_nonperiodic", "all").count == 5);
    // intervals: 6; 2894, 20, 20, 20, 570, 10, 90
    CHECK(value("imi_short", "all") == 1);
    CHECK(value("imi_periodic", "all") == 5);
    CHECK(value("imi_long", "all") == 2);
    CHECK(value("pi_ferri2006", "all") == Approx(3 / 8.0));  // 10 s is not above 10 s, and 90 s stands alone
    CHECK(value("imi_10_90_geometric_mean", "R") == Approx(30));
    CHECK(value("imi_10_90_log_sd", "R") == Approx(std::log(3.0) * std::sqrt(2.0)));
    CHECK(find(rows, "transition_periodic_periodic", "all").count == 3);
    CHECK(value("transition_periodic_long", "all") == Approx(1 / 4.0));
    CHECK(find(rows, "transition_short_long", "all").count == 1);
    // the night in thirds of 40 min; the first has 35 min of sleep
    CHECK(find(rows, "plm", "third_1").minutes == 35);
    CHECK(find(rows, "clm", "third_2").count == 7);
    CHECK(find(rows, "clm", "before_R").count == 4);
    CHECK(value("clm", "before_R_1") == Approx(4 * 6));
    CHECK(value("clm", "start_R_1") == Approx(3 * 6));
    CHECK(value("plm", "start_R_1") == 0);
}

TEST_CASE("What the series rules passed over is a short interval, and interrupts no sequence", "[stats]") {
    // WASM 2006: 100, 120, 140, (142: passed over), 160, 180; then a transparent movement of 12 s before 200
    MovementNight n = night();
    n.movements = {movement(100, nan_value, true), movement(120, 20, true),         movement(140, 20, true),
                   movement(142, nan_value, false), movement(160, 20, true),         movement(180, 20, true),
                   movement(190, nan_value, false), movement(200, 20, true)};
    for (const std::size_t i : {3, 6})
        for (const char* name : {"passed_over", "passed_over_nr"}) n.movements[i].measures.push_back({name, 1.0});
    n.movements[6].measures[0] = {"candidate", 0.0};
    n.respiratory = EventList();
    const auto rows = movement_indices(n);
    CHECK(find(rows, "clm_short_interval", "all").count == 1);
    CHECK(find(rows, "clm_isolated", "all").count == 0);
    CHECK(find(rows, "pi_ferri2006", "all").value == 1);  // five intervals of 20 s in one sequence
    CHECK(find(rows, "pi_ferri2006_nr", "all").value == 1);
    CHECK(find(rows, "transition_periodic_periodic", "all").count == 4);
}

TEST_CASE("Under rules that score sleep only, wake has no rates", "[stats]") {
    MovementNight n = night();
    n.sleep_only = true;
    for (const std::size_t i : {0, 1}) n.movements[i].measures[1] = {"scored", 0.0};  // in wake
    const auto rows = movement_indices(n);
    for (const char* name : {"clm", "plm", "clm_nonperiodic", "nonclm", "pi", "imi_short"}) {
        INFO(name);
        CHECK(std::isnan(find(rows, name, "W").value));
        const double all = find(rows, name, "all").value, sleep = find(rows, name, "sleep").value;
        CHECK(all == sleep);
    }
    CHECK(find(rows, "plm", "all").minutes == 115);
}

TEST_CASE("Leg movements by body position, one leg, and the table of intervals", "[stats]") {
    MovementNight n = night();
    n.positions = {{"1", IntervalSet({{from_seconds(0), from_seconds(3650)}})},
                   {"4", IntervalSet({{from_seconds(3650), from_seconds(7200)}})}};
    n.one_leg = IntervalSet({{from_seconds(3600), from_seconds(4200)}});
    n.respiratory = EventList(1);
    n.respiratory->front().kind = "hypopnea";
    n.respiratory->front().extent = {from_seconds(3610), from_seconds(3619.75)};  // its window ends at 3630 s
    const auto rows = movement_indices(n);
    CHECK(find(rows, "clm", "position 1").count == 6);
    CHECK(find(rows, "clm", "position 4").count == 1);
    CHECK(find(rows, "one_leg", "R").value == 10);
    CHECK(find(rows, "one_leg", "N2").value == 0);
    CHECK(find(rows, "respiratory_events_with_clm", "R").value == 100);
    CHECK(std::isnan(find(rows, "respiratory_events_with_clm", "N2").value));

    int linear = 0, logarithmic = 0;
    for (const IntervalBin& b : interval_histogram(n)) {
        (b.scale == "linear" ? linear : logarithmic) += b.all;
        if (b.scale == "linear" && b.lower_s == 20) CHECK(b.sleep == 3);
        if (b.scale == "linear" && b.lower_s == 6) CHECK(b.wake == 1);
        if (b.scale == "linear" && b.lower_s == 90) CHECK(b.all == 3);  // 90 s and more
    }
    CHECK(linear == 8);
    CHECK(logarithmic == 6);  // the last bin ends at exp(4.5) = 90.02 s
}

TEST_CASE("A night without sleep, movements or window has indices without values", "[stats]") {
    MovementNight n;
    for (const MovementIndex& r : movement_indices(n))
        if (r.unit == "1/h") CHECK(std::isnan(r.value));
    for (const InterpretationAid& a : interpretation_aids()) CHECK_FALSE(a.source.empty());
}
