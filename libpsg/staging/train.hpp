// Fitting a staging model to scored nights, and saying how good it is on people it has not seen.
// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <array>
#include <cstdint>
#include <functional>
#include <string>
#include <vector>

#include "libpsg/staging/feature_table.hpp"
#include "libpsg/staging/model.hpp"

namespace psg::staging {

struct TrainingOptions {
    int windows_per_night =
        3;                   ///< random parts of each night, from 30 min to all of it, learned from besides the whole
    double ridge = 1e-4;     ///< penalty on the squared weights, per epoch
    double smoothing = 0.5;  ///< power of the transition probabilities (see tempered())
    std::uint64_t seed = 1;  ///< of the random parts
};

/// Fits every part of a model (all but name and card) to the nights, each channel of each night being an example of
/// EEG. Deterministic: the same nights, options and build give the same bits. Throws DataError if a stage is too rare.
Model fit_model(const std::vector<const ScoredNight*>& nights, const TrainingOptions& options);

/// Epochs by scored stage (first index) and computed stage.
struct Confusion {
    std::array<std::array<std::int64_t, 5>, 5> counts{};
    std::int64_t epochs() const;
    double accuracy() const;  ///< share of epochs with the same stage; NaN if there are none
    double kappa() const;     ///< Cohen 1960
    double f1(Stage stage) const;
    void add(const std::vector<Stage>& scored, const std::vector<Stage>& computed);
};

/// Pooled epochs of all nights: for each derivation alone, and ("all") for the votes of all together.
struct Evaluation {
    std::vector<std::string> labels;
    std::vector<Confusion> confusions;
    Confusion& of(const std::string& label);
};

/// Stages the nights with the model and adds up the confusion.
void evaluate(const Model& model, const std::vector<const ScoredNight*>& nights, Evaluation& evaluation);

/// Leaves one person out at a time: fits everything to the others and stages that person's nights. `progress` hears of
/// each person when it is done.
Evaluation cross_validate(const std::vector<ScoredNight>& nights, const TrainingOptions& options,
                          const std::function<void(const std::string& person)>& progress);

}  // namespace psg::staging
