// Viterbi path and forward-backward posteriors of a five-state Markov chain.
// SPDX-License-Identifier: BSD-3-Clause
#include "libpsg/staging/smoothing.hpp"

#include <algorithm>
#include <cmath>

#include "libpsg/staging/portable_math.hpp"

namespace psg::staging {

std::vector<Stage> most_probable_path(const Evidence& evidence, const Transitions& transitions) {
    if (evidence.empty()) return {};
    std::vector<std::array<std::int8_t, 5>> from(evidence.size());
    StageProbabilities score = evidence[0].value_or(StageProbabilities{});
    for (std::size_t t = 1; t < evidence.size(); ++t) {
        StageProbabilities next{};
        for (std::size_t b = 0; b < 5; ++b) {
            std::size_t best = 0;
            double best_score = score[0] + std::log(transitions[0][b]);
            for (std::size_t a = 1; a < 5; ++a)
                if (const double s = score[a] + std::log(transitions[a][b]); s > best_score) {
                    best = a;
                    best_score = s;
                }
            from[t][b] = static_cast<std::int8_t>(best);
            next[b] = best_score + (evidence[t] ? (*evidence[t])[b] : 0);
        }
        score = next;
    }
    std::vector<Stage> path(evidence.size());
    auto stage = static_cast<std::int8_t>(std::max_element(score.begin(), score.end()) - score.begin());
    for (std::size_t t = evidence.size(); t-- > 0;) {
        path[t] = static_cast<Stage>(stage);
        stage = from[t][static_cast<std::size_t>(stage)];
    }
    return path;
}

static void scale_to_one(StageProbabilities& p) {
    double sum = 0;
    for (double v : p) sum += v;
    for (double& v : p) v /= sum;
}

std::vector<StageProbabilities> posteriors(const Evidence& evidence, const Transitions& transitions) {
    const std::size_t n = evidence.size();
    std::vector<StageProbabilities> weight(n), result(n);
    for (std::size_t t = 0; t < n; ++t) {  // the best stage of an epoch weighs 1, so that nothing underflows
        const StageProbabilities e = evidence[t].value_or(StageProbabilities{});
        const double top = *std::max_element(e.begin(), e.end());
        for (std::size_t s = 0; s < 5; ++s) weight[t][s] = std::max(portable::exp(e[s] - top), 1e-300);
    }
    for (std::size_t t = 0; t < n; ++t) {  // forward
        for (std::size_t b = 0; b < 5; ++b) {
            double sum = t == 0 ? 1 : 0;
            for (std::size_t a = 0; t > 0 && a < 5; ++a) sum += result[t - 1][a] * transitions[a][b];
            result[t][b] = sum * weight[t][b];
        }
        scale_to_one(result[t]);
    }
    StageProbabilities ahead{1, 1, 1, 1, 1};  // backward
    for (std::size_t t = n; t-- > 0;) {
        for (std::size_t s = 0; s < 5; ++s) result[t][s] *= ahead[s];
        scale_to_one(result[t]);
        StageProbabilities next{};
        for (std::size_t a = 0; a < 5; ++a)
            for (std::size_t b = 0; b < 5; ++b) next[a] += transitions[a][b] * weight[t][b] * ahead[b];
        scale_to_one(next);
        ahead = next;
    }
    return result;
}

Transitions count_transitions(const std::vector<std::vector<Stage>>& nights) {
    Transitions counts;
    for (auto& row : counts) row.fill(1);
    for (const auto& stages : nights)
        for (std::size_t t = 1; t < stages.size(); ++t)
            if (stages[t - 1] != Stage::unknown && stages[t] != Stage::unknown)
                ++counts[static_cast<std::size_t>(stages[t - 1])][static_cast<std::size_t>(stages[t])];
    for (auto& row : counts) scale_to_one(row);
    return counts;
}

Transitions tempered(const Transitions& transitions, double power) {
    Transitions result = transitions;
    for (auto& row : result) {
        for (double& p : row) p = portable::pow(p, power);
        scale_to_one(row);
    }
    return result;
}

}  // namespace psg::staging
