// Stages, units, events, options: names, numbering and parsing.
// SPDX-License-Identifier: BSD-3-Clause
#include <catch2/catch.hpp>
#include <cmath>

#include "libpsg/model/error.hpp"
#include "libpsg/model/event.hpp"
#include "libpsg/model/finding.hpp"
#include "libpsg/model/hypnogram.hpp"
#include "libpsg/model/options.hpp"
#include "libpsg/model/table.hpp"
#include "libpsg/model/unit.hpp"

using namespace psg;

TEST_CASE("confidence is that of the given stage, the second stage another one") {
    Hypnogram h;
    h.stages = {Stage::N2, Stage::unknown, Stage::W, Stage::N1};
    CHECK(std::isnan(h.confidence(0)));
    CHECK(h.second(0) == Stage::unknown);
    const double none = std::nan("");
    h.probabilities = {{0.1, 0.2, 0.5, 0.15, 0.05}, {none, none, none, none, none}, {0.9, 0, 0, 0, 0.1},
                       {0.5, 0.3, 0.1, 0.1, 0}};
    CHECK(h.confidence(0) == 0.5);
    CHECK(h.second(0) == Stage::N1);
    CHECK(std::isnan(h.confidence(1)));
    CHECK(h.second(1) == Stage::unknown);
    CHECK(h.second(2) == Stage::R);
    CHECK(h.confidence(3) == 0.3);  // a scorer's stage need not be the most probable one
    CHECK(h.second(3) == Stage::W);
}

TEST_CASE("stages have many spellings") {
    for (const char* n2 : {"N2", "n2", "S2", "2", "NREM2", "Sleep stage N2", "Sleep stage 2", "stage 2", " N2 "})
        CHECK(stage_from_name(n2) == Stage::N2);
    CHECK(stage_from_name("4") == Stage::N3);
    CHECK(stage_from_name("REM") == Stage::R);
    CHECK(stage_from_name("Sleep stage ?") == Stage::unknown);
    CHECK_FALSE(stage_from_name("Apnea"));
    CHECK_FALSE(stage_from_name(""));
    Hypnogram h;
    h.stages = {Stage::W, Stage::N1};
    CHECK(h.at(std::chrono::seconds(29)) == Stage::W);
    CHECK(h.at(std::chrono::seconds(30)) == Stage::N1);
    CHECK(h.at(std::chrono::seconds(60)) == Stage::unknown);
    CHECK(h.at(std::chrono::seconds(-1)) == Stage::unknown);
}

TEST_CASE("voltages become microvolts") {
    CHECK(parse_unit("mV").factor == 1000);
    CHECK(parse_unit("\u03bcV").is_voltage());
    CHECK_FALSE(parse_unit("").recognised);
    CHECK(parse_unit("furlong").name == "furlong");
}

TEST_CASE("events are numbered by class, given ids are kept") {
    EventList events(3);
    for (Event& e : events) e.kind = "x";
    events[1].id = "x-1";
    number_events(events);
    CHECK(events[0].id == "x-2");
    CHECK(events[1].id == "x-1");
    CHECK(events[2].id == "x-3");
}

namespace {
struct Knobs {
    double gap_s = 0.5;
    int count = 4;
    bool strict = false;
    std::string mode = "a";
};
const std::vector<OptionSpec<Knobs>> knob_specs{
    {{"gap_s", "s", "", "proposed", "", {}, 0, 10}, &Knobs::gap_s},
    {{"count", "", "", "proposed", ""}, &Knobs::count},
    {{"strict", "", "", "proposed", ""}, &Knobs::strict},
    {{"mode", "", "", "proposed", "", {"a", "b"}}, &Knobs::mode}};
}  // namespace

TEST_CASE("options are described, parsed and refused by one list") {
    CHECK(describe(knob_specs)[0].fallback == "0.5");
    const Knobs k = parse_options(knob_specs, {{"gap_s", "2.5"}, {"strict", "yes"}, {"mode", "b"}});
    CHECK(k.gap_s == 2.5);
    CHECK(k.strict);
    CHECK(option_values(knob_specs, k).at("mode") == "b");
    for (const OptionValues& bad : {OptionValues{{"gap_s", "11"}}, {{"gap_s", "x"}}, {{"gap_s", "nan"}}, {{"count", "1.5"}},
                                    {{"strict", "2"}}, {{"mode", "c"}}, {{"nothing", "1"}}})
        CHECK_THROWS_AS(parse_options(knob_specs, bad), UsageError);
}

TEST_CASE("every finding code has a name and a meaning") {
    for (FindingCode code : all_finding_codes()) {
        CHECK_FALSE(code_name(code).empty());
        CHECK_FALSE(code_meaning(code).empty());
    }
}

TEST_CASE("cells are written so that they read back") {
    Table t{"t", ""};
    t.add("x", "", "", std::vector<double>{0.1, 1e300, std::numeric_limits<double>::quiet_NaN()});
    CHECK(cell_text(t.columns[0], 0) == "0.1");
    CHECK(cell_text(t.columns[0], 1) == "1e+300");
    CHECK(cell_text(t.columns[0], 2) == "NaN");
    CHECK_THROWS_AS(t.add("y", "", "", std::vector<double>{1}), std::logic_error);
}
