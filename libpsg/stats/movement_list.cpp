// Combined leg movements with their measures as numbers.
// SPDX-License-Identifier: BSD-3-Clause
#include "libpsg/stats/movement_list.hpp"

#include <cmath>

namespace psg::stats {

namespace {

// Ferri 2006: 10 < interval <= 90 s, in sequences of three such intervals or more.
void mark_sequences(std::vector<Movement>& list, std::optional<Time> Movement::*interval, bool Movement::*mark,
                    bool Movement::*passed_over, bool skip_respiratory) {
    std::vector<Movement*> sequence;
    const auto close = [&] {
        if (sequence.size() >= 3)
            for (Movement* m : sequence) m->*mark = true;
        sequence.clear();
    };
    for (Movement& m : list) {
        if (!m.scored || m.*passed_over || (skip_respiratory && m.candidate && m.respiratory)) continue;
        const auto& t = m.*interval;
        if (t && *t > shortest_interval && *t <= longest_interval)
            sequence.push_back(&m);
        else
            close();
    }
    close();
}

}  // namespace

std::vector<Movement> read_movements(const EventList& events) {
    std::vector<Movement> list;
    for (const Event& e : events) {
        if (e.kind != "periodic_leg_movement" && e.kind != "nonperiodic_leg_movement") continue;
        const auto interval = [&](const char* name) {
            const double s = e.number(name);
            return std::isnan(s) ? std::optional<Time>() : std::optional<Time>(from_seconds(s));
        };
        Movement m;
        m.onset = e.extent.onset;
        m.duration_s = seconds(e.extent.duration());
        m.side = e.side;
        m.candidate = e.number("candidate") == 1;
        m.scored = e.number("scored") == 1;
        m.respiratory = e.number("respiratory") == 1;
        m.arousal = e.number("arousal") == 1;
        m.plm = e.number("series") > 0;
        m.plm_nr = e.number("series_nr") > 0;
        m.passed_over = e.number("passed_over") == 1;
        m.passed_over_nr = e.number("passed_over_nr") == 1;
        m.interval = interval("interval_s");
        m.interval_nr = interval("interval_nr_s");
        list.push_back(m);
    }
    int last = -1;
    for (Movement& m : list) {
        if (!m.scored || m.passed_over) continue;
        m.to = m.interval ? class_of(*m.interval) : -1;
        m.from = last;
        last = m.to;
    }
    mark_sequences(list, &Movement::interval, &Movement::ferri, &Movement::passed_over, false);
    mark_sequences(list, &Movement::interval_nr, &Movement::ferri_nr, &Movement::passed_over_nr, true);
    return list;
}

}  // namespace psg::stats
