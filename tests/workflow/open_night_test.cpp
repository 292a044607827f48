// Moments on the recording's clock, and outputs that must not be replaced.
// SPDX-License-Identifier: BSD-3-Clause
#include "libpsg/workflow/open_night.hpp"

#include <catch2/catch.hpp>

#include "libpsg/io/output_file.hpp"
#include "libpsg/model/error.hpp"
#include "tests/reference.hpp"

using namespace psg;
using namespace std::chrono_literals;
using workflow::parse_moment;

TEST_CASE("a time of day means the moment in or next to the recording") {
    const StartTime start{std::nullopt, 23h + 55min};
    const Time night = 8h;
    CHECK(parse_moment("90.5", "--lights-off", start, night) == 90500ms);
    CHECK(parse_moment("00:05", "--lights-off", start, night) == 10min);
    CHECK(parse_moment("07:55", "--lights-on", start, night) == 8h);
    CHECK(parse_moment("08:30", "--lights-on", start, night) == 8h + 35min);  // soon after the end
    CHECK(parse_moment("23:54:59", "--lights-off", start, night) == -1s);      // just before the start, not a day later
    CHECK_THROWS_AS(parse_moment("soon", "--lights-off", start, night), UsageError);
    CHECK_THROWS_AS(parse_moment("23:00", "--lights-off", {}, night), UsageError);
}

TEST_CASE("a device is never replaced by a file") {
    CHECK_THROWS_AS(io::OutputFile("/dev/null", true), DataError);
    CHECK_THROWS_AS(io::OutputFile("/tmp", true), DataError);
}

TEST_CASE("channels handed over one by one are those that are loaded together", "[workflow]") {
    workflow::NightInputs inputs;
    inputs.recordings = {test::source_path("sample_data/night.edf")};
    const auto together = workflow::open_night(inputs, workflow::scored_roles());
    std::size_t at = 0;
    const auto apart = workflow::open_night(inputs, workflow::scored_roles(), [&](const RoleSignal& s, Time duration) {
        CHECK(duration == together.recording.duration());
        const RoleSignal& other = together.night.signals.at(at++);
        CHECK(s.role == other.role);
        REQUIRE(s.signal.stretches.size() == other.signal.stretches.size());
        for (std::size_t i = 0; i < s.signal.stretches.size(); ++i)
            CHECK(s.signal.stretches[i].samples == other.signal.stretches[i].samples);
    });
    CHECK(at == together.night.signals.size());
    CHECK(at > 3);
    CHECK(apart.digests == together.digests);
    CHECK(apart.findings.size() == together.findings.size());
    for (const RoleSignal& s : apart.night.signals)
        for (const Signal::Stretch& stretch : s.signal.stretches) CHECK(stretch.samples.capacity() == 0);
}
