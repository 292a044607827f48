// Agreement of scorers over several nights: each night, all together, and bias and limits of agreement of sleep statistics.
// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "libpsg/io/scored/scoring.hpp"
#include "libpsg/workflow/agreement/agreement_tables.hpp"
#include "libpsg/workflow/night_list.hpp"

namespace psg::workflow {

/// What the rows of all nights together are called.
inline constexpr const char* all_nights = "all nights";

/// The nights of a list, each by the scorers of its columns, in the order of the columns. A scoring that cannot be read, or whose
/// epochs are not those of most scorings of its night, is kept with the reason, and the others go on; so is a night with fewer
/// than two scorings left.
class NightsTogether {
public:
    NightsTogether(const NightList& list, const io::ScoringOptions& options, Findings& findings);

    /// "NIGHT, SCORER: reason" of every scoring and "NIGHT: reason" of every night that could not be used.
    std::vector<std::string> failures() const;
    std::size_t used() const;
    /// Sentences about nights that are scored alike by every scorer, and scorers without any scoring that could be used.
    std::vector<std::string> doubts() const;

    /// As ScoredTogether::agreement() for each night, then for each pair of scorers over all epochs of the nights that both
    /// scored, for each scorer against the consensus of the others, and Fleiss' kappa over the nights that all scored. A scoring
    /// or night that could not be used is one row with its reason.
    Table agreement(const stats::Bootstrap& bootstrap) const;
    Table confusion() const;
    /// One row per night, pair of scorers and sleep statistic: both values and their difference.
    Table nights() const;
    /// One row per pair of scorers and sleep statistic: bias and limits of agreement over the nights (stats::Limits).
    Table sleep() const;

private:
    struct Failure {
        std::string scorer, reason;  // scorer empty: the night as a whole
    };
    struct Night {
        std::string name;
        std::vector<Failure> failures;
        std::vector<std::size_t> columns;  // of the list, of each scorer
        std::optional<ScoredTogether> scored;
    };
    static void keep_common_grid(std::vector<ScorerStages>& scorers, Night& night);
    template <class F>
    void each_pair(F each) const;

    std::vector<std::string> scorers_;
    std::vector<Night> nights_;
};

/// What each file holds, one row a file and night: epochs scored, movements, respiratory events, arousals, the format; or why
/// it cannot be read.
Table contents_of_nights(const NightList& list, const io::ScoringOptions& options, std::vector<std::string>& failures);

}  // namespace psg::workflow
