// The inputs and choices that tools share, named alike everywhere.
// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include "libpsg/events/registry.hpp"
#include "libpsg/workflow/open_night.hpp"
#include "tools/cli/program.hpp"

namespace psg::cli {

/// --channel --channel-map --derive --unit --invert
void add_channel_options(po::options_description& options);
workflow::ChannelInputs channel_inputs(const Arguments& arguments);

/// --hypnogram --respiratory --arousals --movements --lights-off --lights-on --strict, and those of channels
void add_night_options(po::options_description& options);
/// The positional arguments are the parts of one night; UsageError if there is none.
workflow::NightInputs night_inputs(const Arguments& arguments);
/// Every file among the inputs.
std::vector<std::string> input_files(const workflow::NightInputs& inputs);

/// --only --standard --set
void add_detector_options(po::options_description& options);
events::DetectorChoice detector_choice(const Arguments& arguments);

/// --model
void add_model_option(po::options_description& options);

}  // namespace psg::cli
