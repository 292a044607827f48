// The stages of a night in the forms of other programs: EDF+ annotations, one stage per line, an HDF5 file.
// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <string>
#include <vector>

#include "libpsg/workflow/tables/night_tables.hpp"

namespace psg::workflow {

/// One stage per line (W, N1, N2, N3, R, ?), a line per 30-s epoch from the start of the recording: Luna's .eannot, and what
/// most programs read. UsageError if the epochs do not begin with the recording, which this form cannot tell.
std::string stage_lines(const Hypnogram& hypnogram);

/// An EDF+ file of annotations only: "Sleep stage W" (N1, N2, N3, R, ?) of 30 s for every epoch, "Lights off" and "Lights on" where they are
/// known, and the mark of a simulated recording. Its start is the time of day of the recording's; the date is 1985-01-01, which EDF+ has for one that is not told,
/// and every subfield of person and recording is X. DataError if it cannot be written or there is no epoch.
void write_stage_annotations(const std::string& path, const ScoredNight& night);

/// Tables recording, channels, segments, epochs, sleep and provenance, as in the file of a whole night (night_tables()).
std::vector<Table> staging_tables(const ScoredNight& night);

}  // namespace psg::workflow
