// How often, per stage: counts, time at risk and rates of each class of event.
// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "libpsg/model/event.hpp"
#include "libpsg/model/hypnogram.hpp"

namespace psg::stats {

/// A class of event that was looked for, and when one could have been found.
struct ClassAtRisk {
    std::string name;
    IntervalSet at_risk;
};

/// One class in one stage. Stage is W, N1, N2, N3, R, or NREM, sleep, all.
struct SummaryRow {
    std::string name;
    std::string stage;
    int count = 0;              ///< events that begin in the stage, inside the analysis window
    double minutes = 0;         ///< of the stage, inside the window and at risk
    double rate = 0;            ///< per hour: 60 * count / minutes; NaN if there are no minutes
    double rate_low = 0, rate_high = 0;  ///< its 95 % interval, see poisson_rate()
    double mean_duration_s = 0; ///< NaN if there are no events
};

/// Whether a stage belongs to a stage or group of SummaryRow::stage.
bool is_in_group(Stage stage, std::string_view group);

/// Rows by class, then stage. An event counts in the stage of the epoch that holds its onset; "all" is the whole window,
/// unscored epochs included. Onsets outside `window` do not count, nor events that their own rules
/// left out (measure `scored` 0). Rates as N(events in sleep) / TST (WASM 2016).
std::vector<SummaryRow> summarise(const EventList& events, const std::vector<ClassAtRisk>& classes,
                                  const Hypnogram& hypnogram, const IntervalSet& window);

}  // namespace psg::stats
