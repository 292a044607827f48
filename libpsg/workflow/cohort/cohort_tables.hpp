// Statistics of a cohort as tables: rates, prevalence, distributions, reliability, groups.
// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <string>

#include "libpsg/model/table.hpp"
#include "libpsg/workflow/cohort/cohort_file.hpp"

namespace psg::workflow {

/// One row per night, class and stage: count, minutes, rate with its exact Poisson interval, and the covariates.
Table rates_table(const Cohort& cohort);
/// One row per night, one column CLASS_STAGE per rate (1/h); NaN if it was not looked for or without minutes.
Table wide_table(const Cohort& cohort);
/// One row per class and stage: persons with at least one event among those with time at risk, with Wilson's interval.
Table prevalence_table(const Cohort& cohort);
/// One row per class and stage: the nights' rates, and the persons' (means of their nights).
Table distribution_table(const Cohort& cohort);
/// One row per class and stage: ICC(1) of the nights' rates.
Table reliability_table(const Cohort& cohort);
/// One row per class, stage and value of a covariate: mean rate of the persons with an interval. UsageError if there is no
/// such covariate, or it has more than 50 values.
Table groups_table(const Cohort& cohort, const std::string& covariate);
/// One row per class, stage and pair of values of a covariate: mean difference of the rates inside persons who have nights of
/// both, with an interval by Student's t.
Table paired_table(const Cohort& cohort, const std::string& covariate);

}  // namespace psg::workflow
