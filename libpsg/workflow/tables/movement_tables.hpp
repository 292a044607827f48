// Indices of leg movements as tables.
// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include "libpsg/events/explanation.hpp"
#include "libpsg/model/table.hpp"
#include "libpsg/workflow/score_night.hpp"

namespace psg::workflow {

/// One row per index, group and side (libpsg/stats/README.md); none if the series rules did not run or their classes
/// were not wanted.
Table movement_indices_table(const ScoredNight& night);
/// Histogram of the inter-movement intervals.
Table movement_intervals_table(const ScoredNight& night);
/// Published figures beside the night's own.
Table movement_aids_table(const ScoredNight& night);

/// Indices of the night by channel and stage: myoclonus, REM sleep without atonia.
Table night_measures_table(const ScoredNight& night);

/// What psg-detect --explain prints as JSON: one row per rule of an event.
Table explanation_table(const std::vector<events::ExplainedRule>& rules);

}  // namespace psg::workflow
