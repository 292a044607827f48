// What the model says of a night, and what it would say without something that may lie over its channels.
// SPDX-License-Identifier: BSD-3-Clause
#include "libpsg/staging/second_opinion.hpp"

#include <algorithm>
#include <utility>

#include "libpsg/staging/fast_floor.hpp"
#include "libpsg/staging/gain_change.hpp"

namespace psg::staging {

Opinion opinion_on(const Model& model, std::span<const StagingChannel> votes) {
    const Decision& decision = model.decision(votes.size(), votes[0].measures.size());
    Opinion opinion{night_evidence(model, votes), {}, {}};
    opinion.evidence = opinion.night.weighed(decision.window_weight);
    opinion.probabilities = decide(model, decision, opinion.evidence);
    return opinion;
}

bool Without::any() const { return std::find(changed.begin(), changed.end(), true) != changed.end(); }

Without without_power_of(std::span<const StagingChannel> votes) {
    Without without{{}, std::vector<bool>(votes[0].measures.size()), true};
    for (const StagingChannel& vote : votes) without.votes.push_back({vote.label, without_power(vote.measures)});
    return without;
}

// Not better: the two nights of Sleep-EDF of which it is told in cross-validation are staged worse so, a disturbed ucddb018 better.
Without without_floor_of(std::span<const StagingChannel> votes) {
    Without without{{}, std::vector<bool>(votes[0].measures.size()), false};
    for (const StagingChannel& vote : votes) {
        FloorTaken taken = without_raised_floor(vote.measures);
        for (std::size_t t = 0; t < taken.raised.size(); ++t)
            if (taken.raised[t]) without.changed[t] = true;
        without.votes.push_back({vote.label, std::move(taken.series)});
    }
    return without;
}

double ask_again(const Model& model, Without without, double told, std::vector<StagingChannel>& votes, Opinion& opinion,
                 std::vector<bool>& doubtful) {
    Opinion second = opinion_on(model, without.votes);
    std::size_t staged = 0, otherwise = 0;
    for (std::size_t t = 0; t < doubtful.size(); ++t) {
        if (!opinion.evidence[t] || !second.evidence[t]) continue;
        ++staged;
        if (likeliest(opinion.probabilities[t]) == likeliest(second.probabilities[t])) continue;
        ++otherwise;
        doubtful[t] = true;
    }
    const double share = staged > 0 ? static_cast<double>(otherwise) / static_cast<double>(staged) : 0;
    if (staged < fewest_epochs_of_second_opinion || share <= told) return 0;
    for (std::size_t t = 0; t < doubtful.size(); ++t)
        if (without.changed[t]) doubtful[t] = true;
    // the rest was measured by what is in doubt
    if (2 * std::count(doubtful.begin(), doubtful.end(), true) > static_cast<std::ptrdiff_t>(staged)) doubtful.assign(doubtful.size(), true);
    if (!without.better) return share;
    votes = std::move(without.votes);
    opinion = std::move(second);
    return share;
}

}  // namespace psg::staging
