// Parts of a night: their order and the gaps between them, worked out by hand.
// SPDX-License-Identifier: BSD-3-Clause
#include "libpsg/io/edf/part_times.hpp"

#include <catch2/catch.hpp>

#include "libpsg/model/error.hpp"

using namespace psg;
using namespace psg::io;
using namespace std::chrono_literals;

namespace {

constexpr Time tolerance = 1953us;  // half a sample at 256 Hz
const Date evening{2024, 2, 28}, leap_day{2024, 2, 29}, next{2024, 3, 1};

PartTime part(std::optional<Date> date, std::optional<Time> of_day, Time duration) {
    return {"p.edf", {date, of_day}, duration};
}

std::vector<PartPlace> place(const std::vector<PartTime>& parts, std::size_t findings = 0) {
    Findings found;
    auto places = place_parts(parts, tolerance, found);
    CHECK(found.size() == findings);
    for (const Finding& f : found)
        CHECK((f.code == FindingCode::RECORDING_PLACE_ASSUMED || f.code == FindingCode::RECORDING_LONG_GAP));
    return places;
}

}  // namespace

TEST_CASE("dated parts stand in the order of their starts, over midnight and leap day", "[io]") {
    const auto places =
        place({part(leap_day, 1h, 2h), part(evening, 22h, 90min), part(evening, 23h + 30min + 1ms, 1h)});
    REQUIRE(places.size() == 3);
    CHECK(places[0].part == 1);
    CHECK(places[0].offset == 0s);
    CHECK(places[1].part == 2);
    CHECK(places[1].offset == 90min);  // within the tolerance: goes on
    CHECK(places[1].follows);
    CHECK(places[2].part == 0);
    CHECK(places[2].offset == 3h);
    CHECK_FALSE(places[2].follows);
    CHECK(place({part(evening, 23h, 1h + 1s), part(next, 0h + 500ms, 1h)}, 1)[1].offset ==
          25h + 500ms);  // almost a day later
}

TEST_CASE("gaps and overlaps near the tolerance", "[io]") {
    const auto second = [](Time start) { return std::vector{part(evening, 20h, 1h), part(evening, start, 1h)}; };
    CHECK(place(second(21h + tolerance))[1].follows);
    CHECK(place(second(21h - tolerance))[1].offset == 1h);
    CHECK(place(second(21h + tolerance + 1us))[1].offset == 1h + tolerance + 1us);
    CHECK_THROWS_AS(place(second(21h - tolerance - 1us)), DataError);  // an overlap that is told to the microsecond
    CHECK_THROWS_AS(place(second(20h + 30min)), DataError);
    CHECK_THROWS_AS(place(second(20h)), DataError);  // the same file twice
    // a start in whole seconds is up to one second later
    const std::vector<PartTime> rough{part(evening, 20h, 1h + 700ms), part(evening, 21h, 1h)};
    CHECK(place(rough, 1)[1].offset == 1h + 700ms + 2 * tolerance);
    CHECK_FALSE(place(rough, 1)[1].follows);
    CHECK_THROWS_AS(place({part(evening, 20h, 1h + 1s), part(evening, 21h, 1h)}), DataError);
    CHECK(place({part(evening, 20h, 1h), part(leap_day, 21h, 1h)}, 1)[1].offset == 25h);
    CHECK_THROWS_AS(place({part(evening, 20h, 1h), part(leap_day, 21h + 1s, 1h)}), DataError);
}

TEST_CASE("a gap that is long for a night is told", "[io]") {
    const auto codes = [](Time second) {
        Findings found;
        place_parts({part(evening, 1h, 4h), part(evening, second, 1h)}, tolerance, found);
        std::string text;
        for (const Finding& f : found) text += std::string(code_name(f.code)) + " " + f.message;
        return text;
    };
    CHECK(codes(11h) == "");
    CHECK(codes(11h + 1s) == "RECORDING_LONG_GAP part 2 begins 21601 s after the end of part 1: these may be two nights");
    CHECK(codes(22h).starts_with("RECORDING_LONG_GAP"));
}

TEST_CASE("without dates the order given and the times of day count", "[io]") {
    const auto places = place({part({}, 23h, 30min), part(evening, 23h + 30min, 1h), part({}, 1h + 250ms, 6h)}, 1);
    CHECK(places[1].offset == 30min);
    CHECK(places[1].follows);
    CHECK(places[2].offset == 2h + 250ms);
    CHECK_THROWS_AS(place({part({}, 1h, 1h), part({}, 23h, 1h)}), DataError);   // 21 h later, or the wrong order?
    CHECK_THROWS_AS(place({part({}, 22h, 2h), part({}, 23h, 1h)}), DataError);  // overlap, or 23 h later?
    CHECK_THROWS_AS(place({part({}, 22h, 2h), part({}, {}, 1h)}), DataError);
    CHECK_THROWS_AS(place({part(evening, {}, 2h), part(next, {}, 1h)}), DataError);
    CHECK(place({part({}, 22h, 2h + 400ms), part({}, 0h, 1h)}, 2)[1].offset == 2h + 400ms + 2 * tolerance);
    CHECK_THROWS_AS(place({part(evening, 22h, 2h), part({}, 1h, 1h), part(evening, 3h, 1h)}),
                    DataError);  // must be the 29th
    CHECK(place({part(evening, 22h, 2h), part({}, 1h, 1h), part(leap_day, 3h, 1h)}, 1)[2].offset == 5h);
}

TEST_CASE("dates that were removed do not turn the night round", "[io]") {
    const Date removed{1985, 1, 1}, made_up{2000, 6, 15};
    CHECK(place({part(removed, 22h, 3h), part(removed, 2h, 4h)}, 1)[1].offset == 4h);
    CHECK_THROWS_AS(place({part(made_up, 22h, 3h), part(made_up, 2h, 4h)}), DataError);
    CHECK(place({part(made_up, 22h, 1h), part(made_up, 20h, 1h)})[0].part ==
          1);  // one evening, given the wrong way round
}

TEST_CASE("more than a month is refused", "[io]") {
    std::vector<PartTime> parts;
    for (int day = 1; day <= 31; ++day) parts.push_back(part(Date{2024, 3, day}, 20h, 10h));
    parts.push_back(part(Date{2024, 4, 1}, 20h, 10h));
    CHECK_THROWS_AS(place(parts), DataError);
}
