// Events: names, order and numbering.
// SPDX-License-Identifier: BSD-3-Clause
#include "libpsg/model/event.hpp"

#include <algorithm>
#include <limits>
#include <map>
#include <set>
#include <tuple>

namespace psg {

std::string_view side_name(Side side) {
    switch (side) {
        case Side::left: return "L";
        case Side::right: return "R";
        case Side::both: return "B";
        case Side::none: break;
    }
    return "";
}

Side side_from_name(std::string_view text) {
    std::string folded;
    for (char c : text) folded += (c >= 'A' && c <= 'Z') ? static_cast<char>(c - 'A' + 'a') : c;
    if (folded == "l" || folded == "left") return Side::left;
    if (folded == "r" || folded == "right") return Side::right;
    if (folded == "b" || folded == "both" || folded == "bilateral") return Side::both;
    return Side::none;
}

double Event::number(std::string_view name) const {
    for (const Measure& m : measures)
        if (m.name == name)
            if (const double* v = std::get_if<double>(&m.value)) return *v;
    return std::numeric_limits<double>::quiet_NaN();
}

std::string Event::text(std::string_view name) const {
    for (const Measure& m : measures)
        if (m.name == name)
            if (const std::string* v = std::get_if<std::string>(&m.value)) return *v;
    return {};
}

void sort_events(EventList& events) {
    std::stable_sort(events.begin(), events.end(), [](const Event& a, const Event& b) {
        return std::tie(a.extent.onset, a.extent.offset, a.kind, a.side, a.channel) <
               std::tie(b.extent.onset, b.extent.offset, b.kind, b.side, b.channel);
    });
}

void number_events(EventList& events) {
    std::set<std::string> taken;
    for (const Event& e : events) taken.insert(e.id);
    std::map<std::string, int> count;
    for (Event& e : events) {
        while (e.id.empty()) {
            std::string id = e.kind + "-" + std::to_string(++count[e.kind]);
            if (taken.insert(id).second) e.id = std::move(id);
        }
    }
}

}  // namespace psg
