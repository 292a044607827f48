// Movements by part of the night as tables: thirds of sleep, cycles, before and after sleep onset, body positions.
// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include "libpsg/model/table.hpp"
#include "libpsg/workflow/score_night.hpp"

namespace psg::workflow {

/// One row per class, part and W, sleep, all; the classes of severity_table().
Table summary_parts_table(const ScoredNight& night);
/// Stretches of the analysis window (division "night", part "window"), and of every part.
Table night_parts_table(const ScoredNight& night);
/// Stretches of the analysis window in which an event of each class that was looked for could have been found.
Table at_risk_table(const ScoredNight& night);

}  // namespace psg::workflow
