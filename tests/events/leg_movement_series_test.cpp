// The series rules: golden vectors of every preset, and PLMScoRe's answer event for event.
// SPDX-License-Identifier: BSD-3-Clause
#include "libpsg/events/leg_movement_series.hpp"

#include <catch2/catch.hpp>
#include <fstream>
#include <map>
#include <sstream>

#include "tests/reference.hpp"

using namespace psg;
using namespace psg::events;

namespace {

struct Row {
    double onset, offset;
    char leg;
};

std::vector<LegMovement> movements(const std::vector<Row>& rows) {
    std::vector<LegMovement> list;
    for (const Row& r : rows)
        list.push_back({{from_seconds(r.onset), from_seconds(r.offset)}, r.leg == 'L' ? Side::left : Side::right});
    return list;
}

std::vector<Row> left(std::initializer_list<double> onsets) {
    std::vector<Row> rows;
    for (double t : onsets) rows.push_back({t, t + 2, 'L'});
    return rows;
}

std::vector<Row> operator+(std::vector<Row> a, const std::vector<Row>& b) {
    a.insert(a.end(), b.begin(), b.end());
    return a;
}

// Sizes of the accepted series, "4 4" style; sleep everywhere, so that the AASM rules score all movements.
std::string series(const std::vector<Row>& rows, SeriesRules rules) {
    Hypnogram sleep;
    sleep.stages.assign(100, Stage::N2);
    const SeriesContext context{&sleep, nullptr, nullptr, {}};
    std::string text;
    int last = 0;
    for (const CombinedMovement& m : score_series(movements(rows), rules, context))
        if (m.series > last) {
            last = m.series;
            text += (text.empty() ? "" : " ") + std::to_string(m.length);
        }
    return text;
}

std::vector<std::map<std::string, std::string>> read_csv(const std::string& path) {
    std::ifstream in(path);
    std::string line, cell;
    std::vector<std::string> names;
    std::vector<std::map<std::string, std::string>> rows;
    while (std::getline(in, line)) {
        if (line.ends_with('\r')) line.pop_back();
        std::vector<std::string> cells;
        std::stringstream s(line + ",");
        while (std::getline(s, cell, ',')) cells.push_back(cell);
        if (names.empty()) {
            names = cells;
            continue;
        }
        rows.emplace_back();
        for (std::size_t i = 0; i < names.size(); ++i) rows.back()[names[i]] = i < cells.size() ? cells[i] : "";
    }
    return rows;
}

Time at(const std::string& text) {
    const auto t = parse_seconds(text);
    REQUIRE(t);
    return *t;
}

EventList read_events(const std::string& path, const std::string& kind) {
    EventList events;
    for (auto& row : read_csv(path)) {
        Event e;
        e.kind = row.count("type") ? row["type"] : kind;
        e.extent = {at(row["onset_s"]), at(row["onset_s"]) + at(row["duration_s"])};
        events.push_back(e);
    }
    return events;
}

void compare_with_plmscore(const std::string& list, const std::string& expected) {
    const auto night = *psg::test::reference("movements/main256");
    Hypnogram hypnogram;
    for (auto& row : read_csv(night + "/hypnogram.csv")) hypnogram.stages.push_back(*stage_from_name(row["stage"]));
    const EventList respiratory = read_events(night + "/resp_events.csv", "");
    const EventList arousals = read_events(night + "/arousals.csv", "arousal");
    std::vector<LegMovement> input;
    for (auto& row : read_csv(list))
        input.push_back({{at(row["onset_s"]), at(row["onset_s"]) + at(row["duration_s"])},
                         row["leg"] == "L" ? Side::left : Side::right});

    const auto got = score_series(input, series_preset("plmscore"), {&hypnogram, &respiratory, &arousals, {}});
    const auto want = read_csv(expected);
    REQUIRE(got.size() == want.size());
    for (std::size_t i = 0; i < got.size(); ++i) {
        auto row = want[i];
        const CombinedMovement& m = got[i];
        INFO(expected << " row " << i + 1 << " onset " << row["Onset"]);
        CHECK(m.extent.onset == at(row["Onset"]));
        CHECK(m.extent.offset == at(row["Offset"]));
        CHECK((m.side == Side::left ? "10" : m.side == Side::right ? "11" : "12") == row["T2"]);
        CHECK(std::to_string(m.member_count > 1 ? m.member_count : 0) == row["NoBil"]);  // 0: one leg alone
        CHECK(m.candidate == (row["nonCLM"] == "0"));
        CHECK(m.respiratory == (row["rLM"] == "1"));
        CHECK((m.series > 0) == (row["PLM"] == "1"));
        CHECK((m.series_nr > 0) == (row["PLMnr"] == "1"));
        CHECK(m.arousal == (row["AR"] == "1"));
        CHECK(static_cast<int>(m.stage) == std::stoi(row["Stage"]));
        if (m.series > 0) CHECK(std::to_string(m.position) == row["PLM_no"]);
        CHECK(m.interval.has_value() == !row["IMI"].empty());
        if (m.interval && !row["IMI"].empty()) CHECK(seconds(*m.interval) == Approx(std::stod(row["IMI"])).margin(1e-6));
    }
}

}  // namespace

TEST_CASE("golden vectors of the series rules") {
    struct Case {
        const char* name;
        std::vector<Row> rows;
        const char *wasm2016, *somas, *wasm2006, *aasm_skip, *aasm_break;
    };
    const std::vector<Case> cases{
        {"V1", left({0, 20, 40, 60, 80, 100, 120, 140}), "8", "8", "8", "8", "8"},
        {"V2", left({0, 7, 14, 21, 28, 35, 42, 49}), "", "", "8", "8", "8"},
        {"V3", left({0, 20, 40, 60, 64, 84, 104}), "4", "4", "6", "6", "4"},
        {"V4", left({0, 90, 180, 270}), "4", "", "4", "4", "4"},
        {"V5", left({0, 10, 20, 30}), "4", "4", "4", "4", "4"},
        {"V6", left({0, 20, 40}) + std::vector<Row>{{60, 72, 'L'}} + left({90, 110, 130, 150}), "4", "4", "7", "7", "7"},
        {"V7", std::vector<Row>{{0, 2, 'L'}, {2.49, 4, 'R'}} + left({20, 40, 60}), "4", "4", "4", "4", "4"},
        {"V8", std::vector<Row>{{0, 2, 'L'}, {2.5, 4, 'R'}} + left({20, 40, 60}), "4", "", "4", "4", "4"},
        {"V9", std::vector<Row>{{0, 1, 'L'}, {1.2, 2, 'R'}, {2.2, 3, 'L'}, {3.2, 4, 'R'}, {4.2, 5, 'L'}} + left({20, 40, 60, 80}), "4", "4", "5", "5", "5"},
        {"V10", std::vector<Row>{{0, 9, 'L'}, {8, 15, 'R'}} + left({30, 50, 70}), "4", "4", "4", "5", "5"},
        {"V11", std::vector<Row>{{0, 9, 'L'}, {8, 15.1, 'R'}} + left({30, 50, 70}), "", "", "", "5", "5"},
        {"V12", std::vector<Row>{{0, .3, 'L'}, {.7, 1.0, 'L'}} + left({20, 40, 60}), "4", "", "4", "4", "4"},
        {"V13", left({0, 4, 24, 44, 64}), "4", "", "4", "4", "4"},
        {"V14", left({0, 20, 40, 47, 60, 80, 100}), "4", "", "7", "7", "7"}};
    SeriesRules aasm_break = series_preset("aasm");
    aasm_break.short_interval = "restart";
    for (const Case& c : cases) {
        INFO(c.name);
        CHECK(series(c.rows, series_preset("wasm2016")) == c.wasm2016);
        CHECK(series(c.rows, series_preset("somas")) == c.somas);
        CHECK(series(c.rows, series_preset("wasm2006")) == c.wasm2006);
        CHECK(series(c.rows, series_preset("aasm")) == c.aasm_skip);
        CHECK(series(c.rows, aasm_break) == c.aasm_break);
    }
}

TEST_CASE("the series rules give PLMScoRe's answer event for event") {
    PSG_REFERENCE_OR_SKIP(folder, "movements");
    compare_with_plmscore(folder + "/main256/truth_lma.csv", folder + "/reference/truth_plmscore_events.csv");
    compare_with_plmscore(folder + "/reference/fuzz_lma.csv", folder + "/reference/fuzz_plmscore_events.csv");
}

TEST_CASE("the preset of S-PLMAD merges within 2 s over both legs and keeps 5 s between movements") {
    const SeriesRules rules = series_preset("splmad");
    CHECK(series(std::vector<Row>{{0, 2, 'L'}, {3.9, 5, 'R'}} + left({20, 40, 60}), rules) == "4");
    CHECK(series(left({0, 5, 10, 15, 19, 39, 59}), rules) == "4");   // 4 s end the series
    CHECK(series(left({0, 90, 180, 270}), rules) == "4");
    CHECK(series(std::vector<Row>{{0, 0.7, 'L'}} + left({20, 40, 60}), rules).empty());  // shorter than 0.75 s
    CHECK(series(left({0, 20, 40}) + std::vector<Row>{{60, 72, 'L'}} + left({90}), rules) == "4");  // longer than 10 s: as if it were not
}

TEST_CASE("onset to onset makes pairs of two legs, a third movement stands alone") {
    Hypnogram sleep;
    sleep.stages.assign(10, Stage::N2);
    const SeriesContext context{&sleep, nullptr, nullptr, {}};
    const auto scored = [&](const std::vector<Row>& rows) {
        return score_series(movements(rows), series_preset("aasm"), context);
    };
    const auto three = scored({{100, 101, 'L'}, {102, 103, 'R'}, {104, 112.5, 'L'}});
    REQUIRE(three.size() == 2);  // all three in one would be 12.5 s long and dropped
    CHECK(three[0].side == Side::both);
    CHECK(three[0].extent == Interval{from_seconds(100), from_seconds(103)});
    CHECK(three[1].side == Side::left);
    CHECK(three[1].candidate);
    CHECK(scored({{100, 101, 'L'}, {102, 103, 'L'}, {104, 105, 'R'}}).size() == 2);  // the pair is the second and the third
    CHECK(scored({{100, 101, 'L'}, {101, 102, 'R'}, {102, 103, 'L'}, {103, 104, 'R'}}).size() == 2);
    CHECK(scored({{100, 101, 'L'}, {105, 106, 'R'}}).size() == 2);  // 5 s are not less than 5 s
}

TEST_CASE("a movement that was scored for both legs together may last as long as one of both legs") {
    const auto scored = [](double length_s, const char* preset) {
        const LegMovement m{{from_seconds(100), from_seconds(100 + length_s)}, Side::both};
        Hypnogram sleep;
        sleep.stages.assign(10, Stage::N2);
        return score_series({m}, series_preset(preset), {&sleep, nullptr, nullptr, {}});
    };
    CHECK(scored(15, "wasm2016").at(0).candidate);
    CHECK(scored(15.000001, "wasm2016").at(0).why_not == "bilateral_too_long");
    CHECK(scored(10, "aasm").at(0).candidate);
    CHECK(scored(10.000001, "aasm").empty());
}

TEST_CASE("what the rules pass over is marked") {
    const auto skipped = score_series(movements(left({100, 120, 140, 143, 160, 180})), series_preset("wasm2006"), {});
    for (std::size_t i = 0; i < skipped.size(); ++i) CHECK(skipped[i].passed_over == (i == 3));
    const auto with_long = left({100, 120}) + std::vector<Row>{{145, 157, 'L'}} + left({160});
    CHECK(score_series(movements(with_long), series_preset("wasm2006"), {})[2].passed_over);
    CHECK_FALSE(score_series(movements(with_long), {}, {})[2].passed_over);  // WASM 2016: it ends the series
}

TEST_CASE("an interval to a movement that is no candidate is undefined, so it is not short") {
    // 12 s long from 88 s; the next begins 9 s after its onset and may start a series, even where a short interval
    // forbids that
    const auto rows = std::vector<Row>{{88, 100, 'L'}} + std::vector<Row>{{97, 102, 'R'}} + left({120, 140, 160});
    CHECK(series(rows, series_preset("somas")).empty());  // both legs overlap: one movement, no candidate
    SeriesRules apart = series_preset("somas");
    apart.combine = "none";
    CHECK(series(rows, apart) == "4");
}

TEST_CASE("no series and no movement runs across a gap") {
    const auto rows = left({0, 20, 40, 60});
    const SeriesContext gap{nullptr, nullptr, nullptr, {{Time(0), from_seconds(30)}, {from_seconds(35), from_seconds(100)}}};
    for (const CombinedMovement& m : score_series(movements(rows), {}, gap)) CHECK(m.series == 0);
    const SeriesContext none{nullptr, nullptr, nullptr, {{Time(0), from_seconds(100)}}};
    for (const CombinedMovement& m : score_series(movements(rows), {}, none)) CHECK(m.series == 1);
}

TEST_CASE("an interval with a gap inside is unknown, unless the option says otherwise") {
    // AASM passes over a movement less than 5 s after another; across a gap nobody knows that it is
    const auto rows = left({10, 30, 33, 53, 73, 93});
    const SeriesContext gap{nullptr, nullptr, nullptr, {{Time(0), from_seconds(32.5)}, {from_seconds(32.75), from_seconds(200)}}};
    SeriesRules rules = series_preset("wasm2006");
    auto scored = score_series(movements(rows), rules, gap);
    REQUIRE(scored.size() == 6);
    CHECK(scored[1].interval == from_seconds(20));
    CHECK_FALSE(scored[2].interval);
    CHECK(scored[2].series == 1);
    CHECK(scored[5].length == 4);
    CHECK(scored[1].series == 0);
    rules.gap_ends = false;
    scored = score_series(movements(rows), rules, gap);
    CHECK(scored[2].series == 0);  // passed over
    CHECK(scored[3].interval == from_seconds(23));
    CHECK(scored[5].length == 5);
    CHECK(scored[0].series == 1);
    rules = {};  // WASM 2016: a short interval ends the series, and so does a gap; the option does not change that
    for (const bool ends : {true, false}) {
        rules.gap_ends = ends;
        scored = score_series(movements(rows), rules, gap);
        CHECK(scored[0].series == 0);
        CHECK(scored[5].length == 4);
    }
    // nothing is joined across a gap, whatever the option: 31.9 to 33 would be one movement
    CHECK(score_series(movements({{31.5, 32.4, 'L'}, {32.8, 34, 'L'}, {32.8, 34, 'R'}}), rules, gap).size() == 2);
}

TEST_CASE("an interval across time in which no leg could be scored is unknown") {
    const auto rows = left({10, 30, 50, 70, 110, 130, 150, 170});
    const auto scored = [&](double hole_from, double hole_to, const SeriesRules& rules = {}) {
        SeriesContext context;
        context.unscorable = IntervalSet({{from_seconds(hole_from), from_seconds(hole_to)}});
        return score_series(movements(rows), rules, context);
    };
    CHECK(scored(80, 89.999999)[4].length == 8);
    CHECK(scored(80, 89.999999)[4].interval == from_seconds(40));
    const auto cut = scored(80, 90);  // 10 s: a candidate could have been missed that parts the series
    CHECK_FALSE(cut[4].interval);
    CHECK_FALSE(cut[4].interval_nr);
    CHECK(cut[3].length == 4);
    CHECK(cut[4].series == 2);
    CHECK(cut[4].position == 1);
    SeriesRules rules;
    rules.unscorable_ends_s = 0;
    CHECK(scored(75, 105, rules)[4].length == 8);
    rules.unscorable_ends_s = 0.5;
    CHECK_FALSE(scored(80, 80.5, rules)[4].interval);
    // nobody knows whether a short interval lies before the movement after the hole: it is not passed over
    const auto old = score_series(movements(left({10, 30, 34})), series_preset("wasm2006"),
                                  {nullptr, nullptr, nullptr, {}, IntervalSet({{from_seconds(31), from_seconds(33.9)}})});
    CHECK(old[2].passed_over);
    rules = series_preset("wasm2006");
    rules.unscorable_ends_s = 2;
    CHECK_FALSE(score_series(movements(left({10, 30, 34})), rules,
                             {nullptr, nullptr, nullptr, {}, IntervalSet({{from_seconds(31), from_seconds(33.9)}})})[2].passed_over);
}

TEST_CASE("associations are exact at their borders") {
    Event hypopnea;
    hypopnea.kind = "hypopnea";
    hypopnea.extent = {from_seconds(100), from_seconds(120)};
    Event arousal;
    arousal.kind = "arousal";
    arousal.extent = {from_seconds(200), from_seconds(204)};
    const EventList respiratory{hypopnea}, arousals{arousal};
    const SeriesContext context{nullptr, &respiratory, &arousals, {}};
    const auto one = [&](double onset, double offset, const char* preset = "wasm2016") {
        return score_series(movements({{onset, offset, 'L'}}), series_preset(preset), context).at(0);
    };
    CHECK(one(117, 118).respiratory);             // touches end - 2 s
    CHECK_FALSE(one(117, 117.999999).respiratory);
    CHECK(one(130.25, 132).respiratory);          // touches end + 10.25 s
    CHECK_FALSE(one(130.250001, 132).respiratory);
    CHECK_FALSE(one(204.5, 206).arousal);         // a gap of 0.5 s is not less than 0.5 s
    CHECK(one(204.499999, 206).arousal);
    CHECK(one(204.5, 206, "plmscore").arousal);
    CHECK_FALSE(one(204.500001, 206, "plmscore").arousal);
    CHECK(one(198, 199.6).arousal);
}
