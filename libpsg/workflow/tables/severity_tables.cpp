// Severity of movements by class and stage, and published norms beside it, as tables.
// SPDX-License-Identifier: BSD-3-Clause
#include "libpsg/workflow/tables/severity_tables.hpp"

#include <algorithm>
#include <cmath>

#include "libpsg/stats/severity.hpp"
#include "libpsg/workflow/tables/night_tables.hpp"
#include "libpsg/workflow/tables/movement_basis.hpp"
#include "libpsg/workflow/tables/table_columns.hpp"

namespace psg::workflow {

namespace {

constexpr const char* no_diagnosis = "no diagnosis: figures of this night beside published ones";

bool is_chin(const ScoredNight& night, const std::string& label) {
    const auto& roles = night.opened.roles;
    return std::any_of(roles.begin(), roles.end(),
                       [&](const RoleAssignment& a) { return a.chosen && a.role == Role::chin && a.label == label; });
}

}  // namespace

stats::SeverityNight severity_night(const ScoredNight& night) {
    const Night& n = night.opened.night;
    stats::SeverityNight s;
    s.events = night.detection.events;
    s.classes = classes_at_risk(night);
    std::erase_if(s.classes, [](const stats::ClassAtRisk& c) { return c.name.ends_with("artefact"); });
    s.hypnogram = n.hypnogram;
    s.window = n.analysis_window();
    s.arousals = n.arousals;
    s.respiratory = n.respiratory;
    for (const events::DetectorRun& run : night.detection.by_detector) {
        if (run.detector->name == "arousals" && !s.arousals && run.detection.ran && night.detection.wanted("arousal") &&
            night.detection.wanted("awakening")) {
            s.arousals.emplace();
            for (const Event& e : night.detection.events)
                if (e.kind == "arousal" || e.kind == "awakening") s.arousals->push_back(e);
            s.arousals_at_risk = run.detection.at_risk;
        }
        if (run.detector->name == "hypnic_jerks")
            s.before_sleep = 60 * parse_seconds(run.parameters.at("core_min")).value_or(Time(0));
        // of all channels, or of the (first) chin
        for (const events::NightMeasure& m : run.detection.measures)
            if (m.channel == "all" || is_chin(night, m.channel)) s.indices.push_back({m.name, m.stage, m.value});
    }
    for (const RoleAssignment& a : night.opened.roles)
        if (a.chosen && (a.role == Role::leg_left || a.role == Role::leg_right)) s.leg_channels.insert(a.label);
    return s;
}

namespace {

std::string range_text(const stats::NormRange& r) {
    const auto number = [](double v) { return option_text(std::round(v * 1e6) / 1e6); };
    const std::string range = std::isinf(r.low)    ? (r.exclusive ? "below " : "at most ") + number(r.high)
                              : std::isinf(r.high) ? (r.exclusive ? "above " : "at least ") + number(r.low)
                                                   : number(r.low) + " to " + number(r.high);
    return r.ages.empty() ? range : range + " in " + r.ages;
}

bool is_about(const stats::SeverityNorm& n, const stats::SeverityRow& row) {
    return n.norm->kind == row.name && n.norm->stage == row.stage;
}

// Of the norm that has percentiles: a class and stage has at most one.
stats::NormVerdict percentiles_of(const stats::Severity& all, const stats::SeverityRow& row) {
    for (const stats::SeverityNorm& n : all.norms)
        if (is_about(n, row) && !std::isnan(n.verdict.percentile_to)) return n.verdict;
    return {};
}

// The sources of what is told in the row, each once.
std::string sources_of(const stats::Severity& all, const stats::SeverityRow& row) {
    std::string text;
    for (const stats::SeverityNorm& n : all.norms) {
        const bool told = !n.verdict.flag.empty() || !std::isnan(n.verdict.percentile_to);
        if (is_about(n, row) && told && text.find(n.norm->source) == std::string::npos) text += (text.empty() ? "" : "; ") + n.norm->source;
    }
    return text;
}

}  // namespace

void add_severity_columns(Table& table, const std::vector<stats::SeverityRow>& rows) {
    using Row = stats::SeverityRow;
    table.add("count", "", "events that begin there, inside the analysis window", each(rows, [](const Row& r) { return std::int32_t(r.count); }))
        .add("minutes", "min", "at risk: in which such an event could have been found", each(rows, [](const Row& r) { return r.minutes; }))
        .add("rate", "1/h", "60 * count / minutes; NaN without minutes", each(rows, [](const Row& r) { return r.rate; }))
        .add("rate_low", "1/h", "lower end of its exact 95 % interval, the count being Poisson", each(rows, [](const Row& r) { return r.rate_low; }))
        .add("rate_high", "1/h", "upper end", each(rows, [](const Row& r) { return r.rate_high; }));
    const auto quartiles = [&](const std::string& name, const char* unit, const char* text, stats::Quartiles Row::*member) {
        table.add(name + "_q1", unit, std::string("first quartile; ") + text, each(rows, [=](const Row& r) { return (r.*member).q1; }))
            .add(name + "_median", unit, text, each(rows, [=](const Row& r) { return (r.*member).median; }))
            .add(name + "_q3", unit, std::string("third quartile; ") + text, each(rows, [=](const Row& r) { return (r.*member).q3; }));
    };
    quartiles("ratio", "", "strength over the background before it", &Row::ratio);
    quartiles("uv", "uV", "strength", &Row::uv);
    quartiles("length", "s", "onset to offset", &Row::length_s);
    quartiles("burst", "ms", "bursts that the event is made of; NaN where the detector does not tell them", &Row::burst_ms);
    table.add("clustered", "", "share in clusters or series; NaN without events", each(rows, [](const Row& r) { return r.clustered; }))
        .add("woke", "", "share that wake followed; NaN: awake before, or not known", each(rows, [](const Row& r) { return r.woke; }))
        .add("aroused", "", "share with an arousal; NaN: in wake, or arousals not known", each(rows, [](const Row& r) { return r.aroused; }))
        .add("respiratory", "", "share near a scored respiratory event; NaN: none were given", each(rows, [](const Row& r) { return r.respiratory; }));
}

std::string norm_verdict(const ScoredNight& night, const events::NightMeasure& measure) {
    std::string text;
    if (measure.channel != "all" && !is_chin(night, measure.channel)) return text;
    for (const stats::Norm& n : stats::norms()) {
        if (n.of != measure.name || n.stage != measure.stage) continue;
        const std::string flag = stats::compare(n, measure.value).flag;
        if (!flag.empty()) text += (text.empty() ? "" : "; ") + flag + " (" + range_text(n.ranges.front()) + ")";
    }
    return text;
}

Table severity_table(const ScoredNight& night) {
    const stats::Severity all = stats::severity(severity_night(night));
    using Row = stats::SeverityRow;
    const auto& rows = all.rows;
    Table t{"severity", "how often, how strong, how long, how clustered and with what consequence, by class and stage", {}, {{"note", no_diagnosis}}};
    t.add("class", "", "", each(rows, [](const Row& r) { return r.name; }))
        .add("stage", "", "W N1 N2 N3 R, NREM, sleep, all; wake_before_sleep, sleep_onset (that and N1)", each(rows, [](const Row& r) { return r.stage; }));
    add_severity_columns(t, rows);
    t.add("ratio_of", "", "the measure that `ratio` is of; empty: none", each(rows, [](const Row& r) { return r.ratio_of; }))
        .add("uv_of", "", "the measure that `uv` is of; empty: none", each(rows, [](const Row& r) { return r.uv_of; }));
    for (const char* aspect : {"frequency", "strength", "duration"})
        t.add(aspect, "", "usual, outside the published range, or depends on age (table severity_norms); empty: no range published",
              each(rows, [&](const Row& r) { return stats::aspect_flag(all, r, aspect); }));
    const auto percentile = [&](double stats::NormVerdict::*member) {
        return each(rows, [&](const Row& r) { return (percentiles_of(all, r).*member); });
    };
    t.add("percentile_from", "%", "percent of the published population at or below the night's frequency, at least; NaN: nothing published. What is compared tells severity_norms (column of): for fragmentary_myoclonus the index fmi, not the rate",
          percentile(&stats::NormVerdict::percentile_from))
        .add("percentile_to", "%", "at most", percentile(&stats::NormVerdict::percentile_to))
        .add("source", "", "of flags and percentiles", each(rows, [&](const Row& r) { return sources_of(all, r); }));
    t.add("basis", "", basis_help, each(rows, [](const Row& r) { return basis_of_class(r.name); }));
    add_simulated(t, night);
    return t;
}

Table severity_norms_table(const ScoredNight& night) {
    const std::vector<stats::SeverityNorm> rows = stats::severity(severity_night(night)).norms;
    using Row = stats::SeverityNorm;
    Table t{"severity_norms", "published norms of movements beside the night's own values", {}, {{"note", no_diagnosis}}};
    t.add("class", "", "", each(rows, [](const Row& r) { return r.norm->kind; }))
        .add("stage", "", "", each(rows, [](const Row& r) { return r.norm->stage; }))
        .add("aspect", "", "frequency, strength or duration", each(rows, [](const Row& r) { return r.norm->aspect; }))
        .add("of", "", "what is compared: a column of severity or an index of night_measures", each(rows, [](const Row& r) { return r.norm->of; }))
        .add("value", "", "of this night, in `unit`; NaN: none", each(rows, [](const Row& r) { return r.value; }))
        .add("unit", "", "", each(rows, [](const Row& r) { return r.norm->unit; }))
        .add("range", "", "published as usual; empty: no range was published", each(rows, [](const Row& r) {
                 std::string text;
                 for (const stats::NormRange& range : r.norm->ranges) text += (text.empty() ? "" : "; ") + range_text(range);
                 return text;
             }))
        .add("flag", "", "usual, outside the published range, or depends on age: the groups disagree and the age is not known; empty: no range or no value",
             each(rows, [](const Row& r) { return r.verdict.flag; }))
        .add("percentile_from", "%", "of the population at or below the value, at least; NaN: nothing published", each(rows, [](const Row& r) { return r.verdict.percentile_from; }))
        .add("percentile_to", "%", "at most", each(rows, [](const Row& r) { return r.verdict.percentile_to; }))
        .add("text", "", "what was published", each(rows, [](const Row& r) { return r.norm->text; }))
        .add("source", "", "", each(rows, [](const Row& r) { return r.norm->source; }))
        .add("population", "", "whom it was measured in", each(rows, [](const Row& r) { return r.norm->population; }))
        .add("basis", "", basis_help, each(rows, [](const Row& r) { return basis_of_class(r.norm->kind); }));
    add_simulated(t, night);
    return t;
}

}  // namespace psg::workflow
