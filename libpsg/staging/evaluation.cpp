// Agreement of a model with human scorers.
// SPDX-License-Identifier: BSD-3-Clause
#include "libpsg/staging/evaluation.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <random>

#include "libpsg/staging/stager.hpp"

namespace psg::staging {

void evaluate(const Model& model, const std::vector<const ScoredNight*>& nights, Evaluation& evaluation,
              const std::vector<int>& excerpts) {
    for (const ScoredNight* night : nights) {
        const std::size_t epochs = night->stages.size();
        const auto stage = [&](const std::string& label, std::span<const ChannelFeatures> channels,
                               std::size_t length) {
            const std::size_t at = evaluation.place(label);
            Confusion confusion;
            for (std::size_t first = 0; first < epochs; first += length) {
                const auto begin = static_cast<std::ptrdiff_t>(first);
                const auto end = static_cast<std::ptrdiff_t>(std::min(first + length, epochs));
                std::vector<ChannelFeatures> parts;
                for (const ChannelFeatures& c : channels)
                    parts.push_back({c.label, {c.epochs.begin() + begin, c.epochs.begin() + end}});
                const Hypnogram hypnogram = stage_features(parts, epoch_length * (end - begin), model).hypnogram;
                const std::vector<Stage> scored(night->stages.begin() + begin, night->stages.begin() + end);
                confusion.add(scored, hypnogram.stages);
                for (std::size_t t = 0; t < scored.size(); ++t)
                    if (scored[t] != Stage::unknown && hypnogram.stages[t] != Stage::unknown)
                        evaluation.reliabilities[at].add(scored[t], hypnogram.probabilities[t]);
            }
            evaluation.confusions[at].add(confusion);
            evaluation.by_night[at].push_back(confusion);
        };
        const auto stage_every_way = [&](const std::string& suffix, std::size_t length) {
            for (const ChannelFeatures& channel : night->channels) stage(channel.label + suffix, {&channel, 1}, length);
            stage("all" + suffix, night->channels, length);
        };
        if (epochs == 0) continue;
        stage_every_way("", epochs);
        for (int minutes : excerpts)
            stage_every_way(fmt::format(" {} min", minutes), static_cast<std::size_t>(2 * minutes));
    }
}

std::size_t Evaluation::place(const std::string& label) {
    const auto known = std::find(labels.begin(), labels.end(), label);
    if (known != labels.end()) return static_cast<std::size_t>(known - labels.begin());
    labels.push_back(label);
    confusions.emplace_back();
    by_night.emplace_back();
    reliabilities.emplace_back();
    return labels.size() - 1;
}

void Reliability::add(Stage scored, const StageProbabilities& probabilities) {
    const auto best = std::max_element(probabilities.begin(), probabilities.end());
    const auto bin = static_cast<std::size_t>(std::upper_bound(from.begin() + 1, from.end(), *best) - from.begin() - 1);
    ++epochs[bin];
    confidence[bin] += *best;
    if (best - probabilities.begin() == static_cast<std::ptrdiff_t>(scored)) ++right[bin];
}

std::pair<double, double> kappa_interval(const std::vector<Confusion>& nights) {
    constexpr std::size_t draws = 2000;
    std::mt19937_64 random(1);
    std::vector<double> kappas;
    for (std::size_t draw = 0; draw < draws; ++draw) {
        Confusion sum;
        for (std::size_t i = 0; i < nights.size(); ++i) sum.add(nights[random() % nights.size()]);
        kappas.push_back(sum.kappa());
    }
    std::sort(kappas.begin(), kappas.end());
    return {kappas[draws / 40], kappas[draws - 1 - draws / 40]};
}

void Confusion::add(const Confusion& other) {
    for (std::size_t a = 0; a < 5; ++a)
        for (std::size_t b = 0; b < 5; ++b) counts[a][b] += other.counts[a][b];
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
    std::vector<double> accuracy, kappa, low, high;
    for (const Confusion& c : evaluation.confusions) {
        epochs.push_back(static_cast<std::int32_t>(c.epochs()));
        accuracy.push_back(c.accuracy());
        kappa.push_back(c.kappa());
    }
    for (const auto& nights : evaluation.by_night) {
        const auto [from, to] = kappa_interval(nights);
        low.push_back(from);
        high.push_back(to);
    }
    Table table{"evaluation", "Agreement with the scored stages, epochs of all nights pooled", {}};
    table.add("channels", "", "derivation, or all of them together", evaluation.labels);
    table.add("epochs", "", "number of epochs", epochs);
    table.add("accuracy", "", "share of epochs with the scored stage", accuracy);
    table.add("kappa", "", "Cohen's kappa", kappa);
    table.add("kappa_low", "", "lower end of its 95 % interval, nights drawn again", low);
    table.add("kappa_high", "", "upper end", high);
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
        const auto [low, high] = kappa_interval(evaluation.by_night[i]);
        std::string text =
            fmt::format("kappa {:.3f} ({:.3f} to {:.3f}), accuracy {:.3f}, F1", c.kappa(), low, high, c.accuracy());
        for (Stage stage : scored_stages) text += fmt::format(" {} {:.2f}", stage_name(stage), c.f1(stage));
        lines.emplace_back("figures " + evaluation.labels[i], text + fmt::format(", {} epochs", c.epochs()));
    }
    for (std::size_t i = 0; i < evaluation.labels.size(); ++i) {
        if (evaluation.labels[i].ends_with(" min")) continue;
        const Reliability& r = evaluation.reliabilities[i];
        std::string text = "confidence from, its mean, share right, epochs";
        for (std::size_t bin = 0; bin < r.from.size(); ++bin)
            if (const auto n = static_cast<double>(r.epochs[bin]); n > 0)
                text += fmt::format("; {:.2f} {:.3f} {:.3f} {}", r.from[bin], r.confidence[bin] / n,
                                    static_cast<double>(r.right[bin]) / n, r.epochs[bin]);
        lines.emplace_back("reliability " + evaluation.labels[i], text);
    }
    return lines;
}

}  // namespace psg::staging
