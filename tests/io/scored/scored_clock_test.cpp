// Times of day in scorings: half days, dates, and the place of a time of day in a recording.
// SPDX-License-Identifier: BSD-3-Clause
#include "libpsg/io/scored/scored_clock.hpp"

#include <catch2/catch.hpp>

using namespace psg;
using namespace psg::io;
using namespace std::chrono_literals;

namespace {

std::optional<Time> time_of(std::string_view text) {
    const auto r = parse_clock(text);
    return r ? std::optional<Time>(r->time_of_day) : std::nullopt;
}

Recording lasting(Time duration) {
    Recording r;
    r.segments = {{0s, duration}};
    r.start = {Date{2020, 3, 1}, 23h + 58min};
    return r;
}

}  // namespace

TEST_CASE("half days", "[io]") {
    CHECK(time_of("12:00:00 AM") == Time(0h));  // midnight begins the day
    CHECK(time_of("12:30:05 am") == Time(30min + 5s));
    CHECK(time_of("1:00:00 AM") == Time(1h));
    CHECK(time_of("11:59:59.5 AM") == Time(11h + 59min + 59s + 500ms));
    CHECK(time_of("12:00:00 PM") == Time(12h));  // noon
    CHECK(time_of("12:59:00PM") == Time(12h + 59min));
    CHECK(time_of("11:58:00 pm") == Time(23h + 58min));
    for (const char* wrong :
         {"0:00:00 AM", "00:10:00 AM", "13:00:00 PM", "23:58:00 AM", "12:00 PM", "PM", "AM 11:58:00"})
        CHECK_FALSE(time_of(wrong));
}

TEST_CASE("clocks with dates and other separators", "[io]") {
    CHECK(time_of("22.30.05") == Time(22h + 30min + 5s));
    CHECK(time_of("22:30:05,25") == Time(22h + 30min + 5s + 250ms));
    CHECK_FALSE(parse_clock("2020-03-02T01:00:00Z"));  // an hour of another place
    CHECK_FALSE(parse_clock("2020-03-02T01:00:00+01:00"));
    const auto german = parse_clock("02.03.20 11:58:00 PM");
    REQUIRE(german);
    CHECK(german->time_of_day == Time(23h + 58min));
    REQUIRE(german->date);
    CHECK((german->date->year == 2020 && german->date->month == 3 && german->date->day == 2));
    const auto unclear = parse_clock("01/02/2020 11:58:00 PM");  // January or February
    REQUIRE(unclear);
    CHECK_FALSE(unclear->date);
    for (const char* wrong : {"", "22:30", "25:00:00", "22:60:00", "30.02.2020 01:00:00", "x 01:00:00"})
        CHECK_FALSE(time_of(wrong));
}

TEST_CASE("a time of day has its place in the recording", "[io]") {
    RecordingClock clock(lasting(8h));
    CHECK(clock.place({std::nullopt, 0h}) == Time(2min));  // 12:00:00 AM, after midnight
    CHECK(clock.place({std::nullopt, 23h + 58min + 30s}) == Time(30s));
    CHECK(clock.place({std::nullopt, 23h + 57min}) == Time(-1min));  // nearer before the start than after the end
    CHECK(clock.place({std::nullopt, 8h}) == Time(8h + 2min));       // nearer after the end
    CHECK(clock.place({Date{2020, 3, 1}, 23h}) == Time(-58min));     // a date decides
    CHECK(clock.findings("x").empty());
    CHECK(clock.place({Date{1999, 1, 1}, 0h}) == Time(2min));  // one far away does not
    CHECK(clock.findings("x").size() == 1);

    RecordingClock longer(lasting(25h));
    CHECK_FALSE(longer.place({std::nullopt, 0h}));
    CHECK_FALSE(longer.reason().empty());
    CHECK(longer.place({Date{2020, 3, 2}, 23h + 59min}) == Time(24h + 1min));

    Recording r = lasting(8h);
    r.start.time_of_day.reset();
    RecordingClock unknown(r);
    CHECK_FALSE(unknown.place({std::nullopt, 0h}));
    CHECK_FALSE(unknown.reason().empty());
}

TEST_CASE("the date of the evening after midnight is not believed", "[scored]") {
    Recording r;
    r.start = {Date{2024, 3, 1}, 23h + 50min};
    r.segments = {{Time(0), 20min}};
    RecordingClock clock(r);
    CHECK(clock.place({Date{2024, 3, 1}, 23h + 55min}) == 5min);
    CHECK(clock.findings("x").empty());
    CHECK(clock.place({Date{2024, 3, 1}, 7min}) == 17min);
    CHECK(clock.findings("x").size() == 1);
    CHECK(clock.place({Date{2024, 3, 2}, 7min}) == 17min);
    CHECK(clock.place({Date{2024, 3, 1}, 23h + 45min}) == -5min);  // before the start, and its date says so
}
