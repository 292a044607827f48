// Many nights as one cohort file.
// SPDX-License-Identifier: BSD-3-Clause
//
// Two rounds over the files: the first compares how the nights were made and measures the tables, the second copies rows.
#include "libpsg/workflow/cohort/merge_nights.hpp"

#include <algorithm>
#include <limits>
#include <map>
#include <optional>
#include <set>

#include "libpsg/export/hdf5_writer.hpp"
#include "libpsg/model/error.hpp"
#include "libpsg/model/version.hpp"
#include "libpsg/workflow/tables/night_tables.hpp"
#include "libpsg/workflow/tables/stored_column.hpp"

namespace psg::workflow {

namespace {

using exports::TableShape;

// How a night was made, as far as it must be alike in a cohort: name of the fact and its value.
using Making = std::map<std::string, std::string>;

struct MadeNight {
    Making making;
    std::string recording_digest;  // of all its parts
};

// What belongs to the person or the night (lights, positions, channels of this file) may differ and is left out.
MadeNight made(const std::string& path) {
    const Table t = exports::read_hdf5_table(path, "provenance");
    const auto &kinds = values_of<std::string>(path, t, "kind"), &names = values_of<std::string>(path, t, "name"), &values = values_of<std::string>(path, t, "value");
    std::set<std::string> detectors;
    for (std::size_t i = 0; i < kinds.size(); ++i)
        if (kinds[i] == "detector") detectors.insert(names[i]);
    MadeNight night;
    night.making["stages"] = "scored or given";
    for (std::size_t i = 0; i < kinds.size(); ++i) {
        const std::string& name = names[i];
        if (kinds[i] == "version") night.making["version of " + name] = values[i];
        if (kinds[i] == "model") {
            night.making["stages"] = "of a model";
            night.making["model " + name] = values[i];
        }
        if (kinds[i] == "detector") night.making["detector " + name] = "asked for";
        if (kinds[i] == "parameter" && detectors.count(name.substr(0, name.find('.')))) night.making["parameter " + name] = values[i];
        if (kinds[i] == "input" && name.rfind("recording", 0) == 0) night.recording_digest += values[i] + " ";
    }
    return night;
}

// "parameter x.y is '8' and not '9'; ..."; empty if there is no difference.
std::string differences(const Making& first, const Making& other) {
    std::set<std::string> keys;
    for (const Making* m : {&first, &other})
        for (const auto& [key, value] : *m) keys.insert(key);
    const auto value = [](const Making& m, const std::string& key) {
        const auto found = m.find(key);
        return found == m.end() ? std::string("nothing") : "'" + found->second + "'";
    };
    std::string list;
    int count = 0;
    for (const std::string& key : keys) {
        if (value(first, key) == value(other, key)) continue;
        if (++count <= 3) list += (list.empty() ? "" : "; ") + key + " is " + value(other, key) + " and not " + value(first, key);
    }
    return count > 3 ? list + "; and " + std::to_string(count - 3) + " more" : list;
}

// Joins the shape of a night's table to that of the cohort.
void join(TableShape& all, const TableShape& one, const std::string& path) {
    const auto& columns = all.columns.columns;
    const auto& others = one.columns.columns;
    bool same = columns.size() == others.size();
    for (std::size_t i = 0; same && i < columns.size(); ++i)
        same = columns[i].name == others[i].name && columns[i].unit == others[i].unit && columns[i].values.index() == others[i].values.index();
    if (!same)
        throw DataError(path, "table " + one.columns.name + " has other columns than in the nights before", "write all nights with one version of psg-export");
    for (std::size_t i = 0; i < columns.size(); ++i) all.text_bytes[i] = std::max(all.text_bytes[i], one.text_bytes[i]);
    all.rows += one.rows;
}

// True if the rows need more room, or other columns, than a table has. Nights of the first versions have no room for the NUL
// that ends a text: it may be missing.
bool wider(const TableShape& rows, const TableShape& table) {
    bool fits = rows.text_bytes.size() == table.text_bytes.size();
    for (std::size_t i = 0; fits && i < rows.text_bytes.size(); ++i)
        fits = rows.text_bytes[i] <= table.text_bytes[i] + 1 && rows.columns.columns[i].values.index() == table.columns.columns[i].values.index();
    return !fits;
}

// What is known of a cohort after the first round.
struct Survey {
    std::vector<TableShape> tables;
    std::vector<std::vector<std::int32_t>> rows;  // by night and table; -1: the night has no such table
    std::size_t simulated = 0;

    std::size_t place(const std::string& table) const {
        std::size_t i = 0;
        while (i < tables.size() && tables[i].columns.name != table) ++i;
        return i;
    }
};

class Merger {
public:
    Merger(const std::vector<CohortNight>& nights, const MergeOptions& options, Findings& findings)
        : nights_(nights), options_(options), findings_(findings) {}

    void run(const std::string& output) {
        look();
        copy(output);
    }

private:
    // A night that does not go with the first one: refused, or remembered by what is different.
    void conflict(const CohortNight& night, const std::string& what) {
        if (!options_.allow_mixed) throw DataError(night.path, what, "make the nights alike, or --allow-mixed");
        mixed_[what].push_back(night.id);
    }

    void look() {
        std::optional<Making> first;
        std::map<std::string, std::string> by_recording;
        for (const CohortNight& night : nights_) {
            if (exports::hdf5_attribute(night.path, "format") != "libpsg night" ||
                exports::hdf5_attribute(night.path, "format_version") != std::to_string(table_format_version))
                throw DataError(night.path, "is no night of format " + std::to_string(table_format_version), "write it with psg-export");
            const MadeNight made_so = made(night.path);
            if (!first) first = made_so.making;
            if (const std::string list = differences(*first, made_so.making); !list.empty())
                conflict(night, "was made otherwise than night " + nights_.front().id + ": " + list);
            if (!made_so.recording_digest.empty()) {
                const auto [same, fresh] = by_recording.emplace(made_so.recording_digest, night.id);
                if (!fresh) conflict(night, "comes from the same recording as night " + same->second);
            }
            measure(night);
            survey_.simulated += exports::hdf5_attribute(night.path, "simulated") == "1";
            if (survey_.simulated > 0 && survey_.simulated < survey_.rows.size())
                conflict(night, "simulated and real nights are mixed");
            if (!has_every_table(survey_.rows.back()))
                conflict(night, "has other tables than night " + nights_.front().id + " (is one from psg-stage?)");
            progress(survey_.rows.size());
        }
        for (const auto& [what, ids] : mixed_)
            findings_.push_back({FindingCode::COHORT_MIXED, std::to_string(ids.size()) + " of " + std::to_string(nights_.size()) +
                                                                " nights (" + some_names(ids) + "): " + what});
    }

    void measure(const CohortNight& night) {
        std::vector<std::int32_t> rows(survey_.tables.size(), -1);
        for (const std::string& name : exports::hdf5_table_names(night.path)) {
            const TableShape shape = exports::read_hdf5_shape(night.path, name);
            const std::size_t place = survey_.place(name);
            if (place < survey_.tables.size()) {
                join(survey_.tables[place], shape, night.path);
            } else {
                survey_.tables.push_back(shape);
                rows.push_back(-1);
            }
            rows[place] = static_cast<std::int32_t>(shape.rows);  // below 2^31 by read_hdf5_shape()
        }
        survey_.rows.push_back(std::move(rows));
    }

    // Those of the nights before.
    bool has_every_table(const std::vector<std::int32_t>& rows) const {
        return rows.size() == survey_.rows.front().size() && std::find(rows.begin(), rows.end(), -1) == rows.end();
    }

    void progress(std::size_t done) const {
        if (options_.progress) options_.progress(static_cast<double>(done) / static_cast<double>(2 * nights_.size()));
    }

    Table nights_table() const {
        std::vector<std::int32_t> index;
        std::vector<std::string> id, person, night, visit;
        for (const CohortNight& n : nights_) {
            index.push_back(static_cast<std::int32_t>(index.size()));
            id.push_back(n.id);
            person.push_back(n.person);
            night.push_back(n.night);
            visit.push_back(n.visit);
        }
        Table t{"nights", "the nights of the cohort"};
        t.add("recording", "", "index of the night in every table", std::move(index))
            .add("id", "", "the file's name without its ending", std::move(id))
            .add("person", "", "empty if not told", std::move(person))
            .add("night", "", "empty if not told", std::move(night))
            .add("visit", "", "empty if not told", std::move(visit));
        return t;
    }

    // Rows of the merging itself in the columns of `provenance`.
    Table merging_rows(const TableShape& provenance) const {
        struct Row {
            std::string kind, name, value, source;
        };
        std::vector<Row> rows{{"version", "libpsg", std::string(version()), "psg-merge"},
                              {"version", "cohort_format", std::to_string(cohort_format_version), "psg-merge"}};
        for (const Finding& f : findings_) rows.push_back({"finding", std::string(code_name(f.code)), f.message, "psg-merge"});
        Table t = provenance.columns;
        for (Column& c : t.columns) {
            if (auto* v = std::get_if<std::vector<std::string>>(&c.values))
                for (const Row& r : rows)
                    v->push_back(c.name == "kind" ? r.kind : c.name == "name" ? r.name : c.name == "value" ? r.value : c.name == "source" ? r.source : "");
            if (auto* v = std::get_if<std::vector<double>>(&c.values)) v->assign(rows.size(), std::numeric_limits<double>::quiet_NaN());
            if (auto* v = std::get_if<std::vector<std::int32_t>>(&c.values)) v->assign(rows.size(), -1);
        }
        return t;
    }

    static Table with_index(Table table, std::int32_t night) {
        Column index{"recording", "", "row of the table nights; -1: about the merging", std::vector<std::int32_t>(table.rows(), night)};
        table.columns.insert(table.columns.begin(), std::move(index));
        return table;
    }

    void copy(const std::string& output) {
        exports::Hdf5Writer writer(output, {{"format", "libpsg cohort"},
                                            {"format_version", std::to_string(cohort_format_version)},
                                            {"libpsg_version", std::string(version())},
                                            {"simulated", survey_.simulated ? "1" : "0"},
                                            {"stage_codes", exports::hdf5_attribute(nights_.front().path, "stage_codes")}});
        const Table names = nights_table();
        writer.make(exports::shape_of(names));
        writer.add(names);
        TableShape& provenance = survey_.tables[survey_.place("provenance")];
        const Table merging = merging_rows(provenance);
        join(provenance, exports::shape_of(merging), output);
        for (const TableShape& shape : survey_.tables) {
            TableShape indexed = shape;
            indexed.columns = with_index(shape.columns, 0);
            indexed.text_bytes.insert(indexed.text_bytes.begin(), 0);
            writer.make(indexed);
        }
        writer.add(with_index(merging, -1));
        for (std::size_t n = 0; n < nights_.size(); ++n) {
            for (std::size_t i = 0; i < survey_.rows[n].size(); ++i) {
                if (survey_.rows[n][i] < 0) continue;
                const TableShape& shape = survey_.tables[i];
                Table table = exports::read_hdf5_table(nights_[n].path, shape.columns.name);
                if (table.rows() != static_cast<std::size_t>(survey_.rows[n][i]) || wider(exports::shape_of(table), shape))
                    throw DataError(nights_[n].path, "changed while it was read", "merge again");
                writer.add(with_index(std::move(table), static_cast<std::int32_t>(n)));
            }
            progress(nights_.size() + n + 1);
        }
        writer.close();
    }

    const std::vector<CohortNight>& nights_;
    const MergeOptions& options_;
    Findings& findings_;
    Survey survey_;
    std::map<std::string, std::vector<std::string>> mixed_;  // ids by what is different
};

}  // namespace

void merge_nights(const std::vector<CohortNight>& nights, const MergeOptions& options, Findings& findings, const std::string& output) {
    Merger(nights, options, findings).run(output);
}

}  // namespace psg::workflow
