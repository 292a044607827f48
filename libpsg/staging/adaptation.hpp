// What a person, an electrode and an amplifier do to the spectrum of a whole night, estimated without labels.
// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <optional>
#include <span>
#include <type_traits>
#include <vector>

#include "libpsg/model/hypnogram.hpp"
#include "libpsg/staging/features.hpp"
#include "libpsg/staging/gaussian.hpp"
#include "libpsg/staging/smoothing.hpp"

namespace psg::staging {

/// Logarithms of: total power 0.5-30 Hz, delta / (theta + alpha + beta), theta, alpha, beta and gamma relative to the
/// total, mobility. Only the first depends on the gain.
inline constexpr std::size_t gain_measure = 0;

/// Measures per epoch; nothing for epochs without features.
template <std::size_t N>
using SeriesOf = std::vector<std::optional<Vector<N>>>;
using MeasureSeries = SeriesOf<measure_count>;
MeasureSeries log_measures(const ChannelFeatures& channel);

/// A frontal and a posterior channel as one series; nothing where either lacks the epoch.
SeriesOf<pair_count> paired(const MeasureSeries& frontal, const MeasureSeries& posterior);

/// How the measures of an epoch come about: x = mean of its stage + offset of the night + noise of its stage, the
/// stages being a Markov chain.
template <std::size_t N>
struct ShapesOf {
    std::array<Vector<N>, 5> mean{};
    std::array<double, 5> firmness{};       ///< how many weighed epochs of a night its mean counts for
    std::array<Matrix<N>, 5> covariance{};  ///< of the noise
    Matrix<N> offset_covariance{};          ///< of the nights' offsets, whose mean is 0
    Transitions transitions{};
};
using StageShapes = ShapesOf<measure_count>;

/// A night seen through the shapes.
template <std::size_t N>
struct Adaptation {
    std::vector<Vector<N>> offsets;                            ///< of each channel
    std::vector<std::optional<StageProbabilities>> posterior;  ///< per epoch, given all channels and epochs
};

/// Each epoch counts for this much evidence on the offset, because neighbours are alike (prototypes: 0.05-0.2 tie).
inline constexpr double evidence_per_epoch = 0.1;

/// Expectation-maximisation of the offset with its Gaussian prior, then of the stage means around the population's; the
/// stages are guessed by forward-backward. The first guess has the offset integrated out, so that an unknown gain does
/// not mislead it. The channels have the same epochs; each has an offset of its own.
template <std::size_t N>
Adaptation<N> adapt(const ShapesOf<N>& shapes, std::span<const std::type_identity_t<SeriesOf<N>>> channels);

/// Shapes from scored nights (`stages[i]` beside `nights[i]`, epochs may be unknown). Every stage must occur at least
/// once more often than there are measures, or DataError. The prior of the gain is set wide.
template <std::size_t N>
ShapesOf<N> fit_shapes(const std::vector<SeriesOf<N>>& nights, const std::vector<std::vector<Stage>>& stages);

}  // namespace psg::staging
