// Times of day and dates in scorings.
// SPDX-License-Identifier: BSD-3-Clause
#include "libpsg/io/scored_clock.hpp"

#include <algorithm>
#include <charconv>
#include <vector>

namespace psg::io {

namespace {

using namespace std::chrono_literals;

constexpr bool is_digit(char c) {
    return c >= '0' && c <= '9';
}

std::string_view trimmed(std::string_view s) {
    const std::size_t first = s.find_first_not_of(' ');
    return first == s.npos ? std::string_view() : s.substr(first, s.find_last_not_of(' ') - first + 1);
}

std::optional<int> number(std::string_view s) {
    int n = 0;
    if (s.empty() || s.size() > 4 || !std::all_of(s.begin(), s.end(), is_digit)) return std::nullopt;
    std::from_chars(s.data(), s.data() + s.size(), n);
    return n;
}

// The three parts of a date; true if it is one, whatever their order.
bool read_date(std::string_view text, std::optional<Date>& date) {
    const std::size_t mark = text.find_first_of("-./");
    if (mark == text.npos) return false;
    const char separator = text[mark];
    const std::size_t second = text.find(separator, mark + 1);
    if (second == text.npos) return false;
    const auto a = number(text.substr(0, mark)), b = number(text.substr(mark + 1, second - mark - 1)),
               c = number(text.substr(second + 1));
    if (!a || !b || !c) return false;
    const auto valid = [](int y, int m, int d) {
        return std::chrono::year_month_day(std::chrono::year(y), std::chrono::month(static_cast<unsigned>(m)),
                                           std::chrono::day(static_cast<unsigned>(d)))
            .ok();
    };
    if (mark == 4) {
        if (!valid(*a, *b, *c)) return false;
        date = Date{*a, *b, *c};
    } else if (separator == '.') {
        const int year = text.size() - second - 1 == 4 ? *c : *c + (*c < 85 ? 2000 : 1900);  // as in EDF headers
        if (!valid(year, *b, *a)) return false;
        date = Date{year, *b, *a};
    }
    return true;
}

std::int64_t days_between(const Date& from, const Date& to) {
    const auto days = [](const Date& d) { return std::chrono::sys_days(std::chrono::year(d.year) / d.month / d.day); };
    return (days(to) - days(from)).count();
}

}  // namespace

std::optional<ClockReading> parse_clock(std::string_view text) {
    ClockReading reading;
    text = trimmed(text);
    if (text.size() > 64) return std::nullopt;
    if (const std::size_t gap = text.find_first_of(" T");
        gap != text.npos && read_date(text.substr(0, gap), reading.date))
        text = trimmed(text.substr(gap + 1));
    int half_day = 0;
    if (text.size() > 2) {
        std::string end(text.substr(text.size() - 2));
        for (char& c : end) c = c >= 'a' && c <= 'z' ? static_cast<char>(c - 'a' + 'A') : c;
        if (end == "AM" || end == "PM") {
            half_day = end == "AM" ? 1 : 2;
            text = trimmed(text.substr(0, text.size() - 2));
        }
    }
    std::string clock(text);
    std::replace(clock.begin(), clock.end(), ',', '.');
    if (clock.find(':') == clock.npos)  // 22.30.05
        for (int i = 0; i < 2; ++i)
            if (const std::size_t dot = clock.find('.'); dot != clock.npos) clock[dot] = ':';
    if (std::count(clock.begin(), clock.end(), ':') != 2) return std::nullopt;
    if (clock.find(':') == 1) clock.insert(0, "0");
    const auto t = parse_time_of_day(clock);
    if (!t) return std::nullopt;
    reading.time_of_day = *t;
    if (half_day != 0) {
        if (*t >= 13h || *t < 1h) return std::nullopt;
        reading.time_of_day = *t % Time(12h) + (half_day == 2 ? Time(12h) : Time(0));
    }
    return reading;
}

std::optional<Time> RecordingClock::place(const ClockReading& reading) {
    const auto t = at_clock(start_, reading.time_of_day);
    if (!t) {
        reason_ = "the recording does not tell its start time, so times of day have no place in it";
        return std::nullopt;
    }
    const Time day = 24h;
    if (reading.date && start_.date) {
        const std::int64_t days = days_between(*start_.date, *reading.date);
        const Time dated = Time(day) * days + reading.time_of_day - *start_.time_of_day;
        const bool near = days >= -1 && days <= duration_ / day + 1;
        // some programs repeat the date of the evening after midnight: the time of day, which lies inside, tells better
        const bool repeats_evening = days == 0 && dated < Time(0) && *t < duration_ && duration_ <= day;
        if (near && !repeats_evening) return dated;
        ++dates_not_used_;
    }
    if (duration_ > day) {
        reason_ = "the recording lasts more than 24 hours, so a time of day comes twice";
        return std::nullopt;
    }
    const Time before = *t - day;
    return *t < duration_ || *t - duration_ <= -before ? *t : before;
}

Findings RecordingClock::findings(const std::string& field) const {
    if (dates_not_used_ == 0) return {};
    return {{.code = FindingCode::EVENTS_DATE,
             .message = std::to_string(dates_not_used_) + " times have a date that does not fit the recording",
             .repair = "the times of day were used",
             .field = field}};
}

}  // namespace psg::io
