// A list of nights with the files that belong to each.
// SPDX-License-Identifier: BSD-3-Clause
#include "libpsg/workflow/night_list.hpp"

#include <algorithm>
#include <filesystem>
#include <map>
#include <set>

#include "libpsg/io/input_file.hpp"
#include "libpsg/io/text/text_table.hpp"
#include "libpsg/model/error.hpp"

namespace psg::workflow {

namespace fs = std::filesystem;

std::string listed_file(const std::string& list, const std::string& cell) {
    if (cell.empty() || cell == "." || cell == "n/a") return {};
    return ((list == "-" ? fs::path() : fs::path(list).parent_path()) / cell).string();
}

NightList read_night_list(const std::string& path) {
    const std::string text = io::read_text_file(path);
    const io::TextTable table(text, path == "-" ? "standard input" : fs::path(path).filename().string());
    const auto file = [&](const std::string& cell) { return listed_file(path, cell); };
    NightList list;
    const auto night = table.find({"night"}), recording = table.find({"recording"}), person = table.find({"person"});
    std::vector<std::size_t> others;
    for (std::size_t c = 0; c < table.columns().size(); ++c)
        if (c != night && c != recording && c != person) {
            others.push_back(c);
            list.columns.push_back(table.columns()[c]);
        }
    std::set<std::string> names;
    for (std::size_t row = 0; row < table.row_count(); ++row) {
        ListedNight n;
        n.line = table.line(row);
        if (recording) n.recording = file(table.text(row, *recording));
        if (person) n.person = table.text(row, *person);
        for (const std::size_t c : others) n.files.push_back(file(table.text(row, c)));
        const auto any = std::find_if(n.files.begin(), n.files.end(), [](const std::string& f) { return !f.empty(); });
        const std::string& first = !n.recording.empty() || any == n.files.end() ? n.recording : *any;
        if (first.empty()) table.fail(row, "no file is named");
        n.name = night ? table.text(row, *night) : fs::path(first).filename().string();
        if (!names.insert(n.name).second) table.fail(row, "the night '" + n.name + "' stands there twice", "give a column 'night' with other names");
        list.nights.push_back(std::move(n));
    }
    if (list.nights.empty()) throw DataError(table.name(), "there is no night in the list");
    return list;
}

void check_files_stand_once(const NightList& list, const std::string& path) {
    std::map<fs::path, const ListedNight*> seen;
    const auto check = [&](const std::string& file, const ListedNight& night) {
        if (file.empty()) return;
        std::error_code unknown;
        const fs::path real = fs::weakly_canonical(file, unknown);
        const auto [earlier, is_new] = seen.emplace(unknown ? fs::path(file) : real, &night);
        if (is_new || earlier->second == &night) return;
        throw DataError((path == "-" ? "standard input" : fs::path(path).filename().string()) + " line " + std::to_string(night.line),
                        "the file '" + fs::path(file).filename().string() + "' of the night '" + night.name + "' stands at line " +
                            std::to_string(earlier->second->line) + ", too, for the night '" + earlier->second->name + "'",
                        "name it once: it would count as two nights");
    };
    for (const ListedNight& night : list.nights) {
        check(night.recording, night);
        for (const std::string& file : night.files) check(file, night);
    }
}

}  // namespace psg::workflow
