// A scoring by itself: the stages or events of any file that holds some, without the night's signals.
// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <string>

#include "libpsg/io/scored/scoring.hpp"
#include "libpsg/model/recording.hpp"

namespace psg::workflow {

/// What the header of a recording tells, for placing times of day and cutting a scoring to the length of the night. An empty
/// path gives a recording of which nothing is known: then times count from where the file says that they do.
Recording recording_of(const std::string& path);

/// Everything that a file holds: an HDF5 file of psg-export or psg-stage, or a scoring of any format (libpsg/io/README.md);
/// "-" is standard input. `options.use` tells what is wanted; with ScoringUse::hypnogram a file without stages is a DataError.
io::Scoring read_scoring(const std::string& path, const Recording& recording, const io::ScoringOptions& options,
                         Findings& findings);

}  // namespace psg::workflow
