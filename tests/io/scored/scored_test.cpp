// Every format of scorings: an example, what is made of it, and a bad one.
// SPDX-License-Identifier: BSD-3-Clause
#include <catch2/catch.hpp>
#include <cmath>
#include <filesystem>
#include <set>
#include <vector>

#include "libpsg/io/input_file.hpp"
#include "libpsg/io/scored/scoring.hpp"
#include "libpsg/model/error.hpp"
#include "tests/reference.hpp"

using namespace psg;
using namespace psg::io;
using namespace std::chrono_literals;
using Catch::Contains;

namespace {

// Ten epochs over midnight.
Recording night() {
    Recording r;
    r.segments = {{0s, 300s}};
    r.start = {Date{2020, 3, 1}, 23h + 58min};
    return r;
}

std::string folder() { return test::source_path("tests/io/scored/"); }

ScoringOptions options() {
    ScoringOptions o;
    o.classes = {"leg_movement", "periodic_leg_movement", "hypnic_jerk"};
    return o;
}

std::string dump_of(const Scoring& s, const Findings& findings) {
    std::string text = "format " + s.format + "\nencoding" + (s.encoding.empty() ? "" : " " + s.encoding) + "\n";
    if (s.hypnogram) {
        text += "stages @" + format_seconds(s.hypnogram->start) + ":";
        for (Stage stage : s.hypnogram->stages) text += " " + std::string(stage_name(stage));
        text += "\n";
        if (!s.hypnogram->probabilities.empty()) {
            text += "probabilities";
            for (std::size_t i = 0; i < s.hypnogram->stages.size(); ++i) {
                const double p = s.hypnogram->confidence(i);
                text += std::isnan(p) ? " -" : " " + std::to_string(std::lround(100 * p));
            }
            text += "\n";
        }
    } else {
        text += "no stages\n";
    }
    for (const EventList* list : {&s.respiratory, &s.arousals, &s.movements})
        for (const Event& e : *list) {
            text += e.id + " " + e.kind + " " + format_seconds(e.extent.onset) + " " + format_seconds(e.extent.duration()) + " " +
                    (e.side == Side::none ? "-" : std::string(side_name(e.side))) + (e.channel.empty() ? "" : " " + e.channel) + "\n";
        }
    if (s.lights_off || s.lights_on)
        text += "lights " + (s.lights_off ? format_seconds(*s.lights_off) : "-") + " " + (s.lights_on ? format_seconds(*s.lights_on) : "-") + "\n";
    for (const auto& [name, n] : s.ignored) text += "ignored " + std::to_string(n) + " '" + name + "'\n";
    for (const auto& [name, n] : s.unknown) text += "unknown " + std::to_string(n) + " '" + name + "'\n";
    for (const Finding& f : findings) text += "finding " + std::string(code_name(f.code)) + " " + f.message + "\n";
    return text;
}

std::string dump(const std::string& path, const Recording& recording, const ScoringOptions& o = options()) {
    Findings findings;
    const auto s = understand(read_scored_file(path, recording, o.use), recording, o, findings);
    return dump_of(s, findings);
}

std::string refusal(const std::string& file, const Recording& recording = night()) {
    try {
        dump(folder() + file, recording);
    } catch (const DataError& e) {
        return e.what();
    }
    return "accepted";
}

std::string text_refusal(const std::string& text, const Recording& recording = night()) {
    try {
        Findings findings;
        understand(read_scored_text(text, "t", recording), recording, options(), findings);
    } catch (const DataError& e) {
        return e.what();
    }
    return "accepted";
}

}  // namespace

namespace {

// A format: an example, of which NAME.golden tells what is made, and bad ones with what is said about them.
struct Bad {
    const char *file, *reason;
};
struct Format {
    const char* format;
    std::vector<const char*> examples;
    std::vector<Bad> bad;
};

const std::vector<Format>& formats() {
    static const std::vector<Format> all{
        {"EDF+ annotations",
         {"annotations.edf"},
         {{"annotations_bad.edf", "annotations_bad.edf, annotation at 20 s: the 30-s epoch that starts at 0 s would have two stages, W and N1"}}},
        {"BDF+ annotations",
         {"annotations.bdf"},
         {{"annotations_bad.bdf", "annotations_bad.bdf, annotation at 20 s: the 30-s epoch that starts at 0 s would have two stages, W and N1"}}},
        {"Profusion XML", {"profusion.xml"}, {{"profusion_bad.xml", "profusion_bad.xml line 6: the start 'soon'"}}},
        {"NSRR XML",
         {"nsrr.xml"},
         {{"nsrr_bad.xml", "nsrr_bad.xml line 8: 'Stage 7 sleep' is no sleep stage"},
          {"entities_bad.xml", "entities_bad.xml line 3: the document declares an entity"}}},
        {"Luna .annot",
         {"luna.annot", "luna_old.annot"},
         {{"luna_bad.annot", "luna_bad.annot line 13: the annotation stops before it starts"},
          {"luna_old_bad.annot", "luna_old_bad.annot line 2"}}},
        {"Luna .eannot", {"luna.eannot"}, {{"luna_bad.eannot", "luna_bad.eannot line 3: 'spindle' is no sleep stage"}}},
        {"BIDS events.tsv",
         {"sub-01_task-sleep_events.tsv"},
         {{"bids_bad_events.tsv", "bids_bad_events.tsv line 2: the event 'obstructive apnea' has no duration"}}},
        {"YASA, names", {"yasa_strings.csv"}, {{"yasa_strings_bad.csv", "yasa_strings_bad.csv line 3: 'SLEEPY'"}}},
        {"YASA, integers",  // with --stage-digits yasa
         {"yasa_integers.txt"},
         {{"yasa_integers_bad.txt", "yasa_integers_bad.txt line 9: the stages are digits with 4 but without 5: 4 can be stage 4 or REM"}}},
        {"one stage per line", {"lines_rk.txt", "lines_utf16.txt"}, {{"lines_bad.txt", "lines_bad.txt line 3: is blank"}}},
        {"table of stages",
         {"stages.csv", "stages_clock.csv", "stages_comma.csv", "stages_german.csv"},
         {{"stages_bad.csv", "stages_bad.csv line 3: the 30-s epoch that starts at 0 s would have two stages, W and N1"},
          {"stages_clock_bad.csv", "stages_clock_bad.csv line 3: '25:58:30'"},
          {"stages_comma_bad.csv", "stages_comma_bad.csv line 2: column 'duration' has numbers with points and with commas"},
          {"stages_german_bad.csv", "stages_german_bad.csv line 3: 'Tiefste' is no sleep stage"}}},
        {"table of events",
         {"events.csv", "events_latin1.csv"},
         {{"events_bad.csv", "events_bad.csv line 2: a quoted field is not closed"}}},
        {"table of annotations",
         {"annotations_table.tsv", "edfbrowser.csv"},
         {{"annotations_table_bad.tsv", "annotations_table_bad.tsv line 3: 'long' in column 'duration'"},
          {"edfbrowser_bad.csv", "edfbrowser_bad.csv line 3: the epoch begins before the one above it ends"}}},
        {"RemLogic", {"remlogic.txt"}, {{"remlogic_bad.txt", "remlogic_bad.txt line 20: 'long' is no duration"}}},
        {"Noxturnal",
         {"noxturnal.txt"},
         {{"noxturnal_bad.txt", "noxturnal_bad.txt: the UTF-16 text ends in half a character"}}},
        {"SOMNOmedics",
         {"somnomedics_events.txt", "somnomedics_profile.txt"},
         {{"somnomedics_bad.txt", "somnomedics_bad.txt line 3: the duration of 99 s is not that between the two times"},
          {"somnomedics_events_bad.txt", "somnomedics_events_bad.txt line 6: the duration of 12 s"},
          {"somnomedics_profile_bad.txt", "somnomedics_profile_bad.txt line 9: 'Dösen' is no sleep stage"}}},
        {"psg-stage", {"staged.tsv"}, {{"staged_bad.tsv", "staged_bad.tsv line 3: 'high' in column 'p_w' is no number"}}},
        {"psg-stage --json",
         {"staged.jsonl"},
         {{"staged_bad.jsonl", "staged_bad.jsonl line 2: its names are not those of the first line"}}},
        {"psg-detect",
         {"detected.tsv"},
         {{"detected_bad.tsv", "detected_bad.tsv line 3: id 'leg_movement-7' was given above"}}},
        {"psg-detect --json",
         {"detected.jsonl"},
         {{"detected_bad.jsonl", "detected_bad.jsonl line 2: 'soon' in column 'onset' is no number of seconds"}}},
        {"psg-detect --format annot",
         {"detected.annot"},
         {{"detected_bad.annot", "detected_bad.annot line 4: id 'leg_movement-7' was given above"}}},
        {"psg-export --to tsv",
         {"hdf5_events.tsv", "hdf5_epochs.tsv"},
         {{"hdf5_events_bad.tsv", "hdf5_events_bad.tsv line 2: the event lasts -0.25 s"},
          {"hdf5_epochs_bad.tsv", "hdf5_epochs_bad.tsv line 3: the epoch begins before the one above it ends"}}},
        {"HDF5 itself", {}, {{"tables_bad.h5", "is no scoring but HDF5 (print a table of it with psg-export FILE --to tsv"}}},
        {"packed with gzip",
         {"packed.csv.gz"},
         {{"packed_bad.csv.gz", "packed_bad.csv.gz, near byte 70: the gzip file is truncated or damaged"}}}};
    return all;
}

}  // namespace

TEST_CASE("every format gives what its golden output says") {
    std::set<std::string> known;
    for (const Format& f : formats())
        for (const std::string example : f.examples) {
            INFO(f.format << ", " << example);
            ScoringOptions o = options();
            if (example == "yasa_integers.txt") o.digits = StageDigits::yasa;
            CHECK(dump(folder() + example, night(), o) == read_text_file(folder() + example + ".golden"));
            known.insert(example + ".golden");
        }
    for (const auto& entry : std::filesystem::directory_iterator(folder()))
        if (const std::string name = entry.path().filename().string(); name.ends_with(".golden")) {
            INFO(name);
            CHECK(known.contains(name));
        }
}

TEST_CASE("every bad example is refused with file, line and reason") {
    std::set<std::string> known{"names_bad.map"};
    for (const Format& f : formats()) {
        CHECK(!f.bad.empty());
        for (const Bad& b : f.bad) {
            INFO(f.format);
            CHECK_THAT(refusal(b.file), Contains(b.reason));
            known.insert(b.file);
        }
    }
    for (const auto& entry : std::filesystem::directory_iterator(folder()))
        if (const std::string name = entry.path().filename().string(); name.find("_bad") != name.npos) {
            INFO(name);
            CHECK(known.contains(name));
        }
}

TEST_CASE("digits of YASA are read when their coding is told") {
    ScoringOptions o = options();
    o.digits = StageDigits::yasa;
    CHECK_THAT(dump(folder() + "yasa_integers_bad.txt", night(), o), Contains("W W N1 N2 N2 N3 N3 N2 R R"));
    o.digits = StageDigits::rk;
    CHECK_THAT(dump(folder() + "yasa_integers_bad.txt", night(), o), Contains("W W N1 N2 N2 N3 N3 N2 N3 N3"));
}

TEST_CASE("a map of names gives unknown names a meaning") {
    ScoringOptions o = options();
    o.map = read_event_map(read_text_file(folder() + "names.map"), "names.map", o.classes);
    const std::string text = dump(folder() + "events.csv", night(), o);
    CHECK_THAT(text, Contains("arousal-1 arousal 50 1 -") && Contains("arousal-2 arousal 112.75 3 -"));
    CHECK_THAT(text, !Contains("unknown") && !Contains("finding"));
    const auto refused = [&](const std::string& map) -> std::string {
        try {
            read_event_map(map, "m", o.classes);
        } catch (const DataError& e) {
            return e.what();
        }
        return "accepted";
    };
    CHECK_THAT(refused(read_text_file(folder() + "names_bad.map")), Contains("m line 2: 'blop' is no meaning; meanings are W N1"));
    CHECK_THAT(refused("a b\n"), Contains("m line 1: is no name, tab, meaning"));
    CHECK_THAT(refused("a\tW\tx\n"), Contains("m line 1"));
    CHECK_THAT(refused("A\tW\na\tN1\n"), Contains("m line 2: 'a' was given another meaning"));
    CHECK_THAT(refused("!\tW\n"), Contains("no letters"));
    CHECK(refused("a\thypnic_jerk\n") == "accepted");
}

TEST_CASE("times of day need the recording's start") {
    Recording r = night();
    r.start = {};
    for (const char* file : {"stages_clock.csv", "luna.annot", "remlogic.txt", "noxturnal.txt", "somnomedics_profile.txt"}) {
        INFO(file);
        CHECK_THAT(refusal(file, r), Contains("does not tell its start time"));
    }
    r = night();
    r.segments = {{0s, 25h}};
    CHECK_THAT(refusal("remlogic.txt", r), Contains("a time of day comes twice"));
    CHECK_THAT(dump(folder() + "stages_clock.csv", r), Contains("stages @0: W W N1"));  // its dates decide
    r = night();
    r.start.date = Date{2019, 1, 1};  // an invented date
    CHECK_THAT(dump(folder() + "stages_clock.csv", r), Contains("W W N1 N2") && Contains("finding EVENTS_DATE 10 times"));
    r.start.time_of_day = 11h;
    CHECK_THAT(refusal("stages_clock.csv", r), Contains("another night"));
}

TEST_CASE("hostile XML ends with a reason") {
    std::string deep, wide = "<PSGAnnotation>";
    for (int i = 0; i < 200000; ++i) deep += "<a>";
    CHECK_THAT(text_refusal(deep), Contains("t line 1"));
    CHECK_THAT(text_refusal("<PSGAnnotation>" + deep), Contains("nested more than 32 deep"));
    CHECK_THAT(text_refusal("<PSGAnnotation>"), Contains("no well-formed XML"));
    CHECK_THAT(text_refusal("<PSGAnnotation><ScoredEvents>\n<ScoredEvent></ScoredEvent>"), Contains("t line 2: an event has no name"));
    CHECK_THAT(text_refusal("<html/>"), Contains("its root is 'html'"));
    CHECK_THAT(text_refusal("<!DOCTYPE a SYSTEM \"file:///etc/passwd\" [<!ENTITY x SYSTEM \"file:///etc/passwd\">]><PSGAnnotation>&x;</PSGAnnotation>"),
               Contains("declares an entity"));
    CHECK_THAT(text_refusal("<PSGAnnotation><a>" + std::string(70000, 'x') + "</a></PSGAnnotation>"), Contains("65536 bytes of text"));
    CHECK_THAT(text_refusal("<CMPStudyConfig><EpochLength>0</EpochLength></CMPStudyConfig>"), Contains("impossible"));
    CHECK_THAT(text_refusal("<CMPStudyConfig><EpochLength>1e6</EpochLength></CMPStudyConfig>"), Contains("impossible"));
}

TEST_CASE("what is no scoring is refused by its kind") {
    CHECK_THAT(text_refusal(""), Contains("empty"));
    CHECK_THAT(text_refusal("PK\x03\x04..."), Contains("zip"));
    CHECK_THAT(text_refusal("%PDF-1.4"), Contains("PDF"));
    CHECK_THAT(text_refusal("SQLite format 3"), Contains("SQLite"));
    CHECK_THAT(text_refusal("hello world\n"), Contains("no column of stages or names of events among hello, world"));
    CHECK_THAT(text_refusal("W\nN1\nqqq\n"), Contains("t line 3: 'qqq' is no sleep stage"));
}

TEST_CASE("marks of lights that contradict each other are told") {
    const auto lights = [](const std::string& rows) {
        Findings findings;
        const Recording r = night();
        const auto s = understand(read_scored_text("onset,duration,event\n" + rows, "t", r), r, options(), findings);
        return (s.lights_off ? format_seconds(*s.lights_off) : "-") + " " + (s.lights_on ? format_seconds(*s.lights_on) : "-") + " " +
               std::to_string(findings.size());
    };
    CHECK(lights("15,0,Lights off\n290,0,Lights on\n") == "15 290 0");
    CHECK(lights("15,0,Lights off\n") == "15 - 0");
    CHECK(lights("15,0,lights_off\n30,0,Lights Out\n290,0,lights on\n") == "15 290 1");
    CHECK(lights("5,0,lights on\n15,0,lights off\n") == "15 - 1");
    CHECK(lights("400,0,lights off\n") == "- - 1");
}

TEST_CASE("periods in bed go from each lights off to the next lights on") {
    const auto periods = [](const std::string& rows) {
        Findings findings;
        const Recording r = night();
        std::string text;
        for (const Interval& p : understand(read_scored_text("onset,duration,event\n" + rows, "t", r), r, options(), findings).periods_in_bed)
            text += format_seconds(p.onset) + "-" + format_seconds(p.offset) + " ";
        return text;
    };
    CHECK(periods("15,0,Lights off\n290,0,Lights on\n").empty());
    CHECK(periods("15,0,Lights off\n100,0,Lights on\n120,0,Lights off\n290,0,Lights on\n") == "15-100 120-290 ");
    CHECK(periods("290,0,Lights on\n5,0,Lights on\n120,0,Lights off\n15,0,Lights off\n100,0,Lights on\n") == "15-100 120-290 ");
    CHECK(periods("15,0,Lights off\n20,0,Lights off\n100,0,Lights on\n110,0,Lights on\n120,0,Lights off\n") ==
          "15-100 120-" + format_seconds(night().duration()) + " ");
    CHECK(periods("15,0,Lights off\n20,0,Lights off\n290,0,Lights on\n").empty());
}

TEST_CASE("ids of EDF+ annotations and intervals are kept once") {
    Recording scoring = night();
    scoring.format = "EDF+C";
    scoring.annotations = {{10s, 1s, "Limb movement #12@@EMG LAT"}, {20s, 1s, "Limb movement@@EMG RAT"}, {30s, 300ms, "Hypnic jerk #3@@EMG LAT"},
                           {40s, 1s, "Periodic leg movement #4@@EMG LAT"}};
    Findings findings;
    const auto s = understand(scored_annotations(scoring, "s", night()), night(), options(), findings);
    REQUIRE(s.movements.size() == 4);
    CHECK(s.movements[0].id == "leg_movement-12");
    CHECK(s.movements[0].side == Side::left);
    CHECK(s.movements[0].channel == "EMG LAT");
    CHECK(s.movements[1].id == "leg_movement-13");  // 1 to 11 were known once
    CHECK(s.movements[1].side == Side::right);
    CHECK(s.movements[2].id == "hypnic_jerk-3");
    CHECK(s.movements[3].kind == "periodic_leg_movement");
    CHECK(findings.empty());
    scoring.annotations.push_back({50s, 1s, "Limb movement #12"});
    CHECK_THROWS_WITH(understand(scored_annotations(scoring, "s", night()), night(), options(), findings),
                      Contains("s, annotation at 50 s: id 'leg_movement-12' was given above"));
}

TEST_CASE("real scorings are read") {
    PSG_REFERENCE_OR_SKIP(sleep_edf, "io/edf/real/SC4001EC-Hypnogram.edf");
    Recording r;
    r.segments = {{0s, 79500s}};  // SC4001E0-PSG.edf: 2650 epochs from 16:13
    r.start = {Date{1989, 4, 24}, 16h + 13min};
    Findings findings;
    auto s = understand(read_scored_file(sleep_edf, r), r, options(), findings);
    CHECK(findings.empty());
    REQUIRE(s.hypnogram);
    const auto count = [&](Stage stage) { return std::count(s.hypnogram->stages.begin(), s.hypnogram->stages.end(), stage); };
    CHECK(s.hypnogram->stages.size() == 2650);
    // counted from the annotations by hand: stages 1, 2, 3+4, R in epochs
    CHECK(count(Stage::N1) == 58);
    CHECK(count(Stage::N2) == 250);
    CHECK(count(Stage::N3) == 220);
    CHECK(count(Stage::R) == 125);

    PSG_REFERENCE_OR_SKIP(hmc, "io/edf/real/hmc_annotations_only.edf");
    Recording h;
    h.start = {std::nullopt, 23h + 59min + 30s};
    s = understand(read_scored_file(hmc, h), h, options(), findings);
    REQUIRE(s.hypnogram);
    CHECK(s.hypnogram->stages[8] == Stage::N1);
    CHECK(s.lights_off == 33430ms);
}

TEST_CASE("event buttons and notes become marks without their text; what is scored does not", "[scored]") {
    const Recording r = night();
    Findings findings;
    const auto s = understand(read_scored_text("onset,duration,event\n10,2,Hypopnea\n30,0,Patient Event\n60,0,fell again says he\n"
                                               "70,5,Desaturation\n80,0,Lights off\n", "t", r), r, options(), findings);
    REQUIRE(s.marks.size() == 2);
    CHECK(s.marks[0].onset == 30s);
    CHECK(s.marks[0].kind == "event_button");
    CHECK(s.marks[1].onset == 60s);
    CHECK(s.marks[1].kind == "note");
}
