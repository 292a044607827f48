// Time on the recording's clock, in whole microseconds, so that rules with 0.5, 10, 15 and 90 s borders are exact.
// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace psg {

/// A moment (since the start of the recording, may be negative) or a length of time, in microseconds.
/// Use the standard literals: `10s`, `500ms`.
using Time = std::chrono::microseconds;

/// Seconds as a floating-point number, the form that every output table uses.
constexpr double seconds(Time t) { return static_cast<double>(t.count()) / 1e6; }

/// Hours, for the denominators of rates.
constexpr double hours(Time t) { return static_cast<double>(t.count()) / 3.6e9; }

/// Seconds to the nearest microsecond (halves away from zero). Throws UsageError beyond +-1e12 s and for NaN.
Time from_seconds(double s);

/// Reads a decimal number of seconds exactly ("12", "-0.5", "1e-3", "+3.25"); digits beyond the microsecond are
/// rounded half away from zero. Nothing if the text is anything else. Locale-independent.
std::optional<Time> parse_seconds(std::string_view text);

/// The same for any power of ten: the text's value times 10^power as an integer (power 9: nanoseconds).
std::optional<std::int64_t> parse_scaled_decimal(std::string_view text, int power);

/// "12.5", "0.000001": the shortest decimal that is exactly this time in seconds.
std::string format_seconds(Time t);

/// Calendar date, proleptic Gregorian.
struct Date {
    int year = 0, month = 0, day = 0;
    bool operator==(const Date&) const = default;
};

/// When the recording started. Either half may be unknown (EDF archives are full of de-identified dates);
/// relative time is never affected.
struct StartTime {
    std::optional<Date> date;
    std::optional<Time> time_of_day;  ///< since midnight, sub-second part included
};

/// Time of day of a moment of the recording, in [0, 24 h), over midnight; nothing if the start is unknown.
std::optional<Time> clock_time(const StartTime& start, Time t);

/// The first moment at or after the start of the recording with this time of day ("23:05", "23:05:10").
/// Nothing if the recording's own time of day is unknown.
std::optional<Time> at_clock(const StartTime& start, Time time_of_day);

/// Reads HH:MM or HH:MM:SS[.fff] as time since midnight; nothing if it is not such a time.
std::optional<Time> parse_time_of_day(std::string_view text);

}  // namespace psg
