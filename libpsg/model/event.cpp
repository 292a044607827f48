// Events: names, order and numbering.
// SPDX-License-Identifier: BSD-3-Clause
#include "libpsg/model/event.hpp"

#include <algorithm>
#include <charconv>
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
    const auto is = [&](std::initializer_list<std::string_view> names) {
        return std::find(names.begin(), names.end(), folded) != names.end();
    };
    if (is({"l", "left", "links", "gauche", "izquierda", "izquierdo", "sinistra", "esquerda"})) return Side::left;
    if (is({"r", "right", "rechts", "droite", "derecha", "derecho", "destra", "direita"})) return Side::right;
    if (is({"b", "both", "bilateral", "beide", "beidseits"})) return Side::both;
    return Side::none;
}

bool written_same(const Interval& a, const Interval& b) {
    constexpr Time exactly = std::chrono::milliseconds(1);
    return std::chrono::abs(a.onset - b.onset) <= exactly && std::chrono::abs(a.offset - b.offset) <= exactly;
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
    std::map<std::string, long long> highest;  // a number that was given once may be known elsewhere: it is not given again
    for (const Event& e : events) {
        if (!e.id.starts_with(e.kind + "-")) continue;
        long long n = 0;
        const char* const begin = e.id.data() + e.kind.size() + 1;
        const char* const end = e.id.data() + e.id.size();
        const auto [stop, error] = std::from_chars(begin, end, n);
        constexpr long long most = 1'000'000'000;  // no list is as long: a larger one is no number of ours
        if (error == std::errc{} && stop == end && n <= most) highest[e.kind] = std::max(highest[e.kind], n);
    }
    std::set<std::string> taken;  // an imported id may have the form of another class's
    for (const Event& e : events) taken.insert(e.id);
    for (Event& e : events)
        while (e.id.empty()) {
            std::string id = e.kind + "-" + std::to_string(++highest[e.kind]);
            if (taken.insert(id).second) e.id = std::move(id);
        }
}

}  // namespace psg
