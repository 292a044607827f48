// Viterbi and forward-backward against exhaustive enumeration.
// SPDX-License-Identifier: BSD-3-Clause
#include "libpsg/staging/smoothing.hpp"

#include <catch2/catch.hpp>
#include <cmath>

using namespace psg;
using namespace psg::staging;

namespace {

Transitions some_transitions() {
    Transitions t;
    for (std::size_t a = 0; a < 5; ++a) {
        double sum = 0;
        for (std::size_t b = 0; b < 5; ++b) sum += t[a][b] = a == b ? 4 : 1 + double((3 * a + 2 * b) % 5) / 4;
        for (double& p : t[a]) p /= sum;
    }
    return t;
}

}  // namespace

TEST_CASE("path and posteriors are those of all 5^5 sequences", "[staging]") {
    const Transitions transitions = some_transitions();
    Evidence evidence(5);
    for (std::size_t t = 0; t < 5; ++t) {
        if (t == 2) continue;  // bridged
        evidence[t].emplace();
        for (std::size_t s = 0; s < 5; ++s) (*evidence[t])[s] = std::sin(double(7 * t + 3 * s));
    }
    std::array<StageProbabilities, 5> sums{};
    double total = 0, best = -1e9;
    std::array<std::size_t, 5> best_path{};
    for (int code = 0; code < 3125; ++code) {
        std::array<std::size_t, 5> path{};
        for (int t = 0, rest = code; t < 5; ++t, rest /= 5) path[std::size_t(t)] = std::size_t(rest % 5);
        double score = 0;
        for (std::size_t t = 0; t < 5; ++t) {
            if (evidence[t]) score += (*evidence[t])[path[t]];
            if (t > 0) score += std::log(transitions[path[t - 1]][path[t]]);
        }
        total += std::exp(score);
        for (std::size_t t = 0; t < 5; ++t) sums[t][path[t]] += std::exp(score);
        if (score > best) {
            best = score;
            best_path = path;
        }
    }
    const auto found = most_probable_path(evidence, transitions);
    const auto probabilities = posteriors(evidence, transitions);
    for (std::size_t t = 0; t < 5; ++t) {
        CHECK(static_cast<std::size_t>(found[t]) == best_path[t]);
        for (std::size_t s = 0; s < 5; ++s) CHECK(probabilities[t][s] == Approx(sums[t][s] / total));
    }
}

TEST_CASE("extreme evidence does not underflow, nothing gives nothing", "[staging]") {
    const Transitions transitions = some_transitions();
    CHECK(most_probable_path({}, transitions).empty());
    CHECK(posteriors({}, transitions).empty());
    Evidence evidence(3000, StageProbabilities{-2000, 0, -2000, -2000, -2000});
    evidence[1500] = StageProbabilities{-1e5, -1e5, -1e5, 0, -1e5};
    const auto probabilities = posteriors(evidence, transitions);
    CHECK(probabilities[0][1] == Approx(1));
    CHECK(probabilities[1500][3] == Approx(1));
    CHECK(most_probable_path(evidence, transitions)[1500] == Stage::N3);
}

TEST_CASE("transitions are counted and tempered", "[staging]") {
    using enum Stage;
    const Transitions counted = count_transitions({{W, W, N1, unknown, N2, N2, N2}, {W}});
    CHECK(counted[0][0] == Approx(2.0 / 7));
    CHECK(counted[0][1] == Approx(2.0 / 7));
    CHECK(counted[2][2] == Approx(3.0 / 7));
    CHECK(counted[1][2] == Approx(1.0 / 5));  // the unknown epoch between joins nothing
    const Transitions softer = tempered(counted, 0.5);
    CHECK(softer[2][2] == Approx(std::sqrt(3.0) / (std::sqrt(3.0) + 4)));
}
