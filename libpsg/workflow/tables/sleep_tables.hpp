// Sleep architecture as tables.
// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include "libpsg/model/hypnogram.hpp"
#include "libpsg/model/table.hpp"

namespace psg::workflow {

/// A staged night without its signals. `in_bed` is lights off to lights on, without marks from the first to the last scored epoch.
struct StagedNight {
    Hypnogram hypnogram;
    Interval in_bed;
    bool simulated = false;
};

/// One row per measure of sleep architecture, with its formula (libpsg/stats/README.md).
Table sleep_table(const StagedNight& night);
/// One row per pair of stages: epochs that followed each other so, and their share of the first stage's.
Table transitions_table(const StagedNight& night);
/// One row per stage: number, mean, median and longest bout.
Table bouts_table(const StagedNight& night);
/// One row per NREM-REM cycle.
Table cycles_table(const StagedNight& night);

}  // namespace psg::workflow
