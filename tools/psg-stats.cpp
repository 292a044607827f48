// psg-stats: sleep statistics of a night.
// SPDX-License-Identifier: BSD-3-Clause
#include "libpsg/model/error.hpp"
#include "libpsg/workflow/night_file.hpp"
#include "libpsg/workflow/open_night.hpp"
#include "libpsg/workflow/scored_file.hpp"
#include "libpsg/workflow/scoring_options.hpp"
#include "tools/cli/output.hpp"

using namespace psg;

// A night of psg-export or psg-stage, or a hypnogram of any other program.
static workflow::NightFile read_night(const cli::Arguments& arguments, const std::string& path) {
    if (path != "-" && workflow::is_night_file(path)) return workflow::read_night_file(path);
    workflow::NightFile night;
    Findings findings;
    io::ScoringOptions options = workflow::scoring_options(arguments.text("event-map"), arguments.text("stage-digits"));
    options.use = io::ScoringUse::hypnogram;
    const io::Scoring scoring = workflow::read_scoring(path, Recording{}, options, findings);
    night.staged.hypnogram = *scoring.hypnogram;
    night.staged.simulated = scoring.simulated;
    const Interval scored = night.staged.hypnogram.scored_extent();
    night.staged.in_bed = {scoring.lights_off.value_or(scored.onset), scoring.lights_on.value_or(scored.offset)};
    night.duration = night.staged.hypnogram.extent().offset;
    cli::say_findings(arguments, findings);
    return night;
}

static int run(const cli::Arguments& arguments) {
    const auto files = arguments.texts("night");
    if (files.empty()) throw UsageError("no night was given");
    if (!arguments.has("sleep")) throw UsageError("nothing was asked for", "give --sleep");
    workflow::NightFile night = read_night(arguments, files.front());
    Interval& in_bed = night.staged.in_bed;
    const auto moment = [&](const std::string& option) {
        return workflow::parse_moment(arguments.text(option), "--" + option, night.start, night.duration);
    };
    if (arguments.has("lights-off")) in_bed.onset = moment("lights-off");
    if (arguments.has("lights-on")) in_bed.offset = moment("lights-on");
    if (in_bed.duration() < Time(0)) throw UsageError("lights on come before lights off");

    const std::string table = arguments.has("table") ? arguments.text("table") : "sleep";
    if (table == "sleep")
        cli::write_table(arguments, workflow::sleep_table(night.staged), files);
    else if (table == "transitions")
        cli::write_table(arguments, workflow::transitions_table(night.staged), files);
    else if (table == "bouts")
        cli::write_table(arguments, workflow::bouts_table(night.staged), files);
    else if (table == "cycles")
        cli::write_table(arguments, workflow::cycles_table(night.staged), files);
    else
        throw UsageError("there is no table '" + table + "'", "give sleep, transitions, bouts or cycles");
    return cli::exit_fine;
}

int main(int argc, char** argv) {
    using cli::po::value;
    cli::Tool tool;
    tool.name = "psg-stats";
    tool.summary = "sleep statistics of a night: from an HDF5 file of psg-export or psg-stage, or from a hypnogram";
    tool.usage = "psg-stats --sleep [OPTIONS] NIGHT.h5|HYPNOGRAM";
    tool.example = "psg-stage sample_data/night.edf | psg-stats --sleep -";
    tool.positional = "night";
    tool.run = run;
    tool.options.add_options()("sleep", "sleep architecture")(
        "table", value<std::string>()->value_name("NAME"), "sleep (default), transitions, bouts, cycles")(
        "lights-off", value<std::string>()->value_name("T"), "seconds since the start of the recording, or HH:MM[:SS]")(
        "lights-on", value<std::string>()->value_name("T"), "the same for the end of the night")(
        "event-map", value<std::string>()->value_name("FILE"), "names of a laboratory: lines of NAME, tab, MEANING (see psg-stage)")(
        "stage-digits", value<std::string>()->value_name("CODING"), "stages in digits: rk or yasa (see psg-stage)");
    cli::add_output_options(tool.options, "write here and not to stdout");
    return cli::main_of(std::move(tool), argc, argv);
}
