// Reads the tables that a night's page shows.
// SPDX-License-Identifier: BSD-3-Clause
#include "libpsg/workflow/report/night_report.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <map>
#include <set>

#include "libpsg/export/hdf5_tables.hpp"
#include "libpsg/model/error.hpp"
#include "libpsg/report/page_text.hpp"
#include "libpsg/workflow/tables/night_file.hpp"
#include "libpsg/workflow/tables/stored_column.hpp"

namespace psg::workflow {

namespace {

using report::NightReport;
using report::number_text;

// The tables of one file.
class Tables {
public:
    explicit Tables(const std::string& path) : path_(path) {
        for (std::string& name : exports::hdf5_table_names(path)) names_.insert(std::move(name));
    }
    bool has(const std::string& name) const { return names_.count(name) > 0; }
    Table read(const std::string& name) const { return exports::read_hdf5_table(path_, name); }
    template <class V>
    const std::vector<V>& values(const Table& table, const std::string& column) const {
        return values_of<V>(path_, table, column);
    }
    const std::set<std::string>& names() const { return names_; }

private:
    std::string path_;
    std::set<std::string> names_;
};

// The table without the rows of which `left_out` holds.
template <class F>
Table rows_without(const Table& table, F left_out) {
    Table kept{table.name, table.title, {}, {}};
    for (const Column& column : table.columns) {
        Column part{column.name, column.unit, column.text, {}};
        std::visit(
            [&](const auto& v) {
                std::decay_t<decltype(v)> values;
                for (std::size_t i = 0; i < v.size(); ++i)
                    if (!left_out(i)) values.push_back(v[i]);
                part.values = std::move(values);
            },
            column.values);
        kept.append(std::move(part));
    }
    return kept;
}

Table columns_without(Table table, const std::set<std::string>& names) {
    std::erase_if(table.columns, [&](const Column& c) { return names.count(c.name) > 0; });
    return table;
}

void read_probabilities(const Tables& tables, Hypnogram& h) {
    const Table epochs = tables.read("epochs");
    std::vector<StageProbabilities> all(h.stages.size());
    bool any = false;
    std::size_t stage = 0;
    for (const char* name : {"p_w", "p_n1", "p_n2", "p_n3", "p_r"}) {
        const auto& p = tables.values<double>(epochs, name);
        for (std::size_t i = 0; i < all.size(); ++i) {
            const bool share = p[i] >= 0 && p[i] <= 1;
            all[i][stage] = share ? p[i] : std::nan("");
            any = any || share;
        }
        ++stage;
    }
    for (StageProbabilities& p : all)  // one that is missing makes the others worthless
        if (std::any_of(p.begin(), p.end(), [](double x) { return std::isnan(x); })) p.fill(std::nan(""));
    if (any) h.probabilities = std::move(all);
}

void read_counts(const Tables& tables, NightReport& night) {
    const Table t = tables.read("summary");
    const auto &classes = tables.values<std::string>(t, "class"), &stages = tables.values<std::string>(t, "stage"), &basis = tables.values<std::string>(t, "basis");
    const auto& counts = tables.values<std::int32_t>(t, "count");
    const auto &minutes = tables.values<double>(t, "minutes"), &rates = tables.values<double>(t, "rate");
    for (std::size_t i = 0; i < t.rows(); ++i) {
        night.counts.push_back({classes[i], stages[i], counts[i], minutes[i], rates[i]});
        if (std::none_of(night.classes.begin(), night.classes.end(), [&](const report::EventClass& c) { return c.name == classes[i]; }))
            night.classes.push_back({classes[i], basis[i], 0});
    }
}

void read_events(const Tables& tables, const std::string& path, NightReport& night) {
    const Table t = tables.read("events");
    const auto &ids = tables.values<std::string>(t, "id"), &classes = tables.values<std::string>(t, "class"), &stages = tables.values<std::string>(t, "stage"),
               &channels = tables.values<std::string>(t, "channel"), &sides = tables.values<std::string>(t, "side"), &basis = tables.values<std::string>(t, "basis");
    const auto &onsets = tables.values<double>(t, "onset"), &durations = tables.values<double>(t, "duration");
    std::map<std::string, std::size_t> place;
    for (std::size_t k = 0; k < night.classes.size(); ++k) place[night.classes[k].name] = k;
    for (std::size_t i = 0; i < t.rows(); ++i) {
        const auto [found, is_new] = place.try_emplace(classes[i], night.classes.size());
        if (is_new) night.classes.push_back({classes[i], basis[i], 0});
        if (!(std::abs(onsets[i]) < 1e9 && durations[i] >= 0 && durations[i] < 1e9))
            throw DataError(path, "event " + std::to_string(i) + " of table events has an impossible onset or duration");
        ++night.classes[found->second].count;
        night.events.push_back({found->second, onsets[i], durations[i], ids[i], stages[i], channels[i], sides[i], {}});
    }
    std::stable_sort(night.events.begin(), night.events.end(), [](const auto& a, const auto& b) { return a.onset_s < b.onset_s; });
}

// The measures of every event in one text each; none at all where they would make the page too large.
void read_measures(const Tables& tables, NightReport& night) {
    constexpr std::size_t most_bytes = 1500000;
    const Table t = tables.read("event_attributes");
    const auto &event = tables.values<std::string>(t, "event"), &classes = tables.values<std::string>(t, "class"), &name = tables.values<std::string>(t, "name"),
               &text = tables.values<std::string>(t, "text"), &unit = tables.values<std::string>(t, "unit");
    const auto& value = tables.values<double>(t, "value");
    std::map<std::pair<std::string, std::string>, std::string> measures;
    std::size_t bytes = 0;
    for (std::size_t i = 0; i < t.rows() && bytes <= most_bytes; ++i) {
        const std::string measure = measure_words(name[i], value[i], text[i], unit[i]);
        if (measure.empty()) continue;
        bytes += measure.size() + 2;
        std::string& all = measures[{classes[i], event[i]}];
        all += (all.empty() ? "" : "; ") + measure;
    }
    if (bytes > most_bytes) {
        night.absent.push_back("The measures of the events are too many for a page; they are in the table 'event_attributes' of the file.");
        return;
    }
    for (report::ReportEvent& e : night.events)
        if (const auto found = measures.find({night.classes[e.event_class].name, e.id}); found != measures.end()) e.measures = found->second;
}

void read_intervals(const Tables& tables, NightReport& night) {
    const Table t = tables.read("movement_intervals");
    const auto& scale = tables.values<std::string>(t, "scale");
    const auto &lower = tables.values<double>(t, "lower"), &upper = tables.values<double>(t, "upper");
    const auto &all = tables.values<std::int32_t>(t, "all"), &sleep = tables.values<std::int32_t>(t, "sleep"), &wake = tables.values<std::int32_t>(t, "wake");
    for (std::size_t i = 0; i < t.rows(); ++i)
        if (scale[i] == "linear" && lower[i] >= 0 && upper[i] > lower[i] && lower[i] <= 90 && sleep[i] >= 0 && wake[i] >= 0)
            night.intervals.push_back({lower[i], upper[i], sleep[i], wake[i], std::max<std::int64_t>(0, std::int64_t{all[i]} - sleep[i] - wake[i])});
}

// Warnings, and the rest of the provenance as a table.
void read_provenance(const Tables& tables, NightReport& night) {
    const Table t = tables.read("provenance");
    const auto &kind = tables.values<std::string>(t, "kind"), &name = tables.values<std::string>(t, "name"), &value = tables.values<std::string>(t, "value"),
               &repair = tables.values<std::string>(t, "repair"), &label = tables.values<std::string>(t, "label");
    for (std::size_t i = 0; i < t.rows(); ++i) {
        if (kind[i] == "version" && name[i] == "libpsg") night.version = value[i];
        if (kind[i] == "finding") night.warnings.push_back({name[i], value[i] + (label[i].empty() ? "" : " [" + label[i] + "]"), repair[i]});
    }
    night.other_tables.push_back({"Parameters, versions and digests", "Every parameter as it was used, and where its default comes from.",
                                  columns_without(rows_without(t, [&](std::size_t i) { return kind[i] == "finding"; }), {"byte", "channel", "label", "repair"})});
}

struct SleepFigure {
    const char *measure, *name;
};

void read_sleep(const Tables& tables, NightReport& night) {
    const Table t = tables.read("sleep");
    const auto &measure = tables.values<std::string>(t, "measure"), &unit = tables.values<std::string>(t, "unit"), &formula = tables.values<std::string>(t, "formula");
    const auto& value = tables.values<double>(t, "value");
    const auto& period = tables.values<std::int32_t>(t, "period");
    for (const SleepFigure& f : {SleepFigure{"tst", "total sleep time"}, SleepFigure{"se", "sleep efficiency"}, SleepFigure{"sol", "sleep onset latency"},
                                 SleepFigure{"rem_latency", "latency of REM sleep"}, SleepFigure{"waso_aasm", "wake after sleep onset"}, SleepFigure{"awakenings", "awakenings"}})
        for (std::size_t i = 0; i < t.rows(); ++i)
            if (measure[i] == f.measure && period[i] == 0) night.key_figures.push_back({f.name, number_text(std::round(value[i] * 10) / 10), unit[i], formula[i]});
    night.sleep_tables.push_back({"Sleep architecture", "Epochs that nobody staged are told as unscored and are in no minutes of a stage.", t});
}

void add_rate(NightReport& night, const std::string& event_class, const std::string& stage, const std::string& name) {
    for (const report::StageCount& c : night.counts)
        if (c.event_class == event_class && c.stage == stage)
            night.key_figures.push_back({name, report::rate_text(c.rate), "1/h",
                                         fmt::format("{} events in {} min of {} in which one could have been found", c.count, number_text(c.minutes), stage)});
}

struct Shown {
    const char *name, *heading, *words;
};

}  // namespace

std::string measure_words(const std::string& name, double value, const std::string& text, const std::string& unit) {
    if (std::isnan(value) && text.empty()) return {};
    return name + " " + (text.empty() ? number_text(value) : text) + (unit.empty() ? "" : " " + unit);
}

report::NightReport read_night_report(const std::string& path, const std::string& title) {
    const NightFile file = read_night_file(path);
    const Tables tables(path);
    NightReport night;
    night.title = title;
    night.simulated = file.staged.simulated;
    night.duration_s = seconds(file.duration);
    if (file.start.time_of_day) night.start_clock_s = seconds(*file.start.time_of_day);
    if (file.lights_off) night.lights_off_s = seconds(*file.lights_off);
    if (file.lights_on) night.lights_on_s = seconds(*file.lights_on);
    night.hypnogram = file.staged.hypnogram;
    read_probabilities(tables, night.hypnogram);

    std::set<std::string> done{"epochs"};
    const auto take = [&](const char* name, auto read) {
        done.insert(name);
        if (tables.has(name))
            read(tables, night);
        else
            night.absent.push_back(std::string("The file has no table '") + name + "', as files of psg-stage have none: what stands in it is not shown.");
    };
    take("provenance", read_provenance);
    take("sleep", read_sleep);
    take("summary", read_counts);
    take("events", [&](const Tables& t, NightReport& n) { read_events(t, path, n); });
    take("event_attributes", read_measures);
    take("movement_intervals", read_intervals);
    add_rate(night, "periodic_leg_movement", "sleep", "periodic leg movements in sleep");
    add_rate(night, "leg_movement", "sleep", "leg movements in sleep");
    add_rate(night, "hypnic_jerk", "all", "hypnic jerks");
    add_rate(night, "arousal", "sleep", "arousals in sleep");

    const auto show = [&](std::vector<report::ReportTable>& place, std::initializer_list<Shown> list, const std::set<std::string>& without = {}) {
        for (const Shown& s : list)
            if (done.insert(s.name).second && tables.has(s.name)) place.push_back({s.heading, s.words, columns_without(tables.read(s.name), without)});
    };
    if (tables.has("movement_indices")) {
        done.insert("movement_indices");
        const Table t = tables.read("movement_indices");
        const auto& value = tables.values<double>(t, "value");
        night.movement_tables.push_back({"Indices of leg movements", "Rows without a value are left out; the formulas are in libpsg/stats/README.md.",
                                         rows_without(t, [&](std::size_t i) { return std::isnan(value[i]); })});
    }
    show(night.movement_tables, {{"severity", "Severity", "How often, how strong and how long movements are, by class and stage."},
                                 {"severity_norms", "Published norms", "Published figures beside those of this night, with their sources. No diagnosis."},
                                 {"movement_aids", "Published figures of leg movement indices", ""},
                                 {"night_measures", "Measures of the night", "By channel and stage."}});
    if (tables.has("summary")) night.movement_tables.push_back({"Counts, minutes at risk and rates", "The table summary.", tables.read("summary")});
    show(night.movement_tables, {{"summary_parts", "Counts and rates by part of the night", "By third, cycle, before and after sleep onset, and position."},
                                 {"night_parts", "Parts of the night", "When each part was."},
                                 {"at_risk", "Time at risk", "When an event of each class could have been found."}});
    if (tables.has("movement_intervals"))
        night.movement_tables.push_back({"Intervals between leg movements", "The numbers of the histogram.", tables.read("movement_intervals")});
    // free texts and dates may tell who it was
    show(night.recording_tables, {{"recording", "File", ""}, {"channels", "Channels", "Which channel plays which role, and how that was found."},
                                  {"quality", "Quality", "Minutes flat, clipped, with mains hum, with leads off; the rules are in libpsg/export/README.md."},
                                  {"segments", "Uninterrupted stretches", ""}},
         {"start_date", "patient", "recording_id", "transducer", "prefilter"});
    for (const std::string& name : tables.names())
        if (done.insert(name).second) night.other_tables.push_back({"Table " + name, "", tables.read(name)});
    return night;
}

}  // namespace psg::workflow
