// Agreement of scorers as tables: what psg-agree prints.
// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <string>
#include <vector>

#include "libpsg/model/event.hpp"
#include "libpsg/model/hypnogram.hpp"
#include "libpsg/model/table.hpp"
#include "libpsg/stats/agreement.hpp"

namespace psg::workflow {

/// A scorer: a name for the tables, and what was scored.
struct ScorerStages {
    std::string name;
    Hypnogram hypnogram;
};

/// The same night by several scorers on one grid of epochs, all of one length (missing epochs are unknown). UsageError if
/// there are fewer than two; DataError naming the scorer if epochs have another length or grid than those of the first.
class ScoredTogether {
public:
    explicit ScoredTogether(std::vector<ScorerStages> scorers);

    /// Accuracy, kappa, and F1, sensitivity, precision and kappa of each stage, for every pair (the earlier one is the
    /// reference), for each scorer against the consensus of the others (three scorers or more), and Fleiss' kappa of all;
    /// with block-bootstrap intervals.
    Table agreement(const stats::Bootstrap& bootstrap) const;
    /// Epochs by stage of the one and stage of the other, for every pair.
    Table confusion() const;
    /// One row per epoch: the stage of every scorer and their consensus.
    Table epochs() const;
    /// Sleep statistics side by side, with the difference from the first scorer.
    Table sleep() const;

private:
    std::vector<ScorerStages> scorers_;
    std::vector<std::vector<Stage>> stages_;
};

/// Events of two scorers by class: counts, matches, sensitivity, precision, F1, errors of onset and offset. Events match within
/// their class, and within their side where both have one. See stats::event_agreement().
Table event_agreement_table(const EventList& reference, const EventList& other, double least_overlap);

}  // namespace psg::workflow
