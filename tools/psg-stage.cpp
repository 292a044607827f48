// psg-stage: sleep stages of a recording, one line per 30-s epoch.
// SPDX-License-Identifier: BSD-3-Clause
#include "libpsg/workflow/night_tables.hpp"
#include "tools/cli/night_options.hpp"
#include "tools/cli/output.hpp"

using namespace psg;

static int run(const cli::Arguments& arguments) {
    const auto inputs = cli::night_inputs(arguments);
    const workflow::ChosenModel model = workflow::choose_model(arguments.text("model"));
    workflow::ScoredNight night;
    night.opened = workflow::open_night(inputs, workflow::staging_roles(model));
    workflow::stage(night, model);
    cli::say_findings(arguments, night.findings);
    cli::say_sources(arguments, night.opened);
    for (const std::string& label : night.staging_channels) cli::say(arguments, "staged from channel '" + label + "'");
    cli::write_table(arguments, workflow::hypnogram_table(night), cli::input_files(inputs));
    return cli::exit_fine;
}

int main(int argc, char** argv) {
    cli::Tool tool;
    tool.name = "psg-stage";
    tool.summary = "stages sleep from the EEG of a recording, in 30-s epochs";
    tool.usage = "psg-stage [OPTIONS] RECORDING...";
    tool.notes = "Several recordings are the parts of one night, joined by their start times. A recording may be packed with gzip.";
    tool.notes = "No scoring beside the recording is used unless it is named: this tool stages by itself.\n" + cli::scoring_notes();
    tool.example = "psg-stage sample_data/night.edf | head";
    tool.positional = "recording";
    tool.positional_limit = -1;
    tool.run = run;
    cli::add_night_options(tool.options);
    cli::add_model_option(tool.options);
    cli::add_output_options(tool.options, "write here and not to stdout");
    return cli::main_of(std::move(tool), argc, argv);
}
