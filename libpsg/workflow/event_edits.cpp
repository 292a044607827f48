// What people changed in events that libpsg had found.
// SPDX-License-Identifier: BSD-3-Clause
#include "libpsg/workflow/event_edits.hpp"

#include <algorithm>
#include <map>

#include "libpsg/io/scored/scoring.hpp"
#include "libpsg/model/error.hpp"
#include "libpsg/workflow/scoring_options.hpp"

namespace psg::workflow {

const MeasureInfo edit_measure{
    std::string(io::edit_measure_name), "",
    "what was edited since the event was found: unchanged, moved, changed, added; empty if not known"};

namespace {

std::string list_of(const std::vector<std::string>& ids) {
    constexpr std::size_t most = 10;
    std::string list;
    for (std::size_t i = 0; i < std::min(ids.size(), most); ++i) list += (i ? ", " : "") + ids[i];
    return ids.size() > most ? list + ", ..." : list;
}

// A channel that an EDF+ text had no room for is cut or left out, and does not count as changed.
bool same_channel(const std::string& now, const std::string& before) {
    return before.starts_with(now);
}
bool same_side(Side now, Side before) {
    return now == before || now == Side::none;
}

std::string edit_of(const Event& now, const Event& before) {
    if (now.kind != before.kind || !same_side(now.side, before.side) || !same_channel(now.channel, before.channel))
        return "changed";
    return written_same(now.extent, before.extent) ? "unchanged" : "moved";
}

void set_edit(Event& e, std::string edit) {
    std::erase_if(e.measures, [](const Measure& m) { return m.name == edit_measure.name; });
    e.measures.push_back({edit_measure.name, std::move(edit)});
}

}  // namespace

EventList read_original_events(const std::string& path, const Recording& recording, std::string* sha256) {
    if (path.ends_with(".h5"))  // reading it would load the HDF5 libraries into every tool: 5 MB and 10 ms
        throw UsageError("--original takes text, not HDF5", "psg-export " + path + " --to tsv | ... --original -");
    io::ScoringOptions options = scoring_options("", "");
    options.use = io::ScoringUse::movements;
    Findings ignored;  // what is odd about the original was told when it was made
    return io::understand(io::read_scored_file(path, recording, options.use, sha256), recording, options, ignored)
        .movements;
}

void mark_edits(EventList& events, const EventList& original, const std::set<std::string>& classes,
                Findings& findings) {
    std::map<std::string, const Event*> before;
    for (const Event& e : original)
        if (!e.id.empty() && classes.count(e.kind)) before.emplace(e.id, &e);
    std::map<std::string, std::vector<std::string>> edits;
    for (Event& e : events) {
        const auto found = before.find(e.id);
        const std::string edit = found == before.end() ? "added" : edit_of(e, *found->second);
        if (found != before.end()) before.erase(found);
        edits[edit].push_back(e.id);
        set_edit(e, edit);
    }
    for (const Event& e : original)
        if (before.count(e.id)) edits["removed"].push_back(e.id);
    for (const char* edit : {"moved", "changed", "added", "removed"}) {
        const auto& ids = edits[edit];
        if (ids.empty()) continue;
        findings.push_back({.code = FindingCode::EVENTS_CHANGED,
                            .message = std::to_string(ids.size()) +
                                       (ids.size() == 1 ? " event was " : " events were ") + edit + ": " + list_of(ids),
                            .repair = "the events are used as they are now",
                            .field = "movements"});
    }
}

}  // namespace psg::workflow
