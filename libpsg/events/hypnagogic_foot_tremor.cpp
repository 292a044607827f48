// Detector of hypnagogic foot tremor (HFT): rhythmic bursts of a foot or both on the way into sleep.
// SPDX-License-Identifier: BSD-3-Clause
//
// AASM: four bursts or more of 250 to 1,000 ms at 0.3 to 4 Hz (from memory, unverified). Wichniak 2001 (Mov Disord):
// trains of 10 to 15 s at 1 to 2 Hz, bursts of 300 to 700 ms, from wake before sleep on.
#include "libpsg/events/leg_trains.hpp"

namespace psg::events {

namespace {

struct Options : TrainRules {
    double before_sleep_min = 5, min_median_ms = 250, max_median_ms = 1000;
    Options() {
        min_burst_ms = 100;
        max_burst_ms = 2000;
    }
};

const std::vector<OptionSpec<Options>>& specs() {
    static const auto list = [] {
        auto all = train_specs<Options>("AASM (unverified); single bursts may look shorter or run together");
        all.push_back({{"before_sleep_min", "min", "", "proposed", "N1 counts, and wake that is followed by sleep within this time", {}, 0, 60}, &Options::before_sleep_min});
        all.push_back({{"min_median_ms", "ms", "", "AASM (unverified)", "least median length of the bursts; shorter ones are other fast leg movements", {}, 20, 5000}, &Options::min_median_ms});
        all.push_back({{"max_median_ms", "ms", "", "AASM (unverified)", "... and largest", {}, 20, 5000}, &Options::max_median_ms});
        return all;
    }();
    return list;
}

IntervalSet when(const Night& night, const OptionValues& values) {
    const Options options = parse_options(specs(), values);
    const Hypnogram& h = night.hypnogram;
    IntervalSet context;
    for (std::size_t i = 0; i < h.stages.size(); ++i)
        if (at_sleep_onset(h, h.epoch_extent(i).onset, options.before_sleep_min)) context.add(h.epoch_extent(i));
    return context;
}

Detection run(const Night& night, const OptionValues& values) {
    const Options options = parse_options(specs(), values);
    Detection found;
    const Muscles legs(night, {Role::leg_left, Role::leg_right}, "foot tremor", found.findings);
    set_up_legs(legs, night, 1, "hypnagogic foot tremor", found);
    if (!found.ran) return found;
    const IntervalSet context = when(night, values);
    found.at_risk = found.at_risk.intersected(context);
    found.partly_at_risk = found.partly_at_risk.intersected(context);
    if (context.empty()) {
        found.ran = false;
        found.findings.push_back({FindingCode::DETECTOR_NOT_RUN, "hypnagogic foot tremor: no epoch is N1 or wake before sleep"});
        return found;
    }
    for (const Train& train : trains_of_each(legs, night, options)) {
        if (!context.contains(train.extent().onset)) continue;
        Event e = event_of(train, legs, "hypnagogic_foot_tremor");
        const double length_ms = e.number("burst_length_ms");
        if (length_ms >= options.min_median_ms && length_ms <= options.max_median_ms) found.events.push_back(std::move(e));
    }
    return found;
}

}  // namespace

extern const Detector hypnagogic_foot_tremor_detector;
const Detector hypnagogic_foot_tremor_detector{
    "hypnagogic_foot_tremor",
    "rhythmic bursts of a foot at sleep onset",
    "Wichniak 2001; AASM from memory; proposed rule, checked on simulated signals",
    "EMG of one or both legs in uV; hypnogram",
    {{"hypnagogic_foot_tremor",
      "four or more bursts of 0.25 to 1 s at 0.3 to 4 Hz in N1 or wake before it (proposed rule, checked on simulated signals)",
      train_measures()}},
    describe(specs()),
    [](const OptionValues& values) { return option_values(specs(), parse_options(specs(), values)); },
    run,
    false,
    when};

}  // namespace psg::events
