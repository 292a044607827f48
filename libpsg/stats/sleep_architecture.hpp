// Sleep architecture: how a night's sleep is built, from its hypnogram.
// SPDX-License-Identifier: BSD-3-Clause
//
// Definitions after the AASM manual's reporting list as implemented in SOMAS, YASA and Luna; where these differ, both forms
// stand under different names. The formulas stand beside the fields and in README.md of this folder.
#pragma once

#include <array>
#include <string>
#include <vector>

#include "libpsg/model/hypnogram.hpp"
#include "libpsg/model/interval_set.hpp"

namespace psg::stats {

/// Lights off to lights on; without marks from the first to the end of the last scored epoch. An epoch counts if it begins inside.
struct SleepArchitecture {
    // Minutes; NaN where the night has no such moment (no sleep, no REM). Where no epoch of TIB was scored, nothing is known but TIB
    // and what is unscored: all else is NaN (transitions: no pairs).
    double time_in_bed = 0;          ///< TIB = lights on - lights off; NaN without time between them
    double unscored = 0;             ///< epochs of unknown stage in TIB; in no minutes of a stage, but in times between moments (TIB, SPT, latencies)
    double unscored_outside = 0;     ///< epochs of unknown stage before and after TIB: without marks of lights TIB begins and ends with scored epochs
    double total_sleep_time = 0;     ///< TST = N1 + N2 + N3 + R
    double sleep_period_time = 0;    ///< SPT = from the first to the end of the last epoch of sleep
    double waso_aasm = 0;            ///< W after the first epoch of sleep, to lights on; TIB - SOL - TST if all is scored
    double waso_spt = 0;             ///< W inside SPT (YASA)
    double sleep_onset_latency = 0;  ///< SOL = lights off to the first epoch of sleep
    double persistent_sleep_latency = 0;  ///< lights off to the first 10 min of uninterrupted sleep (Luna)
    double rem_latency = 0;          ///< sleep onset to the first R
    std::array<double, 5> stage_minutes{};   ///< in the order of `scored_stages`
    // Percent.
    double sleep_efficiency = 0;     ///< 100 TST / TIB; of an epoch that lights on cut, only its part in TIB
    double sleep_maintenance = 0;    ///< 100 TST / SPT
    std::array<double, 5> percent_of_tst{};  ///< NaN for W
    std::array<double, 5> percent_of_spt{};  ///< W: the wake inside SPT
    // Counts and rates, inside SPT.
    double awakenings = 0;           ///< changes from sleep to W
    double stage_shifts = 0;         ///< changes between two stages of sleep
    double fragmentation_index = 0;  ///< (awakenings + stage shifts) / TST in hours (Haba-Rubio 2004)
    double cycles = 0;               ///< NREM-REM cycles, see sleep_cycles()
    /// transitions[from][to]: pairs of consecutive scored epochs of TIB, equal ones included.
    std::array<std::array<int, 5>, 5> transitions{};
    double stability = 0;            ///< mean of the probabilities to stay in N2, N3 and R (YASA); NaN if one never occurs
};

SleepArchitecture sleep_architecture(const Hypnogram& hypnogram, const Interval& in_bed);

/// One figure of sleep architecture under its column name.
struct SleepMeasure {
    std::string name;  ///< "waso_aasm", "n2_min", ...
    std::string unit;  ///< "min", "%", "1/h", ""
    std::string text;  ///< formula
    double value = 0;
};
/// Every figure in the order of the tables, the transitions apart.
std::vector<SleepMeasure> sleep_measures(const SleepArchitecture& architecture);

/// A stretch of epochs of one stage, unknown included.
struct Bout {
    Stage stage = Stage::unknown;
    Interval extent;
};
/// All bouts of the epochs that begin in `in_bed`, in order.
std::vector<Bout> bouts(const Hypnogram& hypnogram, const Interval& in_bed);

/// Number, mean, median and longest bout of each scored stage, in minutes.
struct BoutSummary {
    int count = 0;
    double mean = 0, median = 0, longest = 0;  ///< NaN without bouts
};
std::array<BoutSummary, 5> summarise_bouts(const std::vector<Bout>& bouts);

/// One NREM-REM cycle. `rem` is empty (onset = offset) in a last cycle without REM.
struct SleepCycle {
    Interval nrem, rem;
};
/// Cycles after Feinberg & Floyd 1979 as Luna modified it: NREM of at least 15 min (from the first N2 or N3 or N1 of it,
/// wake inside counted to it) and the REM that follows, which lasts at least 5 min in every cycle but the first; pieces of
/// REM less than 15 min apart are one. 15 min of W or N1 in a row end a NREM period whose REM was skipped.
std::vector<SleepCycle> sleep_cycles(const Hypnogram& hypnogram, const Interval& in_bed);

}  // namespace psg::stats
