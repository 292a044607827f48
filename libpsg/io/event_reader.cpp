// Scored events from text.
// SPDX-License-Identifier: BSD-3-Clause
#include "libpsg/io/event_reader.hpp"

#include <algorithm>
#include <map>
#include <optional>
#include <set>
#include <vector>

#include "libpsg/io/channel_label.hpp"
#include "libpsg/io/text_table.hpp"
#include "libpsg/model/error.hpp"

namespace psg::io {

namespace {

using Words = std::vector<std::string>;

bool has_any(const Words& words, std::initializer_list<std::string_view> list) {
    return std::any_of(words.begin(), words.end(),
                       [&](const std::string& w) { return std::find(list.begin(), list.end(), w) != list.end(); });
}

std::optional<std::string> respiratory_kind(const Words& words) {
    if (has_any(words, {"rera", "reras"}) || (has_any(words, {"effort"}) && has_any(words, {"arousal"}))) return "rera";
    std::string core;
    if (has_any(words, {"apnea", "apnoea", "apneas", "apnoeas"}))
        core = "apnea";
    else if (has_any(words, {"hypopnea", "hypopnoea", "hypopneas", "hypopnoeas", "hyp"}))
        core = "hypopnea";
    else
        return std::nullopt;
    if (has_any(words, {"obstructive", "obs", "o"})) return "obstructive_" + core;
    if (has_any(words, {"central", "cen", "c"})) return "central_" + core;
    if (has_any(words, {"mixed", "mix", "m"})) return "mixed_" + core;
    return core;
}

// "Arousal (ARO RES)", "EEG arousal"; or only the cause of one ("spontaneous").
bool is_arousal(const Words& words) {
    if (respiratory_kind(words)) return false;  // "Hypopnea with arousal" is listed as what it is
    return has_any(words, {"arousal", "arousals", "microarousal", "aro"}) ||
           (words.size() == 1 && has_any(words, {"spontaneous", "respiratory", "plm", "lm", "cortical"}));
}

// "Limb movement (left)", "LM R", "PLM": what a scorer calls a movement of one leg. Not the class periodic_leg_movement
// of psg-detect, which stands for one or two movements that are listed themselves.
bool is_leg_movement(Words words, const std::string& text) {
    if (text == "periodic_leg_movement") return false;
    std::erase_if(words, [](const std::string& w) { return w == "left" || w == "right" || w == "l" || w == "r"; });
    const bool body = has_any(words, {"leg", "limb"}), movement = has_any(words, {"movement", "movements"});
    return (body && movement) || (words.size() == 1 && has_any(words, {"lm", "plm", "lma", "clm", "legmovement"}));
}

// What the table's columns are.
struct Columns {
    std::size_t onset;
    std::optional<std::size_t> duration, offset, type, side, channel, id;
    bool from_psg_detect;

    explicit Columns(const TextTable& t)
        : duration(t.duration_column()),
          offset(t.offset_column()),
          type(t.find({"class", "type", "event", "event_type", "trial_type", "description", "kind"})),
          side(t.find({"leg", "side", "limb"})),
          channel(t.find({"channel", "channels", "signal"})),
          id(t.find({"id"})),
          from_psg_detect(t.find({"class"}) && side && channel && id) {
        std::string names;
        for (const auto& c : t.columns()) names += (names.empty() ? "" : ", ") + c;
        const auto found = t.onset_column();
        if (!found) throw DataError(t.name(), "no column of onsets among " + names, "name it 'onset' (seconds)");
        if (!duration && !offset)
            throw DataError(t.name(), "no column of durations or ends among " + names, "name it 'duration' (seconds)");
        onset = *found;
    }
};

Interval extent_of(const TextTable& t, std::size_t row, const Columns& column) {
    Interval extent;
    extent.onset = t.seconds(row, column.onset);
    extent.offset = column.duration ? extent.onset + t.seconds(row, *column.duration) : t.seconds(row, *column.offset);
    if (extent.duration() < Time(0))
        t.fail(row, "the event lasts " + format_seconds(extent.duration()) + " s", "durations are at least 0");
    return extent;
}

// The side of a movement; none if nothing tells.
Side side_of(const TextTable& t, std::size_t row, const Columns& column, const Words& type) {
    if (column.side && !t.text(row, *column.side).empty()) {
        const std::string& text = t.text(row, *column.side);
        const Side side = side_from_name(text);
        if (side == Side::none && text != "n/a") t.fail(row, "'" + text + "' is no side", "sides are L, R or B");
        if (side != Side::none) return side;
    }
    const bool left = has_any(type, {"left", "l"}), right = has_any(type, {"right", "r"});
    if (left != right) return left ? Side::left : Side::right;
    if (!column.channel) return Side::none;
    const LabelReading label = read_label(t.text(row, *column.channel));
    if (label.role == Role::leg_left) return Side::left;
    return label.role == Role::leg_right ? Side::right : Side::none;
}

// The kind of an event by its type; nothing if it is no event of this use.
std::optional<std::string> kind_of(EventUse use, const Words& type, const std::string& text) {
    switch (use) {
        case EventUse::respiratory:
            return respiratory_kind(type);
        case EventUse::arousals:
            return is_arousal(type) ? std::optional<std::string>("arousal") : std::nullopt;
        case EventUse::movements:
            return is_leg_movement(type, text) ? std::optional<std::string>("leg_movement") : std::nullopt;
    }
    return std::nullopt;
}

std::string kind_without_type(EventUse use) {
    return use == EventUse::respiratory ? "respiratory_event" : use == EventUse::arousals ? "arousal" : "leg_movement";
}

void report_unknown(Findings& findings, const std::map<std::string, int>& unknown, EventUse use) {
    if (unknown.empty()) return;
    constexpr std::size_t most_names = 10;
    const std::string_view wanted = use == EventUse::respiratory ? "respiratory events"
                                    : use == EventUse::arousals  ? "arousals"
                                                                 : "leg movements";
    std::string list;
    std::size_t n = 0;
    for (const auto& [type, count] : unknown)
        if (n++ < most_names) list += (list.empty() ? "" : ", ") + std::to_string(count) + " '" + type + "'";
    if (unknown.size() > most_names) list += " and " + std::to_string(unknown.size() - most_names) + " more names";
    findings.push_back({.code = FindingCode::EVENTS_UNKNOWN,
                        .message = "some types are not understood as " + std::string(wanted) + ": " + list,
                        .repair = "they are left out",
                        .field = std::string(wanted)});
}

}  // namespace

EventList read_events(std::string_view text, const std::string& name, EventUse use, Findings& findings) {
    const TextTable table(text, name);
    const Columns column(table);
    EventList events;
    std::set<std::string> ids;
    std::map<std::string, int> unknown;
    int without_side = 0;
    for (std::size_t row = 0; row < table.row_count(); ++row) {
        Event e;
        e.extent = extent_of(table, row, column);
        Words type;
        if (column.type) {
            type = label_words(table.text(row, *column.type));
            if (type.empty()) table.fail(row, "the type of the event is empty");
            const auto kind = kind_of(use, type, table.text(row, *column.type));
            if (!kind) {
                if (!column.from_psg_detect) ++unknown[table.text(row, *column.type)];
                continue;
            }
            e.kind = *kind;
        } else {
            e.kind = kind_without_type(use);
        }
        if (column.channel) e.channel = table.text(row, *column.channel);
        if (use == EventUse::movements) {
            e.side = side_of(table, row, column, type);
            without_side += e.side == Side::none;
        }
        if (column.id) {
            e.id = table.text(row, *column.id);
            if (!e.id.empty() && !ids.insert(e.id).second) table.fail(row, "id '" + e.id + "' was given above");
        }
        events.push_back(std::move(e));
    }
    report_unknown(findings, unknown, use);
    if (without_side > 0)
        findings.push_back({.code = FindingCode::EVENTS_UNKNOWN,
                            .message = std::to_string(without_side) + " leg movements have no side",
                            .field = "leg movements"});
    sort_events(events);
    number_events(events);
    return events;
}

}  // namespace psg::io
