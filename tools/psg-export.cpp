// psg-export: the main job. A recording in, per-stage event tables out as HDF5; or a table of such a file as text.
// SPDX-License-Identifier: BSD-3-Clause
#include <fmt/format.h>

#include <algorithm>

#include "libpsg/export/hdf5_tables.hpp"
#include "libpsg/export/text_rows.hpp"
#include "libpsg/io/input_file.hpp"
#include "libpsg/io/output_file.hpp"
#include "libpsg/model/error.hpp"
#include "libpsg/model/version.hpp"
#include "libpsg/workflow/export_night.hpp"
#include "libpsg/workflow/tables/event_export.hpp"
#include "libpsg/workflow/tables/movement_basis.hpp"
#include "libpsg/workflow/tables/night_file.hpp"
#include "tools/cli/night_options.hpp"
#include "tools/cli/output.hpp"
#include "tools/cli/timings.hpp"

using namespace psg;

// NAME_events.tsv for people who work with BIDS, and NAME_events.json beside it.
static void write_bids(const cli::Arguments& arguments, const Table& table, const std::string& path) {
    std::string output = arguments.text("output");
    if (!output.ends_with("_events.tsv")) throw UsageError("BIDS needs a file name that ends in _events.tsv", "write -o NAME_events.tsv");
    const Table events = exports::bids_events(table);
    cli::write_table(arguments, events, {path}, cli::RowFormat::bids);
    const auto descriptions = workflow::class_descriptions();
    output.replace(output.size() - 4, 4, ".json");
    cli::write_file(output, arguments.has("force"), {path}, [&](const std::string& temporary) {
        io::write_text_file(temporary, exports::bids_sidecar(events, {descriptions.begin(), descriptions.end()}), true);
    });
}

// The stages and events as EDF+ annotations.
static void write_edf(const cli::Arguments& arguments, const std::string& path) {
    const std::string output = arguments.text("output");
    if (output.empty() || output == "-") throw UsageError("EDF+ cannot be written to stdout", "write -o NAME.edf");
    const workflow::NightFile night = workflow::read_night_file(path);
    const auto names = exports::hdf5_table_names(path);
    EventList events;  // psg-stage writes none
    if (std::find(names.begin(), names.end(), "events") != names.end())
        events = workflow::events_of_table(exports::read_hdf5_table(path, "events"), path);
    cli::write_file(output, arguments.has("force"), {path}, [&](const std::string& temporary) {
        if (const std::size_t shortened = workflow::write_annotations(temporary, "psg-export", night.start, night.staged.simulated, night.staged.hypnogram,
                                                                                workflow::light_marks(night.lights_off, night.lights_on, night.staged.periods_in_bed), events))
            cli::say(arguments, fmt::format("the channels of {} events are shortened or left out: EDF+ texts hold 40 bytes", shortened));
    });
}

// `psg-export night.h5 --to tsv --table events`
static int print_table(const cli::Arguments& arguments, const std::string& path) {
    const std::string format = arguments.text("to"), name = arguments.has("table") ? arguments.text("table") : "events";
    if (format == "annot" || format == "edf") {
        if (arguments.has("table")) throw UsageError("--to " + format + " writes the events", "leave out --table");
        if (format == "edf") write_edf(arguments, path);
        else if (exports::hdf5_attribute(path, "format") == "libpsg cohort")
            throw DataError(path, "is a cohort, and annotations are of one night", "give the file of a night");
        else cli::write_text(arguments, workflow::events_annot(workflow::events_of_table(exports::read_hdf5_table(path, "events"), path)), {path});
        return cli::exit_fine;
    }
    if (name == "list") {
        for (const std::string& table : exports::hdf5_table_names(path)) cli::print(table + "\n");
        return cli::exit_fine;
    }
    if (format == "tsv") cli::write_table(arguments, exports::read_hdf5_table(path, name), {path});
    else if (format == "json") cli::write_table(arguments, exports::read_hdf5_table(path, name), {path}, cli::RowFormat::json);
    else if (format == "csv") cli::write_table(arguments, exports::read_hdf5_table(path, name), {path}, cli::RowFormat::csv);
    else if (format == "bids") write_bids(arguments, exports::read_hdf5_table(path, name), path);
    else throw UsageError("'" + format + "' is no output format", "give tsv, csv, json, bids, annot or edf");
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

    cli::Timings timings;
    StepObserver done = cli::step_progress(arguments);
    const auto note = [&](std::string_view step) { timings.step_done(step); };
    if (arguments.has("timings")) done = {note, note};
    int code = cli::exit_fine;
    cli::write_file(output, arguments.has("force"), cli::input_files(inputs), [&](const std::string& temporary) {
        const auto night = workflow::export_night(inputs, workflow::choose_model(arguments.text("model")), choice, arguments.has("keep-identity"), temporary, done);
        cli::say_findings(arguments, night.findings);
        cli::say_sources(arguments, night.opened);
        say_result(arguments, night, output);
        code = cli::exit_of_staging("psg-export", night);
    });
    if (arguments.has("timings")) {
        tell_step(done, "end");
        cli::print_words(timings.text());
    }
    return code;
}

int main(int argc, char** argv) {
    cli::Tool tool;
    tool.name = "psg-export";
    tool.summary = "stages a recording, detects movements and writes per-stage event tables as HDF5";
    tool.usage = "psg-export [OPTIONS] RECORDING... -o NIGHT.h5\n       psg-export NIGHT.h5 --to FORMAT [--table NAME]";
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
        "timings", "tell on stderr what each step took: CPU and wall seconds, highest memory so far")(
        "to", cli::po::value<std::string>()->value_name("FORMAT"), "print a table of an HDF5 file: tsv, csv, json (lines), bids (events or epochs, with a sidecar: -o NAME_events.tsv);\nor its events as Luna's annotations: annot, its stages and events as EDF+ annotations: edf")(
        "table", cli::po::value<std::string>()->value_name("NAME"), "which one (default: events; list: their names)");
    return cli::main_of(std::move(tool), argc, argv);
}
