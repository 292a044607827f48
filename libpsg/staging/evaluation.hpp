// How well a model agrees with human scorers.
// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <vector>

#include "libpsg/model/table.hpp"
#include "libpsg/staging/feature_table.hpp"
#include "libpsg/staging/model.hpp"

namespace psg::staging {

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
    /// That of a label, new and empty if there was none.
    Confusion& of(const std::string& label);
};

/// Stages the nights with the model and adds up the confusion.
void evaluate(const Model& model, const std::vector<const ScoredNight*>& nights, Evaluation& evaluation);

/// A row per label: epochs, accuracy, kappa, F1 of each stage.
Table evaluation_table(const Evaluation& evaluation);

/// The same as lines for a model's card: "figures LABEL" and a sentence.
std::vector<std::pair<std::string, std::string>> evaluation_card(const Evaluation& evaluation);

}  // namespace psg::staging
