// psg-stage: sleep stages of a recording, one line per 30-s epoch.
// SPDX-License-Identifier: BSD-3-Clause
#include <algorithm>
#include <filesystem>
#include <utility>

#include "libpsg/export/hdf5_tables.hpp"
#include "libpsg/io/text/ascii_text.hpp"
#include "libpsg/model/error.hpp"
#include "libpsg/workflow/tables/hypnogram_export.hpp"
#include "tools/cli/night_options.hpp"
#include "tools/cli/output.hpp"

using namespace psg;

static constexpr const char* formats[] = {"tsv", "json", "hdf5", "edf", "eannot", "plain"};
static constexpr std::pair<const char*, const char*> endings[] = {
    {".tsv", "tsv"},   {".json", "json"}, {".jsonl", "json"}, {".ndjson", "json"},
    {".h5", "hdf5"}, {".hdf5", "hdf5"}, {".edf", "edf"},     {".eannot", "eannot"}};

// Endings of forms that this tool does not write, and what to do.
static constexpr std::pair<const char*, const char*> foreign_endings[] = {
    {".bdf", "write -o NAME.edf: annotations have no use for 24 bits"},
    {".csv", "write -o NAME.tsv, or -o NAME.h5 and psg-export NAME.h5 --to csv --table epochs"},
    {".annot", "write -o NAME.eannot, a stage a line, or -o NAME.edf"},
    {".xml", "write -o NAME.edf"},
    {".xls", "write -o NAME.tsv"},
    {".xlsx", "write -o NAME.tsv"},
    {".ods", "write -o NAME.tsv"},
    {".mat", "write -o NAME.h5"},
    {".npy", "write -o NAME.h5"},
    {".npz", "write -o NAME.h5"},
    {".parquet", "write -o NAME.h5"},
    {".gz", "write it without that ending and pack it afterwards; psg-agree and psg-stats read it packed"},
    {".bz2", "write it without that ending and pack it afterwards"},
    {".xz", "write it without that ending and pack it afterwards"},
    {".zst", "write it without that ending and pack it afterwards"},
    {".zip", "write it without that ending and pack it afterwards"}};

// --format, else --json, else what the name of -o ends in, else tsv. They must not contradict each other.
static std::string chosen_format(const cli::Arguments& arguments) {
    const std::string given = arguments.text("format"), output = arguments.text("output");
    if (!given.empty() && std::find(std::begin(formats), std::end(formats), given) == std::end(formats))
        throw UsageError("'" + given + "' is no output format", "give tsv, json, hdf5, edf, eannot or plain");
    if (arguments.json() && !given.empty() && given != "json")
        throw UsageError("--json and --format " + given + " contradict each other", "give one of both");
    std::string asked = arguments.json() ? "json" : given, ending = io::lower_case(std::filesystem::path(output).extension()), named;
    for (const auto& [end, instead] : foreign_endings)
        if (ending == end) throw UsageError("psg-stage writes no " + ending.substr(1) + " (" + output + ")", instead);
    for (const auto& [end, format] : endings)
        if (ending == end) named = format;
    if (!asked.empty() && !named.empty() && asked != named)
        throw UsageError("the output " + output + " is not named like " + asked, "give another name or another --format");
    const std::string format = !asked.empty() ? asked : !named.empty() ? named : "tsv";
    if ((format == "hdf5" || format == "edf") && (output.empty() || output == "-"))
        throw UsageError(format + " cannot be written to stdout", format == "edf" ? "write -o NAME.edf" : "write -o NAME.h5");
    return format;
}

static int run(const cli::Arguments& arguments) {
    const auto inputs = cli::night_inputs(arguments);
    const std::string format = chosen_format(arguments);
    const workflow::ChosenModel model = workflow::choose_model(arguments.text("model"));
    const workflow::ScoredNight night = workflow::stage_recording(inputs, model, workflow::staging_roles(model));
    cli::say_findings(arguments, night.findings);
    cli::say_sources(arguments, night.opened);
    for (const std::string& label : night.staging_channels) cli::say(arguments, "staged from channel '" + label + "'");
    const auto files = cli::input_files(inputs);
    const auto to_file = [&](const auto& write) {
        cli::write_file(arguments.text("output"), arguments.has("force"), files, write);
    };
    if (format == "hdf5")
        to_file([&](const std::string& path) {
            exports::write_hdf5(path, workflow::staging_tables(night), workflow::file_attributes(night));
        });
    else if (format == "edf")
        to_file([&](const std::string& path) { workflow::write_stage_annotations(path, night); });
    else if (format == "eannot" || format == "plain")
        cli::write_text(arguments, workflow::stage_lines(night.opened.night.hypnogram), files);
    else
        cli::write_table(arguments, workflow::hypnogram_table(night), files, format == "json" ? cli::RowFormat::json : cli::RowFormat::tsv);
    return cli::exit_of_staging("psg-stage", night);
}

int main(int argc, char** argv) {
    cli::Tool tool;
    tool.name = "psg-stage";
    tool.summary = "stages sleep from the EEG of a recording, in 30-s epochs";
    tool.usage = "psg-stage [OPTIONS] RECORDING...";
    tool.notes = "Several recordings are the parts of one night, joined by their start times. A recording may be packed with gzip.\n"
                 "Formats: tsv, json (lines, as --json), hdf5 (tables as psg-export writes them), edf (EDF+ annotations), eannot\n"
                 "(Luna) and plain (one stage per line). hdf5 and edf need -o.\n"
                 "No scoring beside the recording is used unless it is named: this tool stages by itself.\n" +
                 cli::scoring_notes();
    tool.example = "psg-stage sample_data/night.edf | head";
    tool.positional = "recording";
    tool.positional_limit = -1;
    tool.run = run;
    tool.options.add_options()("format", cli::po::value<std::string>()->value_name("NAME"),
                               "tsv, json, hdf5, edf, eannot or plain; without it the ending of -o tells (.tsv .jsonl .h5 .edf\n.eannot; .csv, .bdf, .gz and the like are refused), else tsv");
    cli::add_night_options(tool.options);
    cli::add_model_option(tool.options);
    cli::add_output_options(tool.options, "write here and not to stdout");
    return cli::main_of(std::move(tool), argc, argv);
}
