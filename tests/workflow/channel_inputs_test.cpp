// Samples of channels with the user's units, polarity and derivations.
// SPDX-License-Identifier: BSD-3-Clause
#include "libpsg/workflow/channel_inputs.hpp"

#include <catch2/catch.hpp>
#include <cmath>

#include "libpsg/model/error.hpp"
#include "libpsg/workflow/recording_source.hpp"
#include "tests/edf_bytes.hpp"
#include "tests/reference.hpp"

using namespace psg;

namespace {

// Two seconds of four samples each, with a gap of 8 s between them; one step is 1 in the header's unit.
std::string file_with_gap() {
    test::EdfText file;
    file.reserved = "EDF+D";
    for (const auto& [label, unit, first] : std::vector<std::tuple<std::string, std::string, int>>{{"A", "uV", 1}, {"B", "mV", 10}, {"C", "", 100}}) {
        test::EdfSignalText s;
        s.label = label;
        s.unit = unit;
        s.physical_min = "-1000";
        s.physical_max = "1000";
        s.digital_min = "-1000";
        s.digital_max = "1000";
        s.records = {test::int16_bytes({first, first + 1, first + 2, -first}), test::int16_bytes({first * 2, 0, 1500, 4})};
        file.signals.push_back(s);
    }
    file.signals.push_back(test::annotation_signal({std::string("+0\x14\x14\0", 5), std::string("+10\x14\x14\0", 6)}));
    return file.bytes();
}

}  // namespace

TEST_CASE("derived samples keep gaps, units and limits") {
    const test::TemporaryFolder folder;
    io::RecordingReader reader({folder.write("a.edf", file_with_gap())});
    Recording recording = reader.recording();
    std::map<std::string, std::string> digests;
    Findings findings;
    workflow::ChannelInputs inputs;
    inputs.units = {{"C", "uV"}};
    inputs.inverted = {"C"};
    inputs.derivations = {io::parse_derivation("D=(A-C)/2+B"), io::parse_derivation("E=D-A")};
    inputs.roles = {{Role::chin, "D"}};
    const auto roles = workflow::set_up_channels(inputs, reader.signals_in_file(), recording, digests, findings);
    REQUIRE(recording.channels.size() == 5);
    CHECK(recording.channels[3].index == 4);  // 3 is the annotation channel
    const bool found = std::any_of(roles.begin(), roles.end(), [](const RoleAssignment& a) { return a.role == Role::chin && a.channel == 4 && a.rule == "user"; });
    CHECK(found);
    const auto source = std::make_shared<workflow::RecordingSource>(std::move(reader), recording);
    const std::vector<int> wanted{4, 0, 2, 5, 0};
    std::vector<Signal> signals;
    for (const int c : wanted) signals.push_back(*WholeSignal(source->signal(c)));
    io::PassReport report;
    std::vector<std::vector<std::uint8_t>> limits(5);
    const auto take = [&](auto place, auto, auto samples, auto at_limit) {
        std::vector<std::uint8_t> marks(at_limit.begin(), at_limit.end());
        marks.resize(samples.size());  // empty: none
        limits[place].insert(limits[place].end(), marks.begin(), marks.end());
    };
    source->stream(wanted, take, true, &report);
    REQUIRE(report.sha256.size() == 1);
    CHECK(report.sha256[0].size() == 64);
    REQUIRE(signals[0].stretches.size() == 2);
    CHECK(signals[0].stretches[1].start == std::chrono::seconds(10));
    using V = std::vector<float>;
    CHECK(signals[1].stretches[0].samples == V{1, 2, 3, -1});
    CHECK(signals[4].stretches[0].samples == V{1, 2, 3, -1});
    CHECK(signals[2].stretches[0].samples == V{-100, -101, -102, 100});  // turned upside down
    CHECK(signals[2].unit == "uV");
    CHECK(signals[0].stretches[0].samples == V{10050.5F, 11051.5F, 12052.5F, -10050.5F});  // (1+100)/2 + 10000, ...
    CHECK(signals[0].stretches[1].samples == V{20101, 0, 1001000, 4004});  // 1500 is limited to 1000
    CHECK(report.limited[0].at(0).count == 3);
    CHECK(report.limited[1].at(0).count == 1);
    CHECK(limits[0] == std::vector<std::uint8_t>{0, 0, 0, 0, 0, 0, 1, 0});
    CHECK(signals[3].stretches[0].samples == V{10049.5F, 11049.5F, 12049.5F, -10049.5F});
    CHECK(signals[0].step == Approx(0.5 + 0.5 + 1000));
}

TEST_CASE("a map's polarity for a derived channel is refused") {
    const test::TemporaryFolder folder;
    const io::RecordingReader reader({folder.write("a.edf", file_with_gap())});
    Recording recording = reader.recording();
    std::map<std::string, std::string> digests;
    Findings findings;
    workflow::ChannelInputs inputs;
    inputs.map = folder.write("map.tsv", "D\tchin\t\tinverted\n");
    inputs.derivations = {io::parse_derivation("D=A-B")};
    CHECK_THROWS_AS(workflow::set_up_channels(inputs, 4, recording, digests, findings), UsageError);
    recording = reader.recording();
    inputs.map = folder.write("map.tsv", "d\tchin\n");
    const auto roles = workflow::set_up_channels(inputs, 4, recording, digests, findings);
    REQUIRE(roles.size() == 1);
    CHECK(roles[0].rule == "map");
    CHECK(digests["channel_map"].size() == 64);
    inputs.map = folder.path("absent.tsv");
    CHECK_THROWS_AS(workflow::set_up_channels(inputs, 4, recording, digests, findings), DataError);
}

TEST_CASE("a real recorder's own derivation is what ours gives") {
    PSG_REFERENCE_OR_SKIP(path, "recordings/nox_2min_90ch.edf");
    io::RecordingReader reader({path});
    Recording recording = reader.recording();
    std::map<std::string, std::string> digests;
    Findings findings;
    workflow::ChannelInputs inputs;
    inputs.derivations = {io::parse_derivation("ours=C3 - M2")};
    (void)workflow::set_up_channels(inputs, reader.signals_in_file(), recording, digests, findings);
    int theirs = -1;
    for (const Channel& c : recording.channels)
        if (c.label == "C3-M2") theirs = c.index;
    const auto source = std::make_shared<workflow::RecordingSource>(std::move(reader), recording);
    const Signal signals[] = {*WholeSignal(source->signal(recording.channels.back().index)), *WholeSignal(source->signal(theirs))};
    // The recorder subtracted digital values; its header puts digital 0 at (-3270 + 3276) / 2 uV in each of the three.
    constexpr double offset_uv = 3;
    double worst = 0;
    for (std::size_t i = 0; i < signals[0].stretches[0].samples.size(); ++i)
        worst = std::max(worst, std::fabs(static_cast<double>(signals[0].stretches[0].samples[i]) + offset_uv -
                                          static_cast<double>(signals[1].stretches[0].samples[i])));
    CHECK(signals[0].stretches[0].samples.size() == 120 * 200);
    CHECK(worst < 0.001);
}
