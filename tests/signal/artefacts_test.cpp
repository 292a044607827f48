// Runs of equal samples against a search sample by sample.
// SPDX-License-Identifier: BSD-3-Clause
#include "libpsg/signal/artefacts.hpp"

#include <catch2/catch.hpp>
#include <cmath>
#include <random>

#include "tests/cuts.hpp"

using namespace psg::signal;

TEST_CASE("Runs of equal samples are those of a search sample by sample, however they are cut", "[signal]") {
    std::mt19937 random(3);
    for (int round = 0; round < 300; ++round) {
        std::vector<float> x;
        const std::size_t count = random() % 400, length = 1 + random() % 30;
        while (x.size() < count) {
            const auto kind = random() % 3;
            const float value = kind == 0 ? NAN : static_cast<float>(random() % 3);
            x.resize(x.size() + 1 + random() % (kind == 1 ? 60 : 4), value);
        }
        std::vector<Run> expected;
        for (std::size_t i = 0; i < x.size();) {
            Run run{i, i + 1};
            while (run.end < x.size() && (x[run.end] == x[run.end - 1] || std::isnan(x[run.end]) || std::isnan(x[run.end - 1]))) ++run.end;
            if (run.size() >= std::max<std::size_t>(length, 2)) expected.push_back(run);
            i = run.end;
        }
        const auto results = psg::test::of_all_cuts([&](auto cut) {
            EqualRuns runs(length);
            cut(std::span<const float>(x), [&](std::span<const float> piece) { runs.add(piece); });
            runs.finish();
            return runs.runs();
        });
        for (const auto& result : results) REQUIRE(result == expected);
        std::size_t at = 0;  // in short pieces
        EqualRuns runs(length);
        psg::test::feed(x, [&](std::span<const float> piece) { runs.add(piece); }, [&] { return 1 + (at += 7) % 13; });
        runs.finish();
        REQUIRE(runs.runs() == expected);
    }
}
