// Times and rates: exact to the microsecond.
// SPDX-License-Identifier: BSD-3-Clause
#include "libpsg/model/time.hpp"

#include <catch2/catch.hpp>

#include "libpsg/model/error.hpp"
#include "libpsg/model/rate.hpp"

using namespace psg;
using namespace std::chrono_literals;

TEST_CASE("seconds are read exactly") {
    CHECK(parse_seconds("12") == 12s);
    CHECK(parse_seconds("-0.5") == -500ms);
    CHECK(parse_seconds("+3.25") == 3250ms);
    CHECK(parse_seconds("1e-3") == 1ms);
    CHECK(parse_seconds("0.0000005") == 1us);
    CHECK(parse_seconds("0.00000049") == 0us);
    CHECK(parse_seconds("90.0000000000000001") == 90s);
    CHECK(parse_seconds(".5") == 500ms);
    for (const char* bad : {"", "-", ".", "1,5", "1.5x", "nan", "inf", "0x10", " 1", "1e", "1e99", "99999999999999999999"})
        CHECK_FALSE(parse_seconds(bad));
    CHECK(parse_scaled_decimal("0.7", 9) == 700'000'000);
}

TEST_CASE("seconds are written so that they read back") {
    for (std::int64_t us : {0ll, 1ll, -1ll, 500'000ll, -500'000ll, 1'000'000ll, 28'800'000'001ll, -3'250'000ll})
        CHECK(parse_seconds(format_seconds(Time(us))) == Time(us));
    CHECK(format_seconds(-500ms) == "-0.5");
    CHECK(format_seconds(90s) == "90");
    CHECK_THROWS_AS(from_seconds(1e13), UsageError);
    CHECK_THROWS_AS(from_seconds(0.0 / 0.0), UsageError);
    CHECK(from_seconds(0.1 + 0.2) == 300ms);
}

TEST_CASE("clock time runs over midnight") {
    const StartTime start{std::nullopt, 22h + 30min};
    CHECK(clock_time(start, 1h) == 23h + 30min);
    CHECK(clock_time(start, 2h) == 30min);
    CHECK(at_clock(start, 30min) == 2h);
    CHECK(at_clock(start, 22h + 30min) == 0s);
    CHECK_FALSE(clock_time({}, 1h));
    CHECK(parse_time_of_day("23:05") == 23h + 5min);
    CHECK(parse_time_of_day("3:05:10.5") == 3h + 5min + 10s + 500ms);
    for (const char* bad : {"24:00", "12", "12:60", "1:2:3:4", "a:b", "12:", "12:30:60", ":30", "12:30:-1"})
        CHECK_FALSE(parse_time_of_day(bad));
}

TEST_CASE("index and time are inverse at every rate") {
    for (const SampleRate rate : {SampleRate::hertz(512), SampleRate(7, 700'000'000), SampleRate(1, 30'000'000'000),
                                  SampleRate(1000, 3'000'000'000), SampleRate(128'000, 1'000'000'000)})
        for (std::int64_t i : {0ll, 1ll, 2ll, 3ll, 1000ll, 14'745'600ll, -5ll}) {
            CHECK(rate.index_at(rate.time_of(i)) == i);
            CHECK(rate.index_at(rate.time_of(i) + 1us) == i + 1);
        }
    CHECK(SampleRate::hertz(512).samples_in(500ms) == 256);
    CHECK(SampleRate::hertz(256) == SampleRate(7680, 30'000'000'000));
    CHECK_THROWS_AS(SampleRate(0, 1), UsageError);
}
