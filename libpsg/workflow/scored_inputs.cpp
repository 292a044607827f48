// Everything scored that is given beside a recording.
// SPDX-License-Identifier: BSD-3-Clause
#include "libpsg/workflow/scored_inputs.hpp"

#include <algorithm>
#include <set>

#include "libpsg/events/registry.hpp"
#include "libpsg/io/scored/scoring.hpp"
#include "libpsg/model/error.hpp"
#include "libpsg/workflow/event_edits.hpp"
#include "libpsg/workflow/scoring_options.hpp"

namespace psg::workflow {

namespace {

void refuse_second_stdin(const NightInputs& inputs) {
    const std::string* paths[] = {&inputs.hypnogram, &inputs.respiratory, &inputs.arousals,  &inputs.movements,
                                  &inputs.original,  &inputs.scoring,     &inputs.event_map, &inputs.channels.map};
    if (std::count_if(std::begin(paths), std::end(paths), [](const std::string* p) { return *p == "-"; }) > 1)
        throw UsageError("standard input (-) can be given for one input only");
}

class InputReader {
public:
    InputReader(const NightInputs& inputs, OpenedNight& opened) : inputs_(inputs), opened_(opened) {
        std::string digest;
        options_ = scoring_options(inputs.event_map, inputs.stage_digits, &digest);
        if (!inputs.event_map.empty()) opened.digests["event_map"] = digest;
    }

    void read() {
        if (!inputs_.original.empty() && inputs_.movements.empty())
            throw UsageError("--original was given without --movements", "give the edited events, too");
        set_given_lights();
        if (!inputs_.hypnogram.empty()) {
            auto s = read_file("hypnogram", inputs_.hypnogram, io::ScoringUse::hypnogram);
            take_hypnogram(s);
            take_lights("hypnogram", s);
        }
        if (!inputs_.respiratory.empty())
            take("respiratory", opened_.night.respiratory,
                 read_file("respiratory", inputs_.respiratory, io::ScoringUse::respiratory).respiratory);
        if (!inputs_.arousals.empty())
            take("arousals", opened_.night.arousals,
                 read_file("arousals", inputs_.arousals, io::ScoringUse::arousals).arousals);
        if (!inputs_.movements.empty())
            take_movements(read_file("movements", inputs_.movements, io::ScoringUse::movements));
        if (!inputs_.scoring.empty())
            take_all("scoring", read_file("scoring", inputs_.scoring, io::ScoringUse::everything));
        else if (inputs_.companion)
            read_companion();
        if (inputs_.companion) read_annotations();
    }

private:
    io::Scoring read_file(const std::string& kind, const std::string& path, io::ScoringUse use) {
        const auto file = io::read_scored_file(path, opened_.recording, use, &opened_.digests[kind]);
        options_.use = use;
        auto scoring = io::understand(file, opened_.recording, options_, opened_.findings);
        opened_.sources.push_back(
            {kind, file.format + (file.encoding.empty() ? "" : ", " + file.encoding), scoring.summary(), file.name});
        return scoring;
    }

    void tell(FindingCode code, std::string message, std::string repair, std::string field) {
        opened_.findings.push_back(
            {.code = code, .message = std::move(message), .repair = std::move(repair), .field = std::move(field)});
    }

    void take_hypnogram(io::Scoring& s) {
        if (!s.hypnogram || opened_.hypnogram_given) return;
        opened_.night.hypnogram = std::move(*s.hypnogram);
        opened_.hypnogram_given = true;
    }

    void tell_outside(const std::string& kind, const EventList& list) {
        const IntervalSet recorded(opened_.recording.segments);
        const auto outside =
            std::count_if(list.begin(), list.end(), [&](const Event& e) { return !recorded.contains(e.extent.onset); });
        if (outside > 0)
            tell(FindingCode::EVENTS_OUTSIDE,
                 std::to_string(outside) + " " + kind + " begin outside the recording or in a gap of it", "", kind);
        const Time end = opened_.recording.duration() + std::chrono::seconds(1);  // proposed: whole seconds may be rounded
        const auto late = std::count_if(list.begin(), list.end(), [&](const Event& e) {
            return recorded.contains(e.extent.onset) && e.extent.offset > end;
        });
        if (late > 0)
            tell(FindingCode::EVENTS_OUTSIDE, std::to_string(late) + " " + kind + " end after the end of the recording", "",
                 kind);
    }

    void take(const std::string& kind, std::optional<EventList>& target, EventList list) {
        tell_outside(kind, list);
        target = std::move(list);
    }

    // Every class that the file or its original has stands for what its detector would find; what is made of other
    // events is made anew. A file without any movement says that there are no leg movements.
    std::set<std::string> imported_classes(const EventList& movements, const EventList& original) const {
        std::set<std::string> kinds, classes;
        for (const EventList* list : {&movements, &original})
            for (const Event& e : *list) kinds.insert(e.kind);
        if (kinds.empty()) kinds.insert("leg_movement");
        for (const events::Detector* d : events::all_detectors()) {
            const auto has = [&](const events::EventClass& c) { return kinds.count(c.name) > 0; };
            if (d->derived || std::none_of(d->classes.begin(), d->classes.end(), has)) continue;
            for (const events::EventClass& c : d->classes) classes.insert(c.name);
        }
        if (classes.empty())
            throw DataError("movements", "'" + *kinds.begin() + "' is made of other events and cannot be given by itself",
                            "give the leg_movement events");
        return classes;
    }

    void take_movements(io::Scoring s) {
        EventList original;
        if (!inputs_.original.empty())
            original = read_original_events(inputs_.original, opened_.recording, &opened_.digests["original"]);
        const auto classes = imported_classes(s.movements, original);
        const auto left_out = std::erase_if(s.movements, [&](const Event& e) { return !classes.count(e.kind); });
        if (left_out > 0)
            opened_.sources.back().contents += "; " + std::to_string(left_out) + " are made anew from the others";
        if (!inputs_.original.empty()) {
            std::erase_if(opened_.findings, [](const Finding& f) { return f.code == FindingCode::EVENTS_CHANGED; });
            mark_edits(s.movements, original, classes, opened_.findings);
        }
        tell_outside("movements", s.movements);
        opened_.night.events = std::move(s.movements);
        for (const std::string& c : classes) opened_.night.at_risk[c] = IntervalSet(opened_.night.segments);
    }

    // Everything but movements: those of a technician are no reason not to look for them.
    void take_all(const std::string& kind, io::Scoring s) {
        take_hypnogram(s);
        if (!s.respiratory.empty() && !opened_.night.respiratory)
            take("respiratory", opened_.night.respiratory, std::move(s.respiratory));
        if (!s.arousals.empty() && !opened_.night.arousals)
            take("arousals", opened_.night.arousals, std::move(s.arousals));
        if (!s.positions.empty() && opened_.night.positions.empty()) {
            opened_.night.positions = std::move(s.positions);
            opened_.positions_from = kind;
        }
        take_marks(s);
        if (!s.movements.empty() && inputs_.movements.empty())
            opened_.sources.back().contents += "; its movements are not used (--movements takes them)";
        take_lights(kind, s);
    }

    void take_marks(const io::Scoring& s) {
        auto& marks = opened_.night.marks;
        marks.insert(marks.end(), s.marks.begin(), s.marks.end());
        std::stable_sort(marks.begin(), marks.end(), [](const Mark& a, const Mark& b) { return a.onset < b.onset; });
    }

    void set_given_lights() {
        Night& night = opened_.night;
        const StartTime& start = opened_.recording.start;
        const Time duration = opened_.recording.duration();
        if (!inputs_.lights_off.empty()) {
            night.lights_off = parse_moment(inputs_.lights_off, "--lights-off", start, duration);
            opened_.lights_off_from = "given";
        }
        if (!inputs_.lights_on.empty()) {
            night.lights_on = parse_moment(inputs_.lights_on, "--lights-on", start, duration);
            opened_.lights_on_from = "given";
        }
        if (night.lights_off && night.lights_on && *night.lights_on <= *night.lights_off)
            throw UsageError("--lights-on comes before --lights-off");
        if ((night.lights_off && *night.lights_off >= duration) || (night.lights_on && *night.lights_on <= Time(0)))
            throw UsageError("the recording lies outside lights off to lights on",
                             "it lasts " + format_seconds(duration) + " s");
    }

    // Marks give way to what is known already.
    void take_lights(const std::string& kind, const io::Scoring& s) {
        Night& night = opened_.night;
        const auto set = [&](const std::optional<Time>& mark, std::optional<Time>& target, std::string& from,
                             const char* what) {
            if (!mark) return;
            if (target && from != "given" && *target != *mark)
                tell(FindingCode::EVENTS_LIGHTS,
                     std::string(what) + " differs between the " + from + " and the " + kind,
                     "that of the " + from + " is used", "lights");
            if (target) return;
            target = mark;
            from = kind;
            if (night.lights_off && night.lights_on && *night.lights_on <= *night.lights_off) {
                tell(FindingCode::EVENTS_LIGHTS,
                     std::string(what) + " in the " + kind + " contradicts the other end of the night",
                     "it is not used", "lights");
                target.reset();
                from.clear();
            }
        };
        set(s.lights_off, night.lights_off, opened_.lights_off_from, "lights off");
        set(s.lights_on, night.lights_on, opened_.lights_on_from, "lights on");
        if (opened_.lights_off_from == kind && opened_.periods_in_bed.empty() && (opened_.lights_on_from.empty() || opened_.lights_on_from == kind))
            opened_.periods_in_bed = s.periods_in_bed;
    }

    void read_companion() {
        const auto files = companion_files(inputs_);
        if (files.size() > 1) {
            std::string endings;
            for (const std::string& f : files)
                endings += (endings.empty() ? "" : ", ") + companion_ending(inputs_.recordings.front(), f);
            tell(FindingCode::COMPANION_NOT_USED, "several files beside the recording could be its scoring: " + endings,
                 "none is used; name one by --scoring, or give --no-companion", "companion");
        }
        if (files.size() != 1) return;
        try {
            take_all("companion", read_file("companion", files.front(), io::ScoringUse::everything));
        } catch (const DataError& e) {
            throw DataError("found beside the recording", e.what(), "--no-companion leaves the file alone");
        }
    }

    // The recording's own annotations. Those of a simulated one are its truth and would answer the question.
    void read_annotations() {
        const Recording& r = opened_.recording;
        if (r.simulated || r.annotations.empty()) return;
        const auto file = io::scored_annotations(r, "annotations", r);
        options_.use = io::ScoringUse::everything;
        io::ScoringOptions options = options_;
        options.tell_unknown = false;
        const bool stages_wanted = !opened_.hypnogram_given && inputs_.scoring.empty();
        try {
            Findings findings;
            auto s = io::understand(file, r, options, findings);
            if (!s.positions.empty() && opened_.night.positions.empty()) {
                opened_.night.positions = s.positions;
                opened_.positions_from = "annotations";
            }
            if (!s.hypnogram || !stages_wanted) {
                take_lights("annotations", s);
                take_marks(s);
                return;
            }
            const auto& stages = s.hypnogram->stages;
            const auto scored =
                std::count_if(stages.begin(), stages.end(), [](Stage stage) { return stage != Stage::unknown; });
            const auto whole = r.recorded() / std::chrono::seconds(30);
            if (scored * 2 < whole) {  // proposed: less than half of the night is no hypnogram
                tell(FindingCode::COMPANION_NOT_USED,
                     "the recording's annotations have stages for " + std::to_string(scored) + " of " +
                         std::to_string(whole) + " epochs",
                     "they are not used", "annotations");
                take_lights("annotations", s);
                take_marks(s);
                return;
            }
            opened_.findings.insert(opened_.findings.end(), findings.begin(), findings.end());
            opened_.sources.push_back({"annotations", file.format, s.summary(), "the recording's own annotations"});
            take_all("annotations", std::move(s));
        } catch (const DataError& e) {
            if (stages_wanted)
                tell(FindingCode::COMPANION_NOT_USED,
                     std::string("the recording's annotations are no scoring: ") + e.what(), "they are not used",
                     "annotations");
        }
    }

    const NightInputs& inputs_;
    OpenedNight& opened_;
    io::ScoringOptions options_;
};

}  // namespace

Time parse_moment(const std::string& text, const std::string& option, const StartTime& start, Time duration) {
    if (const auto t = parse_seconds(text)) return *t;
    const auto of_day = parse_time_of_day(text);
    if (!of_day)
        throw UsageError("'" + text + "' is no moment for " + option, "give seconds since the start, or HH:MM:SS");
    const auto t = at_clock(start, *of_day);
    if (!t)
        throw UsageError(
            "the recording does not tell its start time, so " + option + " " + text + " has no place in it",
            "give seconds since the start");
    // the clock shows each time once a day: the one in the recording is meant, else the nearer one before or after it
    const Time day = std::chrono::hours(24), before = *t - day;
    return *t < duration || *t - duration <= -before ? *t : before;
}

void read_scored_inputs(const NightInputs& inputs, OpenedNight& opened) {
    refuse_second_stdin(inputs);
    InputReader(inputs, opened).read();
}

}  // namespace psg::workflow
