// Many nights as one cohort file: every table of all of them, with a leading index of the recording.
// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "libpsg/workflow/cohort/cohort_names.hpp"

namespace psg::workflow {

/// Version of the layout of cohort files.
inline constexpr int cohort_format_version = 1;

struct MergeOptions {
    /// Nights made with other versions, models or parameters, with other tables, or of the same recording are merged all the
    /// same, and findings say so (COHORT_MIXED).
    bool allow_mixed = false;
    std::function<void(double)> progress;  ///< fraction done, now and then; may be empty
};

/// Writes `output`, an HDF5 file: table `nights` (recording, id, person, night, visit), and each table of the nights with a
/// first column `recording`, the row of its night in `nights`, in that order. Rows of `provenance` with recording -1 are
/// about the merging: libpsg's version and `findings`. The same nights give the same bytes. One table of one night is in memory at a time.
/// `findings` gets what was found on the way. DataError: a file that is no night or is damaged, or nights that do not go
/// together (see allow_mixed), with the first differences.
void merge_nights(const std::vector<CohortNight>& nights, const MergeOptions& options, Findings& findings, const std::string& output);

}  // namespace psg::workflow
