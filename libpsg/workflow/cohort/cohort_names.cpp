// Who and which night each file of a cohort is.
// SPDX-License-Identifier: BSD-3-Clause
#include "libpsg/workflow/cohort/cohort_names.hpp"

#include <algorithm>
#include <filesystem>
#include <optional>
#include <set>

#include "libpsg/io/input_file.hpp"
#include "libpsg/io/text/text_table.hpp"
#include "libpsg/model/error.hpp"
#include "libpsg/workflow/cohort/name_pattern.hpp"

namespace psg::workflow {

namespace {

namespace fs = std::filesystem;

struct SheetRow : NightNames {
    int line = 0;
};

std::map<std::string, SheetRow> read_sheet(const std::string& path) {
    const io::TextTable table(io::read_text_file(path), path == "-" ? "standard input" : fs::path(path).filename().string(), io::Hash::text);
    const auto id = table.find({"id"});
    if (!id) throw DataError(table.name(), "has no column 'id' (its columns: " + table.column_list() + ")", "name the files without their ending in it");
    const auto person = table.find({"person"}), night = table.find({"night"}), visit = table.find({"visit"});
    if (!person && !night && !visit) throw DataError(table.name(), "has none of the columns person, night, visit");
    std::map<std::string, SheetRow> rows;
    for (std::size_t r = 0; r < table.row_count(); ++r) {
        const auto text = [&](const std::optional<std::size_t>& column) { return column ? table.text(r, *column) : std::string(); };
        if (!rows.emplace(text(id), SheetRow{{text(person), text(night), text(visit)}, table.line(r)}).second)
            table.fail(r, "the id '" + text(id) + "' stands there twice");
    }
    return rows;
}

}  // namespace

std::string some_names(const std::vector<std::string>& names) {
    constexpr std::size_t limit = 10;
    std::string text;
    for (std::size_t i = 0; i < names.size() && i < limit; ++i) text += (i ? ", " : "") + names[i];
    return names.size() > limit ? text + ", ..." : text;
}

std::vector<CohortNight> name_nights(const std::vector<std::string>& paths, const NamePatterns& patterns, Findings& findings,
                                     const std::map<std::string, NightNames>& told) {
    if (paths.empty()) throw UsageError("no night was given", "name files of psg-export");
    std::vector<CohortNight> nights;
    for (const std::string& path : paths) nights.push_back({path, fs::path(path).stem().string(), {}, {}, {}});
    std::stable_sort(nights.begin(), nights.end(), [](const CohortNight& a, const CohortNight& b) { return a.id < b.id; });
    for (std::size_t i = 1; i < nights.size(); ++i)
        if (nights[i].id == nights[i - 1].id)
            throw DataError(nights[i].path, "has the same name as " + nights[i - 1].path, "a cohort tells nights by the names of their files: rename one");

    std::map<std::string, SheetRow> sheet;
    if (!patterns.sheet.empty()) sheet = read_sheet(patterns.sheet);
    const char* const other_way = "change it, or give a --sheet";
    const NamePattern person("person-pattern", patterns.person, other_way), night("night-pattern", patterns.night, other_way),
        visit("visit-pattern", patterns.visit, other_way);
    std::vector<std::string> unknown;
    for (CohortNight& n : nights) {
        const auto known = told.find(n.id);
        const auto row = sheet.find(n.id);
        if (!patterns.sheet.empty() && row == sheet.end()) unknown.push_back(n.id);
        const auto choose = [&](std::string NightNames::*what, const NamePattern& pattern) {
            if (known != told.end() && !(known->second.*what).empty()) return known->second.*what;
            if (row != sheet.end() && !(row->second.*what).empty()) return row->second.*what;
            return pattern.in(n.id);
        };
        n.person = choose(&NightNames::person, person);
        n.night = choose(&NightNames::night, night);
        n.visit = choose(&NightNames::visit, visit);
    }
    if (!unknown.empty())
        findings.push_back({FindingCode::COHORT_UNMATCHED, std::to_string(unknown.size()) + " of " + std::to_string(nights.size()) +
                                                               " nights are not in the sheet: " + some_names(unknown)});
    std::vector<std::string> rows_left;
    std::set<std::string> ids;
    for (const CohortNight& n : nights) ids.insert(n.id);
    for (const auto& [id, row] : sheet)
        if (!ids.count(id)) rows_left.push_back(id + " (line " + std::to_string(row.line) + ")");
    if (!rows_left.empty())
        findings.push_back({FindingCode::COHORT_UNMATCHED, std::to_string(rows_left.size()) + " rows of the sheet have no night: " + some_names(rows_left)});
    return nights;
}

}  // namespace psg::workflow
