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
