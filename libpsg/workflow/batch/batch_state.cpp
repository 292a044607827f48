// What a batch remembers of each night.
// SPDX-License-Identifier: BSD-3-Clause
//
// The record of a night is lines of KIND, tab, NAME, tab, VALUE; the last line tells that it is whole.
#include "libpsg/workflow/batch/batch_state.hpp"

#include <sys/stat.h>

#include <algorithm>
#include <cerrno>
#include <cstdio>
#include <filesystem>
#include <iterator>
#include <map>
#include <memory>
#include <set>
#include <system_error>

#include "libpsg/export/hdf5_tables.hpp"
#include "libpsg/io/input_file.hpp"
#include "libpsg/io/output_file.hpp"
#include "libpsg/io/sha256.hpp"
#include "libpsg/model/error.hpp"
#include "libpsg/workflow/scored_inputs.hpp"

namespace psg::workflow {

namespace fs = std::filesystem;

namespace {

constexpr const char* last_line = "end\t\t\n";

// Names and values have no place for tabs and line ends.
std::string one_line(std::string text) {
    std::replace_if(text.begin(), text.end(), [](char c) { return c == '\t' || c == '\n' || c == '\r'; }, ' ');
    return text;
}

std::string row(const std::string& kind, const std::string& name, const std::string& value) {
    return kind + "\t" + one_line(name) + "\t" + one_line(value) + "\n";
}

std::string content_sha256(const std::string& path) {
    const io::InputFile file(path);
    io::Sha256 sum;
    std::vector<unsigned char> bytes(1 << 20);
    std::int64_t at = 0;
    while (const std::size_t count = file.read_up_to(at, bytes)) {
        sum.update({bytes.data(), count});
        at += static_cast<std::int64_t>(count);
    }
    return sum.finish();
}

bool is_recording(const std::string& kind) { return kind == "recording" || kind.starts_with("recording "); }

// The digests of the recordings that a result tells that it was made of.
std::multiset<std::string> recording_digests(const std::string& result) {
    const Table provenance = exports::read_hdf5_table(result, "provenance");
    const auto column = [&](const char* name) -> const std::vector<std::string>& {
        const Column* c = provenance.find(name);
        const auto* texts = c ? std::get_if<std::vector<std::string>>(&c->values) : nullptr;
        if (!texts) throw DataError(result, "its table provenance has no texts in column " + std::string(name), "give a file of psg-export");
        return *texts;
    };
    std::multiset<std::string> digests;
    for (std::size_t i = 0; i < provenance.rows(); ++i)
        if (column("kind")[i] == "input" && is_recording(column("name")[i])) digests.insert(column("value")[i]);
    return digests;
}

// The facts of a making that are about files of the night.
Making file_facts(const Making& making) {
    static const char* const kinds[] = {"recording", "hypnogram", "respiratory", "arousals", "movements", "original", "scoring", "companion"};
    Making facts;
    for (const auto& fact : making)
        if (std::any_of(std::begin(kinds), std::end(kinds), [&](const char* kind) { return fact.first.starts_with(std::string(kind) + " "); })) facts.push_back(fact);
    return facts;
}

// A file whose bytes, unpacked, are none of those that were read then.
std::string changed_content(const NightInputs& inputs, const DoneNight& done) {
    std::map<std::string, std::set<std::string>> known;  // by kind; which part of a night is the first, the recordings tell
    for (const auto& [kind, digest] : done.inputs_sha256) known[is_recording(kind) ? "recording" : kind].insert(digest);
    for (const auto& [kind, path] : night_files(inputs)) {
        if (kind == "companion" && !known.count(kind)) continue;  // one of several, or nothing in it was of use
        if (!known[kind].count(content_sha256(path))) return "the content of " + path + " changed";
    }
    return {};
}

}  // namespace

Making making_of(const NightInputs& inputs, const Making& common) {
    Making making = common;
    for (const auto& [kind, path] : night_files(inputs)) {
        struct stat facts {};
        if (::stat(path.c_str(), &facts) != 0) throw DataError(path, "cannot be opened: " + std::generic_category().message(errno));
        std::error_code gone;
        making.emplace_back(kind + " " + fs::weakly_canonical(path, gone).string(), std::to_string(facts.st_size) + " bytes, changed " + std::to_string(facts.st_mtim.tv_sec) + "." + std::to_string(facts.st_mtim.tv_nsec));
    }
    making.emplace_back("lights_off", inputs.lights_off);
    making.emplace_back("lights_on", inputs.lights_on);
    for (auto& [name, value] : making) name = one_line(name), value = one_line(value);
    return making;
}

std::string result_path(const std::string& folder, const std::string& id) { return folder + "/nights/" + id + ".h5"; }
std::string done_path(const std::string& folder, const std::string& id) { return folder + "/done/" + id + ".tsv"; }

void write_done(const std::string& path, const DoneNight& done) {
    std::string text;
    for (const auto& [name, value] : done.making) text += row("making", name, value);
    text += row("result", "sha256", done.result_sha256);
    for (const auto& [name, value] : done.inputs_sha256) text += row("sha256", name, value);
    text += row("run", "seconds", done.seconds) + row("run", "host", done.host) + row("run", "warnings", done.warnings);
    io::write_text_file(path, text + last_line, true);
}

std::optional<DoneNight> read_done(const std::string& path) {
    std::error_code error;
    if (!fs::is_regular_file(path, error)) return std::nullopt;
    std::string text;
    try {
        text = io::read_text_file(path);
    } catch (const Error&) {
        return std::nullopt;
    }
    if (!text.ends_with(last_line)) return std::nullopt;
    DoneNight done;
    for (std::size_t from = 0; from < text.size();) {
        const std::size_t end = std::min(text.find('\n', from), text.size());
        const std::string line = text.substr(from, end - from);
        from = end + 1;
        const std::size_t first = line.find('\t'), second = first == std::string::npos ? first : line.find('\t', first + 1);
        if (second == std::string::npos) return std::nullopt;
        const std::string kind = line.substr(0, first), name = line.substr(first + 1, second - first - 1), value = line.substr(second + 1);
        if (kind == "making") done.making.emplace_back(name, value);
        else if (kind == "sha256") done.inputs_sha256.emplace_back(name, value);
        else if (kind == "result") done.result_sha256 = value;
        else if (kind == "run") (name == "seconds" ? done.seconds : name == "host" ? done.host : done.warnings) = value;
    }
    return done;
}

std::string sha256_of_file(const std::string& path) {
    // not by io::InputFile, which would unpack
    const std::unique_ptr<std::FILE, int (*)(std::FILE*)> file(std::fopen(path.c_str(), "rb"), std::fclose);
    if (!file) throw DataError(path, "cannot be opened: " + std::generic_category().message(errno));
    io::Sha256 sum;
    std::vector<unsigned char> bytes(1 << 20);
    while (const std::size_t count = std::fread(bytes.data(), 1, bytes.size(), file.get())) sum.update({bytes.data(), count});
    if (std::ferror(file.get())) throw DataError(path, "cannot be read");
    return sum.finish();
}

std::string why_run(const std::string& folder, const std::string& id, const NightInputs& inputs, const Making& making, bool verify) {
    const auto done = read_done(done_path(folder, id));
    if (!done) return "new";
    const auto differs = [&](const Making& a, const Making& b) -> std::string {
        for (const auto& fact : a)
            if (std::find(b.begin(), b.end(), fact) == b.end()) return fact.first;
        return {};
    };
    for (const std::string& name : {differs(making, done->making), differs(done->making, making)})
        if (!name.empty()) return name + " changed";
    for (std::size_t i = 0; i < making.size(); ++i)  // the last of several may win
        if (i >= done->making.size() || making[i] != done->making[i]) return "the order of " + making[i].first + " changed";
    if (making.size() != done->making.size()) return "the number of options changed";
    const std::string result = result_path(folder, id);
    std::error_code error;
    if (!fs::is_regular_file(result, error)) return "the result is missing";
    if (sha256_of_file(result) != done->result_sha256) return "the result is damaged";
    return verify ? changed_content(inputs, *done) : std::string();
}

std::string why_foreign(const std::string& result, const BatchNight& night) {
    try {
        const fs::path nights = fs::canonical(result).parent_path();
        const auto done = nights.filename() == "nights" ? read_done(done_path(nights.parent_path().string(), night.id)) : std::nullopt;
        if (done) {
            if (done->result_sha256 != sha256_of_file(result)) return "it is not the one that its record is about";
            NightInputs inputs = night.inputs;
            inputs.companion = std::none_of(done->making.begin(), done->making.end(), [](const auto& fact) { return fact.first == "--no-companion"; });
            const Making now = making_of(inputs, {}), then = file_facts(done->making), files = file_facts(now);
            for (std::size_t i = 0; i < std::max(files.size(), then.size()); ++i)
                if (i >= then.size() || i >= files.size() || files[i] != then[i]) return (i < files.size() ? files[i] : then[i]).first + " changed since it was made";
            for (const auto& fact : now)  // marks of the manifest itself; others are options
                if (fact.first.starts_with("lights_") && !fact.second.empty() && std::find(done->making.begin(), done->making.end(), fact) == done->making.end())
                    return fact.first + " changed since it was made";
            return {};
        }
        std::multiset<std::string> here;
        for (const std::string& path : night.inputs.recordings) here.insert(content_sha256(path));
        return here == recording_digests(result) ? "" : "it was made of another recording than " + night.inputs.recordings.front();
    } catch (const DataError& e) {
        return e.what();
    } catch (const fs::filesystem_error& e) {
        return e.code().message();
    }
}

std::size_t sweep_temporaries(const std::string& folder, const std::vector<BatchNight>& nights, const std::vector<std::string>& files) {
    std::set<std::string> names;
    for (const std::string& file : files) names.insert(folder + "/" + file);
    for (const BatchNight& n : nights) {
        names.insert(result_path(folder, n.id));
        names.insert(done_path(folder, n.id));
    }
    std::size_t removed = 0;
    std::error_code error;
    for (const char* sub : {"", "/nights", "/done"})
        for (const auto& entry : fs::directory_iterator(folder + sub, error)) {
            const std::string name = entry.path().string();  // NAME.XXXXXX.tmp, see io::OutputFile
            constexpr std::size_t ending = 11;
            if (name.ends_with(".tmp") && name.size() > ending && names.count(name.substr(0, name.size() - ending)))
                removed += fs::remove(entry.path(), error);
        }
    return removed;
}

}  // namespace psg::workflow
