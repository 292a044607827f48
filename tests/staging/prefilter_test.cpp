// Filters that a header names.
// SPDX-License-Identifier: BSD-3-Clause
#include "libpsg/staging/prefilter.hpp"

#include <catch2/catch.hpp>

using namespace psg;
using namespace psg::staging;

TEST_CASE("the prefiltering text is read as EDF+ and others write it", "[staging]") {
    struct Named {
        const char* text;
        double high_pass_hz, low_pass_hz;  // 0: none
    };
    const Named texts[] = {{"HP:0.1Hz LP:75Hz N:50Hz", 0.1, 75},
                           {"LP:30.00Hz HP:0.30Hz NOTCH:50", 0.3, 30},
                           {"hp: 1 hz lp = 30 Hz", 1, 30},
                           {"HP:0,53Hz", 0.53, 0},
                           {"HP:.3Hz, LP:35Hz", 0.3, 35},
                           {"HP:1,6,LP:30", 1.6, 30},
                           {"HP:0.1s", 1.5915, 0},
                           {"TC:0.1s", 1.5915, 0},
                           {"tc 100 ms hf 35 hz", 1.5915, 35},
                           {"TC:0.3 HF:70", 0.5305, 70},
                           {"Time constant: 0,3 sec", 0.5305, 0},
                           {"HP:1600mHz", 1.6, 0},
                           {"LP:0.1kHz", 0, 100},
                           {"HP:1.6", 1.6, 0},
                           {"HP:1.6LP:30", 1.6, 30},
                           {"Highpass 1.6", 1.6, 0},
                           {"High-pass filter: 1.6 Hz; Low-pass filter: 30 Hz", 1.6, 30},
                           {"low cut 0.5 Hz high cut 20 Hz", 0.5, 20},
                           {"HPF:1.6Hz", 1.6, 0},
                           {"HPF1.6Hz/LPF20Hz", 1.6, 20},
                           {"LF:1.6 HF:35", 1.6, 35},
                           {"hf=35hz lf=1,6hz", 1.6, 35},
                           {"Low filter 0.3 Hz, high filter 20 Hz", 0.3, 20},
                           {"BP:1-30Hz", 1, 30},
                           {"bandpass 0,3 Hz - 35 Hz notch 50", 0.3, 35},
                           {"BPF 0.3 to 20", 0.3, 20},
                           {"LP:20", 0, 20},
                           {"N:50", 0, 0},
                           {"N:50 LP:20 Hz", 0, 20},
                           {"HP:0.3Hz HP:1Hz LP:70Hz LP:35Hz", 1, 35},
                           {"HP:DC LP:35Hz", 0, 35},
                           {"[HP:0.5Hz LP:100Hz] enhanced cassette BW", 0.5, 100}};
    for (const Named& n : texts) {
        INFO(n.text);
        const NamedFilters found = read_prefilter(n.text);
        CHECK(found.high_pass_hz.has_value() == (n.high_pass_hz > 0));
        CHECK(found.low_pass_hz.has_value() == (n.low_pass_hz > 0));
        CHECK(found.high_pass_hz.value_or(0) == Approx(n.high_pass_hz).epsilon(1e-4));
        CHECK(found.low_pass_hz.value_or(0) == Approx(n.low_pass_hz).epsilon(1e-4));
    }
}

TEST_CASE("what may mean several things, or nothing, stays unknown", "[staging]") {
    for (const char* text : {"", "HP:", "HP:DC", "HP:0Hz", "HP:off", "XHP:1Hz", "HP:nanHz", "HP:-1Hz", "HP:1e0Hz", "HP:1600", "LP:0.035",
                             "LP:0.01s", "LF:35", "HF:35", "LF:35 HF:1.6", "BP:1,30Hz", "BP:30-1Hz", "BP:1-30s", "BP:1", "HP:1-30", "HP/LP:0.3/35",
                             "HP:0.3/35", "HP:2 poles", "HP 12dB/oct", "HP1:0.5Hz", "TC:0.3Hz", "TC:300", "HP:35Hz LP:0.3Hz", "0.3-35Hz", "1.6", "help 1 Hz"}) {
        INFO(text);
        const NamedFilters found = read_prefilter(text);
        CHECK_FALSE(found.high_pass_hz);
        CHECK_FALSE(found.low_pass_hz);
    }
}

TEST_CASE("named filters that harm staging are told", "[staging]") {
    CHECK(prefilter_findings("HP:0.5Hz LP:35Hz", 1, "C4").empty());
    CHECK(prefilter_findings("HP:0.5Hz LP:100Hz [enhanced cassette BW]", 1, "C4").empty());
    CHECK(prefilter_findings("TC:0.3s HF:30 N:50", 1, "C4").empty());
    const Findings both = prefilter_findings("HP:1Hz LP:20Hz", 3, "C4");
    REQUIRE(both.size() == 2);
    for (const Finding& f : both) {
        CHECK(f.code == FindingCode::EEG_BAND_MISSING);
        CHECK(f.channel == 3);
        CHECK(f.label == "C4");
    }
    const Findings slow = prefilter_findings("TC:0.1s", 1, "C4");
    REQUIRE(slow.size() == 1);
    CHECK_THAT(slow[0].message, Catch::Matchers::Contains("high-pass filter of 1.59 Hz"));
}
