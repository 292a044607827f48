// The series rules on random lists: against a second, naive implementation, and what must not change them.
// SPDX-License-Identifier: BSD-3-Clause
//
// `psg_tests "[million]"` takes a million lists; the default run a part of them.
#include <array>
#include <catch2/catch.hpp>
#include <random>

#include "tests/events/naive_series.hpp"

using namespace psg;
using namespace psg::events;

namespace {

// A short random night whose times lie on and beside the borders of the rules.
struct RandomNight {
    std::vector<LegMovement> movements;
    Hypnogram hypnogram;
    EventList respiratory, arousals;
    std::vector<Interval> segments;
    IntervalSet unscorable;
    SeriesRules rules;

    explicit RandomNight(unsigned seed) {
        std::mt19937 random(seed);
        const auto below = [&](std::size_t n) { return static_cast<std::size_t>(random() % n); };
        const double gaps[] = {-1, 0.2,       0.499999, 0.5, 0.500001, 2,         4.999999, 5,         9.999999,
                               10, 10.000001, 20,       30,  60,       89.999999, 90,       90.000001, 120};
        const double lengths[] = {0.3, 0.499999, 0.5, 1, 2, 3, 9.999999, 10, 10.000001, 14, 15, 15.000001};
        const std::size_t count = 1 + below(14);
        const bool mostly_periodic = below(2) == 0;
        Time t = from_seconds(double(below(40)));
        Time end = t;
        for (std::size_t i = 0; i < count; ++i) {
            double length = lengths[below(std::size(lengths))], gap = gaps[below(std::size(gaps))];
            if (mostly_periodic && below(4)) length = 2, gap = 20;
            // the gap counts from the last onset or from the last offset
            t = std::max(Time(0), below(2) ? t + from_seconds(gap) : end + from_seconds(gap));
            const Side side = below(12) == 0 ? Side::both : below(2) ? Side::left : Side::right;
            movements.push_back({{t, t + from_seconds(length)}, side});
            end = t + from_seconds(length);
            if (below(6) == 0)
                respiratory.push_back(
                    event(below(3) ? "hypopnea" : "rera", end - from_seconds(borders[below(5)] + 10), 10));
            if (below(6) == 0) arousals.push_back(event("arousal", end + from_seconds(borders[below(5)]), 3));
        }
        std::shuffle(movements.begin(), movements.end(), random);
        const Stage stages[] = {Stage::W, Stage::N1, Stage::N2, Stage::N2, Stage::R, Stage::unknown};
        Stage now = Stage::N2;
        for (Time e{0}; e < end; e += hypnogram.epoch) {
            if (below(3) == 0) now = stages[below(6)];
            hypnogram.stages.push_back(now);
        }
        if (below(4) == 0 && end > from_seconds(60)) {
            const Time cut = end / 2;
            segments = {{Time(0), cut}, {cut + from_seconds(3), end + from_seconds(1)}};
        }
        for (std::size_t i = below(4); i > 0 && end > Time(0); --i) {  // holes whose lengths lie on and beside the border
            const Time from(static_cast<std::int64_t>(random()) % end.count());
            unscorable.add({from, from + from_seconds(std::array{0.5, 4.0, 9.999999, 10.0, 30.0}[below(5)])});
        }
        const auto& names = series_preset_names();
        rules = series_preset(names[below(names.size())]);
        if (below(3) == 0) {  // a mixture
            const char* shorts[] = {"restart", "end", "skip"};
            rules.short_interval = shorts[below(3)];
            rules.noncandidates_break = below(2);
            rules.max_interval_inclusive = below(2);
            rules.gap_ends = below(2);
            rules.unscorable_ends_s = std::array{0.0, 0.5, 10.0, 30.0}[below(4)];
            rules.sleep_only = below(2);
            rules.min_movements = 2 + static_cast<int>(below(3));
            if (below(4) == 0) rules.combine = "none";
        }
    }
    SeriesContext context() const { return {&hypnogram, &respiratory, &arousals, segments, unscorable}; }
    std::vector<CombinedMovement> scored() const { return score_series(movements, rules, context()); }

private:
    static constexpr double borders[] = {0.499999, 0.5, 0.500001, -2, 10.25};
    static Event event(const char* kind, Time onset, double length) {
        Event e;
        e.kind = kind;
        e.extent = {onset, onset + from_seconds(length)};
        return e;
    }
};

bool same_series(const CombinedMovement& a, const CombinedMovement& b) {
    return a.position == b.position && a.length == b.length && a.position_nr == b.position_nr &&
           a.length_nr == b.length_nr;
}

bool same(const CombinedMovement& a, const CombinedMovement& b) {
    return a.extent == b.extent && a.side == b.side && a.member_count == b.member_count && a.candidate == b.candidate &&
           a.respiratory == b.respiratory && a.arousal == b.arousal && a.stage == b.stage && a.scored == b.scored &&
           a.interval == b.interval && a.interval_nr == b.interval_nr && a.series == b.series &&
           a.series_nr == b.series_nr && a.passed_over == b.passed_over && a.passed_over_nr == b.passed_over_nr && same_series(a, b);
}

// Number of the first list that differs; -1: none. Also counts series, so that the lists are known to be worth it.
int first_difference(unsigned from, unsigned to, int& series) {
    for (unsigned seed = from; seed < to; ++seed) {
        const RandomNight night(seed);
        const auto fast = night.scored(), naive = test::naive_series(night.movements, night.rules, night.context());
        if (fast.size() != naive.size()) return static_cast<int>(seed);
        for (std::size_t i = 0; i < fast.size(); ++i) {
            if (!same(fast[i], naive[i])) return static_cast<int>(seed);
            series += fast[i].position == 1;
        }
    }
    return -1;
}

}  // namespace

TEST_CASE("A naive second implementation of the series rules agrees on random lists", "[events]") {
    int series = 0;
    CHECK(first_difference(0, 20000, series) == -1);
    CHECK(series > 2000);
}

TEST_CASE("... and on a million of them", "[.][million]") {
    int series = 0;
    CHECK(first_difference(0, 1000000, series) == -1);
    CHECK(series > 100000);
}

TEST_CASE("Shifting time changes no series", "[events]") {
    for (unsigned seed = 0; seed < 2000; ++seed) {
        RandomNight night(seed);
        const auto before = night.scored();
        const Time shift = from_seconds(12345.678901);
        for (LegMovement& m : night.movements) m.extent = {m.extent.onset + shift, m.extent.offset + shift};
        for (EventList* list : {&night.respiratory, &night.arousals})
            for (Event& e : *list) e.extent = {e.extent.onset + shift, e.extent.offset + shift};
        for (Interval& s : night.segments) s = {s.onset + shift, s.offset + shift};
        night.hypnogram.start += shift;
        std::vector<Interval> holes = night.unscorable.intervals();
        for (Interval& h : holes) h = {h.onset + shift, h.offset + shift};
        night.unscorable = IntervalSet(holes);
        auto after = night.scored();
        REQUIRE(after.size() == before.size());
        for (std::size_t i = 0; i < after.size(); ++i) {
            after[i].extent = {after[i].extent.onset - shift, after[i].extent.offset - shift};
            INFO("list " << seed);
            REQUIRE(same(after[i], before[i]));
        }
    }
}

TEST_CASE("Swapping the legs changes nothing but the legs", "[events]") {
    const auto swapped = [](Side s) { return s == Side::left ? Side::right : s == Side::right ? Side::left : s; };
    for (unsigned seed = 0; seed < 2000; ++seed) {
        RandomNight night(seed);
        const auto before = night.scored();
        for (LegMovement& m : night.movements) m.side = swapped(m.side);
        auto after = night.scored();
        REQUIRE(after.size() == before.size());
        for (std::size_t i = 0; i < after.size(); ++i) {
            INFO("list " << seed);
            after[i].side = swapped(after[i].side);
            if (night.rules.combine == "chain") REQUIRE(same(after[i], before[i]));
            // else two legs that begin and end together are told apart by their order only
            REQUIRE(after[i].extent == before[i].extent);
        }
    }
}

TEST_CASE("Cutting a list where nothing happens for long changes no series", "[events]") {
    int cuts = 0;
    for (unsigned seed = 0; seed < 5000; ++seed) {
        RandomNight night(seed);
        const auto whole = night.scored();
        std::sort(night.movements.begin(), night.movements.end(),
                  [](auto& a, auto& b) { return a.extent.onset < b.extent.onset; });
        std::size_t at = 0;
        Time latest{0};
        for (std::size_t i = 0; i < night.movements.size(); ++i) {
            if (i > 0 && night.movements[i].extent.onset - latest > from_seconds(90)) at = i;
            latest = std::max(latest, night.movements[i].extent.offset);
        }
        if (at == 0) continue;
        ++cuts;
        RandomNight second = night;
        second.movements.erase(second.movements.begin(), second.movements.begin() + static_cast<std::ptrdiff_t>(at));
        night.movements.resize(at);
        auto parts = night.scored();
        const auto rest = second.scored();
        parts.insert(parts.end(), rest.begin(), rest.end());
        REQUIRE(parts.size() == whole.size());
        for (std::size_t i = 0; i < whole.size(); ++i) {
            INFO("list " << seed);
            REQUIRE(same_series(parts[i], whole[i]));
        }
    }
    CHECK(cuts > 500);
}

TEST_CASE("The borders of 0.5, 10, 15 and 90 s are exact to the microsecond", "[events]") {
    const auto us = [](std::int64_t t) { return Time(t); };
    const auto series_length = [&](std::int64_t interval) {
        std::vector<LegMovement> list;
        for (int i = 0; i < 4; ++i) list.push_back({{us(i * interval), us(i * interval + 1'000'000)}, Side::left});
        return score_series(list, {}, {}).front().length;
    };
    CHECK(series_length(9'999'999) == 0);
    CHECK(series_length(10'000'000) == 4);
    CHECK(series_length(90'000'000) == 4);
    CHECK(series_length(90'000'001) == 0);
    const auto candidate = [&](std::int64_t length) {
        return score_series({{{us(0), us(length)}, Side::left}}, {}, {}).at(0).candidate;
    };
    CHECK(candidate(10'000'000));
    CHECK_FALSE(candidate(10'000'001));
    CHECK(score_series({{{us(0), us(499'999)}, Side::left}}, {}, {}).empty());
    CHECK(score_series({{{us(0), us(500'000)}, Side::left}}, {}, {}).size() == 1);
    const auto both = [&](std::int64_t end) {
        return score_series({{{us(0), us(9'000'000)}, Side::left}, {{us(8'000'000), us(end)}, Side::right}}, {}, {})
            .at(0)
            .candidate;
    };
    CHECK(both(15'000'000));
    CHECK_FALSE(both(15'000'001));
    const auto count = [&](std::int64_t onset, Side side) {
        return score_series({{{us(0), us(1'000'000)}, Side::left}, {{us(onset), us(onset + 1'000'000)}, side}}, {}, {})
            .size();
    };
    CHECK(count(1'499'999, Side::right) == 1);
    CHECK(count(1'500'000, Side::right) == 2);
    CHECK(count(1'499'999, Side::left) == 1);
    CHECK(count(1'500'000, Side::left) == 2);
}
