// Scorings to be embedded into a recording as annotations.
// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <string>
#include <vector>

#include "libpsg/model/recording.hpp"

namespace psg::workflow {

/// Reads stages and events of a file (a table of psg-stage or psg-detect, Luna's .annot, any table with onsets and
/// names) as annotations: "Sleep stage N2", "Limb movement #12@@EMG LAT", or the name in the file. DataError with line
/// and reason.
std::vector<Annotation> read_annotation_input(const std::string& path, const Recording& recording, Findings& findings);

}  // namespace psg::workflow
