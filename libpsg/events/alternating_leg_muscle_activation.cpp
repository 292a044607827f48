// Detector of alternating leg muscle activation (ALMA): short bursts that change from leg to leg.
// SPDX-License-Identifier: BSD-3-Clause
//
// Chervin 2003 (Mov Disord 18:551): bursts of 0.1 to 0.5 s at about 1 to 2 Hz, left and right in turn, runs up to 20 s, in
// any stage. AASM: four bursts or more, 0.5 to 3 Hz, 100 to 500 ms (from memory, unverified). Whether the frequency is
// that of the change from leg to leg or of each leg is not said in what was read: intervals that fit either are taken.
#include "libpsg/events/leg_trains.hpp"

namespace psg::events {

namespace {

struct Options : TrainRules {
    Options() {
        min_hz = 0.5;
        max_hz = 6;
        min_burst_ms = 80;
        max_burst_ms = 600;
        max_cv = 0.35;
    }
};

const std::vector<OptionSpec<Options>>& specs() {
    static const auto list = train_specs<Options>("AASM (unverified), Chervin 2003; 6 Hz from leg to leg is 3 Hz of each; bursts of 100 to 500 ms, a little wider here since edges are blurred");
    return list;
}

Detection run(const Night& night, const OptionValues& values) {
    const Options options = parse_options(specs(), values);
    Detection found;
    const Muscles legs(night, {Role::leg_left, Role::leg_right}, "alternating leg activity", found.findings);
    set_up_legs(legs, night, 2, "alternating leg muscle activation", found);
    if (!found.ran) return found;
    for (const Train& train : alternating_trains(legs, night, options))
        found.events.push_back(event_of(train, legs, "alternating_leg_muscle_activation"));
    return found;
}

}  // namespace

extern const Detector alternating_leg_muscle_activation_detector;
const Detector alternating_leg_muscle_activation_detector{
    "alternating_leg_muscle_activation",
    "short bursts that alternate between the legs",
    "Chervin 2003; AASM from memory; proposed rule, checked on simulated signals",
    "EMG of both legs in uV",
    {{"alternating_leg_muscle_activation",
      "four or more bursts of 0.1 to 0.5 s in turn left and right (proposed rule, checked on simulated signals)",
      train_measures()}},
    describe(specs()),
    [](const OptionValues& values) { return option_values(specs(), parse_options(specs(), values)); },
    run};

}  // namespace psg::events
