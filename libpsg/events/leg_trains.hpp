// Trains of short bursts in the legs: what alternating leg activity, foot tremor and fast leg movements are made of.
// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "libpsg/events/detector.hpp"
#include "libpsg/events/muscle_activity.hpp"

namespace psg::events {

/// When bursts make a train. `min_hz` and `max_hz` limit every interval from onset to onset.
struct TrainRules {
    double min_hz = 0.3, max_hz = 4;
    double min_burst_ms = 100, max_burst_ms = 1000;
    int min_bursts = 4;
    double on_uv = 8;     ///< a burst rises this far above rest ...
    double on_ratio = 2;  ///< ... and to this many times it
    double max_cv = 0.3;  ///< coefficient of variation of the intervals
    double max_unlike = 4;  ///< a burst's strength over or under the train's median
    double max_filled = 0.85;  ///< bursts of a muscle fill no more than this part of the train
    std::optional<double> sharp_hz;  ///< trains no slower than this are looked for again with sharper edges of bursts
};

/// The parameters every detector of trains has, for its list.
template <class T>
std::vector<OptionSpec<T>> train_specs(const std::string& source) {
    const std::string proposed = "proposed";
    return {
        {{"min_hz", "Hz", "", source, "slowest train", {}, 0.1, 10}, &T::min_hz},
        {{"max_hz", "Hz", "", source, "fastest train", {}, 0.1, 10}, &T::max_hz},
        {{"min_burst_ms", "ms", "", source, "shortest burst", {}, 20, 5000}, &T::min_burst_ms},
        {{"max_burst_ms", "ms", "", source, "longest burst", {}, 20, 5000}, &T::max_burst_ms},
        {{"min_bursts", "", "", source, "fewest bursts in a train", {}, 2, 1000}, &T::min_bursts},
        {{"on_uv", "uV", "", proposed + ", after WASM 2016", "a burst rises this far above the resting level (rms)", {}, 0.1, 1000}, &T::on_uv},
        {{"on_ratio", "", "", proposed, "... and to this many times the resting level", {}, 1, 100}, &T::on_ratio},
        {{"max_cv", "", "", proposed, "the intervals of a train vary no more than this (coefficient of variation); of n < 6 intervals n/6 of it", {}, 0.01, 10}, &T::max_cv},
        {{"max_unlike", "", "", proposed, "bursts this many times stronger or weaker than the train's median are not part of it", {}, 1, 100}, &T::max_unlike},
        {{"max_filled", "", "", proposed, "bursts of a muscle fill no more than this part of a train: what has no pauses is no sequence of discrete bursts", {}, 0.1, 1}, &T::max_filled}};
}

/// One burst of a train.
struct TrainBurst {
    MuscleBurst burst;
    std::size_t muscle = 0;  ///< place in Muscles::all()
    Side side = Side::none;
};

struct Train {
    std::vector<TrainBurst> bursts;  ///< by onset
    Interval extent() const;
};

/// Trains of each muscle by itself, without what artefacts and heart beats of the night explain; those of different muscles that
/// overlap are one. None during which two other parts of the body move along (proposed): that is done at will.
std::vector<Train> trains_of_each(const Muscles& muscles, const Night& night, const TrainRules& rules);

/// Trains whose successive bursts come from different sides. An interval is from one side's onset to the other's.
std::vector<Train> alternating_trains(const Muscles& muscles, const Night& night, const TrainRules& rules);

/// The train as an event with the measures of train_measures().
Event event_of(const Train& train, const Muscles& muscles, const std::string& kind);
const std::vector<MeasureInfo>& train_measures();

/// The legs that can be used; `found` gets their findings and the time at risk (and partly at risk), and `ran` is
/// set if there are `needed` of them.
void set_up_legs(const Muscles& legs, const Night& night, std::size_t needed, const std::string& detector, Detection& found);

/// True if sleep begins at `t` or within `before_min` minutes after it: N1, or wake soon followed by sleep.
bool at_sleep_onset(const Hypnogram& hypnogram, Time t, double before_min);

}  // namespace psg::events
