// Events: something that happened from an onset to an offset, with a class, a place in the body and measures.
// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "libpsg/model/hypnogram.hpp"
#include "libpsg/model/interval_set.hpp"

namespace psg {

enum class Side { none, left, right, both };

/// "L", "R", "B", or "" for none.
std::string_view side_name(Side side);
/// L left, R right, B both bilateral, and words of other languages (links, droite, ...), in any case; none for everything else.
Side side_from_name(std::string_view text);

/// A named property of an event; its unit and meaning stand once, in the MeasureInfo of the detector.
struct Measure {
    std::string name;
    std::variant<double, std::string> value;  ///< NaN: not measurable
};

/// What a measure means: one per measure name of a class.
struct MeasureInfo {
    std::string name;
    std::string unit;  ///< "" for counts, flags and texts
    std::string text;  ///< one sentence
};

struct Event {
    std::string id;     ///< "CLASS-N", N counting the class from 1 in order of time; imported events keep their own
    std::string kind;   ///< class in snake_case: "leg_movement"
    Interval extent;    ///< offset exclusive
    Stage stage = Stage::unknown;  ///< of the epoch that contains the onset
    std::string channel;           ///< label as in the file; several joined by '+'; empty if none
    Side side = Side::none;
    std::vector<Measure> measures;

    /// The numeric value of a measure; NaN if there is none.
    double number(std::string_view name) const;
    /// The text of a measure; empty if there is none.
    std::string text(std::string_view name) const;
};

using EventList = std::vector<Event>;

/// Do two extents mean one event, written and read back? Onset and offset may differ by 1 ms: EDF+ writers keep 100 us.
bool written_same(const Interval& a, const Interval& b);

/// Sorts by onset, then offset, class, side and channel, so that the order never depends on who found what first.
void sort_events(EventList& events);

/// Gives every event without an id a "CLASS-N" of its class, N counting on from the highest there is, in the present order:
/// an event that somebody added never gets the id of one that was removed.
void number_events(EventList& events);

}  // namespace psg
