// Running the detectors of the list.
// SPDX-License-Identifier: BSD-3-Clause
#include "libpsg/events/registry.hpp"

#include <algorithm>
#include <string_view>

#include "libpsg/events/ecg_beats.hpp"
#include "libpsg/events/movement_names.hpp"
#include "libpsg/model/error.hpp"

namespace psg::events {

#define PSG_DECLARE(name) extern const Detector name##_detector;
PSG_DETECTORS(PSG_DECLARE)
#undef PSG_DECLARE

const std::vector<const Detector*>& all_detectors() {
#define PSG_ADDRESS(name) &name##_detector,
    static const std::vector<const Detector*> list{PSG_DETECTORS(PSG_ADDRESS)};
#undef PSG_ADDRESS
    return list;
}

void check_choice(const DetectorChoice& choice) {
    std::string classes, names;
    for (const Detector* d : all_detectors()) {
        names += (names.empty() ? "" : ", ") + d->name;
        for (const EventClass& c : d->classes) classes += (classes.empty() ? "" : ", ") + c.name;
    }
    for (const std::string& wanted : choice.only)
        if ((", " + classes + ",").find(", " + wanted + ",") == std::string::npos)
            throw UsageError("there is no event class '" + wanted + "'", "known are " + classes);
    for (const auto& [name, values] : choice.parameters)
        if ((", " + names + ",").find(", " + name + ",") == std::string::npos)
            throw UsageError("there is no detector '" + name + "'", "known are " + names);
    for (const Detector* d : all_detectors())
        if (const auto values = choice.parameters.find(d->name); values != choice.parameters.end()) d->resolve(values->second);
}

namespace {

constexpr std::string_view muscle_step = "muscle activity", head_step = "head motion";  // steps that are made for all detectors

bool is_of(const Detector& detector, const Event& e) {
    return std::any_of(detector.classes.begin(), detector.classes.end(),
                       [&](const EventClass& c) { return c.name == e.kind; });
}

// Gives the night back as it was: all but its samples, which nobody changes and which are too many to be copied, and what is
// made once for all detectors.
class Restored {
public:
    explicit Restored(Night& night) : night_(night), events_(night.events), arousals_(night.arousals), at_risk_(night.at_risk), beats_given_(night.beats.has_value()) {}
    Restored(const Restored&) = delete;
    Restored& operator=(const Restored&) = delete;
    ~Restored() {
        night_.events = std::move(events_);
        night_.arousals = std::move(arousals_);
        night_.at_risk = std::move(at_risk_);
        if (!beats_given_) night_.beats.reset();
        night_.activity.clear();
        night_.activity.shrink_to_fit();
        night_.head_motion.reset();
    }

private:
    Night& night_;
    EventList events_;
    std::optional<EventList> arousals_;
    std::map<std::string, IntervalSet> at_risk_;
    bool beats_given_;
};

// Imported events of a class stand for what its detector would find.
bool is_imported(const Detector& detector, const Night& night) {
    return std::any_of(detector.classes.begin(), detector.classes.end(), [&](const EventClass& c) { return night.at_risk.count(c.name) > 0; });
}

const OptionValues& values_for(const Detector& detector, const DetectorChoice& choice) {
    static const OptionValues none;
    const auto given = choice.parameters.find(detector.name);
    return given == choice.parameters.end() ? none : given->second;
}

}  // namespace

std::string basis_of(const Detector& detector) {
    const bool proposed = detector.reference.find("propos") != std::string::npos;
    return proposed ? "proposed rule, checked on simulated signals" : detector.reference + ", checked on simulated signals";
}

NightScan::NightScan(const Night& night, const DetectorChoice& choice, const StepObserver& done) : muscles_(night), head_(night) {
    check_choice(choice);
    for (const Detector* detector : all_detectors()) {
        if (!detector->scan || is_imported(*detector, night)) continue;
        scans_.emplace_back(detector, detector->scan(night, values_for(*detector, choice)));
        tell_piece(done, detector->name);
    }
}

std::vector<Listener> NightScan::listeners() {
    std::vector<Listener> all;
    const auto add = [&](const std::vector<Listener>& more, std::string_view step) {
        for (const Listener& l : more) all.emplace_back(l).step = step;
    };
    for (const auto& [detector, scan] : scans_) add(scan->listeners(), detector->name);
    add(muscles_.listeners(), muscle_step);
    add(head_.listeners(), head_step);
    return all;
}

void NightScan::finish(Night& night, const StepObserver& done) {
    night.activity = muscles_.finish();
    tell_step(done, muscle_step);
    night.head_motion = head_.finish();
    tell_step(done, head_step);
}

std::unique_ptr<Scan> NightScan::take(const Detector& detector) {
    for (auto& [of, scan] : scans_)
        if (of == &detector) return std::move(scan);
    return nullptr;
}

DetectionRun run_detectors(Night& night, const DetectorChoice& choice, const StepObserver& done) {
    check_choice(choice);
    const Restored as_given(night);
    night.activity.clear();
    night.head_motion.reset();
    if (std::vector<HeartBeat> found; !night.beats) {
        beats_of(night, found);
        night.beats = std::move(found);
    }
    tell_step(done, "heart beats");
    NightScan scan(night, choice, done);
    pass_by(scan.listeners());
    tell_step(done, "samples");
    return run_detectors(night, choice, scan, done);
}

DetectionRun run_detectors(Night& night, const DetectorChoice& choice, NightScan& heard, const StepObserver& done) {
    check_choice(choice);
    const Restored as_given(night);
    DetectionRun run;
    run.only = choice.only;
    heard.finish(night, done);
    for (const Detector* detector : all_detectors()) {
        const OptionValues& values = values_for(*detector, choice);
        DetectorRun one{detector, detector->resolve(values), {}};
        if (is_imported(*detector, night)) {
            one.detection.ran = true;
            one.detection.at_risk = night.at_risk.at(detector->classes.front().name);
            if (detector->class_of)
                for (Event& e : night.events)
                    if (is_of(*detector, e)) e.kind = detector->class_of(e, one.parameters);
            if (detector->given) {
                detector->given(night, one.detection);
                for (const EventClass& c : detector->classes) night.at_risk[c.name] = one.detection.at_risk;
            }
            if (detector->when) one.detection.at_risk = one.detection.at_risk.intersected(detector->when(night, values));
        } else {
            const std::unique_ptr<Scan> scan = heard.take(*detector);
            one.detection = scan ? scan->finish(night) : detector->run(night, values);
            if (one.detection.ran)
                for (const EventClass& c : detector->classes) night.at_risk[c.name] = one.detection.at_risk;
            for (Event& e : one.detection.events) night.events.push_back(std::move(e));
            one.detection.events.clear();
            sort_events(night.events);
        }
        // arousals that were detected (or corrected by hand) stand for scored ones where there are none
        if (!night.arousals && one.detection.ran && detector->classes.front().name == "arousal") {
            night.arousals = night.events_of("arousal");
            for (Event& e : night.events_of("awakening")) night.arousals->push_back(std::move(e));
            sort_events(*night.arousals);
        }
        run.by_detector.push_back(std::move(one));
        tell_step(done, detector->name);
    }
    name_movements(night.events);
    for (Event& e : night.events) e.stage = night.hypnogram.at(e.extent.onset);
    number_events(night.events);
    std::erase_if(night.events, [&](const Event& e) { return !run.wanted(e.kind); });
    run.events = std::move(night.events);
    run.arousals = std::move(night.arousals);
    return run;
}

}  // namespace psg::events
