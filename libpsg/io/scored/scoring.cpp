// A scoring understood: hypnogram, events and lights.
// SPDX-License-Identifier: BSD-3-Clause
#include "libpsg/io/scored/scoring.hpp"

#include <algorithm>

#include "libpsg/io/channels/channel_label.hpp"
#include "libpsg/io/scored/hypnogram_grid.hpp"
#include "libpsg/io/scored/scored_marks.hpp"
#include "libpsg/model/error.hpp"

namespace psg::io {

namespace {

using namespace std::chrono_literals;

std::string reason_of(const std::string& name) {
    const std::string_view meanings = ambiguity_of_name(name);
    return meanings.empty() ? "" : " (" + std::string(meanings) + ")";
}

std::string list_of(const std::map<std::string, int>& names) {
    constexpr std::size_t most_names = 10;
    std::string list;
    std::size_t n = 0;
    for (const auto& [name, count] : names)
        if (n++ < most_names)
            list += (list.empty() ? "" : ", ") + std::to_string(count) + " '" + name.substr(0, 80) + "'" + reason_of(name);
    if (names.size() > most_names) list += " and " + std::to_string(names.size() - most_names) + " more names";
    return list;
}

bool is_digits(std::string_view s) {
    return !s.empty() && s.find_first_not_of("0123456789") == s.npos;
}

// Causes of arousals by which scorers call them; the second ones are also names of events.
const std::set<std::string> causes{"spontaneous", "respiratory", "cortical"}, movements{"plm", "lm"};

class Interpreter {
public:
    Interpreter(const ScoredFile& file, const Recording& recording, const ScoringOptions& options, Findings& findings)
        : file_(file), recording_(recording), options_(options), findings_(findings) {
        scoring_.format = file.format;
        scoring_.encoding = file.encoding;
        scoring_.simulated = file.simulated;
        findings_.insert(findings_.end(), file.findings.begin(), file.findings.end());
    }

    Scoring read() {
        look_for_causes();
        for (const ScoredEntry& e : file_.entries) {
            const bool stage_expected = e.is_stage || options_.use == ScoringUse::hypnogram;
            const NameMeaning meaning = meaning_of(e, stage_expected);
            if (stage_expected && meaning.kind == NameKind::stage)
                add_stage(e, meaning.stage);
            else if (e.is_stage)
                add_stage(e, no_stage(e, meaning));
            else
                add(e, meaning);
        }
        refuse_ambiguous_digits();
        make_hypnogram();
        mark_added();
        for (EventList* list : {&scoring_.respiratory, &scoring_.arousals, &scoring_.movements}) {
            sort_events(*list);
            number_events(*list);
        }
        ScoredLights lights = lights_of(lights_off_, lights_on_, recording_.duration(), findings_);
        scoring_.lights_off = lights.off;
        scoring_.lights_on = lights.on;
        scoring_.periods_in_bed = std::move(lights.periods);
        scoring_.positions = positions_of(std::move(positions_), recording_.duration());
        report();
        return std::move(scoring_);
    }

private:
    bool wants(ScoringUse use) const { return options_.use == use || options_.use == ScoringUse::everything; }

    NameMeaning meaning_of(const ScoredEntry& e, bool stage_expected) const {
        const auto event = [](const char* c) { return NameMeaning{NameKind::event, Stage::unknown, c, Side::none}; };
        if (e.name.empty() && !e.is_stage) {
            if (options_.use == ScoringUse::respiratory) return event("respiratory_event");
            return event(options_.use == ScoringUse::arousals ? "arousal" : "leg_movement");
        }
        NameMeaning m = read_event_name(e.name, options_.map, options_.classes, stage_expected);
        // written by libpsg: "Periodic leg movement #3" is its class, not a movement that a scorer calls so
        if (!e.id.empty())
            for (const std::string& c : options_.classes)
                if (fold_label(c) == fold_label(e.name)) m = event(c.c_str());
        // in a list of arousals, what stands there may be their cause
        const std::string folded = fold_label(e.name);
        if (options_.use == ScoringUse::arousals && (causes.count(folded) || (causes_only_ && movements.count(folded))))
            m = event("arousal");
        return m;
    }

    // "PLM" is the cause of an arousal only in a list where other causes stand, and nothing else.
    void look_for_causes() {
        bool any = false, all = true;
        for (const ScoredEntry& e : file_.entries) {
            const std::string folded = fold_label(e.name);
            any |= causes.count(folded) > 0;
            all &= causes.count(folded) || movements.count(folded);
        }
        causes_only_ = any && all;
    }

    Stage no_stage(const ScoredEntry& e, const NameMeaning& m) const {
        // an epoch of artefacts has no stage; of the other names that are no stages nobody knows what they do here
        static const std::set<std::string> unscored{"artifact", "artefact", "artefakt", "bewegung", "signalartifact"};
        const std::string folded = fold_label(e.name);
        const bool accepted = m.kind == NameKind::lights_off || m.kind == NameKind::lights_on ||
                              (m.kind == NameKind::ignored && (unscored.count(folded) || options_.map.count(folded)));
        if (!accepted) file_.fail(e, "'" + e.name + "' is no sleep stage", "stages are W, N1, N2, N3, R or ?");
        return Stage::unknown;
    }

    void add_stage(const ScoredEntry& e, Stage stage) {
        if (!wants(ScoringUse::hypnogram)) return;
        if (is_digits(e.name) && !file_.digits_are_rk && !options_.map.count(fold_label(e.name))) {
            if (options_.digits == StageDigits::yasa) {
                if (e.name == "4") stage = Stage::R;
                if (e.name > "4" || e.name.size() > 1)
                    file_.fail(e, "'" + e.name + "' is no stage of the codes 0 to 4");
            }
            five_ |= e.name == "5";
            if (e.name == "4" && !four_) four_ = &e;
        } else if (e.name.find_first_not_of("-0123456789?") != std::string::npos) {
            names_ = true;
        }
        stages_.push_back({&e, stage});
    }

    void refuse_ambiguous_digits() const {
        if (four_ && !five_ && !names_ && options_.digits == StageDigits::unknown)
            throw DataError(file_.where(*four_), "the stages are digits with 4 but without 5: 4 can be stage 4 or REM",
                            "write the stages as W, N1, N2, N3, R, or give --stage-digits rk or yasa");
    }

    void make_hypnogram() {
        if (!wants(ScoringUse::hypnogram)) return;
        if (!stages_.empty())
            scoring_.hypnogram = grid_of(file_, stages_, recording_, findings_);
        else if (options_.use == ScoringUse::hypnogram)
            throw DataError(file_.name,
                            file_.entries.empty() ? "the hypnogram has no epochs" : "no sleep stages among its entries",
                            "names of another kind can be given by --event-map");
    }

    void add(const ScoredEntry& e, const NameMeaning& m) {
        switch (m.kind) {
            case NameKind::stage:
                return add_stage(e, m.stage);
            case NameKind::lights_off:
                return lights_off_.push_back(e.onset.value_or(Time(0)));
            case NameKind::lights_on:
                return lights_on_.push_back(e.onset.value_or(Time(0)));
            case NameKind::position:
                if (options_.use == ScoringUse::everything && e.onset)
                    positions_.push_back({*e.onset, e.duration.value_or(Time(0)), m.event});
                else
                    ++scoring_.ignored[e.name];
                return;
            case NameKind::event_button:
                return mark(e, "event_button");
            case NameKind::ignored:
                ++scoring_.ignored[e.name];
                return;
            case NameKind::unknown:
                mark(e, "note");
                if (!file_.from_libpsg) ++scoring_.unknown[e.name];
                return;
            case NameKind::event:
                break;
        }
        if (is_respiratory(m.event)) {
            if (wants(ScoringUse::respiratory)) scoring_.respiratory.push_back(event_of(e, m));
        } else if (m.event == "arousal") {
            if (wants(ScoringUse::arousals)) scoring_.arousals.push_back(event_of(e, m));
        } else if (wants(ScoringUse::movements)) {
            scoring_.movements.push_back(event_of(e, m));
            if (m.event == "leg_movement") without_side_ += scoring_.movements.back().side == Side::none;
            note_edit(e, scoring_.movements.back());
        }
    }

    void mark(const ScoredEntry& e, const char* kind) {
        if (options_.use == ScoringUse::everything && e.onset && !file_.from_libpsg) scoring_.marks.push_back({*e.onset, kind});
    }

    Event event_of(const ScoredEntry& e, const NameMeaning& m) {
        if (!e.onset) file_.fail(e, "the event has no onset");
        if (!e.duration && !file_.moments)
            file_.fail(e, "the event '" + e.name + "' has no duration", "durations are at least 0");
        if (e.duration && *e.duration < 0s)
            file_.fail(e, "the event '" + e.name + "' lasts " + format_seconds(*e.duration) + " s",
                       "durations are at least 0");
        Event event;
        event.kind = m.event;
        event.extent = {*e.onset, *e.onset + e.duration.value_or(Time(0))};
        event.channel = e.channel;
        event.side = e.side != Side::none ? e.side : m.side;
        if (e.side != Side::none && m.side != Side::none && e.side != m.side)
            file_.fail(e, "the event '" + e.name + "' has the side " + std::string(side_name(e.side)),
                       "leave out the one that is wrong");
        if (m.event == "leg_movement" && !e.channel.empty()) {
            const auto role = read_label(e.channel).role;
            const Side side = role == Role::leg_left    ? Side::left
                              : role == Role::leg_right ? Side::right
                                                        : Side::none;
            if (event.side == Side::none) event.side = side;
            // events of libpsg have the side of the channel's role, which the user may have named against the label
            other_side_ += e.id.empty() && side != Side::none && event.side != side && event.side != Side::both;
        }
        event.id = e.id.starts_with('#') ? m.event + "-" + e.id.substr(1) : e.id;
        if (!event.id.empty() && !ids_.insert(event.id).second)
            file_.fail(e, "id '" + event.id + "' was given above",
                       "an event that is cut in two keeps its id once only");
        return event;
    }

    // A file of libpsg tells the times that it was written with, or at least which events are its own.
    void note_edit(const ScoredEntry& e, Event& now) {
        written_by_libpsg_ |= file_.from_libpsg || e.original || e.id.starts_with('#');
        if (!e.original) return;
        const bool moved = !written_same(*e.original, now.extent);
        now.measures.push_back({std::string(edit_measure_name), moved ? "moved" : "unchanged"});
        if (moved) changed_.push_back(now.id);
    }

    // Beside events with ids, those without were added by somebody.
    void mark_added() {
        for (Event& e : scoring_.movements)
            if (written_by_libpsg_ && e.id.empty()) e.measures.push_back({std::string(edit_measure_name), "added"});
    }

    void tell(FindingCode code, std::string message, std::string repair, std::string field) {
        findings_.push_back(
            {.code = code, .message = std::move(message), .repair = std::move(repair), .field = std::move(field)});
    }

    void report() {
        const char* const what = options_.use == ScoringUse::respiratory ? "respiratory events"
                                 : options_.use == ScoringUse::arousals  ? "arousals"
                                 : options_.use == ScoringUse::movements ? "leg movements"
                                                                         : "scoring";
        if (!scoring_.unknown.empty() && options_.tell_unknown && options_.use != ScoringUse::hypnogram)
            tell(FindingCode::EVENTS_UNKNOWN, "some names are not understood: " + list_of(scoring_.unknown),
                 "they are left out; --event-map can give them a meaning", what);
        if (without_side_ > 0 && options_.use == ScoringUse::movements)
            tell(FindingCode::EVENTS_UNKNOWN, std::to_string(without_side_) + " leg movements have no side", "",
                 "leg movements");
        if (other_side_ > 0)
            tell(FindingCode::EVENTS_UNKNOWN,
                 std::to_string(other_side_) + " leg movements have another side than their channel",
                 "the channel's is not used", "leg movements");
        if (!changed_.empty()) {
            std::string ids;
            for (std::size_t i = 0; i < std::min<std::size_t>(changed_.size(), 10); ++i)
                ids += (i ? ", " : "") + changed_[i];
            if (changed_.size() > 10) ids += ", ...";
            tell(FindingCode::EVENTS_CHANGED, std::to_string(changed_.size()) + " events were moved or resized: " + ids,
                 "they are used as they are now", "leg movements");
        }
    }

    const ScoredFile& file_;
    const Recording& recording_;
    const ScoringOptions& options_;
    Findings& findings_;
    Scoring scoring_;
    std::vector<StageEntry> stages_;
    const ScoredEntry* four_ = nullptr;
    bool five_ = false, names_ = false, written_by_libpsg_ = false;
    std::set<std::string> ids_;
    std::vector<Time> lights_off_, lights_on_;
    std::vector<ScoredPosition> positions_;
    std::vector<std::string> changed_;
    int without_side_ = 0, other_side_ = 0;
    bool causes_only_ = false;
};

}  // namespace

std::string Scoring::summary() const {
    std::string text;
    const auto add = [&](std::size_t n, const char* one, const char* many) {
        if (n > 0) text += (text.empty() ? "" : ", ") + std::to_string(n) + " " + (n == 1 ? one : many);
    };
    if (hypnogram) add(hypnogram->stages.size(), "epoch", "epochs");
    add(respiratory.size(), "respiratory event", "respiratory events");
    add(arousals.size(), "arousal", "arousals");
    add(movements.size(), "movement", "movements");
    add(positions.size(), "body position", "body positions");
    if (lights_off) text += (text.empty() ? "lights off" : ", lights off");
    if (lights_on) text += (text.empty() ? "lights on" : ", lights on");
    if (text.empty()) text = "nothing";
    if (!ignored.empty()) text += "; left out: " + list_of(ignored);
    return text;
}

const EventUse& event_use(ScoringUse use) {
    for (const EventUse& e : event_uses)
        if (e.use == use) return e;
    throw UsageError("a scoring was read for no kind of events");
}

Scoring understand(const ScoredFile& file, const Recording& recording, const ScoringOptions& options,
                   Findings& findings) {
    return Interpreter(file, recording, options, findings).read();
}

}  // namespace psg::io
