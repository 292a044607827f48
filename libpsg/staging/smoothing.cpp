// Viterbi path and forward-backward posteriors of a five-state Markov chain.
// SPDX-License-Identifier: BSD-3-Clause
#include "libpsg/staging/smoothing.hpp"

#include <algorithm>
#include <cmath>
#include <cstring>

#include "libpsg/model/wide.hpp"
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
    StageRows rows(evidence.size());
    for (std::size_t t = 0; t < evidence.size(); ++t)
        for (std::size_t s = 0; s < 5; ++s) rows[s][t] = evidence[t] ? (*evidence[t])[s] : 0;
    make_posteriors(rows, transitions);
    std::vector<StageProbabilities> result(evidence.size());
    for (std::size_t t = 0; t < result.size(); ++t)
        for (std::size_t s = 0; s < 5; ++s) result[t][s] = rows[s][t];
    return result;
}

namespace {

// The likelihood of each stage; the best stage of an epoch weighs 1, so that nothing underflows.
template <std::size_t bytes>
void make_weights(StageRows& rows) {
    typedef double Epochs __attribute__((vector_size(bytes)));
    for (std::size_t t = 0; t < rows.epochs(); t += bytes / sizeof(double)) {
        Epochs e[5], at;
        for (std::size_t s = 0; s < 5; ++s) {
            std::memcpy(&at, rows[s] + t, sizeof at);
            e[s] = at;  // copied to e[s] itself it would be read before it is written
        }
        Epochs top = e[0];
        for (std::size_t s = 1; s < 5; ++s) top = top < e[s] ? e[s] : top;
        for (std::size_t s = 0; s < 5; ++s) {
            double* const weight = rows[s] + t;
            e[s] -= top;
            std::memcpy(weight, &e[s], sizeof e[s]);
            portable::exponentiate<bytes>(weight);
            std::memcpy(&at, weight, sizeof at);
            const Epochs least = Epochs{} + 1e-300;
            at = at < least ? least : at;
            std::memcpy(weight, &at, sizeof at);
        }
    }
}

// What the epochs up to each say of it, and what those after it say. The two go side by side, because every step waits for the one before.
void run_chain(const StageRows& weight, const Transitions& transitions, StageRows& so_far, StageRows& ahead) {
    StageProbabilities forward{}, backward{1, 1, 1, 1, 1};
    for (std::size_t i = 0, t = weight.epochs(); t-- > 0; ++i) {
        StageProbabilities next;
        for (std::size_t b = 0; b < 5; ++b) {
            double sum = i == 0 ? 1 : 0;
            for (std::size_t a = 0; i > 0 && a < 5; ++a) sum += forward[a] * transitions[a][b];
            next[b] = sum * weight[b][i];
        }
        forward = next;
        scale_to_one(forward);
        for (std::size_t s = 0; s < 5; ++s) {
            so_far[s][i] = forward[s];
            ahead[s][t] = backward[s];
        }
        next = {};
        for (std::size_t a = 0; a < 5; ++a)
            for (std::size_t b = 0; b < 5; ++b) next[a] += transitions[a][b] * weight[b][t] * backward[b];
        backward = next;
        scale_to_one(backward);
    }
}

// Both together, scaled to 1.
template <std::size_t bytes>
void join(const StageRows& so_far, const StageRows& ahead, StageRows& result) {
    typedef double Epochs __attribute__((vector_size(bytes)));
    for (std::size_t t = 0; t < result.epochs(); t += bytes / sizeof(double)) {
        Epochs p[5];
        Epochs sum{};
        for (std::size_t s = 0; s < 5; ++s) {
            Epochs before, after;
            std::memcpy(&before, so_far[s] + t, sizeof before);
            std::memcpy(&after, ahead[s] + t, sizeof after);
            p[s] = before * after;
            sum += p[s];
        }
        for (std::size_t s = 0; s < 5; ++s) {
            p[s] /= sum;
            std::memcpy(result[s] + t, &p[s], sizeof p[s]);
        }
    }
}

}  // namespace

void make_posteriors(StageRows& rows, const Transitions& transitions) {
    StageRows so_far(rows.epochs()), ahead(rows.epochs());
    wide_by([&](auto bytes) { make_weights<bytes()>(rows); });
    run_chain(rows, transitions, so_far, ahead);
    wide_by([&](auto bytes) { join<bytes()>(so_far, ahead, rows); });
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
