// psg-batch: the main job for many recordings, several at a time; nothing lost, nothing done twice.
// SPDX-License-Identifier: BSD-3-Clause
#include <fcntl.h>
#include <fmt/format.h>
#include <sys/file.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <chrono>
#include <cstring>
#include <filesystem>
#include <map>
#include <optional>
#include <set>
#include <thread>

#include "libpsg/export/text_rows.hpp"
#include "libpsg/io/output_file.hpp"
#include "libpsg/io/sha256.hpp"
#include "libpsg/model/error.hpp"
#include "libpsg/model/version.hpp"
#include "libpsg/workflow/batch/batch_state.hpp"
#include "libpsg/workflow/batch/batch_tables.hpp"
#include "libpsg/workflow/cohort/merge_nights.hpp"
#include "libpsg/workflow/export_night.hpp"
#include "libpsg/workflow/tables/night_tables.hpp"
#include "tools/cli/cohort_options.hpp"
#include "tools/cli/night_options.hpp"
#include "tools/cli/output.hpp"
#include "tools/cli/workers.hpp"

using namespace psg;
using workflow::BatchNight;
using workflow::Standing;

namespace {

// A file that all nights read.
struct MapFile {
    std::string option, path, sha256;
};

// One batch: what is to be done, and how.
struct Batch {
    std::string folder;
    std::vector<BatchNight> nights;        // of this shard
    workflow::Making common;               // of every night
    std::vector<MapFile> maps;
    workflow::ChosenModel model;
    events::DetectorChoice choice;
    bool keep_identity = false;
};

// A file that is locked while it lives: against a second batch on the same folder.
class Lock {
public:
    Lock(const std::string& path, bool shared, bool wait) : descriptor_(::open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0666)) {
        if (descriptor_ < 0) throw DataError(path, std::string("cannot be written: ") + std::strerror(errno));
        if (::flock(descriptor_, (shared ? LOCK_SH : LOCK_EX) | (wait ? 0 : LOCK_NB)) == 0) return;
        ::close(descriptor_);
        throw DataError(std::filesystem::path(path).parent_path().string(), "another psg-batch works in this folder", "wait for it (--wait), or give another folder");
    }
    ~Lock() { ::close(descriptor_); }
    Lock(const Lock&) = delete;
    Lock& operator=(const Lock&) = delete;

private:
    int descriptor_;
};

struct Shard {
    int number = 1, of = 1;
};

// Shards of another cut hold other nights: one night could be made twice at once. Everybody locks its own cut first, so that of two
// at least one sees the other.
void refuse_other_counts(const std::string& folder, int of) {
    const std::string own = ".lock-of-" + std::to_string(of);
    for (const auto& entry : std::filesystem::directory_iterator(folder)) {
        const std::string name = entry.path().filename().string();
        if (!name.starts_with(".lock-of-") || name == own) continue;
        for (int tries = 5;; --tries) try {  // another shard may just be looking, too
                const Lock free(entry.path().string(), false, false);
                break;
            } catch (const DataError&) {
                if (tries == 0) throw DataError(folder, "shards of another cut (" + name.substr(9) + ") work in this folder", "begin again when they have ended");
                std::this_thread::sleep_for(std::chrono::milliseconds(20));
            }
    }
}

Shard shard_choice(const cli::Arguments& arguments) {
    if (!arguments.has("shard")) return {};
    const std::string text = arguments.text("shard");
    const std::size_t slash = text.find('/');
    const auto number = [](const std::string& t) { return !t.empty() && t.size() < 7 && t.find_first_not_of("0123456789") == std::string::npos ? std::stoi(t) : 0; };
    const Shard shard{slash == std::string::npos ? 0 : number(text.substr(0, slash)), slash == std::string::npos ? 0 : number(text.substr(slash + 1))};
    if (shard.number < 1 || shard.number > shard.of) throw UsageError("'" + text + "' is no shard", "write --shard K/N with K from 1 to N");
    return shard;
}

int job_count(const cli::Arguments& arguments) {
    const double jobs = arguments.number("jobs", cli::processors());
    if (!(jobs >= 1 && jobs <= 1024 && jobs == static_cast<int>(jobs))) throw UsageError("--jobs is no number of workers from 1 to 1024");
    return static_cast<int>(jobs);
}

// What every result of these options depends on, but for its own inputs.
workflow::Making common_making(const cli::Arguments& arguments, const workflow::ChosenModel& model, const std::vector<MapFile>& maps) {
    workflow::Making making{{"version", std::string(version())}, {"table_format", std::to_string(workflow::table_format_version)}, {"model", model.sha256}};
    for (const MapFile& map : maps) making.emplace_back("content of --" + map.option, map.sha256);
    for (const char* option : {"stage-digits", "lights-off", "lights-on", "standard"})
        if (arguments.has(option)) making.emplace_back("--" + std::string(option), arguments.text(option));
    for (const char* option : {"position", "channel", "derive", "unit", "invert", "only", "set"})
        for (const std::string& value : arguments.texts(option)) making.emplace_back("--" + std::string(option), value);
    for (const char* option : {"strict", "no-companion", "keep-identity"})
        if (arguments.has(option)) making.emplace_back("--" + std::string(option), "given");
    return making;
}

// Files of the night with the options that hold for all.
void complete(BatchNight& night, const workflow::NightInputs& common, bool companion) {
    workflow::NightInputs in = common, own = night.inputs;
    in.recordings = own.recordings;
    in.hypnogram = own.hypnogram, in.respiratory = own.respiratory, in.arousals = own.arousals;
    in.movements = own.movements, in.original = own.original, in.scoring = own.scoring;
    if (!own.lights_off.empty()) in.lights_off = own.lights_off;
    if (!own.lights_on.empty()) in.lights_on = own.lights_on;
    in.companion = companion;
    in.assess_all = true;
    night.inputs = in;
}

std::string host_name() {
    char name[256] = "";
    ::gethostname(name, sizeof name - 1);
    return name;
}

// The job of one night, in its own process.
std::string run_night(const Batch& batch, const BatchNight& night) {
    const auto began = std::chrono::steady_clock::now();
    const auto making = workflow::making_of(night.inputs, batch.common);
    io::OutputFile result(workflow::result_path(batch.folder, night.id), true);
    const auto scored = workflow::export_night(night.inputs, batch.model, batch.choice, batch.keep_identity, result.temporary_path());
    const bool maps_changed = std::any_of(batch.maps.begin(), batch.maps.end(), [](const MapFile& map) { return workflow::sha256_of_file(map.path) != map.sha256; });
    if (maps_changed || workflow::making_of(night.inputs, batch.common) != making) throw DataError(night.inputs.recordings.front(), "an input was changed while it was read", "run the batch again");
    workflow::DoneNight done;
    done.making = making;
    done.inputs_sha256.assign(scored.opened.digests.begin(), scored.opened.digests.end());
    done.result_sha256 = workflow::sha256_of_file(result.temporary_path());
    std::set<std::string> codes;
    for (const Finding& f : scored.findings) codes.insert(std::string(code_name(f.code)));
    for (const std::string& code : codes) done.warnings += (done.warnings.empty() ? "" : " ") + code;
    done.host = host_name();
    done.seconds = fmt::format("{:.2f}", std::chrono::duration<double>(std::chrono::steady_clock::now() - began).count());
    // a result without its record is made again; a record without its result must not be
    std::filesystem::remove(workflow::done_path(batch.folder, night.id));
    result.commit();
    workflow::write_done(workflow::done_path(batch.folder, night.id), done);
    return {};
}

// "12 of 100 nights, 1 failed, 7.5 a minute, 12 min left" at a terminal.
class Progress {
public:
    Progress(const cli::Arguments& arguments, std::size_t all) : shown_(cli::shows_progress(arguments)), all_(all) {}
    void step(bool failed) {
        ++ended_;
        failed_ += failed;
        if (!shown_) return;
        const double minutes = std::chrono::duration<double>(std::chrono::steady_clock::now() - began_).count() / 60, rate = static_cast<double>(ended_) / minutes;
        cli::show_progress(fmt::format("{} of {} nights, {} failed, {:.1f} a minute, {:.0f} min left", ended_, all_, failed_, rate,
                                       static_cast<double>(all_ - ended_) / rate));
    }

private:
    bool shown_;
    std::size_t all_, ended_ = 0, failed_ = 0;
    std::chrono::steady_clock::time_point began_ = std::chrono::steady_clock::now();
};

// One of other nights would be taken for that of these; it is kept under another name.
void set_cohort_aside(const std::string& path) {
    std::error_code error;
    std::filesystem::rename(path, path.substr(0, path.size() - 3) + "-before.h5", error);
}

// DIR/cohort.h5 of all results; what went wrong in words, empty if nothing.
std::string merge(const cli::Arguments& arguments, const Batch& batch, const std::vector<Standing>& standing) {
    const std::string path = batch.folder + "/cohort.h5";
    try {
        Findings findings;
        const auto nights = workflow::cohort_nights(batch.folder, batch.nights, standing, cli::name_patterns(arguments), findings);
        if (nights.empty()) {
            const bool there = std::filesystem::exists(path);
            set_cohort_aside(path);
            return there ? "no night has a result; the one before is cohort-before.h5 now" : "no night has a result";
        }
        workflow::MergeOptions options;
        options.allow_mixed = arguments.has("allow-mixed");
        options.progress = cli::progress(arguments);
        io::OutputFile file(path, true);
        workflow::merge_nights(nights, options, findings, file.temporary_path());
        file.commit();
        cli::say_findings(arguments, findings);
        return {};
    } catch (const DataError& e) {
        set_cohort_aside(path);
        return std::string(e.what()) + (std::filesystem::exists(path.substr(0, path.size() - 3) + "-before.h5") ? "; the one before is cohort-before.h5 now" : "");
    }
}

// What would be done, and why.
int dry_run(const cli::Arguments& arguments, const Batch& batch) {
    std::vector<std::string> id, action, reason;
    for (const BatchNight& night : batch.nights) {
        std::string why, what;
        try {
            why = workflow::why_run(batch.folder, night.id, night.inputs, workflow::making_of(night.inputs, batch.common), arguments.has("verify"));
        } catch (const DataError& e) {
            why = e.what();
            what = "fail";
        }
        id.push_back(night.id);
        action.push_back(!what.empty() ? what : why.empty() ? "keep" : "run");
        reason.push_back(why);
    }
    Table t{"plan", "what would be done"};
    t.add("id", "", "", std::move(id)).add("action", "", "run, keep, or fail", std::move(action)).add("reason", "", "", std::move(reason));
    cli::print_table(arguments, t);
    return cli::exit_fine;
}

// A recording that stands there twice, told before hours of work end without a cohort.
void say_same_files(const cli::Arguments& arguments, const std::vector<BatchNight>& nights) {
    std::map<std::string, std::string> first;
    std::error_code error;
    for (const BatchNight& n : nights) {
        const std::string file = std::filesystem::weakly_canonical(n.inputs.recordings.front(), error).string();
        if (const auto [known, fresh] = first.emplace(file, n.id); !fresh && !error)
            cli::say(arguments, fmt::format("{} and {} are the same file: without --allow-mixed there will be no cohort.h5", known->second, n.id));
    }
}

// Results of nights that are no longer asked for: `nights/*.h5` would take them in.
void say_strays(const cli::Arguments& arguments, const Batch& batch) {
    std::set<std::string> mine;
    for (const BatchNight& n : batch.nights) mine.insert(n.id + ".h5");
    std::vector<std::string> strays;
    for (const auto& entry : std::filesystem::directory_iterator(batch.folder + "/nights")) {
        const std::string name = entry.path().filename().string();
        if (name.ends_with(".h5") && !mine.count(name)) strays.push_back(name);
    }
    std::sort(strays.begin(), strays.end());
    if (!strays.empty()) cli::say(arguments, fmt::format("nights/ holds {} results that are not of this batch: {}", strays.size(), workflow::some_names(strays)));
}

Batch set_up(const cli::Arguments& arguments, const Shard& shard) {
    Batch batch;
    batch.folder = arguments.text("output");
    if (batch.folder.empty()) throw UsageError("no folder for results was given", "write -o DIR");
    batch.model = workflow::choose_model(arguments.text("model"));
    batch.choice = cli::detector_choice(arguments);
    batch.keep_identity = arguments.has("keep-identity");
    for (const char* option : {"event-map", "channel-map"})
        if (arguments.has(option)) batch.maps.push_back({option, arguments.text(option), workflow::sha256_of_file(arguments.text(option))});
    batch.common = common_making(arguments, batch.model, batch.maps);
    const auto common = cli::common_night_inputs(arguments);
    batch.nights = workflow::shard_of(workflow::batch_nights(arguments.texts("source")), shard.number, shard.of);
    for (BatchNight& night : batch.nights) complete(night, common, !arguments.has("no-companion"));
    Findings later;  // told when the cohort is made; a wrong pattern or sheet is better known before hours of work
    workflow::cohort_nights(batch.folder, batch.nights, std::vector<Standing>(batch.nights.size()), cli::name_patterns(arguments), later);
    return batch;
}

int run(const cli::Arguments& arguments) {
    const Shard shard = shard_choice(arguments);
    const bool whole = shard.of == 1;
    const int jobs = job_count(arguments);
    const Batch batch = set_up(arguments, shard);
    if (arguments.has("dry-run") && arguments.has("no-run")) throw UsageError("--dry-run and --no-run do not go together", "leave out one of them");
    if (arguments.has("dry-run")) return dry_run(arguments, batch);
    if (whole && !arguments.has("allow-mixed")) say_same_files(arguments, batch.nights);
    std::filesystem::create_directories(batch.folder + "/nights");
    std::filesystem::create_directories(batch.folder + "/done");
    const std::string part = whole ? "" : fmt::format("-{}-of-{}", shard.number, shard.of);
    const bool wait = arguments.has("wait");
    const Lock lock(batch.folder + "/.lock", !whole, wait), own(batch.folder + "/.lock" + (whole ? "-whole" : part), false, wait);
    const std::optional<Lock> same_count = whole ? std::nullopt : std::make_optional<Lock>(batch.folder + "/.lock-of-" + std::to_string(shard.of), true, wait);
    if (!whole) refuse_other_counts(batch.folder, shard.of);
    std::vector<std::string> swept{"log" + part + ".tsv", "failed" + part + ".tsv"};
    if (whole) swept.push_back("cohort.h5");
    workflow::sweep_temporaries(batch.folder, batch.nights, swept);

    std::vector<Standing> standing(batch.nights.size());
    std::vector<std::size_t> to_run;
    for (std::size_t i = 0; i < batch.nights.size(); ++i) {
        const BatchNight& night = batch.nights[i];
        try {
            standing[i] = {"kept", workflow::why_run(batch.folder, night.id, night.inputs, workflow::making_of(night.inputs, batch.common), arguments.has("verify"))};
            if (standing[i].reason.empty()) continue;
            if (arguments.has("no-run")) standing[i] = {"failed", "not run: " + standing[i].reason};
            else to_run.push_back(i);
        } catch (const DataError& e) {
            standing[i] = {"failed", e.what()};
        }
    }
    Progress progress(arguments, to_run.size());
    cli::run_jobs(
        to_run.size(), jobs, [&](std::size_t k) { return run_night(batch, batch.nights[to_run[k]]); },
        [&](std::size_t k, const cli::JobEnd& end) {
            Standing& s = standing[to_run[k]];
            s = {end.fine ? "done" : "failed", end.fine ? s.reason : end.words};
            if (!end.fine) {
                workflow::sweep_temporaries(batch.folder, {batch.nights[to_run[k]]}, {});
                cli::print_words("psg-batch: " + batch.nights[to_run[k]].id + ": " + end.words + "\n");
            }
            progress.step(!end.fine);
        },
        [&] { workflow::sweep_temporaries(batch.folder, batch.nights, swept); });

    const Table failed = workflow::failed_table(batch.nights, standing);
    io::write_text_file(batch.folder + "/log" + part + ".tsv", exports::to_tsv(workflow::log_table(batch.folder, batch.nights, standing)), true);
    io::write_text_file(batch.folder + "/failed" + part + ".tsv", exports::to_tsv(failed), true);
    if (whole) say_strays(arguments, batch);
    std::string not_merged;
    if (whole) not_merged = merge(arguments, batch, standing);
    if (!not_merged.empty()) cli::print_words("psg-batch: there is no cohort.h5: " + not_merged + "\n");
    std::size_t kept = 0;
    for (const Standing& s : standing) kept += s.status == "kept";
    cli::say(arguments, fmt::format("{} nights: {} done, {} kept, {} failed", standing.size(), standing.size() - kept - failed.rows(), kept, failed.rows()));
    if (whole && failed.rows() == standing.size()) return cli::exit_data;
    return failed.rows() > 0 || !not_merged.empty() ? cli::exit_partial : cli::exit_fine;
}

}  // namespace

int main(int argc, char** argv) {
    using cli::po::value;
    cli::Tool tool;
    tool.name = "psg-batch";
    tool.summary = "psg-export for many recordings: several at a time, each once, and one cohort file";
    tool.usage = "psg-batch [OPTIONS] FOLDER|PATTERN|MANIFEST... -o DIR";
    tool.notes = "Writes DIR/nights/ID.h5, DIR/cohort.h5, DIR/log.tsv and DIR/failed.tsv. Run again, it makes what is missing, failed, damaged, or\n"
                 "made from other inputs, options or versions, and keeps the rest. A manifest (.tsv, .csv) has columns id, path and, if wanted,\n"
                 "hypnogram, respiratory, arousals, movements, original, scoring, lights_off, lights_on, person, night, visit.\n"
                 "A shard writes no cohort file: --no-run does when all are done.";
    tool.example = "psg-batch sample_data -o results";
    tool.positional = "source";
    tool.positional_limit = -1;
    tool.run = run;
    tool.options.add_options()("output,o", value<std::string>()->value_name("DIR"), "folder for results, made if it is not there")(
        "jobs,j", value<std::string>()->value_name("N"), "nights at once, each a process (default: processors)")(
        "shard", value<std::string>()->value_name("K/N"), "every N-th night, beginning with the K-th")(
        "dry-run", "print what would be run, and why; write nothing")(
        "no-run", "run nothing: log, failed nights and cohort of what there is")("wait", "wait for another psg-batch on the same folder or shard to end")("verify", "read inputs of finished nights again, too, and compare their digests")(
        "keep-identity", "write patient, start date and free header texts, too");
    cli::add_cohort_options(tool.options);
    cli::add_common_night_options(tool.options);
    cli::add_companion_option(tool.options);
    cli::add_detector_options(tool.options);
    cli::add_model_option(tool.options);
    return cli::main_of(std::move(tool), argc, argv);
}
