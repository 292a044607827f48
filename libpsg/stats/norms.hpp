// Published figures about movements of sleep, and where a night's own value lies among them. Never a diagnosis.
// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <limits>
#include <string>
#include <utility>
#include <vector>

namespace psg::stats {

/// A published range of usual values, for an age group where the publication parts these.
struct NormRange {
    std::string ages;  ///< "adults", "children"; empty: the publication does not part them
    double low = -std::numeric_limits<double>::infinity();
    double high = std::numeric_limits<double>::infinity();
    bool exclusive = false;  ///< a value on a border is outside
};

/// What a publication says about a class of movement. A norm without ranges gives no flag, one without percentiles no
/// percentile: then only the text is told.
struct Norm {
    std::string kind;   ///< class of event
    std::string stage;  ///< W N1 N2 N3 R, NREM, sleep, all
    std::string aspect; ///< "frequency", "strength" or "duration"
    /// What is compared: "rate", "count", "length_median", "burst_median", "uv_median" of the severity table, or
    /// "leg_uv_median" (of events of the legs); or the name of an index of the night (table night_measures).
    std::string of;
    std::string unit;
    std::vector<NormRange> ranges;
    std::vector<std::pair<double, double>> percentiles;  ///< value, percent of the population at or below it; ascending
    std::string text;        ///< what was published, with what is not known about it
    std::string source;      ///< author, year, journal
    std::string population;  ///< whom it was measured in; ages where they are known
};

/// All of them.
const std::vector<Norm>& norms();

/// A night's value beside a norm.
struct NormVerdict {
    /// "usual", "outside the published range", "depends on age" (the groups disagree and the age is not known), or empty: no
    /// range, or no value.
    std::string flag;
    double percentile_from = std::numeric_limits<double>::quiet_NaN();  ///< percent of the population at or below the value:
    double percentile_to = std::numeric_limits<double>::quiet_NaN();    ///< at least, at most; NaN: nothing published
};
NormVerdict compare(const Norm& norm, double value);

}  // namespace psg::stats
