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

TEST_CASE("NUL bytes behind the end are ignored and told", "[io]") {
    for (const std::size_t count : {1u, 7u, 512u, 100000u})
        for (const std::string& file : {packed, packed + packed}) {
            INFO(count);
            psg::Findings findings;
            const std::string text = unpacked(file + std::string(count, '\0'), "x", 1 << 20, &findings);
            CHECK(text == (file == packed ? "epoch\tstage\n" : "epoch\tstage\nepoch\tstage\n"));
            REQUIRE(findings.size() == 1);
            CHECK(findings[0].code == psg::FindingCode::EDF_TRAILING_BYTES);
            CHECK(findings[0].byte_offset == static_cast<std::int64_t>(file.size()));
            CHECK(findings[0].message.starts_with(std::to_string(count) + " NUL bytes"));
        }
    CHECK_THROWS_AS(unpacked(packed + std::string(100, '\0') + "x", "x"), psg::DataError);
    CHECK_THROWS_AS(unpacked(packed.substr(0, 20) + std::string(100, '\0'), "x"), psg::DataError);
    CHECK_THROWS_AS(unpacked(packed.substr(0, 26) + std::string(100, '\0'), "x"), psg::DataError);
    CHECK_THROWS_AS(unpacked("\x1f\x8b" + std::string(100, '\0'), "x"), psg::DataError);
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
