// One movement, one name: the precedence, and who loses to whom.
// SPDX-License-Identifier: BSD-3-Clause
#include "libpsg/events/movement_names.hpp"

#include <algorithm>
#include <array>
#include <chrono>
#include <cmath>
#include <optional>
#include <set>
#include <string_view>

namespace psg::events {

namespace {

using namespace std::chrono_literals;

// First to last. Classes that are not listed (arousals, artefacts, combined leg movements) are no names of movements.
constexpr std::string_view axial_jerk = "hypnic_jerk of trunk or head alone", swing = "rhythmic_movement of the head's leads alone",
                           clench = "tonic bruxism";
constexpr std::array<std::string_view, 18> precedence{
    "rhythmic_movement",             // sequences of several muscles
    "bruxism",
    "alternating_leg_muscle_activation",  // sequences of the legs
    "hypnagogic_foot_tremor",
    "high_frequency_leg_movements",
    "propriospinal_myoclonus",       // series
    "periodic_leg_movement",
    "large_muscle_group_movement",   // masks what it contains
    swing,
    clench,
    "tonic_leg_activity",            // of a leg that is active alone
    "hypnic_jerk",                   // bursts of several muscles
    "neck_myoclonus",
    axial_jerk,
    "long_leg_movement",             // single movements and bursts
    "leg_movement",
    "fragmentary_myoclonus",
    "rem_phasic_activity"};

constexpr Time mask_after = 1s;

std::optional<std::size_t> rank_of(const Event& e) {
    const bool axial = e.kind == "hypnic_jerk" && e.text("regions") == "axial";
    const bool no_bursts = e.kind == "rhythmic_movement" && std::isnan(e.number("bursts"));
    const bool tonic = e.kind == "bruxism" && e.text("type") == "tonic";
    const std::string_view kind = axial ? axial_jerk : no_bursts ? swing : tonic ? clench : std::string_view(e.kind);
    const auto place = std::find(precedence.begin(), precedence.end(), kind);
    if (place == precedence.end()) return std::nullopt;
    return static_cast<std::size_t>(place - precedence.begin());
}

bool share_channel(const std::string& a, const std::string& b) {
    const std::string all = "+" + b + "+";
    for (std::size_t from = 0; from <= a.size();) {
        const std::size_t end = std::min(a.find('+', from), a.size());
        if (all.find("+" + a.substr(from, end - from) + "+") != std::string::npos) return true;
        from = end + 1;
    }
    return false;
}

bool is_leg_movement(const Event& e) { return e.kind == "leg_movement" || e.kind == "long_leg_movement"; }

// At least half of `part` (with `or_whole`, of the shorter of both) lies in the other.
bool mostly_inside(const Event& part, const Event& whole, bool or_whole = false) {
    const Time overlap = std::min(part.extent.offset, whole.extent.offset) - std::max(part.extent.onset, whole.extent.onset);
    const Time at_least = or_whole ? std::min(part.extent.duration(), whole.extent.duration()) : part.extent.duration();
    return overlap > 0s && 2 * overlap >= at_least;
}

// Leg movements make series, tonic activity and what the series rules say of them: these are not their rivals.
bool made_of(const Event& loser, const Event& winner) {
    return is_leg_movement(loser) && (winner.kind == "periodic_leg_movement" || winner.kind == "tonic_leg_activity");
}

bool loses(const Event& loser, const Event& winner) {
    if (made_of(loser, winner)) return false;
    // jaws do not move limbs: what does is a jerk, whatever the jaw goes on with
    if (winner.kind == "bruxism" && loser.kind == "hypnic_jerk" && loser.text("regions") != "axial") return false;
    // a stripe of the head outlasts the jerk that shook it
    if (!mostly_inside(loser, winner, loser.kind == "neck_myoclonus" && winner.kind == "hypnic_jerk")) return false;
    if (winner.kind != "large_muscle_group_movement") return share_channel(loser.channel, winner.channel);
    if (loser.kind == "hypnic_jerk") return loser.extent.onset > winner.extent.onset + mask_after;
    return true;
}

void add_alternative(Event& winner, const std::string& kind) {
    for (Measure& m : winner.measures) {
        std::string* text = m.name == "alternatives" ? std::get_if<std::string>(&m.value) : nullptr;
        if (!text) continue;
        if (("," + *text + ",").find("," + kind + ",") == std::string::npos) *text += "," + kind;
        return;
    }
    winner.measures.push_back({"alternatives", kind});
}

}  // namespace

bool is_leg_of_jerk(const Event& leg, const EventList& events) {
    if (leg.text("part_of") == "propriospinal_myoclonus") return true;
    return std::any_of(events.begin(), events.end(), [&](const Event& e) {
        return e.kind == "propriospinal_myoclonus" && mostly_inside(leg, e) && share_channel(leg.channel, e.channel);
    });
}

void name_movements(EventList& events) {
    sort_events(events);
    std::vector<std::size_t> order;  // by rank, then time, so that a loser takes nothing with it
    for (std::size_t i = 0; i < events.size(); ++i)
        if (rank_of(events[i])) order.push_back(i);
    std::stable_sort(order.begin(), order.end(),
                     [&](std::size_t a, std::size_t b) { return *rank_of(events[a]) < *rank_of(events[b]); });
    // winners so far by time, with the longest of them, so that few pairs are looked at
    std::vector<std::vector<std::size_t>> winners(precedence.size());
    std::vector<Time> longest(precedence.size(), 0s);
    std::vector<bool> gone(events.size(), false);
    for (const std::size_t i : order) {
        Event& e = events[i];
        const std::size_t rank = *rank_of(e);
        const Event* winner = nullptr;
        for (std::size_t r = 0; r < rank && !winner; ++r) {
            const auto& list = winners[r];
            auto w = std::partition_point(list.begin(), list.end(), [&](std::size_t k) { return events[k].extent.onset < e.extent.onset - longest[r]; });
            for (; w != list.end() && events[*w].extent.onset < e.extent.offset; ++w)
                if (loses(e, events[*w])) {
                    add_alternative(events[*w], e.kind);
                    winner = &events[*w];
                    break;
                }
        }
        if (winner && is_leg_movement(e)) {
            e.measures.push_back({"scored", 0.0});
            e.measures.push_back({"part_of", winner->kind});
        } else if (winner && e.id.empty() && e.kind != "periodic_leg_movement") {
            gone[i] = true;
            continue;
        }
        winners[rank].push_back(i);
        longest[rank] = std::max(longest[rank], e.extent.duration());
    }
    std::size_t place = 0;
    std::erase_if(events, [&](const Event&) { return gone[place++]; });
}

const std::vector<MeasureInfo>& name_measures() {
    static const std::vector<MeasureInfo> list{
        {"alternatives", "", "other classes whose rules this movement met; they come later in the precedence of names"},
        {"scored", "", "0: not counted in rates, since the movement goes by another name or its own rules leave it out"},
        {"part_of", "", "the class by whose name the movement goes"}};
    return list;
}

std::string precedence_text() {
    std::string text;
    for (const std::string_view kind : precedence) text += (text.empty() ? "" : ", ") + std::string(kind);
    return text;
}

}  // namespace psg::events
