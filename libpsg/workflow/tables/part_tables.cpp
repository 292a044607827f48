// Movements by part of the night as tables.
// SPDX-License-Identifier: BSD-3-Clause
#include "libpsg/workflow/tables/part_tables.hpp"

#include "libpsg/stats/night_parts.hpp"
#include "libpsg/workflow/tables/movement_basis.hpp"
#include "libpsg/workflow/tables/night_tables.hpp"
#include "libpsg/workflow/tables/severity_tables.hpp"
#include "libpsg/workflow/tables/table_columns.hpp"

namespace psg::workflow {

namespace {

std::vector<stats::NightPart> parts_of(const ScoredNight& night) {
    const Night& n = night.opened.night;
    return stats::night_parts(n.hypnogram, n.in_bed(), n.positions);
}

}  // namespace

Table summary_parts_table(const ScoredNight& night) {
    const auto rows = stats::severity_by_part(severity_night(night), parts_of(night));
    using Row = stats::PartRow;
    Table t{"summary_parts", "events per class and part of the night, awake and asleep"};
    t.add("class", "", "", each(rows, [](const Row& r) { return r.row.name; }))
        .add("division", "", "third (of the sleep period), cycle (NREM and the REM after it), sleep_onset, position", each(rows, [](const Row& r) { return r.division; }))
        .add("part", "", "1, 2, ...; before, after (sleep onset); the body position", each(rows, [](const Row& r) { return r.part; }))
        .add("stage", "", "W, sleep, all", each(rows, [](const Row& r) { return r.row.stage; }));
    add_severity_columns(t, each(rows, [](const Row& r) { return r.row; }));
    t.add("basis", "", basis_help, each(rows, [](const Row& r) { return basis_of_class(r.row.name); }));
    add_simulated(t, night);
    return t;
}

Table night_parts_table(const ScoredNight& night) {
    struct Row {
        std::string division, part;
        Interval when;
    };
    std::vector<Row> rows;
    const IntervalSet window = night.opened.night.analysis_window();
    for (const Interval& i : window.intervals()) rows.push_back({"night", "window", i});
    for (const stats::NightPart& p : parts_of(night))
        for (const Interval& i : p.time.intervals()) rows.push_back({p.division, p.name, i});
    Table t{"night_parts", "when the parts of the night are"};
    t.add("division", "", "night: the analysis window; third, cycle, sleep_onset, position", each(rows, [](const Row& r) { return r.division; }))
        .add("part", "", "", each(rows, [](const Row& r) { return r.part; }))
        .add("onset", "s", "since the start of the recording", each(rows, [](const Row& r) { return seconds(r.when.onset); }))
        .add("duration", "s", "", each(rows, [](const Row& r) { return seconds(r.when.duration()); }));
    return t;
}

Table at_risk_table(const ScoredNight& night) {
    struct Row {
        std::string name;
        Interval when;
    };
    std::vector<Row> rows;
    const IntervalSet window = night.opened.night.analysis_window();
    for (const stats::ClassAtRisk& c : classes_at_risk(night)) {
        const IntervalSet at_risk = c.at_risk.intersected(window);
        for (const Interval& i : at_risk.intervals()) rows.push_back({c.name, i});
    }
    Table t{"at_risk", "when an event of each class could have been found, inside the analysis window"};
    t.add("class", "", "", each(rows, [](const Row& r) { return r.name; }))
        .add("onset", "s", "since the start of the recording", each(rows, [](const Row& r) { return seconds(r.when.onset); }))
        .add("duration", "s", "", each(rows, [](const Row& r) { return seconds(r.when.duration()); }));
    return t;
}

}  // namespace psg::workflow
