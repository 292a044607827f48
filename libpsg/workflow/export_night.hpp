// The main job from recording to file: open, stage, detect, write the tables of one night.
// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <string>

#include "libpsg/workflow/score_night.hpp"

namespace psg::workflow {

/// Writes the HDF5 file at `path` (libpsg/export/README.md), a temporary that the caller puts in place, and returns what was
/// found. DataError or UsageError if an input cannot be read or the file cannot be written. `done` is told each step.
ScoredNight export_night(const NightInputs& inputs, const ChosenModel& model, const events::DetectorChoice& choice, bool keep_identity, const std::string& path,
                         const StepObserver& done = {});

}  // namespace psg::workflow
