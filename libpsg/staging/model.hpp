// A fitted staging model: numbers, where they come from, and its text file.
// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "libpsg/staging/inputs.hpp"
#include "libpsg/staging/smoothing.hpp"

namespace psg::staging {

/// Adaptation to the night, then softmax regression on the inputs, then a Markov chain. One model serves every EEG
/// derivation and gain.
struct Model {
    std::string name;                                       ///< as in the file
    std::vector<std::pair<std::string, std::string>> card;  ///< data, licence, split, figures: key and one line of text
    StageShapes shapes;
    Scale scale;
    /// weights[i][stage] of input i; the last row is the constant.
    std::array<StageProbabilities, input_count + 1> weights{};
    Transitions transitions{};  ///< as used (already tempered)
};

/// Logarithm of the stage probabilities of every epoch, the chain not yet considered: the mean over the channels that
/// have the epoch. The channels have the same epochs.
Evidence night_evidence(const Model& model, std::span<const MeasureSeries> channels);

/// The model as text: a version line, the card, the numbers by rows (rounded to single precision), and a checksum over
/// all of it. Line breaks in name or card and colons in its keys are UsageErrors.
std::string write_model(const Model& model);

/// Reads what write_model() wrote, byte for byte. Foreign, truncated or edited text is a DataError that names `where`
/// (a file name or "embedded model") and the line.
Model read_model(std::string_view text, const std::string& where);

/// The model that is compiled into the library.
const Model& embedded_model();

}  // namespace psg::staging
