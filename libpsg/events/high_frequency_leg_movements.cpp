// Detector of high-frequency leg movements (HFLM): four or more discrete leg movements at 0.3 to 4 Hz.
// SPDX-License-Identifier: BSD-3-Clause
//
// J Clin Sleep Med 2010;6:431 (doi 10.5664/jcsm.27931); a third of healthy people have some, most of them in wake (Frauscher
// 2014). How short a movement may be is not said: the shortest here is that of myoclonus, which knows no rhythm.
#include <algorithm>
#include <utility>

#include "libpsg/events/leg_trains.hpp"

namespace psg::events {

namespace {

struct Options : TrainRules {
    Options() {
        min_burst_ms = 75;
        max_burst_ms = 2000;
    }
};

const std::vector<OptionSpec<Options>>& specs() {
    static const auto list = train_specs<Options>("J Clin Sleep Med 2010;6:431 (4 movements, 0.3 to 4 Hz); lengths proposed");
    return list;
}

// What is left of heart beats where the leg is told to show them: as steady as they are (proposed: variation to 0.1). An
// artefact that was given without a reason may be of them, too.
bool of_the_heart(const Event& train, const Night& night) {
    return train.number("interval_cv") <= 0.1 && std::any_of(night.events.begin(), night.events.end(), [&](const Event& a) {
               const std::string reason = a.text("reason");
               return a.kind == "artefact" && (reason == "heart_beats" || reason.empty()) && a.channel == train.channel && a.extent.overlaps(train.extent);
           });
}

Detection run(const Night& night, const OptionValues& values) {
    const Options options = parse_options(specs(), values);
    Detection found;
    const Muscles legs(night, {Role::leg_left, Role::leg_right}, "high-frequency leg movements", found.findings);
    set_up_legs(legs, 1, "high-frequency leg movements", found);
    if (!found.ran) return found;
    for (const Train& train : trains_of_each(legs, options)) {
        Event e = event_of(train, legs, "high_frequency_leg_movements");
        if (!of_the_heart(e, night)) found.events.push_back(std::move(e));
    }
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
