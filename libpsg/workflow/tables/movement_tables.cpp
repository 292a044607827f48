// Indices of leg movements as tables.
// SPDX-License-Identifier: BSD-3-Clause
#include "libpsg/workflow/tables/movement_tables.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <map>

#include "libpsg/stats/movement_indices.hpp"
#include "libpsg/workflow/tables/movement_basis.hpp"
#include "libpsg/workflow/tables/severity_tables.hpp"
#include "libpsg/workflow/tables/table_columns.hpp"

namespace psg::workflow {

namespace {

const events::DetectorRun* find_run(const ScoredNight& night, const std::string& detector) {
    for (const events::DetectorRun& run : night.detection.by_detector)
        if (run.detector->name == detector && run.detection.ran) return &run;
    return nullptr;
}

std::optional<stats::MovementNight> movement_night(const ScoredNight& night) {
    const events::DetectorRun* series = find_run(night, "plm_series");
    if (!series) return std::nullopt;
    for (const events::EventClass& c : series->detector->classes)
        if (!night.detection.wanted(c.name)) return std::nullopt;
    const Night& n = night.opened.night;
    const auto parameter = [&](const char* name) { return series->parameters.at(name); };
    stats::MovementNight m;
    m.movements = night.detection.events;
    m.hypnogram = n.hypnogram;
    m.window = n.analysis_window();
    m.at_risk = series->detection.at_risk;
    if (const events::DetectorRun* legs = find_run(night, "leg_movements")) m.one_leg = legs->detection.partly_at_risk;
    m.arousals_scored = n.arousals.has_value() || find_run(night, "arousals") != nullptr;
    if (parameter("respiratory") != "none") m.respiratory = n.respiratory;
    m.respiratory_from_end = parameter("respiratory") == "after";
    m.respiratory_before = parse_seconds(parameter("respiratory_before_s")).value();
    m.respiratory_after = parse_seconds(parameter("respiratory_after_s")).value();
    m.apnoeas_only = parameter("respiratory_arousals") == "0";
    m.sleep_only = parameter("sleep_only") == "1";
    m.positions = n.positions;
    return m;
}

}  // namespace

Table movement_indices_table(const ScoredNight& night) {
    std::vector<stats::MovementIndex> rows;
    if (const auto m = movement_night(night)) rows = stats::movement_indices(*m);
    using Row = stats::MovementIndex;
    Table t{"movement_indices", "indices of leg movements"};
    t.add("index", "", "formula: libpsg/stats/README.md", each(rows, [](const Row& r) { return r.name; }))
        .add("group", "", "stage, third of the night, body position, or time around REM",
             each(rows, [](const Row& r) { return r.group; }))
        .add("side", "", "L, R, B, M one leg; empty: all", each(rows, [](const Row& r) { return r.side; }))
        .add("value", "", "in `unit`; NaN: no denominator, or not scored what it needs",
             each(rows, [](const Row& r) { return r.value; }))
        .add("unit", "", "", each(rows, [](const Row& r) { return r.unit; }))
        .add("count", "", "numerator, or values that the index is made of",
             each(rows, [](const Row& r) { return std::int32_t(r.count); }))
        .add("minutes", "min", "of the group in which a leg could be scored",
             each(rows, [](const Row& r) { return r.minutes; }));
    add_simulated(t, night);
    return t;
}

Table movement_intervals_table(const ScoredNight& night) {
    std::vector<stats::IntervalBin> rows;
    if (const auto m = movement_night(night)) rows = stats::interval_histogram(*m);
    using Row = stats::IntervalBin;
    Table t{"movement_intervals", "inter-movement intervals, onset to onset, by length"};
    t.add("scale", "", "linear or log", each(rows, [](const Row& r) { return r.scale; }))
        .add("lower", "s", "inclusive", each(rows, [](const Row& r) { return r.lower_s; }))
        .add("upper", "s", "exclusive", each(rows, [](const Row& r) { return r.upper_s; }));
    const auto count = [&](const char* name, const char* text, int Row::*member) {
        t.add(name, "", text, each(rows, [=](const Row& r) { return std::int32_t(r.*member); }));
    };
    count("all", "that end inside the analysis window", &Row::all);
    count("sleep", "that end in sleep", &Row::sleep);
    count("wake", "that end in wake", &Row::wake);
    count("all_nr", "without respiratory movements; 0 if these were not scored", &Row::all_nr);
    count("sleep_nr", "", &Row::sleep_nr);
    count("wake_nr", "", &Row::wake_nr);
    add_simulated(t, night);
    return t;
}

Table movement_aids_table(const ScoredNight& night) {
    std::vector<stats::MovementIndex> indices;
    if (const auto m = movement_night(night)) indices = stats::movement_indices(*m);
    struct Row {
        stats::InterpretationAid aid;
        double value;
    };
    std::vector<Row> rows;
    for (const stats::InterpretationAid& aid : stats::interpretation_aids())
        for (const stats::MovementIndex& i : indices)
            if (i.name == aid.name && i.group == aid.group && i.side.empty()) rows.push_back({aid, i.value});
    Table t{"movement_aids", "published figures beside the night's own; never a diagnosis"};
    t.add("index", "", "of movement_indices", each(rows, [](const Row& r) { return r.aid.name; }))
        .add("group", "", "", each(rows, [](const Row& r) { return r.aid.group; }))
        .add("value", "", "of this night", each(rows, [](const Row& r) { return r.value; }))
        .add("text", "", "what was published", each(rows, [](const Row& r) { return r.aid.text; }))
        .add("source", "", "", each(rows, [](const Row& r) { return r.aid.source; }));
    add_simulated(t, night);
    return t;
}

Table night_measures_table(const ScoredNight& night) {
    using Row = events::NightMeasure;
    std::vector<Row> rows;
    std::vector<std::string> detectors, basis;
    for (const events::DetectorRun& run : night.detection.by_detector)
        for (const Row& m : run.detection.measures) {
            const auto wanted = [&](const events::EventClass& c) { return night.detection.wanted(c.name); };
            const auto& classes = run.detector->classes;
            if (std::none_of(classes.begin(), classes.end(), wanted)) continue;
            rows.push_back(m);
            if (m.verdict.empty()) rows.back().verdict = norm_verdict(night, m);
            detectors.push_back(run.detector->name);
            basis.push_back(events::basis_of(*run.detector));
        }
    Table t{"night_measures", "indices of the night that are no rates of events; never a diagnosis"};
    t.add("detector", "", "", detectors)
        .add("measure", "", "", each(rows, [](const Row& r) { return r.name; }))
        .add("channel", "", "label; all: of all channels", each(rows, [](const Row& r) { return r.channel; }))
        .add("stage", "", "W N1 N2 N3 R, NREM, sleep", each(rows, [](const Row& r) { return r.stage; }))
        .add("value", "", "in `unit`; NaN: no time to tell it from", each(rows, [](const Row& r) { return r.value; }))
        .add("unit", "", "", each(rows, [](const Row& r) { return r.unit; }))
        .add("verdict", "", "beside the detector's limit or published norms; empty if there is none", each(rows, [](const Row& r) { return r.verdict; }))
        .add("text", "", "how it is made", each(rows, [](const Row& r) { return r.text; }))
        .add("source", "", "", each(rows, [](const Row& r) { return r.source; }))
        .add("basis", "", basis_help, std::move(basis));
    add_simulated(t, night);
    return t;
}

Table explanation_table(const std::vector<events::ExplainedRule>& rules) {
    using Rule = events::ExplainedRule;
    Table t{"explanation", "each rule of an event with its value"};
    t.add("event", "", "id", each(rules, [](const Rule& r) { return r.event; }))
        .add("rule", "", "", each(rules, [](const Rule& r) { return r.rule; }))
        .add("value", "", "in `unit`", each(rules, [](const Rule& r) { return r.value; }))
        .add("unit", "", "", each(rules, [](const Rule& r) { return r.unit; }))
        .add("limit", "", "what the rule asks for", each(rules, [](const Rule& r) { return r.limit; }))
        .add("verdict", "", "passed, failed, yes, no, not tested, or empty",
             each(rules, [](const Rule& r) { return r.verdict; }))
        .add("text", "", "", each(rules, [](const Rule& r) { return r.text; }));
    return t;
}

}  // namespace psg::workflow
