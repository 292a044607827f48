// Detector of high-frequency leg movements (HFLM): four or more discrete leg movements at 0.3 to 4 Hz.
// SPDX-License-Identifier: BSD-3-Clause
//
// J Clin Sleep Med 2010;6:431 (doi 10.5664/jcsm.27931); a third of healthy people have some, most of them in wake (Frauscher
// 2014). How short a movement may be is not said: the shortest here is that of myoclonus, which knows no rhythm. At 2 Hz and more
// pauses may be so short that bursts are looked for with sharper edges, too (proposed).
#include "libpsg/events/leg_trains.hpp"

namespace psg::events {

namespace {

struct Options : TrainRules {
    Options() {
        min_burst_ms = 75;
        max_burst_ms = 2000;
        sharp_hz = 2;  // proposed
    }
};

const std::vector<OptionSpec<Options>>& specs() {
    static const auto list = train_specs<Options>("J Clin Sleep Med 2010;6:431 (4 movements, 0.3 to 4 Hz); lengths proposed");
    return list;
}

Detection run(const Night& night, const OptionValues& values) {
    const Options options = parse_options(specs(), values);
    Detection found;
    const Muscles legs(night, {Role::leg_left, Role::leg_right}, "high-frequency leg movements", found.findings);
    set_up_legs(legs, night, 1, "high-frequency leg movements", found);
    if (!found.ran) return found;
    for (const Train& train : trains_of_each(legs, night, options))
        found.events.push_back(event_of(train, legs, "high_frequency_leg_movements"));
    return found;
}

}  // namespace

extern const Detector high_frequency_leg_movements_detector;
const Detector high_frequency_leg_movements_detector{
    "high_frequency_leg_movements",
    "four or more leg movements in quick succession",
    "J Clin Sleep Med 2010;6:431; proposed rule, checked on simulated signals",
    "EMG of one or both legs in uV",
    {{"high_frequency_leg_movements",
      "four or more leg movements at 0.3 to 4 Hz (proposed rule, checked on simulated signals)", train_measures()}},
    describe(specs()),
    [](const OptionValues& values) { return option_values(specs(), parse_options(specs(), values)); },
    run};

}  // namespace psg::events
