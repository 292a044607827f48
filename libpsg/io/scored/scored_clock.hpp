// Times of day and dates in scorings, placed on the clock of the recording.
// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "libpsg/model/finding.hpp"
#include "libpsg/model/recording.hpp"

namespace psg::io {

/// What a text says about a moment.
struct ClockReading {
    std::optional<Date> date;
    Time time_of_day{0};
};

/// Reads HH:MM:SS with a fraction after a point or comma, HH.MM.SS, and the same with AM or PM behind it; optionally
/// after a date YYYY-MM-DD, YYYY/MM/DD or DD.MM.YYYY and a blank or T. A date with the month and the day in unclear
/// order (01/02/2020) is left out. A time zone (Z, +01:00) makes it no such time: which hour it is here is not known. Nothing if the text is no such time. Seconds are required:
/// minutes alone would move events.
std::optional<ClockReading> parse_clock(std::string_view text);

/// The same, or Luna's form: a date with the day first (or a year of four digits), a hyphen or slash, and the time:
/// 01-03-20-23:58:30, 1/Mar/2020-23:58:30.
std::optional<ClockReading> parse_luna_clock(std::string_view text);

/// What to do about times of day that could be elapsed times.
inline constexpr std::string_view elapsed_remedy =
    "name the column 'time' if it is a time of day, or give seconds since the start";

/// H:MM:SS with a fraction after a point: a length, of any number of hours up to 9999. Nothing if it is none.
std::optional<Time> parse_length(std::string_view text);

/// Turns times of day into times since the start of one recording.
class RecordingClock {
public:
    explicit RecordingClock(const Recording& recording) : start_(recording.start), duration_(recording.duration()) {}

    /// The moment inside the recording, else the nearer one before its start or after its end (as for --lights-off). A
    /// date decides if the recording's is known and both agree within a day of the recording; a date farther away is
    /// not used and noted. Nothing, with `reason()`, if the recording does not tell its start time, or is so long that
    /// a time of day comes twice and no date decides.
    std::optional<Time> place(const ClockReading& reading);
    /// True if `texts`, times of day without dates, would all lie in the recording as times since its start, too.
    bool could_be_elapsed(const std::vector<std::string>& texts) const;
    /// False if the recording does not tell its start time.
    bool known() const { return start_.time_of_day.has_value(); }
    const std::string& reason() const { return reason_; }

    /// EVENTS_DATE if dates were not used.
    Findings findings(const std::string& field) const;

private:
    StartTime start_;
    Time duration_;
    std::string reason_;
    std::int64_t dates_not_used_ = 0;
};

}  // namespace psg::io
