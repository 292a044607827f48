// Runs at borders, in gaps and of single samples.
// SPDX-License-Identifier: BSD-3-Clause
#include "libpsg/signal/runs.hpp"

#include <catch2/catch.hpp>
#include <cmath>

using namespace psg::signal;

TEST_CASE("Runs are maximal and half-open", "[signal]") {
    const std::vector<float> x{3, 1, 3, 3, NAN, 3, 0, 3};
    CHECK(runs_at_or_above(x, 3) == std::vector<Run>{{0, 1}, {2, 4}, {5, 6}, {7, 8}});
    CHECK(runs_at_or_above(x, -1) == std::vector<Run>{{0, 4}, {5, 8}});
    CHECK(runs_at_or_above(x, 4).empty());
    CHECK(runs_at_or_above({}, 4).empty());
}

TEST_CASE("The first index of its kind is found wherever it lies", "[signal]") {
    for (const std::size_t size : {1, 63, 64, 65, 200})
        for (std::size_t at = 0; at <= size; ++at)
            for (const std::size_t from : {std::size_t{0}, at / 2, at}) {
                const auto inside = [at](std::size_t i) { return i == at || i == at + 3; };
                if (first_where(from, size, inside) != at) FAIL(size << " " << at << " " << from);
            }
    CHECK(first_where(7, 7, [](std::size_t) { return true; }) == 7);
}

TEST_CASE("Gaps shorter than the limit are bridged, equal ones are not", "[signal]") {
    const std::vector<Run> runs{{0, 2}, {5, 6}, {10, 12}};
    CHECK(bridged(runs, 3) == runs);
    CHECK(bridged(runs, 4) == std::vector<Run>{{0, 6}, {10, 12}});
    CHECK(bridged(runs, 5) == std::vector<Run>{{0, 12}});
    CHECK(bridged({}, 5).empty());
    CHECK(without_short(runs, 2) == std::vector<Run>{{0, 2}, {10, 12}});
}
