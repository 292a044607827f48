// How well a model agrees with human scorers.
// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <utility>
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
    void add(const Confusion& other);
};

/// How often the stage is right by how sure the model is: confidence in [from, next bin's from).
struct Reliability {
    static constexpr std::array<double, 8> from{0, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 0.95};
    std::array<std::int64_t, 8> epochs{}, right{};
    std::array<double, 8> confidence{};  ///< sum
    void add(Stage scored, const StageProbabilities& probabilities);
};

/// Pooled epochs of all nights: for each derivation alone, and ("all") for the votes of all together; whole nights
/// ("all") and nights cut into excerpts ("all 30 min").
struct Evaluation {
    std::vector<std::string> labels;
    std::vector<Confusion> confusions;
    std::vector<std::vector<Confusion>> by_night;  ///< of each label, for intervals
    std::vector<Reliability> reliabilities;
    /// Place of a label, new and empty if there was none.
    std::size_t place(const std::string& label);
    Confusion& of(const std::string& label) { return confusions[place(label)]; }
};

/// Stages the nights with the model and adds up: whole nights and, unless `excerpts` is empty, consecutive excerpts of
/// so many minutes, each staged as if there was nothing else.
void evaluate(const Model& model, const std::vector<const ScoredNight*>& nights, Evaluation& evaluation,
              const std::vector<int>& excerpts = {});

/// 95 % interval of kappa when whole nights are drawn again (bootstrap with nights as blocks, 2,000 draws, seed 1).
std::pair<double, double> kappa_interval(const std::vector<Confusion>& nights);

/// A row per label: epochs, accuracy, kappa with its interval, F1 of each stage.
Table evaluation_table(const Evaluation& evaluation);

/// The same as lines for a model's card: "figures LABEL" and "reliability LABEL" and a sentence.
std::vector<std::pair<std::string, std::string>> evaluation_card(const Evaluation& evaluation);

}  // namespace psg::staging
