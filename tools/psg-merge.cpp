// psg-merge: many nights as one cohort file.
// SPDX-License-Identifier: BSD-3-Clause
#include <fmt/format.h>

#include <algorithm>
#include <map>

#include "libpsg/io/input_file.hpp"
#include "libpsg/io/text/text_table.hpp"
#include "libpsg/model/error.hpp"
#include "libpsg/workflow/batch/batch_list.hpp"
#include "libpsg/workflow/batch/batch_state.hpp"
#include "libpsg/workflow/cohort/merge_nights.hpp"
#include "tools/cli/cohort_options.hpp"
#include "tools/cli/output.hpp"

using namespace psg;

static std::vector<std::string> paths_of(const cli::Arguments& arguments) {
    std::vector<std::string> paths = arguments.texts("night");
    if (!arguments.has("list")) return paths;
    const std::string list = arguments.text("list");
    const std::string text = io::read_text_file(list);
    for (const io::TextLine& line : io::text_lines(text, list == "-" ? "standard input" : list, io::Hash::text)) paths.emplace_back(line.text);
    return paths;
}

// Holds the nights against the manifest of psg-batch: takes out those that are not of its recordings, and returns the ids that lack a
// night, with the reason. A night that the manifest does not know is an error.
static std::vector<std::string> missing_nights(const cli::Arguments& arguments, std::vector<workflow::CohortNight>& nights) {
    if (!arguments.has("manifest")) return {};
    std::map<std::string, workflow::BatchNight> lacking;
    for (workflow::BatchNight& n : workflow::batch_nights({arguments.text("manifest")})) lacking.emplace(n.id, std::move(n));
    std::vector<std::string> missing;
    std::erase_if(nights, [&](const workflow::CohortNight& n) {
        const auto found = lacking.find(n.id);
        if (found == lacking.end()) throw DataError(n.path, "the manifest has no night '" + n.id + "'", "leave it out, or give its own manifest");
        const std::string why = workflow::why_foreign(n.path, found->second);
        if (!why.empty()) missing.push_back(n.id + " (" + n.path + ": " + why + ")");
        lacking.erase(found);
        return !why.empty();
    });
    for (const auto& [id, night] : lacking) missing.push_back(id);
    std::sort(missing.begin(), missing.end());
    return missing;
}

static int run(const cli::Arguments& arguments) {
    const auto paths = paths_of(arguments);
    const std::string output = arguments.text("output");
    if (output.empty()) throw UsageError("no output was given", "write -o COHORT.h5");
    if (output == "-") throw UsageError("HDF5 cannot be written to stdout", "write -o COHORT.h5");
    Findings findings;
    auto nights = workflow::name_nights(paths, cli::name_patterns(arguments), findings);
    const auto missing = missing_nights(arguments, nights);
    for (const std::string& id : missing) cli::print_words("psg-merge: missing: " + id + "\n");
    if (nights.empty()) throw DataError(arguments.text("manifest"), "none of the nights is of its recordings", "run psg-batch again");
    workflow::MergeOptions options;
    options.allow_mixed = arguments.has("allow-mixed");
    options.progress = cli::progress(arguments);
    std::vector<std::string> inputs = paths;
    for (const char* option : {"sheet", "manifest"})
        if (arguments.has(option)) inputs.push_back(arguments.text(option));
    cli::write_file(output, arguments.has("force"), inputs, [&](const std::string& temporary) {
        workflow::merge_nights(nights, options, findings, temporary);
        cli::say_findings(arguments, findings);
    });
    cli::say(arguments, fmt::format("{}: {} nights", output, nights.size()));
    return missing.empty() ? cli::exit_fine : cli::exit_partial;
}

int main(int argc, char** argv) {
    using cli::po::value;
    cli::Tool tool;
    tool.name = "psg-merge";
    tool.summary = "puts nights of psg-export together in one cohort file, with a leading index of the recording in every table";
    tool.usage = "psg-merge [OPTIONS] NIGHT.h5... -o COHORT.h5";
    tool.notes = "Nights are sorted by the names of their files. Nights made with other versions, models or parameters, or twice from\n"
                 "one recording, are refused unless --allow-mixed.";
    tool.example = "psg-export sample_data/night.edf -o night.h5 && psg-merge night.h5 -o cohort.h5";
    tool.positional = "night";
    tool.positional_limit = -1;
    tool.run = run;
    cli::add_output_options(tool.options, "HDF5 file to write");
    tool.options.add_options()("list", value<std::string>()->value_name("FILE"), "paths of more nights, one a line; - is standard input")(
        "manifest", value<std::string>()->value_name("FILE"), "manifest of psg-batch (or its folder): nights that are missing, or are of other recordings or earlier inputs, are told and left out, exit code 3");
    cli::add_cohort_options(tool.options);
    return cli::main_of(std::move(tool), argc, argv);
}
