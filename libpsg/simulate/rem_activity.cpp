// Plans muscle activity in REM sleep: tonic in the chin, phasic in chin and limbs. A normal night has little of either.
// SPDX-License-Identifier: BSD-3-Clause
#include <algorithm>
#include <string>
#include <vector>

#include "libpsg/simulate/planners.hpp"

namespace psg::simulate {

using namespace std::chrono_literals;

namespace {

IntervalSet rem_sleep(const Draft& draft) {
    return draft.where([](const StatePiece& p) { return p.stage == Stage::R; });
}

}  // namespace

// Tonic: more than half of a 30-s epoch at twice the background (SINBAR) or above the least amplitude of NREM sleep (AASM).
// One to four whole epochs, but for up to 3 s at either end, so that no other epoch is in doubt.
void plan_rem_tonic_activity(Draft& draft, Random& random) {
    const IntervalSet rem = rem_sleep(draft);
    for (int wanted = draft.count(draft.options.rem_tonic_activity, rem.total()); wanted > 0; --wanted) {
        const int epochs = 1 + random.below(4);
        std::vector<Time> onsets;
        for (Time e = 30s; e + 30s * epochs <= draft.usable().offset; e += 30s)
            if (rem.covers({e, e + 30s * epochs}) && !draft.booked.overlaps({e - 3s, e + 30s * epochs + 3s}))
                onsets.push_back(e);
        const Time late = random.time(0, 3), early = random.time(0, 3);
        const double which = random.uniform(), rms_uv = random.uniform(4.5, 10);
        if (onsets.empty()) continue;
        const Time epoch = onsets[static_cast<std::size_t>(which * static_cast<double>(onsets.size()))];
        const Burst burst{{epoch + late, epoch + 30s * epochs - early}, Muscle::chin, rms_uv, 0.5, 0.5};
        draft.bursts.push_back(burst);
        Event& row = draft.add_truth("rem_tonic_activity", burst.extent, ++draft.groups, muscle_label(Muscle::chin));
        row.measures.push_back({"rms_uv", rms_uv});
        row.measures.push_back({"epochs", static_cast<double>(epochs)});
        draft.booked.add(burst.extent);
    }
}

// Phasic: bursts of 0.1-5 s, at least twice (SINBAR) or four times (AASM) the background, in chin, arms and legs. Longer than
// fragmentary myoclonus, and in the legs shorter than a leg movement, so that each row has one name.
void plan_rem_phasic_activity(Draft& draft, Random& random) {
    const IntervalSet rem = rem_sleep(draft);
    for (int wanted = draft.count(draft.options.rem_phasic_activity, rem.total()); wanted > 0; --wanted) {
        const int where = random.below(20);
        const Muscle muscle = where < 9    ? Muscle::chin
                              : where < 16 ? (where % 2 ? Muscle::arm_left : Muscle::arm_right)
                                           : (where % 2 ? Muscle::leg_left : Muscle::leg_right);
        const bool leg = muscle == Muscle::leg_left || muscle == Muscle::leg_right;
        const Time length =
            leg ? random.time(0.2, 0.42) : from_seconds(std::clamp(random.log_normal(0.5, 0.6), 0.2, 4.0));
        const double rms_uv = draft.strength(random, 28, 0.45, 12.0, 120.0);
        const auto onset = draft.place(random, rem, length, 1s, false);
        if (!onset) continue;
        const Burst burst{{*onset, *onset + length}, muscle, rms_uv, random.uniform(0.01, 0.04), random.uniform(0.02, 0.06)};
        draft.bursts.push_back(burst);
        Event& row = draft.add_truth("rem_phasic_activity", burst.extent, ++draft.groups, muscle_label(muscle),
                                     muscle_side(muscle));
        row.measures.push_back({"rms_uv", rms_uv});
        draft.booked.add(burst.extent);
    }
}

}  // namespace psg::simulate
