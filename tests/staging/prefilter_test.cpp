// Filters that a header names.
// SPDX-License-Identifier: BSD-3-Clause
#include "libpsg/staging/prefilter.hpp"

#include <catch2/catch.hpp>

using namespace psg;
using namespace psg::staging;

TEST_CASE("the prefiltering text is read as EDF+ and others write it", "[staging]") {
    CHECK(prefilter_hz("HP:0.1Hz LP:75Hz N:50Hz", "HP") == 0.1);
    CHECK(prefilter_hz("HP:0.1Hz LP:75Hz N:50Hz", "LP") == 75);
    CHECK(prefilter_hz("LP:30.00Hz HP:0.30Hz NOTCH:50", "HP") == 0.3);
    CHECK(prefilter_hz("hp: 1 hz lp = 30 Hz", "HP") == 1);
    CHECK(prefilter_hz("hp: 1 hz lp = 30 Hz", "LP") == 30);
    CHECK(prefilter_hz("HP:0,53Hz", "HP") == 0.53);
    for (const char* text : {"", "HP:", "HP:DC", "HP:0.3s", "XHP:1Hz", "HP 1", "LP:70Hz", "HP:nanHz", "HP:-1Hz"}) {
        INFO(text);
        CHECK_FALSE(prefilter_hz(text, "HP"));
    }
}

TEST_CASE("named filters that harm staging are told", "[staging]") {
    CHECK(prefilter_findings("HP:0.5Hz LP:35Hz", 1, "C4").empty());
    CHECK(prefilter_findings("HP:0.5Hz LP:100Hz [enhanced cassette BW]", 1, "C4").empty());
    const Findings both = prefilter_findings("HP:1Hz LP:20Hz", 3, "C4");
    REQUIRE(both.size() == 2);
    for (const Finding& f : both) {
        CHECK(f.code == FindingCode::EEG_BAND_MISSING);
        CHECK(f.channel == 3);
        CHECK(f.label == "C4");
    }
    CHECK(prefilter_findings("HP:0.3s LP:30Hz", 1, "C4").empty());  // a time constant
}
