// The recordings of a batch.
// SPDX-License-Identifier: BSD-3-Clause
#include "libpsg/workflow/batch/batch_list.hpp"

#include <glob.h>

#include <algorithm>
#include <filesystem>
#include <memory>
#include <set>

#include "libpsg/io/input_file.hpp"
#include "libpsg/io/text/ascii_text.hpp"
#include "libpsg/io/text/text_table.hpp"
#include "libpsg/model/error.hpp"
#include "libpsg/workflow/night_list.hpp"

namespace psg::workflow {

namespace fs = std::filesystem;

namespace {

// "night" of "night.edf.gz"; empty if the name is not that of a recording.
std::string stem_of_recording(const std::string& name) {
    const std::string small = io::lower_case(name);
    for (const char* ending : {".edf", ".bdf", ".rec"})
        for (const char* packed : {"", ".gz"}) {
            const std::string end = std::string(ending) + packed;
            if (small.size() > end.size() && small.ends_with(end)) return name.substr(0, name.size() - end.size());
        }
    return {};
}

bool is_manifest(const std::string& path) {
    const std::string ending = io::lower_case(fs::path(path).extension().string());
    return ending == ".tsv" || ending == ".csv" || ending == ".txt";
}

BatchNight of_file(const fs::path& path, const fs::path& below) {
    BatchNight night;
    const fs::path place = below.empty() ? path.filename() : path.lexically_relative(below);
    const std::string stem = stem_of_recording(place.filename().string());
    night.id = (place.parent_path() / (stem.empty() ? place.stem().string() : stem)).generic_string();
    std::replace(night.id.begin(), night.id.end(), '/', '-');
    night.inputs.recordings = {path.string()};
    return night;
}

// Folders that are linked come behind the others: a night's place is that of the real one. `seen`: links may lead in circles.
void add_folder(const fs::path& folder, const fs::path& below, std::set<fs::path>& seen, std::vector<BatchNight>& nights) {
    std::error_code error;
    std::vector<fs::path> links;
    seen.insert(fs::canonical(folder, error));
    fs::recursive_directory_iterator it(folder, error), end;
    for (; !error && it != end; it.increment(error)) {
        const fs::path path = it->path();
        const std::string name = path.filename().string();
        std::error_code broken;  // a link that leads nowhere
        const bool linked = it->is_symlink(broken), inner = it->is_directory(broken);
        if (name.starts_with(".")) {
            if (inner && !linked) it.disable_recursion_pending();
        } else if (inner) {
            if (linked) links.push_back(path);
            else if (!seen.insert(fs::canonical(path, broken)).second) it.disable_recursion_pending();
        } else if (!stem_of_recording(name).empty() && it->is_regular_file(broken)) {
            nights.push_back(of_file(path, below));
        }
    }
    if (error) throw DataError(folder.string(), "the folder cannot be read: " + error.message());
    std::sort(links.begin(), links.end());
    for (const fs::path& link : links)
        if (!seen.count(fs::canonical(link, error))) add_folder(link, below, seen, nights);
}

void add_wildcards(const std::string& pattern, std::vector<BatchNight>& nights) {
    glob_t found{};
    const std::unique_ptr<glob_t, void (*)(glob_t*)> freed(&found, ::globfree);
    if (::glob(pattern.c_str(), 0, nullptr, &found) != 0) throw UsageError("no file is named like " + pattern);
    for (std::size_t i = 0; i < found.gl_pathc; ++i) nights.push_back(of_file(found.gl_pathv[i], {}));
}

void add_manifest(const std::string& path, std::vector<BatchNight>& nights) {
    const std::string text = io::read_text_file(path);
    const io::TextTable table(text, fs::path(path).filename().string(), io::Hash::text);  // a recording may be called #12
    const auto file = [&](const std::string& cell) { return listed_file(path, cell); };
    for (std::size_t row = 0; row < table.row_count(); ++row) {
        BatchNight night;
        NightInputs& in = night.inputs;
        for (std::size_t c = 0; c < table.columns().size(); ++c) {
            const std::string& name = table.columns()[c];
            const std::string cell = table.text(row, c);
            if (name == "id") night.id = cell;
            else if (name == "path" || name == "recording") {
                std::error_code error;
                const bool whole = fs::exists(file(cell), error);  // one file with " + " in its name
                for (std::size_t from = 0; from <= cell.size();) {
                    const std::size_t plus = whole ? cell.size() : std::min(cell.find(" + ", from), cell.size());
                    if (const std::string part = file(cell.substr(from, plus - from)); !part.empty()) in.recordings.push_back(part);
                    from = plus + 3;
                }
            } else if (name == "hypnogram") in.hypnogram = file(cell);
            else if (name == "respiratory") in.respiratory = file(cell);
            else if (name == "arousals") in.arousals = file(cell);
            else if (name == "movements") in.movements = file(cell);
            else if (name == "original") in.original = file(cell);
            else if (name == "scoring") in.scoring = file(cell);
            else if (name == "lights_off") in.lights_off = cell;
            else if (name == "lights_on") in.lights_on = cell;
            else if (name == "person") night.person = cell;
            else if (name == "night") night.night = cell;
            else if (name == "visit") night.visit = cell;
            else table.fail(row, "the column '" + name + "' means nothing", "name it id, path, hypnogram, respiratory, arousals, movements, original, scoring, lights_off, lights_on, person, night or visit");
        }
        if (in.recordings.empty()) table.fail(row, "no recording is named", "give a column 'path'");
        if (night.id.empty()) night.id = of_file(in.recordings.front(), {}).id;
        if (night.id.starts_with(".") || night.id.size() > 200 || std::any_of(night.id.begin(), night.id.end(), [](char c) { return c == '/' || static_cast<unsigned char>(c) < ' '; }))
            table.fail(row, "the id '" + night.id + "' cannot be the name of a file", "give another id");
        nights.push_back(std::move(night));
    }
}

}  // namespace

std::vector<BatchNight> batch_nights(const std::vector<std::string>& sources) {
    std::vector<BatchNight> nights;
    for (const std::string& source : sources) {
        if (std::set<fs::path> seen; fs::is_directory(source)) add_folder(source, source, seen, nights);
        else if (is_manifest(source)) add_manifest(source, nights);
        else if (fs::is_regular_file(source)) nights.push_back(of_file(source, {}));
        else add_wildcards(source, nights);
    }
    if (nights.empty()) throw UsageError("there is no recording in " + (sources.empty() ? std::string("nothing") : sources.front()), "give a folder, a pattern or a manifest");
    std::stable_sort(nights.begin(), nights.end(), [](const BatchNight& a, const BatchNight& b) { return a.id < b.id; });
    for (std::size_t i = 1; i < nights.size(); ++i)
        if (nights[i].id == nights[i - 1].id)
            throw DataError(nights[i].inputs.recordings.front(), "has the same id as " + nights[i - 1].inputs.recordings.front() + ": '" + nights[i].id + "'",
                            "give a manifest with columns id and path");
    return nights;
}

std::vector<BatchNight> shard_of(const std::vector<BatchNight>& nights, int shard, int shards) {
    std::vector<BatchNight> mine;
    for (std::size_t i = static_cast<std::size_t>(shard - 1); i < nights.size(); i += static_cast<std::size_t>(shards)) mine.push_back(nights[i]);
    return mine;
}

}  // namespace psg::workflow
