// The moments of the heart beats.
// SPDX-License-Identifier: BSD-3-Clause
#include "libpsg/simulate/heart_beats.hpp"

#include <algorithm>

#include "libpsg/simulate/elementary.hpp"
#include "libpsg/simulate/wave_shapes.hpp"

namespace psg::simulate {

namespace {

/// Usual resting heart rates of adults, highest in wake and lowest in N3.
double resting_bpm(Stage stage) {
    switch (stage) {
        case Stage::N1:
            return 62;
        case Stage::N2:
            return 59;
        case Stage::N3:
            return 57;
        case Stage::R:
            return 62;
        default:
            return 66;
    }
}

}  // namespace

HeartBeats::HeartBeats(const Plan& plan) : plan_(plan), states_(plan.states), random_(plan.options.seed, "heart") {}

double HeartBeats::next_interval(double now) {
    const Time t = from_seconds(now);
    base_hz_ += 0.15 * (resting_bpm(states_.at(t).stage) / 60 - base_hz_);
    // respiratory sinus arrhythmia at about 15 breaths a minute, and slow waves as a first-order process
    breath_ += 0.25 / base_hz_ * (1 + 0.05 * random_.normal());
    slow_ = 0.9 * slow_ + 0.43589 * random_.normal();
    double rise = 0;
    const auto& all = plan_.heart_rises;
    for (; next_rise_ < all.size() && all[next_rise_].extent.onset <= t; ++next_rise_)
        rises_.push_back(&all[next_rise_]);
    std::erase_if(rises_, [&](const HeartRise* r) { return r->extent.offset <= t; });
    for (const HeartRise* r : rises_) rise = std::max(rise, r->gain * heart_rise_value(now - seconds(r->extent.onset)));
    return 1 / (base_hz_ * (1 + 0.025 * sine_of_turns(breath_) + 0.015 * slow_ + rise));
}

const std::vector<double>& HeartBeats::around(std::int64_t second) {
    const auto start = static_cast<double>(second);
    while (beats_.back() < start + 2) beats_.push_back(beats_.back() + next_interval(beats_.back()));
    while (beats_.front() < start - 1) beats_.pop_front();
    around_.clear();
    for (const double beat : beats_) around_.push_back(beat - start);
    return around_;
}

}  // namespace psg::simulate
