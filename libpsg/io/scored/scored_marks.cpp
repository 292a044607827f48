// Marks in scorings: lights off and on, and body positions.
// SPDX-License-Identifier: BSD-3-Clause
#include "libpsg/io/scored/scored_marks.hpp"

#include <algorithm>
#include <map>

namespace psg::io {

static std::vector<Interval> periods_of(const std::vector<Time>& off, const std::vector<Time>& on, Time duration) {
    std::vector<std::pair<Time, bool>> marks;  // true: on
    for (const Time t : off) marks.emplace_back(t, false);
    for (const Time t : on) marks.emplace_back(t, true);
    std::sort(marks.begin(), marks.end());
    std::vector<Interval> periods;
    bool dark = false;
    Time since{0};
    for (const auto& [t, is_on] : marks) {
        if (!is_on && !dark) since = t;
        if (is_on && dark && t > since) periods.push_back({since, t});
        dark = !is_on;
    }
    if (dark && duration > since) periods.push_back({since, duration});
    if (periods.size() < 2) periods.clear();
    return periods;
}

ScoredLights lights_of(const std::vector<Time>& off, const std::vector<Time>& on, Time duration, Findings& findings) {
    const auto tell = [&](const char* message, const std::string& repair) {
        findings.push_back(
            {.code = FindingCode::EVENTS_LIGHTS, .message = message, .repair = repair, .field = "lights"});
    };
    ScoredLights lights;
    if (!off.empty()) lights.off = *std::min_element(off.begin(), off.end());
    if (!on.empty()) lights.on = *std::max_element(on.begin(), on.end());
    if (lights.off && lights.on && *lights.on <= *lights.off) {  // the light of the evening goes on before it goes off
        tell("lights go on only before they go off", "the mark of lights on is not used");
        lights.on.reset();
    }
    if (off.size() > 1 || on.size() > 1) {
        lights.periods = periods_of(off, on, duration);
        tell("lights go off or on several times",
             lights.periods.empty() ? "the first off and the last on are used"
                                    : "the first off and the last on are used; sleep statistics have rows for each of the " +
                                          std::to_string(lights.periods.size()) + " periods, too");
    }
    if (duration > Time(0) && ((lights.off && *lights.off >= duration) || (lights.on && *lights.on <= Time(0)))) {
        tell("the lights-off and lights-on marks leave nothing of the recording", "they are not used");
        lights = {};
    }
    return lights;
}

std::vector<std::pair<std::string, IntervalSet>> positions_of(std::vector<ScoredPosition> entries, Time end) {
    std::stable_sort(entries.begin(), entries.end(),
                     [](const ScoredPosition& a, const ScoredPosition& b) { return a.onset < b.onset; });
    std::map<std::string, IntervalSet> when;
    for (std::size_t i = 0; i < entries.size(); ++i) {
        const ScoredPosition& p = entries[i];
        const Time next = i + 1 < entries.size() ? entries[i + 1].onset : end;
        const Time off = p.duration > Time(0) ? std::min(p.onset + p.duration, next) : next;
        when[p.name].add({std::max(p.onset, Time(0)), std::min(off, end)});
    }
    std::vector<std::pair<std::string, IntervalSet>> positions;
    for (const char* name : {"supine", "prone", "left", "right", "upright"})
        if (!when[name].empty()) positions.emplace_back(name, std::move(when[name]));
    return positions;
}

}  // namespace psg::io
