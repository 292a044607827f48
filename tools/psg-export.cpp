// psg-export: the main job. A recording in, per-stage event tables out as HDF5; or a table of such a file as text.
// SPDX-License-Identifier: BSD-3-Clause
#include <fmt/format.h>

#include "libpsg/export/hdf5_tables.hpp"
#include "libpsg/io/input_file.hpp"
#include "libpsg/model/error.hpp"
#include "libpsg/model/version.hpp"
#include "libpsg/workflow/tables/event_export.hpp"
#include "libpsg/workflow/tables/movement_basis.hpp"
#include "libpsg/workflow/tables/night_tables.hpp"
#include "tools/cli/night_options.hpp"
#include "tools/cli/output.hpp"

using namespace psg;

// `psg-export night.h5 --to tsv --table events`
static int print_table(const cli::Arguments& arguments, const std::string& path) {
    const std::string format = arguments.text("to");
    if (format != "tsv" && format != "annot") throw UsageError("'" + format + "' is no output format", "give --to tsv or --to annot");
    if (format == "annot") {
        if (arguments.has("table")) throw UsageError("--to annot writes the events", "leave out --table");
        cli::write_text(arguments, workflow::events_annot(workflow::events_of_table(exports::read_hdf5_table(path, "events"), path)), {path});
        return cli::exit_fine;
    }
    const std::string name = arguments.has("table") ? arguments.text("table") : "events";
    if (name == "list") {
        for (const std::string& table : exports::hdf5_table_names(path)) cli::print(table + "\n");
        return cli::exit_fine;
    }
    cli::write_table(arguments, exports::read_hdf5_table(path, name), {path});
    return cli::exit_fine;
}

// What was found, in words.
static void say_result(const cli::Arguments& arguments, const workflow::ScoredNight& night, const std::string& path) {
    const Hypnogram& h = night.opened.night.hypnogram;
    for (const RoleAssignment& a : night.opened.roles)
        if (a.chosen) cli::say(arguments, fmt::format("{:<10} {:<18} ({})", role_name(a.role), a.label, a.rule));
    std::map<std::string, int> count;
    for (const Event& e : night.detection.events) ++count[e.kind];
    std::string events;
    for (const auto& [kind, n] : count) events += fmt::format(", {} {}", n, kind);
    cli::say(arguments, fmt::format("{}: {} epochs, {} events{}", path, h.stages.size(), night.detection.events.size(), events));
    cli::say(arguments, workflow::basis_sentence(night));
    if (night.opened.recording.simulated) cli::say(arguments, "the recording is simulated, and its tables say so");
}

static int run(const cli::Arguments& arguments) {
    if (arguments.has("to")) {
        const auto files = arguments.texts("recording");
        if (files.size() != 1) throw UsageError("--to takes one HDF5 file");
        return print_table(arguments, files.front());
    }
    auto inputs = cli::night_inputs(arguments);
    inputs.assess_all = true;  // for the table of qualities
    inputs.companion = !arguments.has("no-companion");
    const auto choice = cli::detector_choice(arguments);
    const std::string output = arguments.text("output");
    if (output.empty()) throw UsageError("no output was given", "write -o NAME.h5");
    if (output == "-") throw UsageError("HDF5 cannot be written to stdout", "write -o NAME.h5");

    cli::write_file(output, arguments.has("force"), cli::input_files(inputs), [&](const std::string& temporary) {
        workflow::ScoredNight night;
        night.opened = workflow::open_night(inputs, workflow::scored_roles());
        workflow::stage(night, workflow::choose_model(arguments.text("model")));
        workflow::detect(night, choice);
        exports::write_hdf5(temporary, workflow::night_tables(night, arguments.has("keep-identity")),
                            workflow::file_attributes(night));
        cli::say_findings(arguments, night.findings);
        cli::say_sources(arguments, night.opened);
        say_result(arguments, night, output);
    });
    return cli::exit_fine;
}

int main(int argc, char** argv) {
    cli::Tool tool;
    tool.name = "psg-export";
    tool.summary = "stages a recording, detects movements and writes per-stage event tables as HDF5";
    tool.usage = "psg-export [OPTIONS] RECORDING... -o NIGHT.h5\n       psg-export NIGHT.h5 --to tsv [--table NAME]";
    tool.notes = "Several recordings are the parts of one night, joined by their start times. A recording may be packed with gzip.\n"
                 "Movements: proposed rule, checked on simulated signals (leg movements and their series: WASM 2016, checked on\n"
                 "simulated signals). The column 'basis' of every table says which. No diagnosis.\n"
                 "Without --hypnogram the recording is staged by the built-in model or by --model.";
    tool.notes += "\nA scoring beside the recording (night.xml, night.annot, night.hypnogram.tsv, ...; man page) or among its\n"
                  "annotations is used, and named on stderr, unless --no-companion.\n" +
                  cli::scoring_notes();
    tool.example = "psg-export sample_data/night.edf -o night.h5 && psg-export night.h5 --to tsv --table summary";
    tool.positional = "recording";
    tool.positional_limit = -1;
    tool.run = run;
    cli::add_output_options(tool.options, "HDF5 file to write");
    cli::add_night_options(tool.options);
    cli::add_companion_option(tool.options);
    cli::add_detector_options(tool.options);
    cli::add_model_option(tool.options);
    tool.options.add_options()("keep-identity", "write patient, start date and free header texts, too")(
        "to", cli::po::value<std::string>()->value_name("FORMAT"), "print a table of an HDF5 file: tsv; or its events as Luna's annotations: annot")(
        "table", cli::po::value<std::string>()->value_name("NAME"), "which one (default: events; list: their names)");
    return cli::main_of(std::move(tool), argc, argv);
}
