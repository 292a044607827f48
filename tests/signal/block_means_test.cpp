// Means and powers of blocks against sums of one sample after the other; samples of the recent past.
// SPDX-License-Identifier: BSD-3-Clause
#include "libpsg/signal/block_means.hpp"

#include <algorithm>
#include <catch2/catch.hpp>
#include <random>

#include "libpsg/signal/baseline.hpp"
#include "libpsg/signal/blocks.hpp"

using namespace psg::signal;

namespace {

std::vector<float> some(std::size_t count) {
    std::mt19937 random(3);
    std::vector<float> x(count);
    for (float& v : x) v = static_cast<float>(random() % 2001) * 0.37F - 370;
    return x;
}

}  // namespace

TEST_CASE("Means and powers of short blocks are made in the order of samples", "[signal]") {
    const std::vector<float> x = some(157);
    for (std::size_t length = 1; length <= 7; ++length) {
        BlockMeans of_blocks(length);
        std::vector<float> means, powers(x.size() / length);
        for (std::size_t from = 0; from < x.size(); from += 50) {
            const auto more = of_blocks.add(std::span(x).subspan(from, std::min<std::size_t>(50, x.size() - from)));
            means.insert(means.end(), more.begin(), more.end());
        }
        REQUIRE(means.size() == powers.size());
        block_power(x, length, powers);
        for (std::size_t k = 0; k < means.size(); ++k) {
            float sum = x[k * length], squares = sum * sum;
            for (std::size_t i = 1; i < length; ++i) {
                sum += x[k * length + i];
                squares += x[k * length + i] * x[k * length + i];
            }
            CHECK(means[k] == sum / static_cast<float>(length));
            if (length >= 2 && length <= 5) CHECK(powers[k] == squares / static_cast<float>(length));
        }
    }
}

TEST_CASE("Blocks do not depend on how samples are cut, nor do those one looks back at", "[signal]") {
    const std::vector<float> x = some(1000);
    for (const std::size_t piece : {1U, 7U, 30U, 31U, 64U, 333U, 1000U}) {
        constexpr std::size_t length = 30, back = 70;
        Blocks blocks(length, true);
        blocks.begin();
        std::size_t known = 0;
        for (std::size_t from = 0; from < x.size(); from += piece)
            blocks.add(std::span(x).subspan(from, std::min(piece, x.size() - from)), [&](std::span<const float> block) {
                REQUIRE(std::equal(block.begin(), block.end(), x.begin() + static_cast<std::ptrdiff_t>(known)));
                known += length;
                REQUIRE(blocks.recent().end() == known);
                const std::size_t first = known - std::min(known, back);
                const std::vector<float> part = blocks.recent().part(first, known);
                REQUIRE(std::equal(part.begin(), part.end(), x.begin() + static_cast<std::ptrdiff_t>(first), x.begin() + static_cast<std::ptrdiff_t>(known)));
                blocks.recent().forget_before(known - std::min(known, back - length));
            });
        CHECK(known == 990);
        CHECK(blocks.rest().size() == 10);
        CHECK(blocks.recent().end() == 1000);
        CHECK(blocks.recent().part(950, 1000) == std::vector<float>(x.end() - 50, x.end()));
    }
}
