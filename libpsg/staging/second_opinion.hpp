// What the model says of a night, and what it would say without something that may lie over its channels.
// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <span>
#include <vector>

#include "libpsg/staging/model.hpp"

namespace psg::staging {

/// What the model says of a night's channels.
struct Opinion {
    NightEvidence night;
    Evidence evidence;
    std::vector<StageProbabilities> probabilities;  ///< per epoch
};
Opinion opinion_on(const Model& model, std::span<const StagingChannel> votes);

/// The channels as they would be without something that may lie over them.
struct Without {
    std::vector<StagingChannel> votes;
    std::vector<bool> changed;  ///< epochs of which more than the power was
    bool better = false;        ///< where it is told, a night is staged as well or better without
    bool any() const;           ///< is any epoch changed?
};
/// Without what the power tells (`without_power()`), in every epoch.
Without without_power_of(std::span<const StagingChannel> votes);
/// Without what is fast and never goes in parts of the recording (`without_raised_floor()`).
Without without_floor_of(std::span<const StagingChannel> votes);

/// Four hours (proposed): in less, epochs in doubt are marked, but their share is not told.
inline constexpr std::size_t fewest_epochs_of_second_opinion = 480;

/// Asks the model again, without something that may lie over the channels. Epochs that are then staged otherwise are in doubt. If their
/// share is more than `told` it is returned (else 0), what was changed is in doubt, too, or all if that makes more than half, and the second
/// opinion, where it is better, stands in place of the first.
double ask_again(const Model& model, Without without, double told, std::vector<StagingChannel>& votes, Opinion& opinion,
                 std::vector<bool>& doubtful);

}  // namespace psg::staging
