// The tolerant EDF reader: against EDFlib where EDFlib can read, against known bytes where it cannot.
// SPDX-License-Identifier: BSD-3-Clause
#include "libpsg/io/edf/edf_reader.hpp"

#include <edflib.h>

#include <algorithm>
#include <catch2/catch.hpp>
#include <filesystem>
#include <memory>

#include "libpsg/model/error.hpp"
#include "tests/edf_bytes.hpp"
#include "tests/reference.hpp"

using namespace psg;
using namespace psg::test;
using namespace std::chrono_literals;
using namespace std::string_literals;
using psg::io::EdfReader;

namespace {

bool has(const Findings& findings, FindingCode code) {
    return std::any_of(findings.begin(), findings.end(), [=](const Finding& f) { return f.code == code; });
}

std::string codes(const Findings& findings) {
    std::string text;
    for (const Finding& f : findings) text += std::string(code_name(f.code)) + " ";
    return text;
}

EdfText two_records() {
    EdfText file;
    EdfSignalText s;
    s.records = {int16_bytes({0, 1, -1, 32767}), int16_bytes({-32768, 5, 6, 7})};
    file.signals = {s};
    return file;
}

EdfText plus(const std::string& kind, std::vector<std::string> tals) {
    EdfText file;
    file.reserved = kind;
    EdfSignalText s;
    for (std::size_t i = 0; i < tals.size(); ++i) s.records.push_back(int16_bytes({int(i), int(i), int(i), int(i)}));
    file.signals = {s, annotation_signal(std::move(tals))};
    return file;
}

}  // namespace

TEST_CASE("a plain EDF file reads to its calibrated values without a finding") {
    TemporaryFolder folder;
    const EdfReader reader(folder.write("a.edf", two_records().bytes()));
    const Recording& r = reader.recording();
    CHECK(codes(r.findings) == "");
    CHECK(r.format == "EDF");
    CHECK(r.start.date == Date{2024, 3, 1});
    CHECK(r.start.time_of_day == 22h + 30min);
    REQUIRE(r.channels.size() == 1);
    CHECK(r.channels[0].rate == SampleRate::hertz(4));
    CHECK(r.duration() == 2s);

    const int channels[] = {0};
    std::string digest;
    const auto signals = reader.read(channels, &digest);
    CHECK(digest.size() == 64);
    const auto& x = signals[0].stretches[0].samples;
    REQUIRE(x.size() == 8);
    const double step = 1000.0 / 65535;
    CHECK(x[3] == Approx(500));
    CHECK(x[4] == Approx(-500));
    CHECK(x[0] == Approx(-500 + 32768 * step));
    CHECK(signals[0].step == Approx(step));
}

TEST_CASE("samples equal EDFlib's in every reference file that EDFlib accepts") {
    int accepted = 0, samples = 0;
    for (const char* sub : {"io/edf/defects", "io/edf/real"}) {
        PSG_REFERENCE_OR_SKIP(folder, sub);
        for (const auto& entry : std::filesystem::directory_iterator(folder)) {
            const std::string path = entry.path().string();
            auto header = std::make_unique<edf_hdr_struct>();  // 149 KB: not for the stack
            if (edfopen_file_readonly(path.c_str(), header.get(), EDFLIB_DO_NOT_READ_ANNOTATIONS) != 0) continue;
            ++accepted;
            INFO(path);
            const EdfReader reader(path);
            int position = 0;  // among EDFlib's signals, which leave annotation channels out
            for (const auto& slot : reader.layout().slots) {
                if (slot.annotations) {
                    // EDFlib lists it where it does not see that the file is a plus file
                    if (position < header->edfsignals && std::string(header->signalparam[position].label).find("Annotations") != std::string::npos) ++position;
                    continue;
                }
                const auto n = header->signalparam[position].smp_in_file;
                std::vector<double> expected(static_cast<std::size_t>(n));
                REQUIRE(edfread_physical_samples(header->handle, position, int(n), expected.data()) == n);
                const Channel* c = reader.recording().channel(slot.index);
                REQUIRE(c);
                REQUIRE(c->calibration);
                const auto digital = reader.read_digital(slot.index);
                REQUIRE(digital.size() == expected.size());
                const double factor = c->unit == "uV" && c->unit_text == "mV" ? 1e3 : c->unit == "uV" && c->unit_text == "V" ? 1e6 : 1;
                double worst = 0;
                for (std::size_t i = 0; i < digital.size(); ++i)
                    worst = std::max(worst, std::abs(c->calibration->physical(digital[i]) - factor * expected[i]));
                CHECK(worst <= 1e-7 * std::abs(c->calibration->scale));
                const int one[] = {slot.index};
                const auto signal = reader.read(one).front();
                std::size_t k = 0;
                for (const auto& stretch : signal.stretches)
                    for (float v : stretch.samples) {
                        if (std::abs(v - factor * expected[k]) > 1e-6 * (std::abs(v) + signal.step))
                            CHECK(double(v) == factor * expected[k]);
                        ++k;
                    }
                CHECK(k == expected.size());
                samples += int(n);
                ++position;
            }
            CHECK(position == header->edfsignals);
            edfclose_file(header->handle);
        }
    }
    CHECK(accepted >= 15);
    CHECK(samples > 10000);
}

TEST_CASE("gaps become segment borders") {
    TemporaryFolder folder;
    SECTION("declared") {
        const EdfReader reader(folder.write("d.edf", plus("EDF+D", {"+0\x14\x14", "+1\x14\x14", "+9.5\x14\x14"}).bytes()));
        CHECK(codes(reader.recording().findings) == "");
        CHECK(reader.recording().segments == std::vector<Interval>{{0s, 2s}, {9500ms, 10500ms}});
        const int channels[] = {0};
        const auto signal = reader.read(channels).front();
        REQUIRE(signal.stretches.size() == 2);
        CHECK(signal.stretches[0].samples.size() == 8);
        CHECK(signal.stretches[1].samples.size() == 4);
        CHECK(signal.stretches[1].start == 9500ms);
    }
    SECTION("undeclared") {
        const EdfReader reader(folder.write("c.edf", plus("EDF+C", {"+0\x14\x14", "+3\x14\x14"}).bytes()));
        CHECK(codes(reader.recording().findings) == "EDF_GAP_IN_CONTINUOUS ");
        CHECK(reader.recording().segments.size() == 2);
    }
    SECTION("a record that goes back in time does not overlap") {
        const EdfReader reader(folder.write("b.edf", plus("EDF+D", {"+0\x14\x14", "+5\x14\x14", "+3\x14\x14"}).bytes()));
        CHECK(codes(reader.recording().findings) == "EDF_TIMEKEEPING ");
        CHECK(reader.recording().segments == std::vector<Interval>{{0s, 1s}, {5s, 7s}});
    }
}

TEST_CASE("a BDF file that calls itself EDF+D has its gaps") {
    TemporaryFolder folder;
    EdfText file = plus("EDF+D", {"+0\x14\x14", "+9\x14\x14"});
    file.version = "\xff" "BIOSEMI";
    file.signals[0].records = {std::string(12, '\1'), std::string(12, '\2')};
    file.signals[1] = annotation_signal({"+0\x14\x14", "+9\x14\x14"}, 48);
    file.signals[1].label = "BDF Annotations";
    file.signals[1].samples = "32";
    const EdfReader reader(folder.write("x.bdf", file.bytes()));
    CHECK(codes(reader.recording().findings) == "EDF_RESERVED ");
    CHECK(reader.recording().format == "BDF+D");
    CHECK(reader.recording().segments.size() == 2);
    CHECK(reader.read_digital(0)[4] == 0x020202);
}

TEST_CASE("annotations are relative to the first sample and bad ones are counted") {
    TemporaryFolder folder;
    const std::string texts = "+0.25\x14\x14\0+1.5\x15" "30\x14Sleep stage N2\x14"s;
    const std::string bad = "+1.25\x14\x14\0" "abc\x14oops\x14\0+2,5\x14" "comma\x14\0+3\x14" "Latin \xe9\x14"s;
    const EdfReader reader(folder.write("a.edf", plus("EDF+C", {texts, bad}).bytes()));
    const Recording& r = reader.recording();
    CHECK(codes(r.findings) == "EDF_ANNOTATION EDF_TEXT_ENCODING ");
    CHECK(r.findings[0].message.starts_with("2 "));
    REQUIRE(r.annotations.size() == 2);
    CHECK(r.annotations[0].onset == 1250ms);
    CHECK(r.annotations[0].duration == 30s);
    CHECK(r.annotations[0].text == "Sleep stage N2");
    CHECK(r.annotations[1].text == "Latin \u00e9");
    CHECK(r.start.time_of_day == 22h + 30min + 250ms);
}

TEST_CASE("a simulated recording says so") {
    TemporaryFolder folder;
    const std::string tal = "+0\x14\x14\0+0\x14Simulated recording\x14"s;
    const EdfReader reader(folder.write("a.edf", plus("EDF+C", {tal}).bytes()));
    CHECK(reader.recording().simulated);
    CHECK(has(reader.recording().findings, FindingCode::SIMULATED));
}

TEST_CASE("header defects are repaired or left out, and said") {
    TemporaryFolder folder;
    EdfText file = two_records();
    EdfSignalText& s = file.signals[0];
    const auto open = [&] { return EdfReader(folder.write("x.edf", file.bytes())); };
    SECTION("records -1") {
        file.records = "-1";
        const auto reader = open();
        CHECK(codes(reader.recording().findings) == "EDF_RECORD_COUNT ");
        CHECK(reader.recording().duration() == 2s);
    }
    SECTION("cut last record") {
        std::string bytes = file.bytes();
        bytes.resize(bytes.size() - 3);
        const EdfReader reader(folder.write("x.edf", bytes));
        CHECK(codes(reader.recording().findings) == "EDF_RECORD_COUNT ");
        CHECK(reader.recording().findings[0].message.find("5 bytes") != std::string::npos);
        CHECK(reader.recording().duration() == 1s);
    }
    SECTION("trailing bytes") {
        const EdfReader reader(folder.write("x.edf", file.bytes() + "abc"));
        CHECK(codes(reader.recording().findings) == "EDF_TRAILING_BYTES ");
        CHECK(reader.recording().findings[0].byte_offset == 512 + 16);
    }
    SECTION("header byte count") {
        file.header_bytes = "768";
        CHECK(codes(open().recording().findings) == "EDF_HEADER_BYTES ");
        CHECK_THROWS_AS(EdfReader(folder.write("x.edf", file.bytes() + "a")), DataError);
    }
    SECTION("micro signs are microvolts, millivolts are converted") {
        for (const char* unit : {"\xb5V", "\u00b5V", "\u03bcV"}) {
            s.unit = unit;
            const auto reader = open();
            CHECK(codes(reader.recording().findings) == "EDF_TEXT_ENCODING ");
            CHECK(reader.recording().channels[0].unit == "uV");
            CHECK(reader.recording().channels[0].calibration->physical(32767) == Approx(500));
        }
        s.unit = "mV";
        CHECK(open().recording().channels[0].calibration->physical(32767) == Approx(500000));
    }
    SECTION("unknown unit") {
        s.unit = "furlong";
        CHECK(codes(open().recording().findings) == "EDF_UNIT_UNKNOWN ");
    }
    SECTION("comma, plus and exponent numbers") {
        s.physical_min = "-500,5";
        s.physical_max = "+5e2";
        const auto reader = open();
        CHECK(codes(reader.recording().findings) == "EDF_NUMBER_FORMAT EDF_NUMBER_FORMAT ");
        CHECK(reader.recording().channels[0].calibration->physical(-32768) == Approx(-500.5));
        CHECK(reader.recording().channels[0].calibration->physical(32767) == Approx(500));
    }
    SECTION("unusable calibration") {
        for (auto [member, text] : {std::pair{&EdfSignalText::physical_min, ""}, std::pair{&EdfSignalText::physical_min, "500"},
                                    std::pair{&EdfSignalText::digital_min, "32767"}, std::pair{&EdfSignalText::physical_max, "-3.2.1"},
                                    std::pair{&EdfSignalText::physical_max, "nan"}}) {
            EdfText broken = file;
            broken.signals[0].*member = text;
            const EdfReader reader(folder.write("y.edf", broken.bytes()));
            CHECK(codes(reader.recording().findings) == "EDF_UNCALIBRATED ");
            CHECK_FALSE(reader.recording().channels[0].calibration);
            const int channels[] = {0};
            CHECK_THROWS_AS(reader.read(channels), UsageError);
        }
    }
    SECTION("start date and time") {
        file.date = "01/03/24";
        file.time = "22:30:00";
        const auto reader = open();
        CHECK(codes(reader.recording().findings) == "EDF_START_DATE EDF_START_TIME ");
        CHECK_FALSE(reader.recording().start.date);
        CHECK_FALSE(reader.recording().start.time_of_day);
    }
    SECTION("exact rates") {
        file.duration = "0.7";
        CHECK(open().recording().channels[0].rate == SampleRate(40, 7'000'000'000));
        file.duration = "30";
        CHECK(open().recording().duration() == 60s);
    }
    SECTION("duplicate and empty labels") {
        file.signals.assign(3, EdfSignalText(s));
        file.signals[2].label = "";
        CHECK(codes(open().recording().findings) == "EDF_LABEL_DUPLICATE EDF_LABEL_EMPTY ");
    }
}

TEST_CASE("what is no recording is refused with the field") {
    TemporaryFolder folder;
    EdfText file = two_records();
    const auto refused = [&](const std::string& bytes) -> std::string {
        try {
            EdfReader reader(folder.write("x.edf", bytes));
        } catch (const DataError& e) {
            return e.what();
        }
        return "accepted";
    };
    CHECK(refused("").find("too short") != std::string::npos);
    CHECK(refused("PNG nonsense" + std::string(1000, 'x')).find("version") != std::string::npos);
    CHECK(refused(file.bytes().substr(0, 300)).find("the file is cut") != std::string::npos);
    file.duration = "0";
    CHECK(refused(file.bytes()).find("record duration") != std::string::npos);
    file.duration = "1";
    file.count = "0";
    CHECK(refused(file.bytes()).find("number of signals") != std::string::npos);
    file.count = "9999";
    CHECK(refused(file.bytes()).find("the file is cut") != std::string::npos);
    file.count = "";
    file.signals[0].samples = "-4";
    CHECK(refused(file.bytes()).find("samples per record") != std::string::npos);
    CHECK_THROWS_AS(EdfReader("/nonexistent.edf"), DataError);
    CHECK_THROWS_AS(EdfReader("/tmp"), DataError);
}

TEST_CASE("a record onset far in the future is a broken number and no gap") {
    TemporaryFolder folder;
    const EdfReader reader(folder.write("f.edf", plus("EDF+D", {"+0\x14\x14", "+9000000\x14\x14"}).bytes()));
    CHECK(codes(reader.recording().findings) == "EDF_TIMEKEEPING ");
    CHECK(reader.recording().duration() == 2s);
}
