// psg-agree: how far two or more scorers agree on the stages of a night, or two on its events.
// SPDX-License-Identifier: BSD-3-Clause
#include <algorithm>
#include <filesystem>

#include "libpsg/io/event_reader.hpp"
#include "libpsg/io/hypnogram_reader.hpp"
#include "libpsg/io/input_file.hpp"
#include "libpsg/model/error.hpp"
#include "libpsg/workflow/agreement_tables.hpp"
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

static int compare_events(const cli::Arguments& arguments, const std::vector<std::string>& files) {
    if (files.size() != 2) throw UsageError("--events compares two files");
    const std::string text = arguments.text("events");
    const auto use = text == "movements"     ? io::EventUse::movements
                     : text == "respiratory" ? io::EventUse::respiratory
                     : text == "arousals"
                         ? io::EventUse::arousals
                         : throw UsageError("'" + text + "' are no events", "give movements, respiratory or arousals");
    const double overlap = arguments.number("overlap", 0);
    if (!(overlap >= 0 && overlap <= 1)) throw UsageError("--overlap takes 0 to 1");
    Findings findings;
    std::vector<EventList> lists;
    for (const std::string& file : files) lists.push_back(io::read_events(io::read_text_file(file), file, use, findings));
    cli::say_findings(arguments, findings);
    cli::write_table(arguments, workflow::event_agreement_table(lists[0], lists[1], overlap), files);
    return cli::exit_fine;
}

static int run(const cli::Arguments& arguments) {
    const auto files = arguments.texts("scoring");
    if (files.size() < 2) throw UsageError("two or more scorings are needed");
    if (std::count(files.begin(), files.end(), "-") > 1) throw UsageError("standard input (-) can be given once");
    if (arguments.has("events")) return compare_events(arguments, files);

    stats::Bootstrap bootstrap;
    const double draws = arguments.number("draws", bootstrap.draws), block = arguments.number("block", 20);
    if (!(draws >= 0 && draws <= 100000)) throw UsageError("--draws takes 0 to 100000");
    if (!(block >= 1 && block <= 10000)) throw UsageError("--block takes 1 to 10000 epochs");
    bootstrap.draws = static_cast<int>(draws);
    bootstrap.block = static_cast<std::size_t>(block);

    Findings findings;
    std::vector<workflow::ScorerStages> scorers;
    const auto names = names_of(files);
    for (std::size_t i = 0; i < files.size(); ++i)
        scorers.push_back({names[i], io::read_hypnogram(io::read_text_file(files[i]), names[i], Recording{}, findings)});
    cli::say_findings(arguments, findings);
    const workflow::ScoredTogether night(std::move(scorers));
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
        throw UsageError("there is no table '" + table + "'", "give agreement, confusion, epochs or sleep");
    return cli::exit_fine;
}

int main(int argc, char** argv) {
    using cli::po::value;
    cli::Tool tool;
    tool.name = "psg-agree";
    tool.summary = "compares scorings of one night: stages of two or more scorers, or events of two";
    tool.usage = "psg-agree [OPTIONS] REFERENCE OTHER [MORE...]";
    tool.notes = "The earlier scoring of a pair is the reference. With three or more, each is also compared with the consensus\n"
                 "of the others. Intervals are 95 % by a block bootstrap.";
    tool.example = "psg-stage sample_data/night.edf | psg-agree sample_data/night.hypnogram.tsv -";
    tool.positional = "scoring";
    tool.positional_limit = -1;
    tool.run = run;
    tool.options.add_options()("table", value<std::string>()->value_name("NAME"),
                               "agreement (default), confusion, epochs (with the consensus), sleep (statistics side by side)")(
        "events", value<std::string>()->value_name("KIND"),
        "compare events and not stages: movements, respiratory, arousals")(
        "overlap", value<std::string>()->value_name("IOU"),
        "least intersection over union of matching events (0: any overlap)")(
        "draws", value<std::string>()->value_name("N"), "draws of the bootstrap (1000; 0: no intervals)")(
        "block", value<std::string>()->value_name("EPOCHS"), "length of its blocks (20)");
    cli::add_output_options(tool.options, "write here and not to stdout");
    return cli::main_of(std::move(tool), argc, argv);
}
