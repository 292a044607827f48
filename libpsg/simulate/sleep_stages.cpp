// Plans the sleep of a simulated night: latency, cycles of NREM and REM sleep, awakenings, the morning.
// SPDX-License-Identifier: BSD-3-Clause
#include <algorithm>
#include <cmath>

#include "libpsg/simulate/planners.hpp"

namespace psg::simulate {

using namespace std::chrono_literals;

namespace {

/// Writes stages one after another in whole epochs, `scale` times as long as in a night with 90-minute cycles.
class StageWriter {
public:
    StageWriter(Draft& draft, Random& random, double scale) : draft_(draft), random_(random), scale_(scale) {}

    bool full() const { return at_ >= draft_.duration; }
    Time at() const { return at_; }

    void stage(Stage stage, double low_minutes, double high_minutes, int least_epochs = 1) {
        const double epochs = random_.uniform(low_minutes, high_minutes) * 2 * scale_;
        epochs_of(stage, std::max(least_epochs, static_cast<int>(std::floor(epochs + 0.5))));
    }
    /// Not scaled.
    void hours_of_wake(double low_hours, double high_hours) {
        epochs_of(Stage::W, static_cast<int>(random_.uniform(low_hours, high_hours) * 120));
    }

private:
    void epochs_of(Stage stage, int epochs) {
        const Interval extent{at_, std::min(draft_.duration, at_ + 30s * epochs)};
        if (extent.duration() <= 0s) return;
        if (stage == Stage::W)
            wake(extent);
        else
            draft_.states.push_back({extent, stage, false});
        at_ = extent.offset;
    }
    /// Eyes open and closed by turns; closed for the last two minutes, before sleep comes.
    void wake(Interval extent) {
        const Time settled = extent.offset - std::min(extent.duration(), Time(120s));
        bool open = random_.chance(0.5);
        while (extent.onset < settled) {
            const Time length = open ? random_.time(10, 60) : random_.time(20, 120);
            const Interval part{extent.onset, std::min(settled, extent.onset + length)};
            draft_.states.push_back({part, Stage::W, open});
            extent.onset = part.offset;
            open = !open;
        }
        draft_.states.push_back({extent, Stage::W, false});
    }

    Draft& draft_;
    Random& random_;
    double scale_;
    Time at_{0};
};

}  // namespace

// Typical figures of a healthy young adult's night: sleep within a quarter of an hour, N3 mostly in the first two
// cycles, REM periods from 5-10 to half an hour, one or two awakenings per cycle. After 9 hours the sleeper gets up for
// the day.
void plan_stages(Draft& draft, Random& random) {
    const double hours_long = draft.options.hours;
    double cycle = draft.options.cycle_minutes;
    if (cycle == 0) cycle = std::min(90.0, hours_long * 60 / 1.5);
    StageWriter night(draft, random, cycle / 90);
    // in compressed nights sleep onset keeps two minutes of N1, since so much happens there
    const int onset_epochs = draft.duration >= 10min ? 4 : 1;

    while (!night.full()) {
        const Time bed_time = night.at();
        night.stage(Stage::W, 8, 14);
        night.stage(Stage::N1, 3, 6, onset_epochs);
        for (int c = 0; !night.full() && night.at() - bed_time < 9h; ++c) {
            const double deep = c == 0 ? 1 : c == 1 ? 0.8 : c == 2 ? 0.4 : c == 3 ? 0.15 : 0;
            night.stage(Stage::N2, 8, 14);
            if (deep > 0) night.stage(Stage::N3, 26 * deep, 38 * deep);
            night.stage(Stage::N2, 6 + 8 * (1 - deep), 10 + 10 * (1 - deep));
            if (random.chance(0.6)) {
                night.stage(Stage::W, 0.5, 4);
                night.stage(Stage::N1, 1, 4);
                night.stage(Stage::N2, 6, 10);
            }
            night.stage(Stage::R, 6 + 5 * std::min(c, 4), 10 + 6 * std::min(c, 4));
            if (random.chance(0.7)) night.stage(Stage::W, 0.5, 3);
            night.stage(Stage::N1, 1.5, 4, onset_epochs / 2);
        }
        night.hours_of_wake(13, 15);
    }
}

}  // namespace psg::simulate
