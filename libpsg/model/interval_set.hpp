// Half-open stretches of time and sorted, disjoint sets of them (segments, artefacts, time at risk).
// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <vector>

#include "libpsg/model/time.hpp"

namespace psg {

/// [onset, offset): the offset is the first moment that no longer belongs to it.
struct Interval {
    Time onset{0};
    Time offset{0};

    Time duration() const { return offset - onset; }
    bool contains(Time t) const { return onset <= t && t < offset; }
    bool overlaps(const Interval& other) const { return onset < other.offset && other.onset < offset; }
    bool operator==(const Interval&) const = default;
};

/// A set of moments kept as sorted, disjoint, non-touching, non-empty intervals. (Own code and not Boost.ICL: it stands
/// in an installed header, where no third-party type may show.)
class IntervalSet {
public:
    IntervalSet() = default;
    /// Any order, overlaps welcome; empty and reversed intervals are ignored.
    explicit IntervalSet(std::vector<Interval> intervals);

    void add(Interval interval);
    IntervalSet united(const IntervalSet& other) const;
    IntervalSet intersected(const IntervalSet& other) const;
    IntervalSet without(const IntervalSet& other) const;

    bool contains(Time t) const;
    /// True if the whole of `interval` lies inside one member.
    bool covers(const Interval& interval) const;
    bool overlaps(const Interval& interval) const;
    Time total() const;

    bool empty() const { return intervals_.empty(); }
    const std::vector<Interval>& intervals() const { return intervals_; }
    bool operator==(const IntervalSet&) const = default;

private:
    std::vector<Interval> intervals_;
};

}  // namespace psg
