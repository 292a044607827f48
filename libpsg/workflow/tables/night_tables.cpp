// A scored night as tables.
// SPDX-License-Identifier: BSD-3-Clause
#include "libpsg/workflow/tables/night_tables.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <set>

#include "libpsg/events/movement_names.hpp"
#include "libpsg/model/version.hpp"
#include "libpsg/stats/movement_summary.hpp"
#include "libpsg/workflow/event_edits.hpp"
#include "libpsg/workflow/tables/movement_basis.hpp"
#include "libpsg/workflow/tables/movement_tables.hpp"
#include "libpsg/workflow/tables/part_tables.hpp"
#include "libpsg/workflow/tables/severity_tables.hpp"
#include "libpsg/workflow/tables/table_columns.hpp"

namespace psg::workflow {

namespace {

const double nan_value = std::numeric_limits<double>::quiet_NaN();

std::vector<int> indices(std::size_t count) {
    std::vector<int> all(count);
    for (std::size_t i = 0; i < count; ++i) all[i] = static_cast<int>(i);
    return all;
}

double clock_seconds(const Recording& recording, Time t) {
    const auto clock = clock_time(recording.start, t);
    return clock ? seconds(*clock) : nan_value;
}

std::int8_t code(Stage stage) { return static_cast<std::int8_t>(stage); }

std::string date_text(const std::optional<Date>& date) {
    if (!date) return {};
    const auto two = [](int n) { return (n < 10 ? "0" : "") + std::to_string(n); };
    return std::to_string(date->year) + "-" + two(date->month) + "-" + two(date->day);
}

double or_nan(const std::optional<Time>& t) { return t ? seconds(*t) : nan_value; }

const char* const clock_help = "time of day in seconds since midnight, 0 to 86400; NaN if the start time is unknown";
const char* const stage_codes = "-1 ?, 0 W, 1 N1, 2 N2, 3 N3, 4 R";

}  // namespace

Table recording_table(const ScoredNight& night, bool keep_identity) {
    const Recording& r = night.opened.recording;
    const auto text = [&](const std::string& s) { return std::vector<std::string>{keep_identity ? s : ""}; };
    using Number = std::vector<double>;
    using Integer = std::vector<std::int32_t>;
    Table t{"recording", "the recording"};
    t.add("format", "", "file format", std::vector<std::string>{r.format})
        .add("duration", "s", "from the start of the first to the end of the last segment", Number{seconds(r.duration())})
        .add("recorded", "s", "the same without gaps", Number{seconds(r.recorded())})
        .add("channels", "", "number of channels", Integer{static_cast<int>(r.channels.size())})
        .add("segments", "", "number of uninterrupted segments", Integer{static_cast<int>(r.segments.size())})
        .add("start_clock", "s", clock_help, Number{clock_seconds(r, Time(0))})
        .add("lights_off", "s", "as given or marked by a scorer; NaN if neither", Number{or_nan(night.opened.night.lights_off)})
        .add("lights_on", "s", "as given or marked by a scorer; NaN if neither", Number{or_nan(night.opened.night.lights_on)})
        .add("epochs", "", "whole 30-s epochs", Integer{static_cast<int>(night.opened.night.hypnogram.stages.size())})
        .add("hypnogram", "", "where the stages come from", std::vector<std::string>{night.opened.night.hypnogram.source})
        .add("simulated", "", "1: the signals are simulated", std::vector<std::int8_t>{r.simulated})
        .add("start_date", "", "year-month-day; empty unless identity was kept", text(date_text(r.start.date)))
        .add("patient", "", "header field; empty unless identity was kept", text(r.identity.patient))
        .add("recording_id", "", "header field; empty unless identity was kept", text(r.identity.recording));
    return t;
}

Table channels_table(const Recording& recording, const std::vector<RoleAssignment>& roles, bool keep_identity) {
    const auto& rows = recording.channels;
    const auto role_of = [&](const Channel& c) {
        const RoleAssignment* best = nullptr;
        for (const RoleAssignment& a : roles)
            if (a.channel == c.index && (!best || (a.chosen && !best->chosen))) best = &a;
        return best;
    };
    const auto role_text = [&](auto field) {
        return each(rows, [&](const Channel& c) {
            const RoleAssignment* a = role_of(c);
            return a ? std::string(field(*a)) : std::string();
        });
    };
    Table t{"channels", "the channels of the file and their roles"};
    t.add("channel", "", "index among all signals of the file, from 0", each(rows, [](const Channel& c) { return std::int32_t(c.index); }))
        .add("label", "", "as in the file", each(rows, [](const Channel& c) { return c.label; }))
        .add("role", "", "what the channel is for; empty if that is not known", role_text([](const RoleAssignment& a) { return role_name(a.role); }))
        .add("site", "", "electrode or muscle", role_text([](const RoleAssignment& a) { return a.site; }))
        .add("rule", "", "how the role was found", role_text([](const RoleAssignment& a) { return a.rule; }))
        .add("chosen", "", "1: used for its role", each(rows, [&](const Channel& c) { const auto* a = role_of(c); return std::int8_t(a && a->chosen); }))
        .add("changes", "", "what the user made of it: derived: EXPRESSION; unit: UNIT; inverted; empty: as in the file", each(rows, [](const Channel& c) { return changes_text(c); }))
        .add("rate", "Hz", "sampling rate", each(rows, [](const Channel& c) { return c.rate.hz(); }))
        .add("unit", "", "unit that libpsg works in; empty if unknown", each(rows, [](const Channel& c) { return c.unit; }))
        .add("header_unit", "", "unit as in the file", each(rows, [](const Channel& c) { return c.unit_text; }))
        .add("step", "", "one digital step in `unit`; NaN if uncalibrated", each(rows, [](const Channel& c) { return c.calibration ? std::abs(c.calibration->scale) : nan_value; }))
        .add("physical_min", "", "as in the file", each(rows, [](const Channel& c) { return c.physical_min; }))
        .add("physical_max", "", "as in the file", each(rows, [](const Channel& c) { return c.physical_max; }))
        .add("digital_min", "", "", each(rows, [](const Channel& c) { return c.digital_min; }))
        .add("digital_max", "", "", each(rows, [](const Channel& c) { return c.digital_max; }))
        .add("transducer", "", "header text; empty unless identity was kept", each(rows, [&](const Channel& c) { return keep_identity ? c.transducer : std::string(); }))
        .add("prefilter", "", "header text; empty unless identity was kept", each(rows, [&](const Channel& c) { return keep_identity ? c.prefilter : std::string(); }));
    return t;
}

Table segments_table(const Recording& recording) {
    const auto& rows = recording.segments;
    Table t{"segments", "uninterrupted stretches of the recording"};
    t.add("onset", "s", "since the start of the recording", each(rows, [](const Interval& i) { return seconds(i.onset); }))
        .add("duration", "s", "", each(rows, [](const Interval& i) { return seconds(i.duration()); }))
        .add("clock", "s", clock_help, each(rows, [&](const Interval& i) { return clock_seconds(recording, i.onset); }));
    return t;
}

namespace {

constexpr const char* lights_help = "since the start of the recording, if the mark is nearest to this epoch; else NaN";

// Each mark at the epoch that holds it or is nearest.
std::vector<double> mark_in_epochs(const Hypnogram& h, const std::vector<Time>& marks) {
    std::vector<double> at(h.stages.size(), nan_value);
    for (const Time t : marks) {
        if (at.empty()) break;
        const auto epoch = std::clamp<std::int64_t>((t - h.start) / h.epoch, 0, static_cast<std::int64_t>(at.size()) - 1);
        at[static_cast<std::size_t>(epoch)] = seconds(t);
    }
    return at;
}

}  // namespace

Table hypnogram_table(const ScoredNight& night) {
    const Hypnogram& h = night.opened.night.hypnogram;
    const auto rows = indices(h.stages.size());
    const auto at = [](int i) { return static_cast<std::size_t>(i); };
    const auto probability = [&](std::size_t k) {
        return each(rows, [&, k](int i) { return h.probabilities.empty() ? nan_value : h.probabilities[at(i)][k]; });
    };
    Table t{"epochs", "sleep stages by 30-s epoch", {}, {{"stage_codes", stage_codes}}};
    t.add("epoch", "", "from 0", each(rows, [](int i) { return std::int32_t(i); }))
        .add("onset", "s", "since the start of the recording", each(rows, [&](int i) { return seconds(h.epoch_extent(at(i)).onset); }))
        .add("duration", "s", "", each(rows, [&](int) { return seconds(h.epoch); }))
        .add("stage", "", "W N1 N2 N3 R, ? if not scored", each(rows, [&](int i) { return std::string(stage_name(h.stages[at(i)])); }));
    const char* names[] = {"p_w", "p_n1", "p_n2", "p_n3", "p_r"};
    for (std::size_t k = 0; k < 5; ++k) t.add(names[k], "", "probability of the stage; NaN if unknown", probability(k));
    t.add("confidence", "", "probability of the stage that was given; NaN if unknown", each(rows, [&](int i) { return h.confidence(at(i)); }))
        .add("second", "", "the most probable other stage; ? if unknown", each(rows, [&](int i) { return std::string(stage_name(h.second(at(i)))); }))
        .add("unsure", "", "1: the confidence is below 0.6 (proposed), or the stage is in doubt: it hangs upon power or fast noise alone, or a warning (EEG_NOISY, STAGES_IMPLAUSIBLE) says so", each(rows, [&](int i) { return std::int8_t(h.unsure(at(i))); }));
    t.add("reason", "", "why the epoch is not scored; empty if it is", each(rows, [&](int i) { return night.epoch_reasons[at(i)]; }));
    const LightMarks lights = light_marks(night.opened.night.lights_off, night.opened.night.lights_on, night.opened.periods_in_bed);
    t.add("lights_off", "s", lights_help, mark_in_epochs(h, lights.off)).add("lights_on", "s", lights_help, mark_in_epochs(h, lights.on));
    add_simulated(t, night);
    return t;
}

Table epochs_table(const ScoredNight& night) {
    const Hypnogram& h = night.opened.night.hypnogram;
    Table t = hypnogram_table(night);
    const auto rows = indices(h.stages.size());
    const auto at = [](int i) { return static_cast<std::size_t>(i); };
    t.add("clock", "s", clock_help, each(rows, [&](int i) { return clock_seconds(night.opened.recording, h.epoch_extent(at(i)).onset); }))
        .add("stage_code", "", stage_codes, each(rows, [&](int i) { return code(h.stages[at(i)]); }));
    return t;
}

namespace {

Table event_columns(const ScoredNight& night) {
    const EventList& rows = night.detection.events;
    Table t{"events", "events in order of time", {}, {{"stage_codes", stage_codes}}};
    t.add("id", "", "stable for the same input and parameters", each(rows, [](const Event& e) { return e.id; }))
        .add("class", "", "", each(rows, [](const Event& e) { return e.kind; }))
        .add("onset", "s", "since the start of the recording", each(rows, [](const Event& e) { return seconds(e.extent.onset); }))
        .add("duration", "s", "", each(rows, [](const Event& e) { return seconds(e.extent.duration()); }))
        .add("stage", "", "of the epoch that holds the onset", each(rows, [](const Event& e) { return std::string(stage_name(e.stage)); }))
        .add("channel", "", "label as in the file; several joined by +", each(rows, [](const Event& e) { return e.channel; }))
        .add("side", "", "L, R, B, or empty", each(rows, [](const Event& e) { return std::string(side_name(e.side)); }));
    return t;
}

// The measures of the classes that have events, in the order of the detectors, each name once.
std::vector<MeasureInfo> measures_present(const ScoredNight& night) {
    std::set<std::string> kinds, names;
    for (const Event& e : night.detection.events) kinds.insert(e.kind);
    std::vector<MeasureInfo> list;
    for (const events::DetectorRun& run : night.detection.by_detector)
        for (const events::EventClass& c : run.detector->classes)
            if (kinds.count(c.name))
                for (const MeasureInfo& m : c.measures)
                    if (names.insert(m.name).second) list.push_back(m);
    for (const Event& e : night.detection.events)
        for (const Measure& m : e.measures)
            if (m.name == edit_measure.name && names.insert(m.name).second) list.push_back(edit_measure);
    for (const MeasureInfo& info : events::name_measures())
        for (const Event& e : night.detection.events)
            for (const Measure& m : e.measures)
                if (m.name == info.name && names.insert(m.name).second) list.push_back(info);
    return list;
}

bool is_text(const EventList& events, const std::string& name) {
    for (const Event& e : events)
        for (const Measure& m : e.measures)
            if (m.name == name) return std::holds_alternative<std::string>(m.value);
    return false;
}

}  // namespace

Table events_table(const ScoredNight& night) {
    const EventList& rows = night.detection.events;
    const Hypnogram& h = night.opened.night.hypnogram;
    Table t = event_columns(night);
    t.add("clock", "s", clock_help, each(rows, [&](const Event& e) { return clock_seconds(night.opened.recording, e.extent.onset); }))
        .add("stage_code", "", stage_codes, each(rows, [](const Event& e) { return code(e.stage); }))
        .add("epoch", "", "that holds the onset; -1 outside", each(rows, [&](const Event& e) {
                 return h.extent().contains(e.extent.onset) ? std::int32_t((e.extent.onset - h.start) / h.epoch) : -1;
             }))
        .add("basis", "", basis_help, each(rows, [](const Event& e) { return basis_of_class(e.kind); }));
    add_simulated(t, night);
    return t;
}

Table event_list_table(const ScoredNight& night) {
    const EventList& rows = night.detection.events;
    Table t = event_columns(night);
    for (const MeasureInfo& m : measures_present(night)) {
        if (is_text(rows, m.name))
            t.add(m.name, m.unit, m.text, each(rows, [&](const Event& e) { return e.text(m.name); }));
        else
            t.add(m.name, m.unit, m.text, each(rows, [&](const Event& e) { return e.number(m.name); }));
    }
    t.add("basis", "", basis_help, each(rows, [](const Event& e) { return basis_of_class(e.kind); }));
    add_simulated(t, night);
    return t;
}

Table event_attributes_table(const ScoredNight& night) {
    std::vector<std::string> ids, kinds, names, texts, units;
    std::vector<double> values;
    const auto infos = measures_present(night);
    for (const Event& e : night.detection.events)
        for (const Measure& m : e.measures) {
            ids.push_back(e.id);
            kinds.push_back(e.kind);
            names.push_back(m.name);
            const double* number = std::get_if<double>(&m.value);
            values.push_back(number ? *number : nan_value);
            texts.push_back(number ? "" : std::get<std::string>(m.value));
            std::string unit;
            for (const MeasureInfo& info : infos)
                if (info.name == m.name) unit = info.unit;
            units.push_back(std::move(unit));
        }
    Table t{"event_attributes", "measures of the events, one a row"};
    t.add("event", "", "id of the event", std::move(ids))
        .add("class", "", "of the event", std::move(kinds))
        .add("name", "", "of the measure", std::move(names))
        .add("value", "", "number, in `unit`; NaN for texts and missing values", std::move(values))
        .add("text", "", "text; empty for numbers", std::move(texts))
        .add("unit", "", "", std::move(units));
    return t;
}

std::vector<stats::ClassAtRisk> classes_at_risk(const ScoredNight& night) {
    std::vector<stats::ClassAtRisk> classes;
    for (const events::DetectorRun& run : night.detection.by_detector)
        if (run.detection.ran)
            for (const events::EventClass& c : run.detector->classes)
                if (night.detection.wanted(c.name)) classes.push_back({c.name, run.detection.at_risk});
    return classes;
}

Table summary_table(const ScoredNight& night) {
    const auto classes = classes_at_risk(night);
    const auto rows = stats::summarise(night.detection.events, classes, night.opened.night.hypnogram,
                                       night.opened.night.analysis_window());
    using Row = stats::SummaryRow;
    Table t{"summary", "events per class and stage; classes that were not looked for have no rows"};
    t.add("class", "", "", each(rows, [](const Row& r) { return r.name; }))
        .add("stage", "", "W N1 N2 N3 R, NREM, sleep, all", each(rows, [](const Row& r) { return r.stage; }))
        .add("count", "", "events that begin in the stage, inside the analysis window", each(rows, [](const Row& r) { return std::int32_t(r.count); }))
        .add("minutes", "min", "in the stage, inside the window, in which such an event could have been found", each(rows, [](const Row& r) { return r.minutes; }))
        .add("rate", "1/h", "60 * count / minutes; NaN without minutes", each(rows, [](const Row& r) { return r.rate; }))
        .add("rate_low", "1/h", "lower end of its exact 95 % interval, the count being Poisson", each(rows, [](const Row& r) { return r.rate_low; }))
        .add("rate_high", "1/h", "upper end", each(rows, [](const Row& r) { return r.rate_high; }))
        .add("mean_duration", "s", "NaN without events", each(rows, [](const Row& r) { return r.mean_duration_s; }))
        .add("basis", "", basis_help, each(rows, [](const Row& r) { return basis_of_class(r.name); }));
    add_simulated(t, night);
    return t;
}

Table findings_table(const Findings& rows) {
    Table t{"findings", "what was odd and what was done about it"};
    t.add("code", "", "never changes", each(rows, [](const Finding& f) { return std::string(code_name(f.code)); }))
        .add("message", "", "", each(rows, [](const Finding& f) { return f.message; }))
        .add("repair", "", "what was done in memory", each(rows, [](const Finding& f) { return f.repair; }))
        .add("field", "", "header field, input or detector", each(rows, [](const Finding& f) { return f.field; }))
        .add("channel", "", "index; -1: none", each(rows, [](const Finding& f) { return std::int32_t(f.channel); }))
        .add("label", "", "of the channel", each(rows, [](const Finding& f) { return f.label; }))
        .add("byte", "", "offset in the file; NaN: none", each(rows, [](const Finding& f) { return f.byte_offset ? double(*f.byte_offset) : nan_value; }));
    return t;
}

Table provenance_table(const ScoredNight& night) {
    struct Row {
        std::string kind, name, value, unit, source;
        Finding finding{};
    };
    std::vector<Row> rows{{"version", "libpsg", std::string(version()), "", ""},
                          {"version", "table_format", std::to_string(table_format_version), "", ""}};
    for (const auto& [kind, digest] : night.opened.digests) rows.push_back({"input", kind, digest, "", "SHA-256"});
    for (const ScoredSource& s : night.opened.sources) {
        rows.push_back({"scoring", s.kind + ".format", s.format, "", "found in its content"});
        rows.push_back({"scoring", s.kind + ".contents", s.contents, "", ""});
    }
    if (!night.model_name.empty()) {
        rows.push_back({"model", "name", night.model_name, "", ""});
        rows.push_back({"model", "digest", night.model_sha256, "", "SHA-256"});
        if (!night.model_description.empty()) rows.push_back({"model", "form", night.model_description, "", ""});
    }
    for (const std::string& label : night.staging_channels) rows.push_back({"staging", "channel", label, "", ""});
    if (night.opened.night.lights_off) rows.push_back({"parameter", "lights_off", format_seconds(*night.opened.night.lights_off), "s", night.opened.lights_off_from});
    if (night.opened.night.lights_on) rows.push_back({"parameter", "lights_on", format_seconds(*night.opened.night.lights_on), "s", night.opened.lights_on_from});
    for (const auto& [name, when] : night.opened.night.positions)
        rows.push_back({"parameter", "position." + name, option_text(seconds(when.total())), "s", night.opened.positions_from});
    for (const Channel& c : night.opened.recording.channels)
        for (const ChannelChange& k : c.changes) rows.push_back({"parameter", k.kind + "." + c.label, k.value, "", k.source});
    for (const RoleAssignment& a : night.opened.roles)
        if (a.rule == "user" || a.rule == "map")
            rows.push_back({"parameter", "channel." + std::string(role_name(a.role)), a.label, "", a.rule == "user" ? "given" : "map"});
    for (const events::DetectorRun& run : night.detection.by_detector) {
        rows.push_back({"detector", run.detector->name, run.detection.ran ? "ran" : "not run", "", run.detector->reference});
        for (const OptionInfo& o : run.detector->options)
            rows.push_back({"parameter", run.detector->name + "." + o.name, run.parameters.at(o.name), o.unit, o.source});
    }
    for (const Finding& f : night.findings) rows.push_back({"finding", std::string(code_name(f.code)), f.message, "", f.field, f});

    Table t{"provenance", "how the tables came about"};
    t.add("kind", "", "version, input, scoring, model, staging, detector, parameter, finding", each(rows, [](const Row& r) { return r.kind; }))
        .add("name", "", "of the parameter, or code of the finding", each(rows, [](const Row& r) { return r.name; }))
        .add("value", "", "", each(rows, [](const Row& r) { return r.value; }))
        .add("unit", "", "", each(rows, [](const Row& r) { return r.unit; }))
        .add("source", "", "of the parameter's default; field of the finding", each(rows, [](const Row& r) { return r.source; }))
        .add("repair", "", "finding: what was done in memory", each(rows, [](const Row& r) { return r.finding.repair; }))
        .add("channel", "", "finding: channel index; -1: none", each(rows, [](const Row& r) { return std::int32_t(r.finding.channel); }))
        .add("label", "", "finding: the channel's label", each(rows, [](const Row& r) { return r.finding.label; }))
        .add("byte", "", "finding: offset in the file; NaN: none", each(rows, [](const Row& r) { return r.finding.byte_offset ? double(*r.finding.byte_offset) : nan_value; }));
    return t;
}

std::vector<std::pair<std::string, std::string>> file_attributes(const ScoredNight& night) {
    return {{"format", "libpsg night"},
            {"format_version", std::to_string(table_format_version)},
            {"libpsg_version", std::string(version())},
            {"simulated", night.opened.recording.simulated ? "1" : "0"},
            {"basis", basis_sentence(night)},
            {"stage_codes", stage_codes}};
}

StagedNight staged_night(const ScoredNight& night) {
    const Night& n = night.opened.night;
    return {n.hypnogram, n.in_bed(), night.opened.recording.simulated, night.opened.periods_in_bed};
}

std::vector<Table> night_tables(const ScoredNight& night, bool keep_identity) {
    std::vector<Table> tables{recording_table(night, keep_identity),
                              channels_table(night.opened.recording, night.opened.roles, keep_identity),
                              segments_table(night.opened.recording),
                              epochs_table(night),
                              events_table(night),
                              event_attributes_table(night),
                              summary_table(night),
                              movement_indices_table(night),
                              movement_intervals_table(night),
                              movement_aids_table(night),
                              night_measures_table(night),
                              severity_table(night),
                              severity_norms_table(night),
                              summary_parts_table(night),
                              night_parts_table(night),
                              at_risk_table(night),
                              sleep_table(staged_night(night)),
                              provenance_table(night)};
    if (night.opened.all_assessed) {
        Qualities qualities = night.opened.qualities;
        for (const events::DetectorRun& run : night.detection.by_detector) tell_unscorable(run.detection, qualities);
        tables.insert(tables.begin() + 2, quality_table(night.opened.recording, night.opened.roles, qualities));
    }
    return tables;
}

}  // namespace psg::workflow
