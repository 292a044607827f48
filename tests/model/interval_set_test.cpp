// Sets of intervals against a brute-force set of moments.
// SPDX-License-Identifier: BSD-3-Clause
#include "libpsg/model/interval_set.hpp"

#include <bitset>
#include <catch2/catch.hpp>
#include <random>

using namespace psg;

namespace {

using Moments = std::bitset<64>;

Moments moments(const IntervalSet& set) {
    Moments m;
    for (int t = 0; t < 64; ++t) m[static_cast<std::size_t>(t)] = set.contains(Time(t));
    return m;
}

IntervalSet random_set(std::mt19937& random) {
    std::vector<Interval> list;
    for (auto n = random() % 6; n > 0; --n) {
        const int a = static_cast<int>(random() % 60), b = static_cast<int>(random() % 60);
        list.push_back({Time(a), Time(b)});
    }
    return IntervalSet(list);
}

}  // namespace

TEST_CASE("set operations equal those on single moments") {
    std::mt19937 random(1);
    for (int round = 0; round < 2000; ++round) {
        const IntervalSet a = random_set(random), b = random_set(random);
        CHECK(moments(a.united(b)) == (moments(a) | moments(b)));
        CHECK(moments(a.intersected(b)) == (moments(a) & moments(b)));
        CHECK(moments(a.without(b)) == (moments(a) & ~moments(b)));
        CHECK(a.total() == Time(static_cast<long>(moments(a).count())));
        const Interval probe{Time(static_cast<long>(random() % 30)), Time(static_cast<long>(30 + random() % 30))};
        const Moments p = moments(IntervalSet({probe}));
        CHECK(a.overlaps(probe) == (moments(a) & p).any());
        CHECK(a.covers(probe) == ((moments(a) & p) == p));
        for (const IntervalSet& s : {a.united(b), a.intersected(b), a.without(b)})
            for (std::size_t i = 1; i < s.intervals().size(); ++i)
                CHECK(s.intervals()[i - 1].offset <= s.intervals()[i].onset);
    }
}

TEST_CASE("add keeps order and merges what touches") {
    IntervalSet set;
    set.add({Time(10), Time(20)});
    set.add({Time(20), Time(30)});
    set.add({Time(0), Time(5)});
    set.add({Time(7), Time(7)});
    CHECK(set.intervals() == std::vector<Interval>{{Time(0), Time(5)}, {Time(10), Time(30)}});
}
