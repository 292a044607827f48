// What a detector is: a name, its parameters and measures, and a pure function from a night to events.
// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <map>
#include <memory>
#include <string>
#include <vector>

#include "libpsg/model/finding.hpp"
#include "libpsg/model/night.hpp"
#include "libpsg/model/options.hpp"
#include "libpsg/model/sample_source.hpp"

namespace psg::events {

/// A measure of the night as a whole: an index by channel and stage, with what was published about it.
struct NightMeasure {
    std::string name;
    std::string channel;  ///< label; "all" for all channels together
    std::string stage;    ///< W N1 N2 N3 R, NREM, sleep
    double value = 0;     ///< NaN: no time to tell it from
    std::string unit;
    std::string verdict;  ///< in words, where a parameter of the detector is the limit; norms are compared later (stats/norms)
    std::string text;     ///< how it is made, in one sentence
    std::string source;   ///< of the formula and the limit
};

/// What a detector found in a night.
struct Detection {
    EventList events;   ///< need neither ids nor stages nor order: run_detectors() adds them
    /// Time in which an event of the class could have been found: the denominator of its rates before it is cut to the
    /// analysis window. Empty if the detector could not run.
    IntervalSet at_risk;
    /// Part of `at_risk` in which not everything could be seen (one leg only), for the reports.
    IntervalSet partly_at_risk;
    /// By channel: when it could be scored. Detectors of single channels only.
    std::map<int, IntervalSet> scorable;
    std::vector<NightMeasure> measures;
    bool ran = false;   ///< false: it lacked something; `findings` says what
    Findings findings;
};

/// One class of event that a detector makes.
struct EventClass {
    std::string name;  ///< snake_case; the `kind` of its events
    std::string text;  ///< one sentence
    std::vector<MeasureInfo> measures;
};

/// What a detector makes of whole channels, as their samples pass by once for all detectors.
class Scan {
public:
    virtual ~Scan() = default;
    /// What is to be told the samples.
    virtual std::vector<Listener> listeners() = 0;
    /// All samples have passed: what Detector::run returns.
    virtual Detection finish(const Night& night) = 0;
};

/// A detector. Stateless and free of side effects: the same night and options give the same events. It may read
/// events of earlier detectors from `night.events` (the list order is the order of running), never call them.
struct Detector {
    std::string name;        ///< snake_case, unique; prefix of its parameters
    std::string text;        ///< one sentence
    std::string reference;   ///< paper or standard, or "proposed rule"
    std::string needs;       ///< channels and inputs in words
    std::vector<EventClass> classes;
    std::vector<OptionInfo> options;
    /// All parameters with the values that a run with `values` would use (presets resolved), for the provenance.
    OptionValues (*resolve)(const OptionValues& values) = nullptr;
    Detection (*run)(const Night& night, const OptionValues& values) = nullptr;
    /// Never imported among movements, but made anew: made of the events of other detectors alone, or no movements.
    bool derived = false;
    /// Time in which its rule looks for events at all (REM sleep only, say), whatever the channels show; null: always.
    IntervalSet (*when)(const Night& night, const OptionValues& values) = nullptr;
    /// The class of an imported event, where its measures decide between `classes`; null: it keeps the one it was given.
    std::string (*class_of)(const Event& event, const OptionValues& parameters) = nullptr;
    /// What imported events say about the time at risk, which comes as all recorded time; null: nothing.
    void (*given)(const Night& night, Detection& given) = nullptr;
    /// Of a detector that looks at whole channels: what begins before any detector has run, of which only the signals, the heart beats and
    /// what was given may be looked at; the hypnogram may still be empty then, and the night be staged before Scan::finish(). `run` is then run_scan<scan>. Null: it has enough in Night::activity and short looks.
    std::unique_ptr<Scan> (*scan)(const Night& night, const OptionValues& values) = nullptr;
};

/// Detector::run of a detector with a scan: samples pass by for it alone.
template <std::unique_ptr<Scan> (*scan)(const Night&, const OptionValues&)>
Detection run_scan(const Night& night, const OptionValues& values) {
    const std::unique_ptr<Scan> of_night = scan(night, values);
    pass_by(of_night->listeners());
    return of_night->finish(night);
}

/// What its results are worth, in the words that stand wherever one is shown: "proposed rule, checked on simulated signals",
/// or the standard with "checked on simulated signals" where the rule is not ours.
std::string basis_of(const Detector& detector);

}  // namespace psg::events
