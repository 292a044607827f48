// The page of a cohort filled from a file of psg-merge.
// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <string>

#include "libpsg/report/cohort_report.hpp"

namespace psg::workflow {

/// True if the HDF5 file at `path` says that it is a cohort. DataError if it cannot be read.
bool is_cohort_file(const std::string& path);

/// Measures of sleep and rates of every class over the whole night, by night; prevalence; the tables of psg-stats --events.
/// DataError if it is no file of psg-merge or its tables contradict each other.
report::CohortReport read_cohort_report(const std::string& path, const std::string& title);

}  // namespace psg::workflow
