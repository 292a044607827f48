// A night: small look-ups.
// SPDX-License-Identifier: BSD-3-Clause
#include "libpsg/model/night.hpp"

namespace psg {

const Signal* Night::find(Role role) const {
    for (const RoleSignal& s : signals)
        if (s.role == role) return &s.signal;
    return nullptr;
}

IntervalSet Night::analysis_window() const {
    Interval window = hypnogram.extent();
    if (lights_off) window.onset = *lights_off;
    if (lights_on) window.offset = *lights_on;
    return IntervalSet(segments).intersected(IntervalSet({window})).intersected(IntervalSet({hypnogram.extent()}));
}

EventList Night::events_of(std::string_view kind) const {
    EventList some;
    for (const Event& e : events)
        if (e.kind == kind) some.push_back(e);
    return some;
}

}  // namespace psg
