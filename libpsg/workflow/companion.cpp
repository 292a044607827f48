// Files of scorings that stand beside a recording and have its name.
// SPDX-License-Identifier: BSD-3-Clause
#include <algorithm>
#include <filesystem>

#include "libpsg/io/input_file.hpp"
#include "libpsg/workflow/scored_inputs.hpp"

namespace psg::workflow {

namespace {

namespace fs = std::filesystem;

// What follows the recording's name without its ending. The list is in libpsg/io/README.md, too.
constexpr const char* endings[] = {
    ".xml",           "-nsrr.xml",      "-profusion.xml", "_nsrr.xml",      "_profusion.xml", ".annot",
    ".eannot",        ".hypnogram.tsv", ".hypnogram.csv", ".hypnogram.txt", "_hypnogram.tsv", "_hypnogram.csv",
    "_hypnogram.txt", "-hypnogram.tsv", "-hypnogram.csv", "-hypnogram.txt", ".stages.tsv",    ".stages.csv",
    ".stages.txt",    "_stages.tsv",    "_stages.csv",    "_stages.txt",    ".hyp",           ".hyp.txt",
    ".hyp.csv",       ".hyp.tsv",       "_events.tsv",    "-Hypnogram.edf", "_hypnogram.edf", "_sleepscoring.edf"};

std::string stem_of(const std::string& recording) {
    std::string name = fs::path(recording).filename().string();
    for (const char* ending : {".gz", ".edf", ".EDF", ".bdf", ".BDF", ".rec", ".REC"})
        if (name.size() > std::string_view(ending).size() && name.ends_with(ending))
            name.resize(name.size() - std::string_view(ending).size());
    return name;
}

// "SC4001E0-PSG": the hypnogram differs in the last of the eight letters, "SC4001EC-Hypnogram.edf".
void add_sleep_edf(const fs::path& folder, const std::string& stem, std::vector<std::string>& names) {
    if (stem.size() != 12 || !stem.ends_with("-PSG")) return;
    std::error_code error;
    for (fs::directory_iterator entry(folder, error), end; !error && entry != end; entry.increment(error)) {
        const std::string name = entry->path().filename().string();
        if (name.size() == 22 && name.compare(0, 7, stem, 0, 7) == 0 && name.ends_with("-Hypnogram.edf"))
            names.push_back(name);
    }
    std::sort(names.begin(), names.end());
}

}  // namespace

std::vector<std::string> companion_files(const NightInputs& inputs) {
    std::vector<std::string> found;
    if (inputs.recordings.size() != 1) return found;
    const std::string& recording = inputs.recordings.front();
    const fs::path folder = fs::path(recording).has_parent_path() ? fs::path(recording).parent_path() : fs::path(".");
    const std::string stem = stem_of(recording);
    std::vector<std::string> names;
    add_sleep_edf(folder, stem, names);
    for (const char* ending : endings) names.push_back(stem + ending);
    if (stem.ends_with("_eeg")) names.push_back(stem.substr(0, stem.size() - 4) + "_events.tsv");  // BIDS
    for (const std::string& name : names) {
        const std::string path = (folder / name).string();
        std::error_code error;
        if (!fs::is_regular_file(path, error) || io::same_file(path, recording)) continue;
        const auto is_this = [&](const std::string& other) { return !other.empty() && io::same_file(path, other); };
        const bool given = is_this(inputs.hypnogram) || is_this(inputs.respiratory) || is_this(inputs.arousals) ||
                           is_this(inputs.movements) || is_this(inputs.event_map);
        const bool twice = std::any_of(found.begin(), found.end(), is_this);  // on file systems without upper case
        if (!given && !twice) found.push_back(path);
    }
    return found;
}

std::vector<NightFileOf> night_files(const NightInputs& in) {
    std::vector<NightFileOf> files;
    for (const std::string& f : in.recordings) files.push_back({"recording", f});
    for (const auto& [kind, f] : {std::pair{"hypnogram", in.hypnogram}, {"respiratory", in.respiratory}, {"arousals", in.arousals},
                                  {"movements", in.movements}, {"original", in.original}, {"scoring", in.scoring}})
        if (!f.empty()) files.push_back({kind, f});
    if (in.companion)
        for (const std::string& f : companion_files(in)) files.push_back({"companion", f});
    return files;
}

std::string companion_ending(const std::string& recording, const std::string& file) {
    const std::string stem = stem_of(recording), name = fs::path(file).filename().string();
    std::size_t same = 0;
    while (same < std::min(stem.size(), name.size()) && stem[same] == name[same]) ++same;
    return "*" + name.substr(same);
}

}  // namespace psg::workflow
