// What the classifier sees of an epoch: its measures without the offset, its neighbours, its place in the night.
// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <span>
#include <vector>

#include "libpsg/staging/adaptation.hpp"
#include "libpsg/staging/network.hpp"

namespace psg::staging {

/// Mean and spread of the offset-free measures over the training nights.
template <std::size_t N>
struct ScaleOf {
    Vector<N> mean{};
    Vector<N> sd{};
};

/// Triangular means over this many epochs are the context.
inline constexpr std::array<int, 3> context_epochs{5, 15, 31};

/// Per epoch and measure: offset-free, in three contexts; relative to this night's median and spread (shrunk to the
/// population's in short recordings), in three contexts, two epochs to each side, and mean of 6 min before and after.
/// Per epoch and stage: posterior of the adaptation, in three contexts, two epochs to each side, mean of 6 and 30 min
/// before and after, hours so far and to come. Hours since the start (at most 8) and share of the recording.
template <std::size_t N>
inline constexpr std::size_t input_count = (N + 5) * 14 + 2;

/// Inputs of a channel (or pair), given the offset and stages that the adaptation found.
template <std::size_t N>
InputTable channel_inputs(const ScaleOf<N>& scale, const Vector<N>& offset,
                          const std::vector<std::optional<StageProbabilities>>& stages, const SeriesOf<N>& night);

/// Mean and spread of x - offset over all epochs.
template <std::size_t N>
ScaleOf<N> fit_scale(const ShapesOf<N>& shapes, const std::vector<SeriesOf<N>>& nights);

}  // namespace psg::staging
