// When the parts of a recording begin.
// SPDX-License-Identifier: BSD-3-Clause
#include "libpsg/io/edf/part_times.hpp"

#include <algorithm>
#include <utility>

#include "libpsg/model/error.hpp"

namespace psg::io {

namespace {

using namespace std::chrono_literals;
constexpr Time day = 24h;
constexpr Time longest_gap = 24h, longest_gap_by_clock = 12h, longest_recording = 30 * 24h;
constexpr Time long_gap = 6h;  // proposed: nobody's night has such a pause, but two nights are farther apart than this
constexpr Time clock_resolution = 1s;  // of the header

std::chrono::sys_days days_of(const Date& date) {
    using namespace std::chrono;
    return sys_days(year(date.year) / static_cast<unsigned>(date.month) / static_cast<unsigned>(date.day));
}

Time absolute(const PartTime& part) {
    return days_of(*part.start.date).time_since_epoch() + *part.start.time_of_day;
}

bool same_date_everywhere(const std::vector<PartTime>& parts) {
    return std::all_of(parts.begin(), parts.end(),
                       [&](const PartTime& p) { return p.start.date == parts[0].start.date; });
}

// False also if the dates say nothing.
bool dates_tell(const std::vector<PartTime>& parts) {
    if (!std::all_of(parts.begin(), parts.end(), [](const PartTime& p) { return p.start.date.has_value(); }))
        return false;
    const Date& first = *parts[0].start.date;
    return !(first.month == 1 && first.day == 1 && same_date_everywhere(parts));
}

std::string part_name(std::size_t place) {
    return "part " + std::to_string(place + 1);
}

// How far a part may seem to begin before the end of the one before it.
Time allowance(const PartTime& part, Time tolerance) {
    return *part.start.time_of_day % 1s == 0us ? std::max(tolerance, clock_resolution - 1us) : tolerance;
}

// By date and time; only the starts, ends are looked at later.
std::vector<PartPlace> by_date(const std::vector<PartTime>& parts) {
    std::vector<PartPlace> places;
    for (std::size_t i = 0; i < parts.size(); ++i) places.push_back({i, absolute(parts[i]), false});
    std::stable_sort(places.begin(), places.end(),
                     [](const PartPlace& a, const PartPlace& b) { return a.offset < b.offset; });
    const Time first = places[0].offset;
    bool moved = false;
    for (std::size_t i = 0; i < places.size(); ++i) {
        places[i].offset -= first;
        moved = moved || places[i].part != i;
    }
    if (moved && same_date_everywhere(parts))
        for (std::size_t i = 1; i < places.size(); ++i)
            if (places[i].offset - places[i - 1].offset - parts[places[i - 1].part].duration > longest_gap_by_clock)
                throw DataError(
                    parts[places[i].part].name,
                    "all parts bear the same date but are given in another order than their times of day, so it "
                    "is not sure which was recorded after midnight",
                    "give the parts in the order of time");
    return places;
}

// In the order given, each at the next such time of day.
std::vector<PartPlace> by_clock(const std::vector<PartTime>& parts, Time tolerance) {
    std::vector<PartPlace> places;
    Time end{0};
    for (std::size_t i = 0; i < parts.size(); ++i) {
        Time gap{0};
        if (i > 0) {
            const Time clock_of_end = (*parts[0].start.time_of_day + end) % day;
            gap = (*parts[i].start.time_of_day - clock_of_end + day) % day;
            if (gap > day - allowance(parts[i], tolerance)) gap -= day;
            if (gap > longest_gap_by_clock)
                throw DataError(parts[i].name,
                                "begins " + format_seconds(gap) +
                                    " s after the end of the part before it by the times of day; "
                                    "the dates do not tell whether that is true or the parts overlap",
                                "give the parts in the order of time");
        }
        places.push_back({i, end + gap, false});
        end = places.back().offset + parts[i].duration;
    }
    for (std::size_t i = 1; i < parts.size(); ++i) {  // what dates there are must agree
        const auto& [a, b] = std::pair(parts[0].start.date, parts[i].start.date);
        if (!a || !b || same_date_everywhere(parts)) continue;
        const auto told = std::chrono::days(days_of(*b) - days_of(*a));
        if (told != std::chrono::floor<std::chrono::days>(*parts[0].start.time_of_day + places[i].offset))
            throw DataError(parts[i].name, "its start date contradicts the order in which the parts are given",
                            "give the parts in the order of time");
    }
    return places;
}

}  // namespace

std::vector<PartPlace> place_parts(const std::vector<PartTime>& parts, Time tolerance, Findings& findings) {
    for (const PartTime& p : parts)
        if (!p.start.time_of_day)
            throw DataError(p.name, "does not tell its start time, so its place among the other parts is unknown",
                            "repair the header, or score each part by itself");
    const bool dated = dates_tell(parts);
    std::vector<PartPlace> places = dated ? by_date(parts) : by_clock(parts, tolerance);
    if (!dated)
        findings.push_back(
            {FindingCode::RECORDING_PLACE_ASSUMED, "the parts' dates are unknown or all the same 1 January",
             "each part is placed at the next such time of day after the end of the one before, in the order given",
             "start date"});
    for (std::size_t i = 1; i < places.size(); ++i) {
        const PartTime& before = parts[places[i - 1].part];
        const PartTime& part = parts[places[i].part];
        const Time end = places[i - 1].offset + before.duration, gap = places[i].offset - end;
        if (gap >= -tolerance && gap <= tolerance) {
            places[i].offset = end;
            places[i].follows = true;
        } else if (gap < 0us && -gap <= allowance(part, tolerance)) {
            places[i].offset = end + 2 * tolerance;
            findings.push_back({FindingCode::RECORDING_PLACE_ASSUMED,
                                part_name(i) + " seems to begin " + format_seconds(-gap) + " s before the end of " +
                                    part_name(i - 1) + ", but tells its start in whole seconds",
                                "it is placed right after that end, as a segment of its own", "start time"});
        } else if (gap < 0us) {
            throw DataError(part.name, "begins " + format_seconds(-gap) + " s before the end of " + before.name,
                            "parts of one recording cannot overlap: give each stretch of time once");
        } else if (gap > longest_gap) {
            throw DataError(part.name,
                            "begins " + format_seconds(gap) + " s after the end of " + before.name +
                                ", and parts more than 24 h apart are not one night",
                            "score them separately");
        } else if (gap > long_gap) {
            findings.push_back({FindingCode::RECORDING_LONG_GAP,
                                part_name(i) + " begins " + format_seconds(gap) + " s after the end of " +
                                    part_name(i - 1) + ": these may be two nights",
                                "joined all the same; score them separately if they are", "start time"});
        }
        if (places[i].offset + part.duration > longest_recording)
            throw DataError(part.name, "ends more than 30 days after the start of the first part",
                            "score the parts separately");
    }
    return places;
}

}  // namespace psg::io
