// The breaths: rate and depth by stage, and what disturbances make of them.
// SPDX-License-Identifier: BSD-3-Clause
#include "libpsg/simulate/breaths.hpp"

#include <algorithm>

#include "libpsg/simulate/elementary.hpp"

namespace psg::simulate {

namespace {

struct Rhythm {
    double per_minute, spread;  ///< of the breaths' lengths
};

/// Usual rates of adults; regular in N3, irregular in wake and REM sleep.
Rhythm rhythm_of(Stage stage) {
    switch (stage) {
        case Stage::N1:
            return {14.5, 0.10};
        case Stage::N2:
            return {14, 0.06};
        case Stage::N3:
            return {14, 0.03};
        case Stage::R:
            return {15, 0.18};
        default:
            return {15, 0.15};
    }
}

constexpr double inspiration = 0.4;  ///< share of the breath

}  // namespace

double Breath::flow_at(double t) const {
    const double part = (t - onset_s) / length_s;
    if (part < 0 || part >= 1) return 0;
    // as much out as in
    return flow * (part < inspiration ? sine_of_turns(part / (2 * inspiration))
                                      : -inspiration / (1 - inspiration) *
                                            sine_of_turns((part - inspiration) / (2 * (1 - inspiration))));
}

double Breath::volume_at(double t) const {
    const double part = (t - onset_s) / length_s;
    if (part < 0 || part >= 1) return 0;
    return effort * (part < inspiration ? 0.5 - 0.5 * cosine_of_turns(part / (2 * inspiration))
                                        : 0.5 + 0.5 * cosine_of_turns((part - inspiration) / (2 * (1 - inspiration))));
}

double Breath::snore_at(double t) const {
    const double part = (t - onset_s) / length_s;
    return part < 0 || part >= inspiration ? 0 : flow * (0.5 - 0.5 * cosine_of_turns(part / inspiration));
}

Breaths::Breaths(const Plan& plan) : plan_(plan), states_(plan.states), random_(plan.options.seed, "breaths") {}

void Breaths::next() {
    const Time now = from_seconds(end_);
    const Rhythm rhythm = rhythm_of(states_.at(now).stage);
    Breath breath;
    breath.onset_s = end_;
    breath.length_s = std::clamp(random_.log_normal(60 / rhythm.per_minute, rhythm.spread), 2.0, 9.0);
    breath.flow = breath.effort = random_.log_normal(1, rhythm.spread + 0.04);
    for (const BreathChange& change : plan_.breath_changes)
        if (change.extent.contains(now)) {
            breath.flow *= change.flow;
            breath.effort *= change.effort;
            breath.paradox = change.paradox;
        }
    end_ += breath.length_s;
    breaths_.push_back(breath);
}

const std::vector<Breath>& Breaths::in(std::int64_t second) {
    const auto start = static_cast<double>(second);
    while (end_ < start + 1) next();
    while (!breaths_.empty() && breaths_.front().onset_s + breaths_.front().length_s < start) breaths_.pop_front();
    in_.assign(breaths_.begin(), breaths_.end());
    for (Breath& b : in_) b.onset_s -= start;
    return in_;
}

}  // namespace psg::simulate
