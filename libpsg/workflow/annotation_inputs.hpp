// Scorings to be embedded into a recording as annotations.
// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <string>
#include <vector>

#include "libpsg/io/scored/scoring.hpp"
#include "libpsg/model/recording.hpp"

namespace psg::workflow {

/// Reads a file of scorings of any format (io::read_scored_file()) as annotations of `recording`, one an entry, its
/// onset since the first sample, and nothing left out:
///   - stages: "Sleep stage N2" with their own extent; entries without times follow each other by 30 s. They must fit
///     io::grid_of() and have unambiguous digits, so that every tool reads the same hypnogram from the result;
///   - events with an id of psg-detect: "Limb movement #12@@EMG LAT" (io::event_annotation_text());
///   - names that the user's map gives a meaning: the class or mark ("Obstructive apnea", "Lights off"), except
///     "ignore";
///   - all else (breathing events, arousals, lights, names that nobody knows): the name in the file, with number and
///     channel behind it as above.
/// FIX_ANNOTATION tells what does not fit into the 40 bytes that EDFlib writes, and sides that get lost. DataError with
/// line and reason; events without a duration, as in io::understand().
std::vector<Annotation> read_annotation_input(const std::string& path, const Recording& recording,
                                              const io::ScoringOptions& options, Findings& findings);

}  // namespace psg::workflow
