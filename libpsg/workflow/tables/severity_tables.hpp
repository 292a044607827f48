// Severity of movements by class and stage, and published norms beside it, as tables.
// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include "libpsg/model/table.hpp"
#include "libpsg/stats/severity.hpp"
#include "libpsg/workflow/score_night.hpp"

namespace psg::workflow {

/// What severity() of the night is made from.
stats::SeverityNight severity_night(const ScoredNight& night);

/// Columns that every table of severity has, from count to the share near respiratory events.
void add_severity_columns(Table& table, const std::vector<stats::SeverityRow>& rows);

/// One row per class and stage (libpsg/stats/README.md), without the classes artefact and leg_artefact; classes that were not looked for or not
/// wanted have none.
Table severity_table(const ScoredNight& night);
/// The measure beside the norms of its name and stage, if it is of all channels or the chin: "usual (at most 2.6); outside the
/// published range (below 9.6)". Empty if there is none, or no value.
std::string norm_verdict(const ScoredNight& night, const events::NightMeasure& measure);
/// One row per norm of these classes, with the night's value, percentile and flag.
Table severity_norms_table(const ScoredNight& night);

}  // namespace psg::workflow
