// The inputs and choices that tools share, named alike everywhere.
// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include "libpsg/events/registry.hpp"
#include "libpsg/workflow/open_night.hpp"
#include "libpsg/workflow/score_night.hpp"
#include "tools/cli/program.hpp"

namespace psg::cli {

/// --channel --channel-map --derive --unit --invert
void add_channel_options(po::options_description& options);
workflow::ChannelInputs channel_inputs(const Arguments& arguments);

/// --event-map --stage-digits --lights-off --lights-on --position --strict, and those of channels: what may be said of many nights at once.
void add_common_night_options(po::options_description& options);
workflow::NightInputs common_night_inputs(const Arguments& arguments);
/// Those and --scoring --hypnogram --respiratory --arousals --movements --original
void add_night_options(po::options_description& options);
/// The positional arguments are the parts of one night; UsageError if there is none.
workflow::NightInputs night_inputs(const Arguments& arguments);
/// --no-companion, for the tools that look for a scoring beside the recording; they set NightInputs::companion.
void add_companion_option(po::options_description& options);
/// A paragraph for --help: formats of scorings and meanings of --event-map.
std::string scoring_notes();
/// Tells every scoring that was read, its format and what was taken from it, unless --quiet.
void say_sources(const Arguments& arguments, const workflow::OpenedNight& night);
/// exit_partial, with a sentence on stderr, if a night was staged and no epoch could be; else exit_fine. For when all is written.
int exit_of_staging(const std::string& tool, const workflow::ScoredNight& night);
/// Every file among the inputs.
std::vector<std::string> input_files(const workflow::NightInputs& inputs);

/// --only --standard --set, checked (events::check_choice())
void add_detector_options(po::options_description& options);
events::DetectorChoice detector_choice(const Arguments& arguments);

/// --model
void add_model_option(po::options_description& options);

}  // namespace psg::cli
