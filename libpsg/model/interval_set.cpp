// Sorted, disjoint sets of half-open intervals.
// SPDX-License-Identifier: BSD-3-Clause
#include "libpsg/model/interval_set.hpp"

#include <algorithm>

namespace psg {

IntervalSet::IntervalSet(std::vector<Interval> intervals) {
    std::erase_if(intervals, [](const Interval& i) { return i.offset <= i.onset; });
    std::sort(intervals.begin(), intervals.end(), [](const Interval& a, const Interval& b) { return a.onset < b.onset; });
    for (const Interval& i : intervals) {
        if (!intervals_.empty() && i.onset <= intervals_.back().offset)
            intervals_.back().offset = std::max(intervals_.back().offset, i.offset);
        else
            intervals_.push_back(i);
    }
}

void IntervalSet::add(Interval interval) {
    if (interval.offset <= interval.onset) return;
    if (intervals_.empty() || interval.onset > intervals_.back().offset) {  // the usual case: in order
        intervals_.push_back(interval);
        return;
    }
    // those that it touches become one with it
    const auto first = std::partition_point(intervals_.begin(), intervals_.end(), [&](const Interval& i) { return i.offset < interval.onset; });
    auto next = first;
    for (; next != intervals_.end() && next->onset <= interval.offset; ++next) {
        interval.onset = std::min(interval.onset, next->onset);
        interval.offset = std::max(interval.offset, next->offset);
    }
    if (first == next) {
        intervals_.insert(first, interval);
        return;
    }
    *first = interval;
    intervals_.erase(first + 1, next);
}

IntervalSet IntervalSet::united(const IntervalSet& other) const {
    auto all = intervals_;
    all.insert(all.end(), other.intervals_.begin(), other.intervals_.end());
    return IntervalSet(std::move(all));
}

IntervalSet IntervalSet::intersected(const IntervalSet& other) const {
    IntervalSet out;
    auto a = intervals_.begin();
    auto b = other.intervals_.begin();
    while (a != intervals_.end() && b != other.intervals_.end()) {
        const Interval both{std::max(a->onset, b->onset), std::min(a->offset, b->offset)};
        if (both.onset < both.offset) out.intervals_.push_back(both);
        if (a->offset < b->offset)
            ++a;
        else
            ++b;
    }
    return out;
}

IntervalSet IntervalSet::without(const IntervalSet& other) const {
    IntervalSet out;
    auto b = other.intervals_.begin();
    for (Interval rest : intervals_) {
        while (b != other.intervals_.end() && b->offset <= rest.onset) ++b;
        for (auto c = b; c != other.intervals_.end() && c->onset < rest.offset; ++c) {
            if (rest.onset < c->onset) out.intervals_.push_back({rest.onset, c->onset});
            rest.onset = std::max(rest.onset, c->offset);
        }
        if (rest.onset < rest.offset) out.intervals_.push_back(rest);
    }
    return out;
}

static auto first_ending_after(const std::vector<Interval>& v, Time t) {
    return std::partition_point(v.begin(), v.end(), [t](const Interval& i) { return i.offset <= t; });
}

bool IntervalSet::contains(Time t) const {
    const auto i = first_ending_after(intervals_, t);
    return i != intervals_.end() && i->onset <= t;
}

bool IntervalSet::covers(const Interval& interval) const {
    const auto i = first_ending_after(intervals_, interval.onset);
    return i != intervals_.end() && i->onset <= interval.onset && interval.offset <= i->offset;
}

bool IntervalSet::overlaps(const Interval& interval) const {
    const auto i = first_ending_after(intervals_, interval.onset);
    return i != intervals_.end() && i->onset < interval.offset;
}

Time IntervalSet::total() const {
    Time sum{0};
    for (const Interval& i : intervals_) sum += i.duration();
    return sum;
}

}  // namespace psg
