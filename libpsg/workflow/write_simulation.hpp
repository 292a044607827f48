// Writes a simulated night as EDF+ with its truth and hypnogram beside it.
// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <functional>
#include <string>

#include "libpsg/simulate/options.hpp"

namespace psg::workflow {

/// Files of a simulated night: F.edf, F.truth.tsv, F.hypnogram.tsv.
struct SimulationFiles {
    std::string recording, truth, hypnogram;
};

/// The names for a recording's path; ".edf" at its end, in any case, gives way to the other endings.
SimulationFiles simulation_files(const std::string& recording);

/// Simulates and writes all three. An annotation at onset 0 that begins with `psg::simulated_marker` marks the
/// recording; the date is 2001-01-01, the time 23:00, the patient X. `progress` (may be empty) gets the fraction done
/// now and then. DataError if a file cannot be written or exists while `overwrite` is false; UsageError for impossible
/// options.
SimulationFiles write_simulation(const simulate::SimulationOptions& options, const std::string& recording,
                                 bool overwrite, const std::function<void(double)>& progress = {});

}  // namespace psg::workflow
