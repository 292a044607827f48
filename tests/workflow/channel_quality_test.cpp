// The table of qualities, and findings about amplitude and resolution.
// SPDX-License-Identifier: BSD-3-Clause
#include "libpsg/workflow/channel_quality.hpp"

#include <algorithm>
#include <catch2/catch.hpp>
#include <cmath>

#include "libpsg/workflow/channel_inputs.hpp"
#include "libpsg/workflow/score_night.hpp"
#include "tests/edf_bytes.hpp"
#include "tests/reference.hpp"

using namespace psg;

namespace {

constexpr int hz = 200, records = 90;

// 90 s of a square wave: its SD is its height. Physical range -a..a over -32767..32767.
test::EdfSignalText square(const std::string& label, double height, double range, const std::string& unit = "uV") {
    test::EdfSignalText s;
    s.label = label;
    s.unit = unit;
    s.physical_min = "-" + std::to_string(range).substr(0, 7);
    s.physical_max = std::to_string(range).substr(0, 7);
    s.digital_min = "-32767";
    s.digital_max = "32767";
    s.samples = std::to_string(hz);
    const int digital = static_cast<int>(std::lround(height / range * 32767));
    for (int r = 0; r < records; ++r) {
        std::vector<int> values;
        for (int i = 0; i < hz; ++i) values.push_back(i % 20 < 10 ? digital : -digital);
        s.records.push_back(test::int16_bytes(values));
    }
    return s;
}

std::string file_of(const std::vector<test::EdfSignalText>& signals) {
    test::EdfText file;
    file.signals = signals;
    return file.bytes();
}

std::vector<std::string> told(const Findings& findings) {
    std::vector<std::string> list;
    for (const Finding& f : findings)
        if (f.code == FindingCode::AMPLITUDE_IMPLAUSIBLE || f.code == FindingCode::RESOLUTION_COARSE)
            list.push_back(std::string(code_name(f.code)).substr(0, 9) + " " + f.label);
    return list;
}
using Told = std::vector<std::string>;

double cell(const Table& t, const std::string& column, std::size_t row) { return std::get<std::vector<double>>(t.find(column)->values)[row]; }

}  // namespace

TEST_CASE("implausible amplitudes and coarse steps are told by role") {
    const test::TemporaryFolder folder;
    const auto path = folder.write("a.edf", file_of({square("C3-M2", 499, 2000), square("C4-M1", 501, 2000), square("F3-M2", 0.51, 100),
                                                     square("F4-M1", 0.49, 100), square("E1-M2", 900, 2000), square("Chin", 0.2, 100),
                                                     square("LAT", 20, 40'000), square("RAT", 20, 70'000), square("ECG", 400, 99'000),
                                                     square("Snore", 0, 99'999), square("E2-M1", 40, 30'000, "?")}));
    const Told expected{"AMPLITUDE C4-M1", "AMPLITUDE F4-M1", "RESOLUTIO LAT", "RESOLUTIO RAT"};
    Told found = told(workflow::quality_findings(io::EdfReader(path)));
    std::sort(found.begin(), found.end());
    CHECK(found == expected);
    for (const Finding& f : workflow::quality_findings(io::EdfReader(path)))
        if (f.code == FindingCode::RESOLUTION_COARSE) CHECK((f.message.find("cannot be scored") != std::string::npos) == (f.label == "RAT"));

    workflow::NightInputs inputs;
    inputs.recordings = {path};
    const Told chosen = told(workflow::open_night(inputs, {Role::eeg}).findings);
    CHECK(chosen == Told{"AMPLITUDE C4-M1", "RESOLUTIO LAT", "RESOLUTIO RAT"});  // F4-M1 is not used
    inputs.assess_all = true;
    CHECK(told(workflow::open_night(inputs, {Role::eeg}).findings).size() == 4);
    inputs.strict = true;
    CHECK_THROWS_WITH(workflow::open_night(inputs, {Role::eeg}), Catch::Contains("--strict"));

    inputs.strict = false;  // a unit by the user changes the verdict
    inputs.channels.units = {{"C4-M1", "mV"}, {"C3-M2", "mV"}};
    // now C3-M2 is too high, too, and both are coarse
    CHECK(told(workflow::open_night(inputs, {Role::eeg}).findings).size() == 7);
}

TEST_CASE("one finding about a coarse leg, not two") {
    const test::TemporaryFolder folder;
    workflow::NightInputs inputs;
    inputs.recordings = {folder.write("a.edf", file_of({square("LAT", 20, 70'000), square("RAT", 20, 1000)}))};
    workflow::ScoredNight night;
    night.opened = workflow::open_night(inputs, workflow::scored_roles());
    night.findings = night.opened.findings;
    CHECK(told(night.findings) == Told{"RESOLUTIO LAT"});
    night.opened.night.hypnogram.stages.assign(3, Stage::N2);
    workflow::detect(night, {});
    CHECK(told(night.findings) == Told{"RESOLUTIO LAT"});
}

TEST_CASE("the table of qualities") {
    const test::TemporaryFolder folder;
    auto flat = square("LAT", 0, 1000);
    auto dead = square("C3", 3, 10);
    dead.physical_max = dead.physical_min;
    io::RecordingReader reader({folder.write("a.edf", file_of({square("C4-M1", 1000, 1000), flat, square("RAT", 10, 70'000), dead}))});
    Recording recording = reader.recording();
    std::map<std::string, std::string> digests;
    Findings findings;
    workflow::ChannelInputs inputs;
    inputs.inverted = {"RAT"};
    inputs.derivations = {io::parse_derivation("half=C4-M1/2"), io::parse_derivation("sum=LAT+RAT")};
    const auto roles = workflow::set_up_channels(inputs, 4, recording, digests, findings);
    const Table t = workflow::quality_table(recording, roles, workflow::assess_channels(workflow::RecordingSource(std::move(reader), recording), recording));
    REQUIRE(t.rows() == 6);
    CHECK(cell(t, "recorded", 0) == 1.5);
    CHECK(cell(t, "clipped", 0) == 1.5);  // the wave goes from limit to limit
    CHECK(cell(t, "lead_off", 0) == 1.5);
    CHECK(cell(t, "epoch_sd", 0) == Approx(1000));
    CHECK(cell(t, "flat", 1) == 1.5);
    CHECK(cell(t, "unscorable", 1) == 1.5);
    CHECK(cell_text(*t.find("reason"), 1) == "flat");
    CHECK(cell(t, "unscorable", 2) == 1.5);
    CHECK(cell_text(*t.find("reason"), 2) == "a step of more than 2 uV");
    CHECK(std::isnan(cell(t, "flat", 3)));
    CHECK(cell(t, "recorded", 3) == 1.5);
    CHECK(cell_text(*t.find("reason"), 3) == "not calibrated");
    CHECK(cell(t, "epoch_sd", 4) == Approx(500));
    CHECK(cell(t, "clipped", 4) == 1.5);  // as its term is
    CHECK(cell(t, "epoch_sd", 5) == Approx(10).margin(1.1));
    CHECK(cell(t, "step", 4) == Approx(cell(t, "step", 0) / 2));
}

TEST_CASE("a real recorder's coarse legs, and nothing said of what is fine") {
    PSG_REFERENCE_OR_SKIP(nox, "recordings/nox_2min_90ch.edf");
    CHECK(told(workflow::quality_findings(io::EdfReader(nox))) == Told{"RESOLUTIO Left Leg", "RESOLUTIO Right Leg"});
    PSG_REFERENCE_OR_SKIP(night, "staging/ucddb018/ucddb018.edf");
    CHECK(told(workflow::quality_findings(io::EdfReader(night))).empty());
    PSG_REFERENCE_OR_SKIP(sleep_edf, "io/edf/real/sleep_edf_5min_psg.edf");
    CHECK(told(workflow::quality_findings(io::EdfReader(sleep_edf))).empty());  // its EMG of 1 Hz is an average
}
