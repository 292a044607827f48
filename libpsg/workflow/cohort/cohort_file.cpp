// The counts of a cohort read back, with covariates.
// SPDX-License-Identifier: BSD-3-Clause
#include "libpsg/workflow/cohort/cohort_file.hpp"

#include <algorithm>
#include <filesystem>
#include <map>
#include <optional>
#include <set>

#include "libpsg/export/hdf5_tables.hpp"
#include "libpsg/io/input_file.hpp"
#include "libpsg/io/text/ascii_text.hpp"
#include "libpsg/io/text/text_table.hpp"
#include "libpsg/model/error.hpp"
#include "libpsg/workflow/cohort/merge_nights.hpp"
#include "libpsg/workflow/tables/night_tables.hpp"
#include "libpsg/workflow/tables/stored_column.hpp"

namespace psg::workflow {

namespace {

// What tables of laboratories write where nothing is known, in any case. "none" is a value: no medication.
bool is_missing(const std::string& text) {
    static const std::set<std::string> words{"", ".", "-", "n/a", "na", "nan", "null"};
    return words.count(io::lower_case(text)) > 0;
}

namespace fs = std::filesystem;

std::vector<CohortNight> nights_of(const std::string& path) {
    const Table t = exports::read_hdf5_table(path, "nights");
    const auto& index = values_of<std::int32_t>(path, t, "recording");
    const auto &id = values_of<std::string>(path, t, "id"), &person = values_of<std::string>(path, t, "person");
    const auto &night = values_of<std::string>(path, t, "night"), &visit = values_of<std::string>(path, t, "visit");
    std::vector<CohortNight> nights;
    for (std::size_t i = 0; i < id.size(); ++i) {
        if (index[i] != static_cast<std::int32_t>(i)) throw DataError(path, "table nights is out of order", "write it again with psg-merge");
        nights.push_back({{}, id[i], person[i], night[i], visit[i]});
    }
    if (nights.empty()) throw DataError(path, "has no night");
    return nights;
}

}  // namespace

bool Cohort::persons_known() const {
    return std::all_of(nights.begin(), nights.end(), [](const CohortNight& n) { return !n.person.empty(); });
}

const std::string& Cohort::person(std::size_t night) const {
    return nights[night].person.empty() ? nights[night].id : nights[night].person;
}

const Covariate* Cohort::find(const std::string& name) const {
    for (const Covariate& c : covariates)
        if (c.name == name) return &c;
    return nullptr;
}

Cohort read_cohort(const std::string& path) {
    const std::string format = exports::hdf5_attribute(path, "format"), version = exports::hdf5_attribute(path, "format_version");
    const bool merged = format == "libpsg cohort";
    if (!merged && format != "libpsg night") throw DataError(path, "is no file of psg-merge or psg-export");
    if (version != std::to_string(merged ? cohort_format_version : table_format_version))
        throw DataError(path, "has format version '" + version + "', which this version does not know");
    Cohort cohort;
    cohort.simulated = exports::hdf5_attribute(path, "simulated") == "1";
    cohort.nights = merged ? nights_of(path) : std::vector<CohortNight>{{{}, fs::path(path).stem().string(), {}, {}, {}}};
    const Table t = exports::read_hdf5_table(path, "summary");
    const auto &classes = values_of<std::string>(path, t, "class"), &stages = values_of<std::string>(path, t, "stage");
    const auto& counts = values_of<std::int32_t>(path, t, "count");
    const auto &minutes = values_of<double>(path, t, "minutes"), &durations = values_of<double>(path, t, "mean_duration");
    const std::vector<std::int32_t>* recordings = merged ? &values_of<std::int32_t>(path, t, "recording") : nullptr;
    for (std::size_t i = 0; i < t.rows(); ++i) {
        const std::int32_t night = recordings ? (*recordings)[i] : 0;
        if (night < 0 || static_cast<std::size_t>(night) >= cohort.nights.size())
            throw DataError(path, "row " + std::to_string(i) + " of table summary belongs to no night");
        cohort.counts.push_back({static_cast<std::size_t>(night), classes[i], stages[i], counts[i], minutes[i], durations[i]});
    }
    return cohort;
}

void join_covariates(Cohort& cohort, const std::string& path, Findings& findings) {
    const io::TextTable table(io::read_text_file(path), path == "-" ? "standard input" : fs::path(path).filename().string());
    const auto id = table.find({"id"}), person = table.find({"person"}), night = table.find({"night"}), visit = table.find({"visit"});
    if (!id && !person)
        throw DataError(table.name(), "has no column 'id' or 'person' (its columns: " + table.column_list() + ")", "name the night or the person of each line");
    const auto line_key = [&](std::size_t row) {
        if (id) return table.text(row, *id);
        return table.text(row, *person) + "\t" + (night ? table.text(row, *night) : "") + "\t" + (visit ? table.text(row, *visit) : "");
    };
    const auto night_key = [&](const CohortNight& n) {
        if (id) return n.id;
        return n.person + "\t" + (night ? n.night : "") + "\t" + (visit ? n.visit : "");
    };
    const auto nameless = [&](std::size_t row) { return table.text(row, id ? *id : *person).empty(); };  // these are nobody's
    std::map<std::string, std::size_t> rows;
    for (std::size_t r = 0; r < table.row_count(); ++r)
        if (!nameless(r) && !rows.emplace(line_key(r), r).second) table.fail(r, "its night or person stands there twice", "leave one, or tell nights apart by columns night and visit");

    std::vector<std::string> without;
    std::vector<bool> used(table.row_count());
    std::vector<std::optional<std::size_t>> row_of;
    for (const CohortNight& n : cohort.nights) {
        const auto found = rows.find(night_key(n));
        row_of.push_back(found == rows.end() ? std::nullopt : std::optional(found->second));
        if (row_of.back()) used[*row_of.back()] = true;
        else without.push_back(n.id);
    }
    if (!without.empty())
        findings.push_back({FindingCode::COHORT_UNMATCHED, std::to_string(without.size()) + " of " + std::to_string(cohort.nights.size()) +
                                                               " nights have no covariates: " + some_names(without)});
    std::vector<std::string> left;
    for (std::size_t r = 0; r < used.size(); ++r)
        if (!used[r]) left.push_back("line " + std::to_string(table.line(r)));
    if (!left.empty())
        findings.push_back({FindingCode::COHORT_UNMATCHED, std::to_string(left.size()) + " lines of covariates have no night: " + some_names(left)});

    for (std::size_t c = 0; c < table.columns().size(); ++c) {
        if (c == id || c == person || c == night || c == visit) continue;
        const std::string& name = table.columns()[c];
        static const std::set<std::string> taken{"id", "person", "night", "visit", "class", "stage", "count", "minutes", "rate", "rate_low", "rate_high", "mean_duration", "simulated"};
        const bool of_wide = std::any_of(cohort.counts.begin(), cohort.counts.end(), [&](const CohortCount& k) { return k.event_class + "_" + k.stage == name; });
        if (cohort.find(name) || taken.count(name) || of_wide)
            throw DataError(table.name(), "the name of column '" + name + "' is taken", "rename it");
        Covariate covariate{name, {}};
        for (const auto& row : row_of) {
            const std::string text = row ? table.text(*row, c) : std::string();
            covariate.values.push_back(is_missing(text) ? "" : text);
        }
        cohort.covariates.push_back(std::move(covariate));
    }
}

}  // namespace psg::workflow
