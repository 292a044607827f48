// Unpacking of gzip texts.
// SPDX-License-Identifier: BSD-3-Clause
#include "libpsg/io/gzip.hpp"

#include <catch2/catch.hpp>

#include "libpsg/model/error.hpp"

using psg::io::unpacked;

// printf 'epoch\tstage\n' | gzip -n
static const std::string packed(
    "\x1f\x8b\x08\x00\x00\x00\x00\x00\x00\x03\x4b\x2d\xc8\x4f\xce\xe0\x2c\x2e\x49\x4c\x4f\xe5\x02\x00"
    "\x9a\x91\x2b\x51\x0c\x00\x00\x00",
    32);

TEST_CASE("gzip is unpacked, plain text passes", "[io]") {
    CHECK(unpacked("epoch\tstage\n", "x") == "epoch\tstage\n");
    CHECK(unpacked("", "x").empty());
    CHECK(unpacked(packed, "x") == "epoch\tstage\n");
    CHECK(unpacked(packed + packed, "x") == "epoch\tstage\nepoch\tstage\n");
}

TEST_CASE("damaged, truncated and exploding gzip is refused", "[io]") {
    for (std::size_t length = 2; length < packed.size(); ++length)
        CHECK_THROWS_AS(unpacked(packed.substr(0, length), "x"), psg::DataError);
    std::string damaged = packed;
    damaged[14] = static_cast<char>(damaged[14] ^ 0x20);
    CHECK_THROWS_AS(unpacked(damaged, "x"), psg::DataError);
    CHECK_THROWS_AS(unpacked(packed + "more", "x"), psg::DataError);
    CHECK_THROWS_AS(unpacked(packed, "x", 11), psg::DataError);
}
