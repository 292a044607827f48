// Agreement of a model with human scorers.
// SPDX-License-Identifier: BSD-3-Clause
#include "libpsg/staging/evaluation.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "libpsg/staging/stager.hpp"

namespace psg::staging {

void evaluate(const Model& model, const std::vector<const ScoredNight*>& nights, Evaluation& evaluation) {
    for (const ScoredNight* night : nights) {
        const auto staged = [&](std::span<const ChannelFeatures> channels) {
            const Time duration = epoch_length * static_cast<std::int64_t>(night->stages.size());
            return stage_features(channels, duration, model).hypnogram.stages;
        };
        for (const ChannelFeatures& channel : night->channels)
            evaluation.of(channel.label).add(night->stages, staged({&channel, 1}));
        evaluation.of("all").add(night->stages, staged(night->channels));
    }
}

Confusion& Evaluation::of(const std::string& label) {
    const auto known = std::find(labels.begin(), labels.end(), label);
    if (known != labels.end()) return confusions[static_cast<std::size_t>(known - labels.begin())];
    labels.push_back(label);
    return confusions.emplace_back();
}

void Confusion::add(const std::vector<Stage>& scored, const std::vector<Stage>& computed) {
    for (std::size_t t = 0; t < scored.size(); ++t)
        if (scored[t] != Stage::unknown && computed[t] != Stage::unknown)
            ++counts[static_cast<std::size_t>(scored[t])][static_cast<std::size_t>(computed[t])];
}

std::int64_t Confusion::epochs() const {
    std::int64_t n = 0;
    for (const auto& row : counts)
        for (std::int64_t count : row) n += count;
    return n;
}

double Confusion::accuracy() const {
    std::int64_t same = 0;
    for (std::size_t s = 0; s < 5; ++s) same += counts[s][s];
    return static_cast<double>(same) / static_cast<double>(epochs());
}

double Confusion::kappa() const {
    const double n = static_cast<double>(epochs());
    double chance = 0;
    for (std::size_t s = 0; s < 5; ++s) {
        std::int64_t scored = 0, computed = 0;
        for (std::size_t k = 0; k < 5; ++k) {
            scored += counts[s][k];
            computed += counts[k][s];
        }
        chance += static_cast<double>(scored) / n * static_cast<double>(computed) / n;
    }
    return (accuracy() - chance) / (1 - chance);
}

double Confusion::f1(Stage stage) const {
    const auto s = static_cast<std::size_t>(stage);
    std::int64_t scored = 0, computed = 0;
    for (std::size_t k = 0; k < 5; ++k) {
        scored += counts[s][k];
        computed += counts[k][s];
    }
    return 2 * static_cast<double>(counts[s][s]) / static_cast<double>(scored + computed);
}

Table evaluation_table(const Evaluation& evaluation) {
    std::vector<std::int32_t> epochs;
    std::vector<double> accuracy, kappa;
    for (const Confusion& c : evaluation.confusions) {
        epochs.push_back(static_cast<std::int32_t>(c.epochs()));
        accuracy.push_back(c.accuracy());
        kappa.push_back(c.kappa());
    }
    Table table{"evaluation", "Agreement with the scored stages, epochs of all nights pooled", {}};
    table.add("channels", "", "derivation, or all of them together", evaluation.labels);
    table.add("epochs", "", "number of epochs", epochs);
    table.add("accuracy", "", "share of epochs with the scored stage", accuracy);
    table.add("kappa", "", "Cohen's kappa", kappa);
    for (Stage stage : scored_stages) {
        std::vector<double> f1;
        for (const Confusion& c : evaluation.confusions) f1.push_back(c.f1(stage));
        std::string name = "f1_" + std::string(stage_name(stage));
        for (char& letter : name)
            letter = static_cast<char>(letter >= 'A' && letter <= 'Z' ? letter - 'A' + 'a' : letter);
        table.add(name, "", "harmonic mean of precision and sensitivity for stage " + std::string(stage_name(stage)),
                  f1);
    }
    return table;
}

std::vector<std::pair<std::string, std::string>> evaluation_card(const Evaluation& evaluation) {
    std::vector<std::pair<std::string, std::string>> lines;
    for (std::size_t i = 0; i < evaluation.labels.size(); ++i) {
        const Confusion& c = evaluation.confusions[i];
        std::string text = fmt::format("kappa {:.3f}, accuracy {:.3f}, F1", c.kappa(), c.accuracy());
        for (Stage stage : scored_stages) text += fmt::format(" {} {:.2f}", stage_name(stage), c.f1(stage));
        lines.emplace_back("figures " + evaluation.labels[i], text + fmt::format(", {} epochs", c.epochs()));
    }
    return lines;
}

}  // namespace psg::staging
