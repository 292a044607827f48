// Stages of neighbouring epochs depend on each other: a Markov chain over the evidence of each epoch.
// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <algorithm>
#include <array>
#include <optional>
#include <vector>

#include "libpsg/model/hypnogram.hpp"

namespace psg::staging {

/// transition[a][b]: probability that b follows a.
using Transitions = std::array<std::array<double, 5>, 5>;

/// Logarithm of the evidence for each stage; nothing where an epoch has none and is only bridged.
using Evidence = std::vector<std::optional<StageProbabilities>>;

/// Place in `scored_stages` of the most probable stage; of equal ones the first.
inline std::size_t likeliest(const StageProbabilities& p) {
    return static_cast<std::size_t>(std::max_element(p.begin(), p.end()) - p.begin());
}

/// The most probable sequence (Viterbi 1967); ties go to the earlier stage of `scored_stages`.
std::vector<Stage> most_probable_path(const Evidence& evidence, const Transitions& transitions);

/// Probability of each stage at each epoch given the whole night (forward-backward; Rabiner 1989).
std::vector<StageProbabilities> posteriors(const Evidence& evidence, const Transitions& transitions);

/// A number for each stage and epoch, stage by stage, so that loops run over epochs, several at a time: rows have some places more
/// than epochs.
class StageRows {
public:
    explicit StageRows(std::size_t epochs) : epochs_(epochs), length_((epochs + 3) / 4 * 4), values_(5 * length_) {}
    std::size_t epochs() const { return epochs_; }
    double* operator[](std::size_t stage) { return values_.data() + stage * length_; }
    const double* operator[](std::size_t stage) const { return values_.data() + stage * length_; }

private:
    std::size_t epochs_, length_;
    std::vector<double> values_;
};

/// The same in place: from the logarithm of the evidence, 0 for every stage where there is none, to the probabilities.
void make_posteriors(StageRows& rows, const Transitions& transitions);

/// Counted transitions between neighbouring scored epochs, one added to each count.
Transitions count_transitions(const std::vector<std::vector<Stage>>& nights);

/// Each probability raised to `power` and each row scaled to 1 again: below 1 smooths less, because neighbours already
/// speak through the context of the inputs.
Transitions tempered(const Transitions& transitions, double power);

}  // namespace psg::staging
