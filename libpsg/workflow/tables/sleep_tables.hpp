// Sleep architecture as tables.
// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <optional>
#include <vector>

#include "libpsg/model/hypnogram.hpp"
#include "libpsg/model/table.hpp"

namespace psg::workflow {

/// A staged night without its signals. `in_bed` is lights off to lights on, without marks from the first to the last scored epoch.
struct StagedNight {
    Hypnogram hypnogram;
    Interval in_bed;
    bool simulated = false;
    std::vector<Interval> periods_in_bed = {};  ///< each from lights off to lights on, where these happened several times; else empty
};

/// Moments at which the lights went off and on, in order.
struct LightMarks {
    std::vector<Time> off, on;
};
/// Of each period where there are several, else of the two marks.
LightMarks light_marks(const std::optional<Time>& off, const std::optional<Time>& on, const std::vector<Interval>& periods_in_bed);

/// One row per measure of sleep architecture, with its formula (libpsg/stats/README.md): of the whole time in bed (period 0), then of each
/// of the periods in bed (1, 2, ...).
Table sleep_table(const StagedNight& night);
/// One row per pair of stages: epochs that followed each other so, and their share of the first stage's.
Table transitions_table(const StagedNight& night);
/// One row per stage: number, mean, median and longest bout.
Table bouts_table(const StagedNight& night);
/// One row per NREM-REM cycle.
Table cycles_table(const StagedNight& night);

}  // namespace psg::workflow
