// The series rules of leg movements a second time, slow and simple, to compare with.
// SPDX-License-Identifier: BSD-3-Clause
//
// Written from the rules (libpsg/events/README.md), not from leg_movement_series.cpp: sets are merged until nothing
// changes, associations are looked for pair by pair, series are the longest chains of linked neighbours.
#pragma once

#include "libpsg/events/leg_movement_series.hpp"

namespace psg::test {

/// The same answer as events::score_series(), but for `members` and `why_not`.
std::vector<events::CombinedMovement> naive_series(const std::vector<events::LegMovement>& movements,
                                                   const events::SeriesRules& rules,
                                                   const events::SeriesContext& context);

}  // namespace psg::test
