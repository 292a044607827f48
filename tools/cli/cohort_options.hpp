// The options of tools that put nights together.
// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include "libpsg/workflow/cohort/cohort_names.hpp"
#include "tools/cli/program.hpp"

namespace psg::cli {

/// --sheet --person-pattern --night-pattern --visit-pattern --allow-mixed
void add_cohort_options(po::options_description& options);
/// The first four of them. UsageError if one is given and empty.
workflow::NamePatterns name_patterns(const Arguments& arguments);

}  // namespace psg::cli
