// What is taken out of texts, and what is left.
// SPDX-License-Identifier: BSD-3-Clause
#include "libpsg/workflow/fix/deidentify.hpp"

#include <catch2/catch.hpp>

using namespace psg;
using workflow::Scrubber;

TEST_CASE("a person's words go in every spelling, words of scorings stay", "[fix]") {
    const Identity identity{"MCH-0234 F 13-FEB-1961 Annegret_Wei\u00df-M\u00fcller",
                            "Startdate 01-MAR-2024 PSG-77/24 Huber X"};
    const Scrubber scrubber(identity, {"room [0-9]+"});
    const auto clean = [&](const std::string& text) { return scrubber.clean(text); };
    for (const char* named : {"Annegret", "ANNEGRET", "M\u00fcller", "Muller", "Mueller", "Mu\u0308ller", "Annegret123",
                              "Hubers", "Weissm\u00fcller", "MCH0234", "MCH-0234", "130261", "19610213"})
        CHECK(clean("note " + std::string(named) + " end").find(named) == std::string::npos);
    CHECK(clean("note Mu\u0308ller end") == "note X end");
    CHECK(clean("call 0664 1234567 or a.b@c.at, room 12") == "call X or X, X");
    CHECK(clean("born 13.02.1961") == "born X");
    CHECK_FALSE(scrubber.has_kept_name());
    for (const char* kept :
         {"Sleep stage N2", "Limb movement #12@@EMG LAT", "Lights off", "Obstructive apnea", "SpO2 88 %", "epoch 130"})
        CHECK(clean(kept) == kept);
}

TEST_CASE("a name that is a word of scorings is told", "[fix]") {
    const auto kept = [](const char* patient, const char* recording, const char* text) {
        const Scrubber scrubber({patient, recording}, {});
        return std::string(scrubber.has_kept_name() ? "name" : "") + (scrubber.keeps_name(text) ? " kept" : "");
    };
    CHECK(kept("X M X Light_Anna", "", "Mr Light woke up") == "name kept");
    CHECK(kept("X M X Light_Anna", "", "Lights off") == "name");
    CHECK(kept("Anna LIGHT", "sleep study", "light on") == "name kept");
    CHECK(kept("X M X Anna", "Startdate X X Prone X", "prone position") == "name kept");
    CHECK(kept("X M X Anna", "Startdate X X X X", "Sleep stage W") == "");
    CHECK(kept("male patient", "Sleep study", "Sleep stage W, patient") == "");
}
