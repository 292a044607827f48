// What became of a batch, as tables and as the nights of a cohort.
// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <string>
#include <vector>

#include "libpsg/model/finding.hpp"
#include "libpsg/model/table.hpp"
#include "libpsg/workflow/batch/batch_list.hpp"
#include "libpsg/workflow/cohort/cohort_names.hpp"

namespace psg::workflow {

/// How a night of a batch stands.
struct Standing {
    std::string status;  ///< "kept", "done", "failed"
    std::string reason;  ///< why it was run, or failed
};

/// log.tsv: one row per night; `standing` one each. Seconds, host and warnings come from the records in `folder`.
Table log_table(const std::string& folder, const std::vector<BatchNight>& nights, const std::vector<Standing>& standing);
/// failed.tsv: one row per night without a result.
Table failed_table(const std::vector<BatchNight>& nights, const std::vector<Standing>& standing);
/// The results as nights of a cohort: who and which night each is tells the manifest, else `patterns` (see name_nights()). Empty if there
/// is no result.
std::vector<CohortNight> cohort_nights(const std::string& folder, const std::vector<BatchNight>& nights, const std::vector<Standing>& standing,
                                       const NamePatterns& patterns, Findings& findings);

}  // namespace psg::workflow
