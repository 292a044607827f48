// The list of detectors, in the order in which they run: the table of contents of this folder.
// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <map>
#include <set>
#include <string>
#include <vector>

#include "libpsg/events/detector.hpp"

namespace psg::events {

// A new detector is one file that defines `extern const Detector NAME_detector;` and one line here.
#define PSG_DETECTORS(X) \
    X(leg_movements)     \
    X(plm_series)        \
    X(hypnic_jerks)

/// Every detector, in the order of the list.
const std::vector<const Detector*>& all_detectors();

/// Which detectors to run, and with what.
struct DetectorChoice {
    std::set<std::string> only;                          ///< event classes wanted; empty: all
    std::map<std::string, OptionValues> parameters;      ///< by detector name
};

/// All that the chosen detectors found. `by_detector` is in the order of running.
struct Findings_of_detector {
    const Detector* detector = nullptr;
    Detection detection;  ///< its events are moved to DetectionRun::events
};
struct DetectionRun {
    EventList events;  ///< sorted, numbered, staged
    std::vector<Findings_of_detector> by_detector;
};

/// Runs the detectors one after another, each seeing the events of those before it. A detector whose classes are already
/// in `night.events` (imported movements) is not run. Unknown classes or parameters are UsageErrors.
/// A detector that `only` does not name still runs if a later, wanted one builds on it; its events are then dropped.
DetectionRun run_detectors(Night night, const DetectorChoice& choice);

}  // namespace psg::events
