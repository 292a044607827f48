// What the classifier sees of an epoch: its measures freed of the night's offset, its neighbours, its place in the night.
// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <vector>

#include "libpsg/staging/adaptation.hpp"

namespace psg::staging {

/// Mean and spread of the offset-free measures over the training nights.
struct Scale {
    Measures mean{};
    Measures sd{};
};

/// Triangular means over this many epochs are the context.
inline constexpr std::array<int, 3> context_epochs{5, 15, 31};

/// Per epoch: 7 measures and 5 stage posteriors of the adaptation, each alone and in three contexts, and 7 measures
/// relative to this night's median and spread (shrunk to the population's in short recordings).
inline constexpr std::size_t input_count = (measure_count + 5) * (1 + context_epochs.size()) + measure_count;

/// Rows of `input_count` numbers, one per epoch; rows of epochs without features are not meaningful.
using Inputs = std::vector<std::array<float, input_count>>;

/// Inputs of each channel; the stage posteriors in them are those of all channels together.
std::vector<Inputs> classifier_inputs(const StageShapes& shapes, const Scale& scale,
                                      std::span<const MeasureSeries> channels);

/// Mean and spread of x - offset over all epochs.
Scale fit_scale(const StageShapes& shapes, const std::vector<MeasureSeries>& nights);

}  // namespace psg::staging
