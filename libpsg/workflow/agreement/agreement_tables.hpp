// Agreement of scorers of one night as tables: what psg-agree prints.
// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "libpsg/model/event.hpp"
#include "libpsg/model/finding.hpp"
#include "libpsg/model/hypnogram.hpp"
#include "libpsg/model/table.hpp"
#include "libpsg/stats/agreement.hpp"
#include "libpsg/stats/sleep_architecture.hpp"

namespace psg::workflow {

/// A scorer: a name for the tables, and what was scored.
struct ScorerStages {
    std::string name;
    Hypnogram hypnogram;
    std::optional<Time> lights_off = {}, lights_on = {};
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

    /// What the tables do not show: scorings that begin or end elsewhere than the first (AGREEMENT_LENGTHS).
    const Findings& findings() const { return findings_; }

    /// Of each scorer, in the order given.
    const std::vector<std::vector<Stage>>& stages() const { return stages_; }
    /// The consensus of all scorers but one.
    std::vector<Stage> consensus_without(std::size_t scorer) const;
    /// Sleep statistics of each scorer in `window()`.
    std::vector<std::vector<stats::SleepMeasure>> sleep_measures() const;
    /// Lights off to lights on, the first scorer's mark of each that any has; without marks from the first to the end of the
    /// last epoch that all scorers scored. One window for all: what one of them left unscored must not look like a difference
    /// in sleep.
    Interval window() const;

private:
    std::vector<ScorerStages> scorers_;
    std::vector<std::vector<Stage>> stages_;
    Findings findings_;
};

/// Events of one night by two scorers.
struct ScorerEvents {
    std::string night;
    EventList reference, other;
};
/// Events of two scorers by class: counts, matches, sensitivity, precision and F1 with their intervals, errors of onset and
/// offset; for each night and, if there are several, for all together. Events match within their class, and within their side
/// where both have one. See stats::event_agreement().
Table event_agreement_table(const std::vector<ScorerEvents>& nights, double least_overlap, const stats::Bootstrap& bootstrap);

}  // namespace psg::workflow
