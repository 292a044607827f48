// Plans spontaneous EEG arousals (ASDA 1992, Sleep 15:174): at least 3 s of faster EEG after at least 10 s of sleep.
// SPDX-License-Identifier: BSD-3-Clause
#include "libpsg/simulate/planners.hpp"

namespace psg::simulate {

using namespace std::chrono_literals;

void plan_arousals(Draft& draft, Random& random) {
    const IntervalSet sleep = draft.where([](const StatePiece& p) { return is_sleep(p.stage); });
    std::vector<Interval> settled;
    for (const Interval& s : sleep.intervals()) settled.push_back({s.onset + 13s, s.offset - 3s});
    const IntervalSet candidates(std::move(settled));
    for (int wanted = draft.count(draft.options.arousals); wanted > 0; --wanted) {
        const Time length = random.time(3.5, 10);
        const auto onset = draft.place(random, candidates, length, 13s, false);
        if (!onset) continue;
        const Interval extent{*onset, *onset + length};
        draft.add_truth("arousal", extent, ++draft.groups);
        draft.accelerations.push_back({extent});
        draft.heart_rises.push_back({{*onset, *onset + 20s}, random.uniform(0.08, 0.2)});
        // In REM sleep the rule asks for chin activity of a second or more; elsewhere it is frequent. Below the 2 s of
        // tonic bruxism.
        if (draft.state_at(*onset) == Stage::R || random.chance(0.5)) {
            const Time chin = *onset + random.time(0, 0.8);
            draft.bursts.push_back(
                {{chin, chin + random.time(1.2, 1.8)}, Muscle::chin, random.uniform(10, 25), 0.15, 0.3});
        }
        draft.booked.add(extent);
        draft.quiet_eeg.add({extent.onset - 2s, extent.offset + 2s});
    }
}

}  // namespace psg::simulate
