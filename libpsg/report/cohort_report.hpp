// What a page about many nights shows: plain values, filled by workflow/report, drawn and written by this folder.
// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include "libpsg/model/table.hpp"
#include "libpsg/report/canvas.hpp"
#include "libpsg/report/night_report.hpp"

namespace psg::report {

struct CohortNightName {
    std::string id, person, night, visit;  ///< all but `id` may be empty
};

/// One number of every night: "hypnic_jerk", "sleep efficiency".
struct CohortMeasure {
    std::string name, unit;
    std::string basis;           ///< what it is worth; empty: a measure of sleep
    std::vector<double> values;  ///< one per night; NaN if it is not known
    double q1 = 0, median = 0, q3 = 0;  ///< of the known values, type 7 as in stats::distribution()
    std::size_t known = 0;
};

/// A night whose value is far from the others'.
struct Outlier {
    std::size_t night = 0, measure = 0;  ///< indices
};

/// Share of persons (or nights) with at least one event.
struct CohortShare {
    std::string name, counted;  ///< `counted`: "persons" or "nights"
    int positive = 0, all = 0;
    double share = 0, low = 0, high = 0;  ///< Wilson's 95 % interval
};

struct CohortReport {
    std::string title;
    bool simulated = false;  ///< any night is
    bool persons_known = false;
    std::vector<CohortNightName> nights;
    std::vector<CohortMeasure> measures;  ///< those of sleep first, then classes of movements
    std::vector<CohortShare> prevalence;
    std::vector<std::string> absent;      ///< what cannot be shown and why, a sentence each
    std::vector<ReportTable> tables;
};

/// Values below q1 - 1.5 (q3 - q1) or above q3 + 1.5 (q3 - q1) (Tukey 1977, Exploratory Data Analysis), where at least five are known
/// and the quartiles differ. By measure, then night.
std::vector<Outlier> outliers(const CohortReport& cohort);

/// One row per measure: every night a point, a box from the lower to the upper quartile, the median; a scale of its own.
double distributions_height(const CohortReport& cohort);
void draw_distributions(Canvas& canvas, const CohortReport& cohort, const Box& box);
/// One row per class: share with its interval.
double prevalence_height(const CohortReport& cohort);
void draw_prevalence(Canvas& canvas, const CohortReport& cohort, const Box& box);

/// The page. It has no script. Links of nights lead to ID.html beside it.
std::string cohort_html(const CohortReport& cohort);
/// Both figures as a picture.
std::string cohort_picture(const CohortReport& cohort, PictureFormat format);

}  // namespace psg::report
