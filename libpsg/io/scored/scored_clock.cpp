// Times of day and dates in scorings.
// SPDX-License-Identifier: BSD-3-Clause
#include "libpsg/io/scored/scored_clock.hpp"

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

int century(int year) { return year < 85 ? 2000 + year : 1900 + year; }  // as in EDF headers

bool valid(int y, int m, int d) {
    return std::chrono::year_month_day(std::chrono::year(y), std::chrono::month(static_cast<unsigned>(m)),
                                       std::chrono::day(static_cast<unsigned>(d)))
        .ok();
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
    if (mark == 4) {
        if (!valid(*a, *b, *c)) return false;
        date = Date{*a, *b, *c};
    } else if (separator == '.') {
        const int year = text.size() - second - 1 == 4 ? *c : century(*c);
        if (!valid(year, *b, *a)) return false;
        date = Date{year, *b, *a};
    }
    return true;
}

// "1-3-20", "01/Mar/2020", "2020-03-01".
std::optional<Date> day_first_date(std::string_view text) {
    const std::size_t first = text.find_first_of("-/."), second = text.find_first_of("-/.", first + 1);
    if (first == text.npos || second == text.npos) return std::nullopt;
    const std::string_view parts[] = {text.substr(0, first), text.substr(first + 1, second - first - 1),
                                      text.substr(second + 1)};
    const auto a = number(parts[0]), c = number(parts[2]);
    auto month = number(parts[1]);
    if (!month && parts[1].size() == 3) {
        std::string name(parts[1]);
        for (char& letter : name) letter = static_cast<char>(letter | 0x20);
        const std::size_t at = std::string_view("janfebmaraprmayjunjulaugsepoctnovdec").find(name);
        if (at != std::string_view::npos && at % 3 == 0) month = static_cast<int>(at / 3) + 1;
    }
    if (!a || !month || !c || (parts[2].size() > 2 && parts[2].size() != 4)) return std::nullopt;
    const bool year_first = parts[0].size() == 4;
    const Date date{year_first ? *a : parts[2].size() == 4 ? *c : century(*c), *month, year_first ? *c : *a};
    return valid(date.year, date.month, date.day) ? std::optional(date) : std::nullopt;
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

std::optional<ClockReading> parse_luna_clock(std::string_view text) {
    if (const auto reading = parse_clock(text)) return reading;
    const std::size_t mark = text.find_last_of("-/");
    if (mark == text.npos) return std::nullopt;
    const auto date = day_first_date(text.substr(0, mark));
    auto reading = parse_clock(text.substr(mark + 1));
    if (!date || !reading || reading->date) return std::nullopt;
    reading->date = date;
    return reading;
}

std::optional<Time> parse_length(std::string_view text) {
    const std::size_t colon = text.find(':');
    const auto hours = number(text.substr(0, colon));
    if (colon == text.npos || !hours || std::count(text.begin(), text.end(), ':') != 2) return std::nullopt;
    const auto rest = parse_time_of_day("0" + std::string(text.substr(colon)));
    if (!rest) return std::nullopt;
    return std::chrono::hours(*hours) + *rest;
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

bool RecordingClock::could_be_elapsed(const std::vector<std::string>& texts) const {
    return std::all_of(texts.begin(), texts.end(), [&](const std::string& text) {
        const auto reading = parse_clock(text);
        return !reading || (!reading->date && reading->time_of_day <= duration_);
    });
}

Findings RecordingClock::findings(const std::string& field) const {
    if (dates_not_used_ == 0) return {};
    return {{.code = FindingCode::EVENTS_DATE,
             .message = std::to_string(dates_not_used_) + " times have a date that does not fit the recording",
             .repair = "the times of day were used",
             .field = field}};
}

}  // namespace psg::io
