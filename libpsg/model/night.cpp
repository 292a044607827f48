// A night: small look-ups.
// SPDX-License-Identifier: BSD-3-Clause
#include "libpsg/model/night.hpp"

#include <algorithm>

namespace psg {

const Signal* Night::find(Role role) const {
    for (const RoleSignal& s : signals)
        if (s.role == role) return &s.signal;
    return nullptr;
}

Interval Night::in_bed() const {
    const Interval scored = hypnogram.scored_extent();
    const Time from = lights_off.value_or(scored.onset);
    return {from, std::max(from, lights_on.value_or(scored.offset))};
}

IntervalSet Night::analysis_window() const {
    return IntervalSet(segments).intersected(IntervalSet({in_bed()})).intersected(IntervalSet({hypnogram.extent()}));
}

EventList Night::events_of(std::string_view kind) const {
    EventList some;
    for (const Event& e : events)
        if (e.kind == kind) some.push_back(e);
    return some;
}

}  // namespace psg
