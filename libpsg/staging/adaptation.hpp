// What a person, an electrode and an amplifier do to the spectrum of a whole night, estimated without labels.
// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <optional>
#include <span>
#include <vector>

#include "libpsg/model/hypnogram.hpp"
#include "libpsg/staging/features.hpp"
#include "libpsg/staging/gaussian.hpp"

namespace psg::staging {

/// Logarithms of: total power 0.5-30 Hz, delta / (theta + alpha + beta), theta, alpha, beta and gamma relative to the
/// total, mobility. Only the first depends on the gain.
inline constexpr std::size_t gain_measure = 0;

/// The log measures of a channel over a night; nothing for epochs without features.
using MeasureSeries = std::vector<std::optional<Measures>>;
MeasureSeries log_measures(const ChannelFeatures& channel);

/// How the measures of an epoch come about: x = mean of its stage + offset of the night + noise of its stage.
struct StageShapes {
    std::array<double, 5> prior{};  ///< share of each stage
    std::array<Measures, 5> mean{};
    std::array<Matrix, 5> covariance{};  ///< of the noise
    Matrix offset_covariance{};          ///< of the nights' offsets, whose mean is 0
};

/// A night seen through the shapes.
struct Adaptation {
    std::vector<Measures> offsets;                             ///< of each channel
    std::vector<std::optional<StageProbabilities>> posterior;  ///< per epoch, by its own measures in all channels alone
};

/// Each epoch counts for this much evidence on the offset, because neighbours are alike (prototypes: 0.05-0.2 tie).
inline constexpr double evidence_per_epoch = 0.1;

/// Expectation-maximisation of the offset with its Gaussian prior, then of the stage means around the population's.
/// The first guess of the stages has the offset integrated out, so that an unknown gain does not mislead it. The
/// channels have the same epochs; each has an offset of its own.
Adaptation adapt(const StageShapes& shapes, std::span<const MeasureSeries> channels);

/// Shapes from scored nights (`stages[i]` beside `nights[i]`, epochs may be unknown). Every stage must occur at least
/// eight times, or DataError. The prior of the gain is set wide.
StageShapes fit_shapes(const std::vector<MeasureSeries>& nights, const std::vector<std::vector<Stage>>& stages);

}  // namespace psg::staging
