// Codes in as few bits as their neighbours need.
// SPDX-License-Identifier: BSD-3-Clause
#include "libpsg/model/code_series.hpp"

#include <algorithm>
#include <catch2/catch.hpp>
#include <random>
#include <vector>

using namespace psg;

namespace {

std::vector<std::uint16_t> some_codes(std::mt19937& random, std::size_t count, unsigned bits) {
    std::vector<std::uint16_t> codes(count);
    for (std::uint16_t& code : codes) code = static_cast<std::uint16_t>(20'000 + random() % (1U << bits));
    return codes;
}

void check_same(const CodeSeries& series, const std::vector<std::uint16_t>& codes, std::mt19937& random) {
    REQUIRE(series.size() == codes.size());
    std::vector<std::uint16_t> all(codes.size());
    series.read(0, all);
    CHECK(all == codes);
    for (int i = 0; i < 200; ++i) {
        const std::size_t first = random() % codes.size();
        std::vector<std::uint16_t> part(std::min<std::size_t>(codes.size() - first, random() % (i % 2 ? 40 : 3000)));
        series.read(first, part);
        if (!std::equal(part.begin(), part.end(), codes.begin() + static_cast<std::ptrdiff_t>(first))) FAIL(first);
    }
    for (std::size_t place = 0; place < codes.size(); ++place) {
        const auto [lowest, highest] = series.bounds(place);
        if (codes[place] < lowest || codes[place] > highest) FAIL(place);
    }
}

}  // namespace

TEST_CASE("Codes are those that were stored, of every spread, added and changed in any pieces", "[model]") {
    std::mt19937 random(5);
    for (unsigned bits = 0; bits <= 16; ++bits) {
        CAPTURE(bits);
        CodeSeries series;
        if (bits % 2 == 0) series.reserve(60'000);
        std::vector<std::uint16_t> codes;
        while (codes.size() < 60'000) {
            const std::vector<std::uint16_t> more = some_codes(random, random() % 5000, bits);
            series.add(more);
            codes.insert(codes.end(), more.begin(), more.end());
            if (codes.empty()) continue;
            const std::size_t first = random() % codes.size();  // long ago or not
            std::vector<std::uint16_t> others = some_codes(random, std::min<std::size_t>(codes.size() - first, random() % 600), random() % 16);
            if (!others.empty()) others.front() = random() % 2 ? UINT16_MAX : 0;
            series.put(first, others);
            std::copy(others.begin(), others.end(), codes.begin() + static_cast<std::ptrdiff_t>(first));
        }
        check_same(series, codes, random);
        series.finish();
        check_same(series, codes, random);
    }
}

TEST_CASE("Codes of many parts are found again", "[model]") {
    std::mt19937 random(6);
    const std::vector<std::uint16_t> codes = some_codes(random, 2'000'000, 13);
    CodeSeries series;
    series.reserve(codes.size());
    series.add(codes);
    series.finish();
    check_same(series, codes, random);
}

TEST_CASE("Rows of equal codes are found where no line was kept yet, and after a part that is full", "[model]") {
    std::mt19937 random(7);
    for (const std::size_t before : {std::size_t{0}, std::size_t{524'288}}) {  // 2,048 rows of 16 bits are one part
        CAPTURE(before);
        std::vector<std::uint16_t> codes = some_codes(random, before, 16);
        for (std::size_t first = 0; first < before; first += CodeSeries::row) codes[first] = 0, codes[first + 1] = UINT16_MAX;
        codes.insert(codes.end(), 3 * CodeSeries::row, 7);
        CodeSeries series;
        series.add(codes);
        series.finish();
        check_same(series, codes, random);
        std::fill_n(codes.begin() + static_cast<std::ptrdiff_t>(before), CodeSeries::row, std::uint16_t{9});
        series.put(before, std::span(codes).subspan(before, CodeSeries::row));
        check_same(series, codes, random);
    }
}

TEST_CASE("An empty series of codes has nothing to read", "[model]") {
    CodeSeries series;
    series.finish();
    CHECK(series.empty());
    series.put(0, {});
    series.read(0, {});
    CHECK(series.size() == 0);
}
