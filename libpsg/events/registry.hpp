// The list of detectors, in the order in which they run: the table of contents of this folder.
// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "libpsg/events/detector.hpp"
#include "libpsg/events/head_motion.hpp"
#include "libpsg/events/muscle_activity.hpp"
#include "libpsg/model/step_observer.hpp"

namespace psg::events {

// A new detector is one file that defines `extern const Detector NAME_detector;` and one line here.
#define PSG_DETECTORS(X)                   \
    X(artefacts)                           \
    X(arousals)                            \
    X(leg_movements)                       \
    X(rhythmic_movement)                   \
    X(propriospinal_myoclonus)             \
    X(plm_series)                          \
    X(hypnic_jerks)                        \
    X(alternating_leg_muscle_activation)   \
    X(hypnagogic_foot_tremor)              \
    X(high_frequency_leg_movements)        \
    X(tonic_leg_activity)                  \
    X(bruxism)                             \
    X(large_muscle_group_movement)         \
    X(neck_myoclonus)                      \
    X(fragmentary_myoclonus)               \
    X(rem_atonia)

/// Every detector, in the order of the list.
const std::vector<const Detector*>& all_detectors();

/// Which detectors to run, and with what.
struct DetectorChoice {
    std::set<std::string> only;                          ///< event classes wanted; empty: all
    std::map<std::string, OptionValues> parameters;      ///< by detector name
};

/// What one detector did.
struct DetectorRun {
    const Detector* detector = nullptr;
    OptionValues parameters;  ///< all of them, as used
    Detection detection;      ///< its events are in DetectionRun::events
};

/// All that the detectors found.
struct DetectionRun {
    std::set<std::string> only;            ///< the choice; empty: all
    bool wanted(const std::string& event_class) const { return only.empty() || only.count(event_class) > 0; }
    EventList events;                      ///< sorted, numbered, staged; only the wanted classes
    std::vector<DetectorRun> by_detector;  ///< in the order of running
    std::optional<EventList> arousals;     ///< what movements were associated with, given or detected; nothing: neither
};

/// UsageError that names what is known if a class, detector or parameter is not, or a value is out of its range: what run_detectors()
/// refuses, too, for those who want to know before hours of work.
void check_choice(const DetectorChoice& choice);

/// What all detectors make of whole channels while these pass by, in one pass: for run_detectors(), or for those who let the samples
/// pass by anyway, before the night is staged.
class NightScan {
public:
    /// Of `night` the signals, the heart beats and what was given must be known (stages are looked at later), and both `night` and its
    /// signals must stay where they are. What is wrong with the choice is a UsageError, as in check_choice().
    NightScan(const Night& night, const DetectorChoice& choice, const StepObserver& done = {});

    /// Who is to be told the samples of the night.
    std::vector<Listener> listeners();
    /// All samples have passed: what they tell of muscles and the head comes into the night.
    void finish(Night& night, const StepObserver& done = {});
    /// What a detector has heard, given away; null if it listens to nothing or its events were given.
    std::unique_ptr<Scan> take(const Detector& detector);

private:
    std::vector<std::pair<const Detector*, std::unique_ptr<Scan>>> scans_;
    MuscleActivityScan muscles_;
    HeadMotionScan head_;
};

/// Runs the detectors one after another, each seeing the events of those before it, and keeps the wanted classes. (All
/// run, because a later one may build on an earlier one.) A detector is not run if `night.at_risk` already has its class:
/// the events of that class in `night.events` were imported and keep their ids (Detector::class_of may give them another
/// class). Unknown classes, detectors or parameters are UsageErrors.
/// `night` is lent: afterwards it is as before. `done` is told each detector, and what is made for all of them ("heart beats"; "samples": all pass by
/// once; "muscle activity", "head motion").
DetectionRun run_detectors(Night& night, const DetectorChoice& choice, const StepObserver& done = {});
/// The same after all samples have passed by `heard`, which was made of this night and this choice.
DetectionRun run_detectors(Night& night, const DetectorChoice& choice, NightScan& heard, const StepObserver& done = {});

}  // namespace psg::events
