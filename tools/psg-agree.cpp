// psg-agree: how far two or more scorers agree on the stages of nights, or on their events.
// SPDX-License-Identifier: BSD-3-Clause
#include <algorithm>
#include <filesystem>

#include "libpsg/model/error.hpp"
#include "libpsg/workflow/agreement/night_events_agreement.hpp"
#include "libpsg/workflow/agreement/compared_night.hpp"
#include "libpsg/workflow/agreement/nights_agreement.hpp"
#include "libpsg/workflow/scored_file.hpp"
#include "libpsg/workflow/scoring_options.hpp"
#include "tools/cli/output.hpp"

using namespace psg;

// Names of the columns: the files' names, or the paths where two are alike.
static std::vector<std::string> names_of(const std::vector<std::string>& files) {
    std::vector<std::string> names;
    for (const std::string& f : files) names.push_back(f == "-" ? "stdin" : std::filesystem::path(f).filename().string());
    for (const std::string& n : names)
        if (std::count(names.begin(), names.end(), n) > 1) return files;
    return names;
}

static stats::Bootstrap bootstrap_of(const cli::Arguments& arguments) {
    stats::Bootstrap bootstrap;
    const double draws = arguments.number("draws", bootstrap.draws), block = arguments.number("block", 20);
    if (!(draws >= 0 && draws <= 100000)) throw UsageError("--draws takes 0 to 100000");
    if (!(block >= 1 && block <= 10000)) throw UsageError("--block takes 1 to 10000 epochs");
    bootstrap.draws = static_cast<int>(draws);
    bootstrap.block = static_cast<std::size_t>(block);
    return bootstrap;
}

static io::ScoringUse event_use(const std::string& text) {
    for (const io::EventUse& e : io::event_uses)
        if (e.word == text) return e.use;
    throw UsageError("'" + text + "' are no events", "give movements, respiratory or arousals");
}

static double least_overlap(const cli::Arguments& arguments) {
    const double overlap = arguments.number("overlap", 0);
    if (!(overlap >= 0 && overlap <= 1)) throw UsageError("--overlap takes 0 to 1");
    return overlap;
}

static int compare_events(const cli::Arguments& arguments, const std::vector<std::string>& files, io::ScoringOptions options) {
    if (files.size() != 2) throw UsageError("--events compares two files");
    options.use = event_use(arguments.text("events"));
    const Recording recording = workflow::recording_of(arguments.text("recording"));
    Findings findings;
    const auto events = [&](const std::string& file) {
        return workflow::read_scoring(file, recording, options, findings).*io::event_use(options.use).events;
    };
    workflow::ScorerEvents night{"", events(files[0]), events(files[1])};
    const auto names = names_of(files);
    for (const bool second : {false, true})
        if ((second ? night.other : night.reference).empty())
            cli::say(arguments, workflow::no_events_words(names[second ? 1 : 0], options.use));
    cli::say_findings(arguments, findings);
    cli::write_table(arguments, workflow::event_agreement_table({night}, least_overlap(arguments), bootstrap_of(arguments)), files);
    return cli::exit_fine;
}

static int compare_nights(const cli::Arguments& arguments, const io::ScoringOptions& options) {
    if (!arguments.texts("scoring").empty()) throw UsageError("--nights names the scorings", "leave out the others");
    if (arguments.has("recording")) throw UsageError("--recording belongs into the list", "give it as a column 'recording'");
    const workflow::NightList list = workflow::read_night_list(arguments.text("nights"));
    std::vector<std::string> inputs{arguments.text("nights")}, failures, doubts;
    for (const workflow::ListedNight& n : list.nights) {
        inputs.push_back(n.recording);
        inputs.insert(inputs.end(), n.files.begin(), n.files.end());
    }
    const std::string table = arguments.has("table") ? arguments.text("table") : "agreement";
    if (table != "contents") workflow::check_files_stand_once(list, arguments.text("nights"));
    Findings findings;
    Table result;
    std::size_t used = list.nights.size();
    if (table == "contents") {
        result = workflow::contents_of_nights(list, options, failures);
    } else if (arguments.has("events")) {
        io::ScoringOptions for_events = options;
        for_events.use = event_use(arguments.text("events"));
        result = workflow::event_agreement_of_nights(list, for_events, least_overlap(arguments), bootstrap_of(arguments), findings, doubts, failures);
        used = failures.empty() || result.rows() > failures.size();
    } else {
        const workflow::NightsTogether nights(list, options, findings);
        failures = nights.failures();
        doubts = nights.doubts();
        used = nights.used();
        result = table == "agreement"   ? nights.agreement(bootstrap_of(arguments))
                 : table == "confusion" ? nights.confusion()
                 : table == "sleep"     ? nights.sleep()
                 : table == "nights"
                     ? nights.nights()
                     : throw UsageError("there is no table '" + table + "' of several nights",
                                        "give agreement, confusion, sleep, nights or contents");
    }
    cli::say_findings(arguments, findings);
    for (const std::string& d : doubts) cli::say(arguments, d);
    for (const std::string& f : failures) cli::print_words("psg-agree: not used: " + f + "\n");
    if (used == 0) throw DataError(arguments.text("nights"), "no night of the list can be used");
    cli::write_table(arguments, result, inputs);
    return failures.empty() ? cli::exit_fine : cli::exit_partial;
}

static int run(const cli::Arguments& arguments) {
    const auto options = workflow::scoring_options(arguments.text("event-map"), arguments.text("stage-digits"));
    if (arguments.has("nights")) return compare_nights(arguments, options);
    const auto files = arguments.texts("scoring");
    if (files.size() < 2) throw UsageError("two or more scorings are needed");
    if (std::count(files.begin(), files.end(), "-") > 1) throw UsageError("standard input (-) can be given once");
    if (arguments.has("events")) return compare_events(arguments, files, options);

    const stats::Bootstrap bootstrap = bootstrap_of(arguments);
    io::ScoringOptions of_stages = options;
    of_stages.use = io::ScoringUse::hypnogram;
    const Recording recording = workflow::recording_of(arguments.text("recording"));
    Findings findings;
    std::vector<workflow::ScorerStages> scorers;
    const auto names = names_of(files);
    for (std::size_t i = 0; i < files.size(); ++i) {
        const io::Scoring s = workflow::read_scoring(files[i], recording, of_stages, findings);
        scorers.push_back({names[i], *s.hypnogram, s.lights_off, s.lights_on});
    }
    const workflow::ScoredTogether night(std::move(scorers));
    findings.insert(findings.end(), night.findings().begin(), night.findings().end());
    if (bootstrap.draws > 0 && bootstrap.block >= night.stages().front().size())
        findings.push_back({.code = FindingCode::AGREEMENT_INTERVAL,
                            .message = "a block of " + std::to_string(bootstrap.block) + " epochs is as long as the night (" +
                                       std::to_string(night.stages().front().size()) + ")",
                            .repair = "there are no intervals; give a shorter --block"});
    cli::say_findings(arguments, findings);
    const std::string table = arguments.has("table") ? arguments.text("table") : "agreement";
    if (table == "agreement")
        cli::write_table(arguments, night.agreement(bootstrap), files);
    else if (table == "confusion")
        cli::write_table(arguments, night.confusion(), files);
    else if (table == "epochs")
        cli::write_table(arguments, night.epochs(), files);
    else if (table == "sleep")
        cli::write_table(arguments, night.sleep(), files);
    else
        throw UsageError("there is no table '" + table + "' of one night", "give agreement, confusion, epochs or sleep");
    return cli::exit_fine;
}

int main(int argc, char** argv) {
    using cli::po::value;
    cli::Tool tool;
    tool.name = "psg-agree";
    tool.summary = "compares scorings of one night or of several: stages of two or more scorers, or events of two";
    tool.usage = "psg-agree [OPTIONS] REFERENCE OTHER [MORE...]\n       psg-agree [OPTIONS] --nights LIST";
    tool.notes = "The earlier scoring of a pair is the reference. With three or more, each is also compared with the consensus\n"
                 "of the others. Intervals are 95 % by a block bootstrap. A scoring is an HDF5 file of psg-export or psg-stage, or of\n"
                 "any format that psg-stage --hypnogram takes.\n"
                 "LIST names the files of several nights: a table with columns night, recording (both may be missing) and one for\n"
                 "each scorer. Nights that cannot be read are told, and the exit code is then 3.";
    tool.example = "psg-stage sample_data/night.edf | psg-agree sample_data/night.hypnogram.tsv -";
    tool.positional = "scoring";
    tool.positional_limit = -1;
    tool.run = run;
    tool.options.add_options()("table", value<std::string>()->value_name("NAME"),
                               "agreement (default), confusion, epochs (with the consensus), sleep (statistics side by side; of several nights:\n"
                               "bias and limits of agreement), nights (statistics of each night), contents (what the files hold)")(
        "nights", value<std::string>()->value_name("LIST"), "several nights: a table of files by night and scorer")(
        "recording", value<std::string>()->value_name("FILE"), "recording of the night: its start places times of day, its end cuts the stages")(
        "events", value<std::string>()->value_name("KIND"),
        "compare events and not stages: movements, respiratory, arousals")(
        "overlap", value<std::string>()->value_name("IOU"),
        "least intersection over union of matching events (0: any overlap)")(
        "draws", value<std::string>()->value_name("N"), "draws of the bootstrap (1000; 0: no intervals)")(
        "block", value<std::string>()->value_name("EPOCHS"), "length of its blocks (20)")(
        "event-map", value<std::string>()->value_name("FILE"), "names of a laboratory: lines of NAME, tab, MEANING (see psg-stage)")(
        "stage-digits", value<std::string>()->value_name("CODING"), "stages in digits: rk or yasa (see psg-stage)");
    cli::add_output_options(tool.options, "write here and not to stdout");
    return cli::main_of(std::move(tool), argc, argv);
}
