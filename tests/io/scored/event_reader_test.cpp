// Tests of the reader of scored events.
// SPDX-License-Identifier: BSD-3-Clause
#include "libpsg/io/scored/event_reader.hpp"

#include <algorithm>
#include <catch2/catch.hpp>

#include "libpsg/io/input_file.hpp"
#include "libpsg/model/error.hpp"
#include "tests/reference.hpp"

using namespace psg;
using namespace psg::io;
using namespace std::chrono_literals;
using Catch::Contains;

namespace {

EventList read(const std::string& text, ScoringUse use, Findings& findings) {
    return read_events(text, "e", use, findings);
}
// Without findings.
EventList read(const std::string& text, ScoringUse use) {
    Findings findings;
    const auto events = read(text, use, findings);
    CHECK(findings.empty());
    return events;
}
std::string refusal(const std::string& text, ScoringUse use = ScoringUse::movements) {
    Findings findings;
    try {
        read(text, use, findings);
    } catch (const DataError& e) {
        return e.what();
    }
    return "accepted";
}
std::string kinds(const EventList& events) {
    std::string s;
    for (const Event& e : events) s += (s.empty() ? "" : " ") + e.kind;
    return s;
}

}  // namespace

TEST_CASE("respiratory events") {
    const auto events = read(
        "onset_s,duration_s,type\n10.1,12,hypopnea\n60,20.25,Obstructive Apnoea\n100,15,RERA\n130,11,\"Hypopnoea, "
        "central\"\n"
        "150,11,APNEA-M\n170,10,Respiratory effort related arousal\n",
        ScoringUse::respiratory);
    CHECK(kinds(events) == "hypopnea obstructive_apnea rera central_hypopnea mixed_apnea rera");
    CHECK(events[0].extent == Interval{10100ms, 22100ms});
    CHECK(events[0].id == "hypopnea-1");
    CHECK(events[1].extent.offset == 80250ms);
    CHECK(kinds(read("start\tstop\n10\t22\n", ScoringUse::respiratory)) == "respiratory_event");

    Findings findings;
    const auto some = read("start;dur;event\n1;10;Apnea\n5;5;Desaturation\n9;3;Arousal\n20;5;Zorp\n40;5;Zorp\n50;2;Blip\n",
                           ScoringUse::respiratory, findings);
    CHECK(kinds(some) == "apnea");
    REQUIRE(findings.size() == 1);
    CHECK(findings[0].code == FindingCode::EVENTS_UNKNOWN);
    CHECK_THAT(findings[0].message, Contains("1 'Blip', 2 'Zorp'"));
}

TEST_CASE("arousals") {
    const auto events = read("onset,duration\n50,5.53\n20,3\n", ScoringUse::arousals);
    REQUIRE(events.size() == 2);
    CHECK(events[0].extent == Interval{20s, 23s});
    CHECK(events[1].extent == Interval{50s, 55530ms});
    CHECK(events[1].id == "arousal-2");
    Findings findings;
    CHECK(kinds(read("onset,duration,type\n1,3,Arousal (spontaneous)\n9,3,EEG "
                     "arousal\n20,3,RERA\n30,3,spontaneous\n40,9,Hypopnea with arousal\n",
                     ScoringUse::arousals, findings)) == "arousal arousal arousal");
    CHECK(findings.empty());  // the others are no arousals, but known
}

TEST_CASE("what happened is told apart from what came with it") {
    const auto all = [](const std::string& name) {
        std::string found;
        for (const ScoringUse use : {ScoringUse::respiratory, ScoringUse::arousals, ScoringUse::movements}) {
            Findings findings;
            const std::string k = kinds(read("onset,duration,event\n10,12,\"" + name + "\"\n", use, findings));
            found += k.empty() ? "" : k;
            if (!findings.empty() && k.empty() && use == ScoringUse::movements) found += "unknown";
        }
        return found;
    };
    CHECK(all("Arousal resulting from respiratory effort") == "arousal");  // NSRR
    CHECK(all("Arousal resulting from periodic leg movement") == "arousal");
    CHECK(all("Respiratory effort related arousal") == "rera");
    for (const char* name : {"Arousal (apnea)", "Arousal after hypopnea", "Snore arousal", "PLM arousal", "Arousal PLM"})
        CHECK(all(name) == "arousal");
    for (const char* name : {"Leg movement with arousal", "LM without arousal", "Limb movement following apnea", "PLMS left", "PLM"})
        CHECK(all(name) == "leg_movement");
    for (const char* name : {"Hypopnea 4% with arousal", "Hypopnea, desat 4%", "Hypopnea with desaturation"})
        CHECK(all(name) == "hypopnea");
    for (const char* name : {"No arousal", "Apnea arousal", "Post-apnea leg movement"}) CHECK(all(name) == "unknown");
    for (const char* name : {"SpO2 desaturation", "Desaturation (apnea)", "Leg movement artifact", "Snoring"})
        CHECK(all(name).empty());
    // causes of arousals, or a list of everything
    CHECK(kinds(read("onset,duration,type\n1,3,PLM\n9,3,spontaneous\n", ScoringUse::arousals)) == "arousal arousal");
    CHECK(kinds(read("onset,duration,type\n1,3,PLM\n9,3,arousal\n", ScoringUse::arousals)) == "arousal");
}

TEST_CASE("leg movements") {
    auto events =
        read("leg,onset_s,duration_s\nL,600.000,1.385\nR,34.534,0.525\nleft,700,0\nB,800,1\n", ScoringUse::movements);
    REQUIRE(events.size() == 4);
    CHECK(events[0].side == Side::right);
    CHECK(events[0].kind == "leg_movement");
    CHECK(events[0].id == "leg_movement-1");
    CHECK(events[1].extent == Interval{600s, 601385ms});
    CHECK(events[2].extent.duration() == 0s);
    CHECK(events[3].side == Side::both);

    events = read("onset,duration,channel\n1,2,EMG LAT\n5,1,LEG/R\n", ScoringUse::movements);
    CHECK(events[0].side == Side::left);
    CHECK(events[0].channel == "EMG LAT");
    CHECK(events[1].side == Side::right);

    events = read("onset,offset,type\n1,2,Limb movement (left)\n5,6,LM R\n8,9,PLM left\n", ScoringUse::movements);
    CHECK(kinds(events) == "leg_movement leg_movement leg_movement");
    CHECK(events[1].side == Side::right);
    CHECK(events[2].side == Side::left);

    // a side that is told twice
    CHECK_THROWS_WITH(read("onset,duration,type,side\n1,2,LM left,R\n", ScoringUse::movements), Contains("line 2") && Contains("has the side R"));
    Findings other;
    events = read("onset,duration,type,channel\n1,2,LM left,EMG RAT\n5,1,LM right,EMG RAT\n", ScoringUse::movements, other);
    CHECK(events[0].side == Side::left);
    REQUIRE(other.size() == 1);
    CHECK_THAT(other[0].message, Contains("1 leg movements have another side than their channel"));

    Findings findings;
    events = read("onset,duration\n-1,2\n", ScoringUse::movements, findings);
    CHECK(events[0].side == Side::none);
    CHECK(events[0].extent.onset == -1s);
    CHECK(findings.size() == 1);
}

TEST_CASE("the output of psg-detect, corrected by hand") {
    const auto events = read(
        "id\tclass\tonset\tduration\tstage\tchannel\tside\tpeak\n"
        "leg_movement-1\tleg_movement\t10\t1.5\tN2\tLEG/L\tL\t20\n"
        "periodic_leg_movement-1\tperiodic_leg_movement\t10\t1.5\tN2\tLEG/L+LEG/R\tB\tnan\n"
        "hypnic_jerk-1\thypnic_jerk\t12\t0.3\tN1\tLEG/L\tL\tnan\n"
        "leg_movement-2\tleg_movement\t30.000001\t2\tN2\tLEG/R\tR\t20\n"
        "\tleg_movement\t20\t2\t?\tLEG/R\t\t\n",
        ScoringUse::movements);
    REQUIRE(events.size() == 3);
    CHECK(events[0].id == "leg_movement-1");
    CHECK(events[1].id == "leg_movement-3");  // added by hand: the next free number
    CHECK(events[1].side == Side::right);     // by its channel
    CHECK(events[2].id == "leg_movement-2");
    CHECK(events[2].extent.onset == 30000001us);
}

TEST_CASE("events that cannot be understood are refused with the line") {
    CHECK_THAT(refusal(""), Contains("empty"));
    CHECK_THAT(refusal("leg,duration\nL,1\n"), Contains("no column of onsets among leg, duration"));
    CHECK_THAT(refusal("leg,onset\nL,1\n"), Contains("durations or ends"));
    CHECK_THAT(refusal("onset,duration\n1,-0.5\n"), Contains("e line 2") && Contains("lasts -0.5 s"));
    CHECK_THAT(refusal("onset,offset\n1,2\n3,2\n"), Contains("e line 3"));
    CHECK_THAT(refusal("onset,duration\nnan,1\n"), Contains("e line 2") && Contains("'nan'"));
    CHECK_THAT(refusal("onset,duration\n1,inf\n"), Contains("'inf'"));
    CHECK_THAT(refusal("onset,duration\n1,\n"), Contains("''"));
    CHECK_THAT(refusal("onset,duration\n\"1,5\",2\n"), Contains("'1,5'"));
    CHECK_THAT(refusal("onset,duration\n1e300,1\n"), Contains("e line 2"));
    CHECK_THAT(refusal("onset,duration\n22:30:00,1\n"), Contains("e line 2"));
    CHECK_THAT(refusal("leg,onset,duration\nX,1,1\n"), Contains("'X' is no side"));
    CHECK_THAT(refusal("id,onset,duration\na,1,1\na,2,1\n"), Contains("e line 3") && Contains("'a'"));
    CHECK_THAT(refusal("onset,duration,type\n1,1,\n"), Contains("type of the event is empty"));
    CHECK_THAT(refusal("onset,duration\n1,1,1\n"), Contains("e line 2"));
    CHECK(read("leg,onset,duration\n", ScoringUse::movements).empty());
}

TEST_CASE("reference events are read") {
    PSG_REFERENCE_OR_SKIP(folder, "movements");
    const auto file = [&](const std::string& path, ScoringUse use) { return read(read_text_file(folder + path), use); };
    const auto respiratory = file("/main256/resp_events.csv", ScoringUse::respiratory);
    CHECK(respiratory.front().kind == "hypopnea");
    CHECK(respiratory[1].extent == Interval{from_seconds(21045.11), from_seconds(21075.0)});
    CHECK(std::none_of(respiratory.begin(), respiratory.end(),
                       [](const Event& e) { return e.kind == "respiratory_event"; }));
    CHECK(file("/main256/arousals.csv", ScoringUse::arousals).front().extent.onset == 1549880ms);
    CHECK(file("/main256/truth_lma.csv", ScoringUse::movements).front().side == Side::left);
    const auto fuzz = file("/reference/fuzz_lma.csv", ScoringUse::movements);
    CHECK(fuzz.size() == 2004);
    CHECK(std::all_of(fuzz.begin(), fuzz.end(),
                      [](const Event& e) { return e.side == Side::left || e.side == Side::right; }));
}
