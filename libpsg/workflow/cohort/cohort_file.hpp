// The counts of a cohort, or of one night, read back, with a laboratory's covariates.
// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "libpsg/model/finding.hpp"
#include "libpsg/workflow/cohort/cohort_names.hpp"

namespace psg::workflow {

/// One class in one stage of one night, as in the table `summary`.
struct CohortCount {
    std::size_t night = 0;  ///< index into Cohort::nights
    std::string event_class, stage;
    std::int64_t count = 0;
    double minutes = 0;  ///< at risk
    double mean_duration_s = 0;
};

/// What else is known of the nights: one text a night, "" if nothing is.
struct Covariate {
    std::string name;
    std::vector<std::string> values;
};

struct Cohort {
    std::vector<CohortNight> nights;  ///< paths are empty
    std::vector<CohortCount> counts;  ///< by night, then as in the file
    std::vector<Covariate> covariates;
    bool simulated = false;  ///< any night is
    /// True if a person is told for every night; else every night counts as a person of its own.
    bool persons_known() const;
    /// The person of a night, else its id.
    const std::string& person(std::size_t night) const;
    /// Null if there is none of this name.
    const Covariate* find(const std::string& name) const;
};

/// Reads a file of psg-merge, or one night of psg-export (its id is the file's name). DataError if it is neither, or its
/// tables contradict each other.
Cohort read_cohort(const std::string& path);

/// Adds every other column of a table whose lines are known by `id`, or by `person` with `night` and `visit` where it has
/// them. Nights without a line and lines without a night become findings (COHORT_UNMATCHED). DataError with the line: no such
/// column, a key twice, a column of a name that is taken.
void join_covariates(Cohort& cohort, const std::string& path, Findings& findings);

}  // namespace psg::workflow
