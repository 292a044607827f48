// A night split over several files: channels, segments, values, annotations and findings of the joined recording.
// SPDX-License-Identifier: BSD-3-Clause
#include "libpsg/io/recording_reader.hpp"

#include <catch2/catch.hpp>

#include "libpsg/model/error.hpp"
#include "tests/edf_bytes.hpp"

using namespace psg;
using namespace std::chrono_literals;
using test::EdfText;

namespace {

// `records` of a second with 4 samples per channel: record r of channel c holds c * 100 + r.
EdfText part(const std::string& time, const std::vector<std::string>& labels, int records) {
    EdfText edf;
    edf.time = time;
    for (std::size_t c = 0; c < labels.size(); ++c) {
        test::EdfSignalText s;
        s.label = labels[c];
        s.physical_min = "-32768";
        s.physical_max = "32767";
        for (int r = 0; r < records; ++r)
            s.records.push_back(test::int16_bytes(std::vector<int>(4, static_cast<int>(c) * 100 + r)));
        edf.signals.push_back(s);
    }
    return edf;
}

int count(const Findings& findings, FindingCode code) {
    return static_cast<int>(
        std::count_if(findings.begin(), findings.end(), [&](const Finding& f) { return f.code == code; }));
}

}  // namespace

TEST_CASE("one file is read as it is", "[io]") {
    const test::TemporaryFolder folder;
    const io::RecordingReader reader({folder.write("a.edf", part("22.00.00", {"C3", "C4"}, 3).bytes())});
    CHECK(reader.recording().findings.empty());
    CHECK(reader.recording().segments == std::vector<Interval>{{0s, 3s}});
    std::vector<std::string> digests;
    const std::vector<int> channels{1};
    CHECK(reader.read(channels, &digests)[0].stretches[0].samples.back() == 102);
    CHECK(digests.size() == 1);
    CHECK_THROWS_AS(io::RecordingReader({}), UsageError);
}

TEST_CASE("parts are joined by start time; channels are matched by label, values are physical", "[io]") {
    const test::TemporaryFolder folder;
    EdfText late = part("22.00.10", {"C4", "C3", "X"}, 2), early = part("22.00.00", {"C3", "C4", "Y"}, 4);
    late.signals[1].unit = "mV";
    late.signals[1].physical_min = "-65.536";  // 2 uV a step
    late.signals[1].physical_max = "65.534";
    const io::RecordingReader reader(
        {folder.write("late.edf", late.bytes()), folder.write("early.edf", early.bytes())});
    const Recording& r = reader.recording();
    CHECK(r.segments == std::vector<Interval>{{0s, 4s}, {10s, 12s}});
    CHECK(r.start.time_of_day == Time(22h));
    REQUIRE(r.channels.size() == 2);
    CHECK(r.channels[0].label == "C3");
    CHECK(r.channels[0].calibration->scale == Approx(2));
    CHECK(count(r.findings, FindingCode::RECORDING_PARTS_DIFFER) == 2);  // X and Y
    REQUIRE(count(r.findings, FindingCode::RECORDING_JOINED) == 1);
    CHECK(r.findings[0].message ==
          "joined from 2 files: part 1 (number 2 as given) lasts 4 s; part 2 (number 1 as given) begins "
          "after a gap of 6 s, lasts 2 s");
    const std::vector<int> both{1, 0};
    std::vector<std::string> digests;
    const auto signals = reader.read(both, &digests);
    CHECK(signals[0].label == "C4");
    CHECK(signals[0].stretches[0].samples[12] == 103);
    CHECK(signals[0].stretches[1].start == 10s);
    CHECK(signals[0].stretches[1].samples == std::vector<float>{0, 0, 0, 0, 1, 1, 1, 1});
    CHECK(signals[1].stretches[1].samples[4] == Approx(202));  // 101 steps of 2 uV
    CHECK(signals[1].step == Approx(2));
    CHECK(digests.size() == 2);
    CHECK(digests[0] != digests[1]);
}

TEST_CASE("a part that goes on makes no segment", "[io]") {
    const test::TemporaryFolder folder;
    EdfText second = part("22.00.03", {"C3"}, 4);
    const io::RecordingReader reader({folder.write("a.edf", part("22.00.00", {"C3"}, 3).bytes()),
                                      folder.write("b.edf", second.bytes()),
                                      folder.write("c.edf", part("22.00.09", {"C3"}, 1).bytes())});
    CHECK(reader.recording().segments == std::vector<Interval>{{0s, 7s}, {9s, 10s}});
    const std::vector<int> channels{0};
    const auto signals = reader.read(channels);
    REQUIRE(signals[0].stretches.size() == 2);
    CHECK(signals[0].stretches[0].samples.size() == 28);
    CHECK(signals[0].stretches[0].samples[12] == 0);
}

TEST_CASE("a part that goes on is measured by channels that all parts have", "[io]") {
    const test::TemporaryFolder folder;
    EdfText first = part("22.00.00", {"slow", "C3"}, 2);  // two records of 30 s
    first.duration = "30";
    first.signals[0].samples = "1";
    for (std::string& record : first.signals[0].records) record.resize(2);
    first.signals[1].samples = "120";
    for (std::string& record : first.signals[1].records) record = test::int16_bytes(std::vector<int>(120, 5));
    const io::RecordingReader reader(
        {folder.write("a.edf", first.bytes()), folder.write("b.edf", part("22.01.00", {"C3"}, 7).bytes())});
    CHECK(reader.recording().segments == std::vector<Interval>{{0s, 67s}});
    const std::vector<int> channels{1};
    CHECK(reader.read(channels)[0].stretches.at(0).samples.size() == 4 * 67);
}

TEST_CASE("what is not alike is left out and told", "[io]") {
    const test::TemporaryFolder folder;
    const auto joined = [&](const EdfText& second) {
        return io::RecordingReader({folder.write("a.edf", part("22.00.00", {"A", "B", "B", "C"}, 2).bytes()),
                                    folder.write("b.edf", second.bytes())})
            .recording();
    };
    EdfText second = part("22.10.00", {"A", "B", "B", "C"}, 2);
    CHECK(joined(second).channels.size() == 4);
    second.signals[3].unit = "%";
    CHECK(joined(second).channels.size() == 3);
    second.signals[0].samples = "2";
    for (std::string& record : second.signals[0].records) record.resize(4);
    Recording r = joined(second);
    REQUIRE(r.channels.size() == 2);
    CHECK(r.channels[0].label == "B");
    CHECK(r.channels[1].index == 2);
    CHECK(count(r.findings, FindingCode::RECORDING_PARTS_DIFFER) == 2);
    second.signals[1].physical_max = second.signals[1].physical_min;  // uncalibrated
    r = joined(second);
    REQUIRE(r.channels.size() == 1);
    CHECK(r.channels[0].index == 2);
    CHECK(count(r.findings, FindingCode::EDF_UNCALIBRATED) == 1);
    for (const Finding& f : r.findings)
        if (f.code == FindingCode::EDF_UNCALIBRATED) CHECK(f.field.starts_with("part 2, "));
    CHECK(joined(part("22.10.00", {"A", "B"}, 2)).channels.size() == 1);  // one B: which?
    CHECK_THROWS_AS(joined(part("22.10.00", {"D"}, 2)), DataError);       // nothing in common
    second.patient = "Y Y Y Y";
    CHECK(count(joined(second).findings, FindingCode::RECORDING_PARTS_DIFFER) == 4);
}

TEST_CASE("annotations move with their part; sub-second starts count", "[io]") {
    const test::TemporaryFolder folder;
    const auto with_tals = [&](const std::string& time, double first, const std::string& text) {
        EdfText edf = part(time, {"C3"}, 2);
        edf.reserved = "EDF+C";
        std::vector<std::string> tals;
        for (int r = 0; r < 2; ++r) {
            const std::string onset = "+" + std::to_string(first + r).substr(0, 5);
            tals.push_back(onset + "\x14\x14" + std::string(1, '\0') + onset + "\x14" + text + "\x14");
        }
        edf.signals.push_back(test::annotation_signal(tals));
        return edf;
    };
    const io::RecordingReader reader({folder.write("a.edf", with_tals("23.59.58", 0.250, "a").bytes()),
                                      folder.write("b.edf", with_tals("23.59.59", 1.500, "b").bytes())});
    const Recording& r = reader.recording();  // the second begins at 00:00:00.500
    CHECK(r.segments == std::vector<Interval>{{0s, 2s}, {2250ms, 4250ms}});
    REQUIRE(r.annotations.size() == 4);
    CHECK(r.annotations[2].onset == 2250ms);
    CHECK(r.annotations[3].text == "b");
    CHECK(clock_time(r.start, r.segments[1].onset) == Time(500ms));
}

TEST_CASE("a file without samples is no part", "[io]") {
    const test::TemporaryFolder folder;
    EdfText scores;
    scores.reserved = "EDF+C";
    scores.duration = "0";
    scores.signals = {test::annotation_signal({"+0\x14\x14"})};
    const std::string night = folder.write("night.edf", part("22.00.00", {"C3"}, 2).bytes());
    CHECK_THROWS_WITH(io::RecordingReader({night, folder.write("scores.edf", scores.bytes())}),
                      Catch::Contains("--hypnogram"));
    CHECK_THROWS_AS(io::RecordingReader({night, folder.write("empty.edf", part("23.00.00", {"C3"}, 0).bytes())}),
                    DataError);
    CHECK_THROWS_WITH(io::RecordingReader({night, night}), Catch::Contains("overlap"));
}
