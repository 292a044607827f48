// The policy for defective recordings, row by row, on files that are broken in one known way; no reference data needed.
// SPDX-License-Identifier: BSD-3-Clause
#include <catch2/catch.hpp>
#include <filesystem>
#include <fstream>
#include <functional>

#include "libpsg/io/edf/edf_reader.hpp"
#include "tests/edf_bytes.hpp"

using namespace psg;
using namespace psg::test;
using namespace std::chrono_literals;
using namespace std::string_literals;
using psg::io::EdfReader;

namespace {

using Break = std::function<void(EdfText&)>;

// Three 1-s records of one channel (4 samples, digital values 0 to 11), with annotations.
EdfText sound() {
    EdfText file;
    file.reserved = "EDF+C";
    EdfSignalText s;
    for (int r = 0; r < 3; ++r) s.records.push_back(int16_bytes({4 * r, 4 * r + 1, 4 * r + 2, 4 * r + 3}));
    file.signals = {s, annotation_signal({"+0\x14\x14\0+0.5\x15"
                                          "1\x14"
                                          "Arousal\x14"s,
                                          "+1\x14\x14", "+2\x14\x14"})};
    return file;
}

// "CODE@channel:byte" of every finding, or "REFUSED@channel:byte field".
std::string verdict(const std::string& bytes) {
    TemporaryFolder folder;
    const std::string path = folder.write("x.edf", bytes);
    std::string text;
    try {
        const EdfReader reader(path);
        for (const Finding& f : reader.recording().findings) {
            CHECK_FALSE(f.field.empty());
            CHECK_FALSE(f.message.empty());
            CHECK_FALSE(f.repair.empty());
            text += (text.empty() ? "" : " ") + std::string(code_name(f.code)) +
                    (f.channel >= 0 ? "@" + std::to_string(f.channel) : "") + ":" +
                    std::to_string(f.byte_offset.value_or(-1));
        }
    } catch (const io::EdfRefusal& e) {
        const Finding& f = e.place();
        text = "REFUSED" + (f.channel >= 0 ? "@" + std::to_string(f.channel) : "") + ":" +
               std::to_string(f.byte_offset.value_or(-1)) + " " + f.field;
    }
    return text;
}

std::string broken(const Break& change) {
    EdfText file = sound();
    change(file);
    return verdict(file.bytes());
}

EdfReader opened(const TemporaryFolder& folder, const Break& change) {
    EdfText file = sound();
    change(file);
    return EdfReader(folder.write("x.edf", file.bytes()));
}

// Physical value of the digital value 32767 of channel 0.
double top(const Break& change) {
    TemporaryFolder folder;
    return opened(folder, change).recording().channels.at(0).calibration.value().physical(32767);
}

Break set(std::string EdfText::*member, const std::string& text) {
    return [=](EdfText& f) { f.*member = text; };
}
Break set(std::string EdfSignalText::*member, const std::string& text) {
    return [=](EdfText& f) { f.signals[0].*member = text; };
}
Break tals(std::vector<std::string> list, const std::string& reserved = "EDF+C") {
    return [=](EdfText& f) {
        f.reserved = reserved;
        f.signals[1] = annotation_signal(list);
    };
}

using F = EdfText;
using S = EdfSignalText;

}  // namespace

TEST_CASE("a legal file gives no finding") {
    CHECK(broken([](EdfText&) {}) == "");
    const std::vector<Break> legal{
        set(&F::duration, "1.0"),
        set(&F::duration, "01"),
        set(&F::records, "0003"),
        set(&S::samples, "004"),
        set(&S::digital_min, "-032768"),
        set(&S::physical_min, "-500.000"),
        set(&S::transducer, ""),
        set(&S::prefilter, ""),
        set(&S::physical_max, "1000"),
        set(&F::patient, "X X X X more"),
        set(&F::patient, "code_1 F 29-FEB-2000 A_B extra text"),
        set(&F::recording, "Startdate X X X X"),
        set(&F::recording, "Startdate 01-MAR-2024 a b c any text"),
        set(&F::reserved, "EDF+C   by a recorder"),
        set(&F::reserved, "EDF+D"),
        set(&S::unit, "mV"),
        set(&S::unit, "%"),
        set(&F::date, "01.03.24"),
        tals({"+0.25\x14\x14", "+1.25\x14\x14", "+2.25\x14\x14"}),
        tals({"+0\x14\x14", "+1\x14\x14", "+9\x14\x14"}, "EDF+D"),
        tals({"+0\x14\x14\0-30\x15"
              "30\x14"
              "before\x14"s,
              "+1\x14\x14\0+9\x14"
              "a\x14"
              "b\x14"s,
              "+2\x14\x14"
              "text\x14"}),
        tals({"+0\x14\x14\0+1\x14 \xe4\xbb\xb0 \t \x14"s, "+01.000000\x14\x14", "+2\x14\x14"}),
        [](EdfText& f) {
            f.signals.push_back(
                annotation_signal({"+7\x14"
                                   "second\x14",
                                   "", ""}));
        },
        [](EdfText& f) { std::swap(f.signals[0], f.signals[1]); },
        [](EdfText& f) {
            f.duration = "30", tals({"+0\x14\x14", "+30\x14\x14", "+60\x14\x14"})(f);
        },
        [](EdfText& f) {
            f.duration = "0.7", tals({"+0\x14\x14", "+0.7\x14\x14", "+1.4\x14\x14"})(f);
        },
        [](EdfText& f) { f.date = "01.03.yy", f.recording = "Startdate 01-MAR-2124 X X X"; },
        [](EdfText& f) { f.date = "29.02.24", f.recording = "Startdate 29-FEB-2024 X X X"; },
        [](EdfText& f) { f.reserved = "", f.patient = f.recording = "free text", f.signals.pop_back(); },
        [](EdfText& f) { f.signals.erase(f.signals.begin()), f.duration = "0"; },
        [](EdfText& f) { f.signals.erase(f.signals.begin()); },
        // rare
        set(&S::unit, "K"),
        set(&S::unit, "kPa"),
        set(&S::unit, "m/s2"),
        set(&S::transducer, "AgAgCl cup; \"gold\" (10 mm) #3 ~!@$%^&*[]{}|<>?/'"),
        set(&S::prefilter, "HP:0.1Hz LP:75Hz N:50Hz"),
        set(&S::physical_min, "-.5"),
        set(&S::label, "ABCDEFGHIJKLMNOP"),
        set(&F::patient, "MCH-0234567 F 02-MAY-1951 Haagse_Harry more, 178 cm (right-handed)"),
        [](EdfText& f) { f.date = "01.01.85", f.recording = "Startdate 01-JAN-1985 X X X"; },
        [](EdfText& f) { f.date = "31.12.84", f.recording = "Startdate 31-DEC-2084 X X X"; },
        [](EdfText& f) { f.duration = "0.125", tals({"+0\x14\x14", "+0.125\x14\x14", "+0.25\x14\x14"})(f); },
        [](EdfText& f) { f.duration = "3600", tals({"+0\x14\x14", "+3600\x14\x14", "+7200\x14\x14"})(f); },
        tals({"+0.1234567\x14\x14", "+1.1234567\x14\x14", "+2.1234567\x14\x14"}),
        tals({"+0.9999999\x14\x14", "+1.9999999\x14\x14", "+2.9999999\x14\x14"}),
        tals({"-0\x14\x14", "+01.0000000000\x14\x14", "+002\x14\x14"}),
        tals({"+0\x14\x14\0+0.5\x15" "0.000001\x14" "a\x14" "b\x14" "c\x14\0-1.5\x14" "before\x14"s, "+1\x14\x14",
              "+2\x14\x14\0+86400.25\x15" "12345.678\x14late\nsecond line\x14"s}),
        tals({"+0\x14\x14", "+1.02\x14\x14", "+2.04\x14\x14"}, "EDF+D"),
        [](EdfText& f) {
            for (int i = 0; i < 6; ++i)
                f.signals.push_back(annotation_signal({"+0.5\x14one\x14", "", "+1.5\x15" "0.5\x14two\x14\0+1.5\x14three\x14"s}));
        },
        [](EdfText& f) {  // one sample a record, beside 40,000
            f.signals[0].samples = "1";
            for (std::string& r : f.signals[0].records) r.resize(2);
            EdfSignalText large = f.signals[0];
            large.label = "EEG C4", large.samples = "40000";
            for (std::string& r : large.records) r.resize(80000, '\1');
            f.signals.push_back(large);
        },
        [](EdfText& f) {
            for (int i = 0; i < 200; ++i) {
                f.signals.push_back(f.signals[0]);
                f.signals.back().label = "channel " + std::to_string(i);
            }
        },
    };
    for (std::size_t i = 0; i < legal.size(); ++i) {
        INFO("case " << i);
        CHECK(broken(legal[i]) == "");
    }
}

TEST_CASE("rows 1 and 2: record count and file size") {
    for (const char* count : {"-1", " ", "junk", "99999999", "2", "1", "-7", "2.5", "1,000"})
        CHECK(broken(set(&F::records, count)) == "EDF_RECORD_COUNT:236");
    const std::string bytes = sound().bytes();
    constexpr std::size_t record = 8 + 64;
    for (std::size_t cut : {std::size_t(1), record - 1}) {
        const std::string part = bytes.substr(0, bytes.size() - cut);
        CHECK(verdict(part) == "EDF_RECORD_COUNT:236");
        TemporaryFolder folder;
        const EdfReader reader(folder.write("x.edf", part));
        CHECK(reader.recording().duration() == 2s);
        CHECK_THAT(reader.recording().findings[0].message,
                   Catch::Contains(std::to_string(record - cut) + (record - cut == 1 ? " byte" : " bytes")));
    }
    const std::string end = std::to_string(768 + 3 * record);
    CHECK(verdict(bytes + "x") == "EDF_TRAILING_BYTES:" + end);
    CHECK(verdict(bytes + std::string(record - 1, 'x')) == "EDF_TRAILING_BYTES:" + end);
    CHECK(verdict(bytes + bytes.substr(768 + 2 * record).replace(8, 2, "+3") + "xyz") ==
          "EDF_RECORD_COUNT:236 EDF_TRAILING_BYTES:" + std::to_string(768 + 4 * record));
    CHECK(verdict(bytes.substr(0, 768)) == "EDF_RECORD_COUNT:236");
    CHECK(broken([](EdfText& f) { f.signals[0].records = f.signals[1].records = {}; }) == "EDF_RECORD_COUNT:236");
}

TEST_CASE("defects of the known kinds in other clothes") {
    CHECK(broken(set(&F::records, "0x3")) == "EDF_RECORD_COUNT:236");
    CHECK(broken(set(&F::records, "+3")) == "EDF_NUMBER_FORMAT:236");
    CHECK(broken(set(&F::records, "3\0\0\0"s)) == "EDF_NUMBER_FORMAT:236");
    CHECK(broken(set(&F::records, "1e7")) == "EDF_NUMBER_FORMAT:236 EDF_RECORD_COUNT:236");
    CHECK(broken(set(&F::header_bytes, "768.0")) == "EDF_NUMBER_FORMAT:184");
    CHECK(broken(set(&F::header_bytes, "00000768")) == "");
    for (const char* duration : {"1 s", "1/1", "1.0.0", "nan", "inf", "-1", "", "1e-12", "0"})
        CHECK(broken(set(&F::duration, duration)) == "REFUSED:244 record duration");
    for (const char* date : {"2024-03-", " 1.03.24", "1. 3.24", "01.MAR24", "29.02.23", "01.03.2 "})
        CHECK(broken(set(&F::date, date)).starts_with("EDF_START_DATE:168"));
    for (const char* time : {"223000", "22h30m00", "22.30.60", "-2.30.00", "22.30"})
        CHECK(broken(set(&F::time, time)).starts_with("EDF_START_TIME:176"));
    for (const char* number : {"-0x1F", "-500uV", "-1.000,5", "--500", "1e400", "-500.0.0"})
        CHECK(broken(set(&S::physical_min, number)).starts_with("EDF_UNCALIBRATED@0:"));
    for (const char* number : {"-2,048", "-2048.5", "abc", "-99999999"})
        CHECK(broken(set(&S::digital_min, number)).starts_with("EDF_UNCALIBRATED@0:"));
    for (const char* list : {"+ 0.5\x14x\x14", "+5e-1\x14x\x14", "+0.5\x15\x14x\x14", "+0.5\x15+1\x14x\x14", "+0.5\x15" "1\x15" "2\x14x\x14",
                             "+.5\x14x\x14", "+5.\x14x\x14", "0.5\x14x\x14", "\xff\xff\xff"})
        CHECK(broken(tals({"+0\x14\x14\0"s + list, "+1\x14\x14", "+2\x14\x14"})).starts_with("EDF_ANNOTATION:"));
    CHECK(broken(tals({"+0\x14\x14\0+0.5\x14" "a\x01" "b\x14"s, "+1\x14\x14", "+2\x14\x14"})).starts_with("EDF_TEXT_ENCODING:"));
    CHECK(verdict("\xef\xbb\xbf" + sound().bytes()) == "REFUSED:0 version");
    CHECK(verdict(sound().bytes() + "\x1a") == "EDF_TRAILING_BYTES:984");
}

TEST_CASE("rows 3 and 18: header byte count, number of signals, what is no recording") {
    for (const char* bytes : {"512", "1024", " ", "junk", "-1", "7680"})
        CHECK(broken(set(&F::header_bytes, bytes)) == "EDF_HEADER_BYTES:184");
    CHECK(broken([](EdfText& f) { f.header_bytes = "512", f.records = "2"; }) == "REFUSED:184 header bytes");
    CHECK(broken([](EdfText& f) { f.header_bytes = "512", f.records = "-1"; }) == "REFUSED:184 header bytes");
    const auto unclosed = [](const char* header_bytes, const char* samples, const std::string& behind = "",
                             const char* records = "-1") {
        EdfText f = sound();
        f.header_bytes = header_bytes, f.records = records;
        f.signals[1] = annotation_signal({"+0\x14\x14", "+1\x14\x14", "+2\x14\x14"}, 256);
        f.signals[0].samples = samples;
        for (std::string& r : f.signals[0].records) r.resize(2 * std::stoul(samples));
        return verdict(f.bytes() + behind);
    };
    // not closed: the size decides if whole records fit behind the right header and not behind the other one
    for (const char* bytes : {"512", "1024", " ", "junk", "-1", "99999"})
        CHECK(unclosed(bytes, "4") == "EDF_HEADER_BYTES:184 EDF_RECORD_COUNT:236");
    CHECK(unclosed("512", "4", "", " ") == "EDF_HEADER_BYTES:184 EDF_RECORD_COUNT:236");
    CHECK(unclosed("512", "4", "", "4") == "REFUSED:184 header bytes");
    CHECK(unclosed("1288", "4") == "REFUSED:184 header bytes");  // one record less would fit as well
    CHECK(unclosed("512", "4", "cut") == "REFUSED:184 header bytes");
    for (const char* count : {"0", "-2", "abc", "1.5", " ", "9999"})
        CHECK(broken(set(&F::count, count)) == "REFUSED:252 number of signals");
    CHECK(broken(set(&F::count, "1")) == "REFUSED@0:472 samples per record");
    CHECK(broken(set(&F::count, " 2")) == "EDF_NUMBER_FORMAT:252");
    CHECK(verdict("") == "REFUSED:0 header");
    CHECK(verdict(sound().bytes().substr(0, 255)) == "REFUSED:255 header");
    CHECK(verdict(sound().bytes().substr(0, 700)) == "REFUSED:252 number of signals");
    CHECK(verdict(std::string(2000, '\0')) == "REFUSED:252 number of signals");
    CHECK(broken(set(&F::version, "1")) == "REFUSED:0 version");
    CHECK(broken(set(&F::version,
                     "\xff"
                     "BIOSEM")) == "REFUSED:0 version");
    for (const char* version : {" ", "   0"}) CHECK(broken(set(&F::version, version)) == "EDF_VERSION:0");
}

TEST_CASE("row 4: text that is not plain ASCII") {
    for (const std::string& label : {"EEG C3\0\0\0"s, "EEG\nC3"s, "EEG\tC3"s, " EEG C3"s, "EEG \xe9"s, "EEG \xc3\xa9"s})
        CHECK(broken(set(&S::label, label)) == "EDF_TEXT_ENCODING@0:256");
    CHECK(broken(set(&S::transducer, "caf\xe9")) == "EDF_TEXT_ENCODING@0:288");
    CHECK(broken(set(&S::prefilter, "HP 1\xb0")) == "EDF_TEXT_ENCODING@0:528");
    CHECK(broken(set(&F::patient, "X X X Ren\xe9")) == "EDF_TEXT_ENCODING:8");
    CHECK(broken(set(&F::reserved, "EDF+C\0"s)) == "EDF_TEXT_ENCODING:192");
    TemporaryFolder folder;
    CHECK(opened(folder, set(&S::label, "EEG \xe9")).recording().channels[0].label == "EEG \u00e9");
}

TEST_CASE("row 5: units") {
    for (const char* unit : {"\xb5V", "\u00b5V", "\u03bcV"}) {
        CHECK(broken(set(&S::unit, unit)) == "EDF_TEXT_ENCODING@0:448");
        CHECK(top(set(&S::unit, unit)) == Approx(500));
    }
    CHECK(broken(set(&S::unit, "\u00c2\u00b5V")) == "EDF_TEXT_ENCODING@0:448 EDF_UNIT_UNKNOWN@0:448");
    for (const char* unit : {"", "uVolt", "furlong", "MV", "?V", "0"}) {
        CHECK(broken(set(&S::unit, unit)) == "EDF_UNIT_UNKNOWN@0:448");
        CHECK(top(set(&S::unit, unit)) == Approx(500));
    }
    // a micro sign that became a control code must not leave volts behind
    for (const std::string& unit : {"\x1aV"s, "\0V"s, "\x8fV"s, "\x7fV"s}) {
        CHECK(broken(set(&S::unit, unit)) == "EDF_TEXT_ENCODING@0:448 EDF_UNIT_UNKNOWN@0:448");
        CHECK(top(set(&S::unit, unit)) == Approx(500));
    }
    CHECK(top(set(&S::unit, "uV\0\0"s)) == Approx(500));
    CHECK(top(set(&S::unit, "mv")) == Approx(5e5));
    for (const char* unit : {"1", "%", "Percent", "Lux", "lux"}) {
        CHECK(broken(set(&S::unit, unit)) == "");
        CHECK(top(set(&S::unit, unit)) == Approx(500));
    }
    CHECK(top(set(&S::unit, "V")) == Approx(5e8));
}

TEST_CASE("row 6: numbers") {
    for (auto [text, value] : {std::pair{"500,5", 500.5},
                               {"+500.5", 500.5},
                               {"5.005e2", 500.5},
                               {" 500.5", 500.5},
                               {"5E2", 500.0},
                               {"1 000", 1000.0},
                               {"1,000", 1.0}}) {
        CHECK(broken(set(&S::physical_max, text)) == "EDF_NUMBER_FORMAT@0:480");
        CHECK(top(set(&S::physical_max, text)) == Approx(value));
    }
    CHECK(broken(set(&S::physical_max, "500\0"s)) == "EDF_NUMBER_FORMAT@0:480");
    CHECK(broken(set(&S::physical_min, "- 500")) == "EDF_NUMBER_FORMAT@0:464");
    // the dash of Windows-1252 is a control code of Latin-1: without it -600 would be 600
    for (const std::string& number : {"\x96""600"s, "\x1a""600"s, "\0""600"s, "-\x96""600"s, "6\0""00"s})
        CHECK(broken(set(&S::physical_min, number)) == "EDF_UNCALIBRATED@0:464");
    CHECK(broken(set(&S::digital_min, "\x96""2048")) == "EDF_UNCALIBRATED@0:496");
    CHECK(broken(set(&S::physical_min, "\t-600")) == "EDF_NUMBER_FORMAT@0:464");
    CHECK(broken(set(&S::digital_max, "+32767")) == "EDF_NUMBER_FORMAT@0:512");
    CHECK(broken(set(&S::digital_max, "32767.0")) == "EDF_NUMBER_FORMAT@0:512");
    CHECK(broken(set(&S::digital_min, "-32 768")) == "EDF_NUMBER_FORMAT@0:496");
    CHECK(broken(set(&F::duration, "1e0")) == "EDF_NUMBER_FORMAT:244");
    CHECK(broken(set(&F::records, "+3")) == "EDF_NUMBER_FORMAT:236");
    CHECK(broken(set(&S::samples, "4.0")) == "EDF_NUMBER_FORMAT@0:688");
    for (const char* samples : {"", "abc", "-4", "1,000", "1.000", "4.5", "0x4", "3e8", "4 4"})
        CHECK(broken(set(&S::samples, samples)) == "REFUSED@0:688 samples per record");
    TemporaryFolder folder;
    const EdfReader reader = opened(folder, [](EdfText& f) {
        f.duration = "0,5";
        f.signals[1] = annotation_signal({"+0\x14\x14", "+0.5\x14\x14", "+1\x14\x14"});
    });
    REQUIRE(reader.recording().findings.size() == 1);
    CHECK(reader.recording().findings[0].code == FindingCode::EDF_NUMBER_FORMAT);
    CHECK(reader.recording().findings[0].repair == "read as 0.5");
    CHECK(reader.recording().channels[0].rate == SampleRate::hertz(8));
}

TEST_CASE("rows 7 and 20: dates, times and the EDF+ subfields") {
    for (const char* date : {"01/03/24", "01-03-24", "XX.XX.XX", "01.13.24", "00.00.00", "31.02.24", "29.02.23",
                             "1.3.24", "", "01.03.2 ", " 1.03.24", "-1.03.24", "01.03.yy"}) {
        CHECK(broken(set(&F::date, date)) == "EDF_START_DATE:168");
        TemporaryFolder folder;
        const EdfReader reader = opened(folder, set(&F::date, date));
        CHECK_FALSE(reader.recording().start.date);
        CHECK(reader.recording().start.time_of_day == 22h + 30min);
    }
    for (const char* time :
         {"22:30:00", "24.00.00", "22.60.00", "22.30.60", "9.05.00", "", "-1.00.00", "22.30", "22.30.0a"}) {
        CHECK(broken(set(&F::time, time)) == "EDF_START_TIME:176");
        TemporaryFolder folder;
        CHECK_FALSE(opened(folder, set(&F::time, time)).recording().start.time_of_day);
    }
    for (const char* patient :
         {"", "X", "X X X", "X X X ", "X  X X X", "X m X X", "X M 01-jan-1980 X", "X M 31-FEB-1980 X",
          "X M 01.01.1980 X", "X M 1-JAN-1980 X", "X M 01-JAN-80 X", "John Doe"})
        CHECK(broken(set(&F::patient, patient)) == "EDF_PATIENT_FIELD:8");
    for (const char* recording :
         {"", "startdate 01-MAR-2024 X X X", "Startdate 01-mar-2024 X X X", "Startdate 01-MAR-2024 X X",
          "Startdate 01.03.2024 X X X", "Startdate_01-MAR-2024_X_X_X", "Startdate 01-MAR-2024 X X  X"})
        CHECK(broken(set(&F::recording, recording)) == "EDF_RECORDING_FIELD:88");
    for (const char* recording :
         {"Startdate 02-MAR-2024 X X X", "Startdate 01-MAR-1924 X X X", "Startdate 01-MAR-2124 X X X"}) {
        CHECK(broken(set(&F::recording, recording)) == "EDF_START_DATE:88");
        TemporaryFolder folder;
        CHECK(opened(folder, set(&F::recording, recording)).recording().start.date == Date{2024, 3, 1});
    }
}

TEST_CASE("rows 8, 9 and 17: calibration") {
    for (const char* text :
         {"", "nan", "inf", "-inf", "text", "0x1F4", "500", "1.2.3", "5 00", "--500", "1e400", "-500uV"})
        CHECK(broken(set(&S::physical_min, text)) == "EDF_UNCALIBRATED@0:464");
    for (const char* text : {"", "nan", "32767", "1.5", "1e30", "9999999"})
        CHECK(broken(set(&S::digital_min, text)).find("EDF_UNCALIBRATED@0:496") != std::string::npos);
    CHECK(broken([](EdfText& f) {
              f.signals[0].physical_min = "-1e308", f.signals[0].physical_max = "1e308";
          }).ends_with("EDF_UNCALIBRATED@0:464"));
    CHECK(broken(set(&S::physical_min, "1000")) == "EDF_RANGE_REVERSED@0:464");
    CHECK(top(set(&S::physical_min, "1000")) == Approx(500));
    CHECK(broken([](EdfText& f) { std::swap(f.signals[0].digital_min, f.signals[0].digital_max); }) ==
          "EDF_RANGE_REVERSED@0:496");
    CHECK(top([](EdfText& f) { std::swap(f.signals[0].digital_min, f.signals[0].digital_max); }) == Approx(-500));
    CHECK(broken([](EdfText& f) { f.signals[0].digital_min = "0", f.signals[0].digital_max = "65535"; }) ==
          "EDF_RANGE_REVERSED@0:512");
    CHECK(broken(set(&S::digital_min, "-32769")) == "EDF_RANGE_REVERSED@0:496");
}

TEST_CASE("rows 10 and 16: labels and empty channels") {
    CHECK(broken(set(&S::label, "")) == "EDF_LABEL_EMPTY@0:256");
    CHECK(broken([](EdfText& f) { f.signals.insert(f.signals.begin(), f.signals[0]); }) == "EDF_LABEL_DUPLICATE@1:272");
    const Break empty = [](EdfText& f) {
        f.signals.insert(f.signals.begin(), f.signals[0]);
        f.signals[0].label = "none";
        f.signals[0].samples = "0";
        for (std::string& r : f.signals[0].records) r.clear();
    };
    CHECK(broken(empty) == "EDF_EMPTY_CHANNEL@0:" + std::to_string(256 + 3 * 216));
    TemporaryFolder folder;
    const EdfReader reader = opened(folder, empty);
    REQUIRE(reader.recording().channels.size() == 1);
    CHECK(reader.read_digital(1) == std::vector<std::int32_t>{0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11});
}

TEST_CASE("rows 11 and 15: gaps and starts") {
    const auto segments = [](const Break& change) {
        TemporaryFolder folder;
        return opened(folder, change).recording().segments;
    };
    using Segments = std::vector<Interval>;
    const std::string second = std::to_string(768 + 72 + 8), third = std::to_string(768 + 2 * 72 + 8);
    for (auto [onset, gap] : {std::pair{"+1.1", 1100ms}, {"+1.02", 1020ms}, {"+50", 50000ms}}) {
        const Break d = tals({"+0\x14\x14", onset + "\x14\x14"s, ""}, "EDF+D");
        CHECK(segments(d) == Segments{{0s, 1s}, {gap, gap + 2s}});
        CHECK(broken(d) == "EDF_TIMEKEEPING:" + third);
        CHECK(broken(tals({"+0\x14\x14", onset + "\x14\x14"s, ""})) ==
              "EDF_TIMEKEEPING:" + third + " EDF_GAP_IN_CONTINUOUS:" + second);
    }
    CHECK(broken(tals({"+0\x14\x14", "+0.5\x14\x14", "+2\x14\x14"})) == "EDF_TIMEKEEPING:" + second);
    // onsets in whole seconds are rounded ones only where they agree with the record duration
    for (const char* duration : {"0.5", "0.25", "0.1"}) {
        const Break half = [&](EdfText& f) {
            tals({"+0\x14\x14", "+1\x14\x14", "+2\x14\x14"})(f);
            f.duration = duration;
        };
        CHECK(segments(half).size() == 3);
        CHECK(segments(half).back().onset == 2s);
        CHECK(broken(half) == "EDF_GAP_IN_CONTINUOUS:" + second);
    }
    CHECK(broken(tals({"+0\x14\x14", "+700\x14\x14", "+2\x14\x14"}, "EDF+D")) == "EDF_TIMEKEEPING:" + second);
    CHECK(segments(tals({"+0\x14\x14", "+700\x14\x14", "+2\x14\x14"}, "EDF+D")) == Segments{{0s, 3s}});
    CHECK(broken(tals({"", "", ""}, "EDF+D")) == "EDF_TIMEKEEPING:776");
    CHECK(broken([](EdfText& f) { f.reserved = "edf+d"; }) == "EDF_RESERVED:192");
    CHECK(segments(tals({"+0\x14\x14", "+1\x14\x14", "+9\x14\x14"}, "edf+d")) == Segments{{0s, 2s}, {9s, 10s}});
    CHECK(broken(tals({"+1\x14\x14", "+2\x14\x14", "+3\x14\x14"})) == "EDF_START_OFFSET:776");
    CHECK(broken(tals({"-1\x14\x14", "+0\x14\x14", "+1\x14\x14"})) == "EDF_START_OFFSET:776");
    TemporaryFolder folder;
    const EdfReader late = opened(folder, tals({"+0.75\x14\x14\0+1\x14"
                                                "x\x14"s,
                                                "+1.75\x14\x14", "+2.75\x14\x14"}));
    CHECK(late.recording().start.time_of_day == 22h + 30min + 750ms);
    CHECK(late.recording().annotations.at(0).onset == 250ms);
}

TEST_CASE("row 12: defective annotation lists are skipped and counted") {
    for (const std::string& bad :
         {"2.5\x14"
          "x\x14"s,
          "+2,5\x14"
          "x\x14"s,
          "\x14x\x14"s, "+2\x14x"s, "+2"s, "+2\x15-1\x14x\x14"s, "+2\x15\x14x\x14"s,
          "+2\x15"
          "1,5\x14x\x14"s,
          "+2e0\x14x\x14"s, "+.5\x14x\x14"s, "+2.\x14x\x14"s, "hello"s, "+99999999999\x14x\x14"s, "\x01\x02"s}) {
        const Break change = tals({"+0\x14\x14\0"s + bad +
                                       "\0+1\x14"
                                       "kept\x14"s,
                                   "+1\x14\x14", "+2\x14\x14"});
        CHECK(broken(change) == "EDF_ANNOTATION:781");
        TemporaryFolder folder;
        const EdfReader reader = opened(folder, change);
        REQUIRE(reader.recording().annotations.size() == 1);
        CHECK(reader.recording().annotations[0].text == "kept");
    }
    CHECK(broken(tals({"+0\x14\x14\0+1\x14R\xe9veil\x14"s, "+1\x14\x14", "+2\x14\x14"})) == "EDF_TEXT_ENCODING:781");
    CHECK(broken(tals({"+0\x14", "+1\x14\x14", "+2\x14\x14"})) == "EDF_ANNOTATION:776");
    CHECK(broken(tals({"+0\x14\x14\0+1\x14"s + std::string(55, 'a') + "\x14", "+1\x14\x14", "+2\x14\x14"})) ==
          "EDF_ANNOTATION:781");
    // an event where the record's own time should stand is kept, but tells no time
    const Break no_time =
        tals({"+0.5\x14"
              "x\x14",
              "+1\x14\x14", "+2\x14\x14"});
    CHECK(broken(no_time) == "EDF_TIMEKEEPING:776");
    TemporaryFolder folder;
    const EdfReader reader = opened(folder, no_time);
    CHECK(reader.recording().segments == std::vector<Interval>{{0s, 3s}});
    CHECK(reader.recording().annotations.at(0).onset == 500ms);
}

TEST_CASE("annotation channels are known by name and content") {
    const auto renamed = [](const std::string& label, const std::string& reserved) {
        return Break([=](EdfText& f) {
            f.signals[1].label = label;
            f.reserved = reserved;
        });
    };
    for (const char* label : {"EDF annotations", "EDF ANNOTATIONS", "EDF Annotation", "EDFAnnotations",
                              "EDF Annotations2", "BDF Annotations"}) {
        CHECK(broken(renamed(label, "EDF+C")) == "EDF_ANNOTATION_CHANNEL@1:272");
        TemporaryFolder folder;
        const EdfReader reader = opened(folder, renamed(label, "EDF+C"));
        CHECK(reader.recording().channels.size() == 1);
        CHECK(reader.recording().annotations.size() == 1);
    }
    CHECK(broken(renamed("EDF Annotations", "")) == "EDF_ANNOTATION_CHANNEL@1:272");
    CHECK(broken(renamed("EDF Annotations", "EDF+")) == "EDF_RESERVED:192");
    CHECK(broken([](EdfText& f) { f.signals.pop_back(); }) == "EDF_ANNOTATION_CHANNEL:192");
    // samples under nearly the same name stay samples
    const Break samples = set(&S::label, "EDF annotations");
    CHECK(broken(samples) == "EDF_ANNOTATION_CHANNEL@0:256");
    TemporaryFolder folder;
    CHECK(opened(folder, samples).read_digital(0)[11] == 11);
}

TEST_CASE("channels without samples in plus files") {
    CHECK(broken([](EdfText& f) {
              f.signals.insert(f.signals.begin(), f.signals[0]);
              f.signals[0].label = "empty", f.signals[0].samples = "0", f.signals[0].records.assign(3, "");
          }) == "EDF_EMPTY_CHANNEL@0:904");
    const auto no_notes = [](EdfText& f) { f.signals[1] = annotation_signal({"", "", ""}, 0); };
    CHECK(broken(no_notes) == "EDF_EMPTY_CHANNEL@1:696 EDF_ANNOTATION_CHANNEL:192");
    TemporaryFolder folder;
    const auto r = opened(folder, no_notes).recording();
    CHECK(r.findings.at(1).message == "the file is declared EDF+C but its annotation channel has no samples");
    CHECK(r.segments == std::vector<Interval>{{0s, 3s}});
}

TEST_CASE("rows 13, 14 and 19: durations and sizes") {
    for (const char* duration : {"", "abc", "-1", "nan", "0x1", "1.1.1", "1;5"})
        CHECK(broken(set(&F::duration, duration)) == "REFUSED:244 record duration");
    CHECK(broken(set(&F::duration, "0")) == "REFUSED:244 record duration");
    CHECK(broken(set(&F::duration, "1.5e-9")) == "REFUSED:244 record duration");
    CHECK(broken(set(&F::duration, "99999999")).find("REFUSED:244") == std::string::npos);
    CHECK(broken(set(&F::duration, "9e8")) == "REFUSED:244 record duration");
    TemporaryFolder folder;
    const EdfReader exact = opened(folder, [](EdfText& f) {
        f.duration = "0.7";
        f.signals[1] =
            annotation_signal({"+0\x14\x14", "+1\x14\x14", "+1\x14\x14"});  // whole seconds are all they write
    });
    CHECK(exact.recording().channels[0].rate == SampleRate(40, 7'000'000'000));
    CHECK(exact.recording().segments == std::vector<Interval>{{0s, 2100ms}});

    // more than 2 GB, most of it a hole
    EdfText big = sound();
    big.reserved = "EDF+D";
    big.signals.insert(big.signals.begin(), big.signals[0]);
    big.signals[0].label = "big";
    big.signals[0].samples = "90000000";
    big.records = "12";
    std::string bytes = big.bytes().substr(0, 1024);
    const std::string path = folder.write("big.edf", bytes);
    constexpr std::int64_t record = 180'000'000 + 8 + 64;
    std::filesystem::resize_file(path, 1024 + 12 * record);
    std::fstream out(path, std::ios::binary | std::ios::in | std::ios::out);
    for (int r = 0; r < 12; ++r) {
        const std::string tal = "+" + std::to_string(r == 11 ? 100 : r) + "\x14\x14";
        out.seekp(1024 + r * record + 180'000'008);
        out << tal;
    }
    out.close();
    const EdfReader large(path);
    CHECK(large.recording().findings.empty());
    CHECK(large.recording().segments == std::vector<Interval>{{0s, 11s}, {100s, 101s}});
}
