// Runs of equal samples against a search sample by sample.
// SPDX-License-Identifier: BSD-3-Clause
#include "libpsg/signal/artefacts.hpp"

#include <catch2/catch.hpp>
#include <algorithm>
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

TEST_CASE("Held samples are those of a search sample by sample, however they are cut", "[signal]") {
    std::mt19937 random(4);
    std::size_t coarse_ones = 0, left_out = 0;
    for (int round = 0; round < 200; ++round) {
        std::vector<float> x;
        const unsigned steps = round % 2 ? 3 : 1000;
        while (x.size() < 2000) {
            const bool held = random() % 200 == 0;
            x.resize(x.size() + (held ? 5 + random() % 60 : 1), held && random() % 9 == 0 ? NAN : static_cast<float>(random() % steps));
        }
        std::vector<Run> runs;
        for (std::size_t i = 0; i < x.size();) {
            Run run{i, i + 1};
            while (run.end < x.size() && (x[run.end] == x[run.end - 1] || std::isnan(x[run.end]) || std::isnan(x[run.end - 1]))) ++run.end;
            if (run.size() >= 10) runs.push_back(run);
            i = run.end;
        }
        std::size_t looked = 0, equal = 0;
        float low = INFINITY, high = -INFINITY;
        for (std::size_t i = 0; i + 1 < x.size(); ++i) {
            low = std::fmin(low, x[i]);
            high = std::fmax(high, x[i]);
            if (std::any_of(runs.begin(), runs.end(), [&](const Run& r) { return r.begin <= i && i < r.end; })) continue;
            ++looked;
            equal += x[i] == x[i + 1] || std::isnan(x[i]) || std::isnan(x[i + 1]);
        }
        const bool coarse = 4 * equal > looked;
        std::vector<Run> expected;
        for (const Run& r : runs) {
            const bool number = std::none_of(x.begin() + static_cast<std::ptrdiff_t>(r.begin), x.begin() + static_cast<std::ptrdiff_t>(r.end), [](float v) { return std::isnan(v); });
            if (!coarse || !number || x[r.begin] == low || x[r.begin] == high) expected.push_back(r);
        }
        coarse_ones += coarse;
        left_out += expected.size() < runs.size();
        const auto results = psg::test::of_all_cuts([&](auto cut) {
            HeldRuns held(100);
            cut(std::span<const float>(x), [&](std::span<const float> piece) { held.add(piece); });
            return held.finish();
        });
        for (const auto& result : results) REQUIRE(result == expected);
    }
    CHECK(coarse_ones > 50);
    CHECK(left_out > 20);
}
