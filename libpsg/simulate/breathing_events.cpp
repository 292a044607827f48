// Plans snoring, apnoeas and hypopnoeas with what follows them: arousals, leg movements, desaturation.
// SPDX-License-Identifier: BSD-3-Clause
#include <algorithm>
#include <string>
#include <vector>

#include "libpsg/simulate/planners.hpp"

namespace psg::simulate {

using namespace std::chrono_literals;

// At least 10 s (AASM). Leg movements follow the end by about 2.5 s, within -2 to +10.25 s (Manconi et al. 2015).
void plan_apnoeas(Draft& draft, Random& random) {
    const IntervalSet sleep =
        draft.where([](const StatePiece& p) { return is_sleep(p.stage) && p.stage != Stage::N3; });
    for (int wanted = draft.count(draft.options.apnoeas, sleep.total()); wanted > 0; --wanted) {
        const Time length = random.time(11, 45);
        const bool kicks = random.chance(0.3), arouses = random.chance(0.6);
        const int kind = random.below(10);
        const char* name = kind < 4 ? "obstructive_apnea" : kind < 8 ? "hypopnea" : "central_apnea";
        const double flow = kind >= 4 && kind < 8 ? random.uniform(0.3, 0.6) : 0.03;
        const double effort = kind < 4 ? random.uniform(0.5, 0.9) : kind < 8 ? random.uniform(0.4, 0.7) : 0.04;
        const double desaturation = random.uniform(3, 4 + seconds(length) / 6);
        const auto onset = draft.place(random, sleep, length + 14s, 14s, kicks);
        if (!onset) continue;
        const Interval extent{*onset, *onset + length};
        draft.breath_changes.push_back({extent, flow, effort, kind < 4, desaturation});
        Event& row = draft.add_truth(name, extent, ++draft.groups, "Airflow");
        row.measures.push_back({"desaturation", desaturation});
        const Interval busy{extent.onset, extent.offset + 13s};
        draft.booked.add(busy);
        if (kicks) {
            const Side side = random.chance(0.5) ? Side::left : Side::right;
            const Time from = extent.offset + from_seconds(std::clamp(2.5 + 2 * random.normal(), -1.0, 8.0));
            const Burst burst{{from, from + random.time(0.9, 4)},
                              leg_of(side),
                              draft.strength(random, 45, 0.4, 20, 150),
                              random.uniform(0.03, 0.12),
                              random.uniform(0.05, 0.2)};
            draft.bursts.push_back(burst);
            Event& leg = draft.add_truth("leg_movement", burst.extent, draft.groups, muscle_label(burst.muscle), side);
            leg.measures.push_back({"rms_uv", burst.rms_uv});
            leg.measures.push_back({"respiratory", 1.0});
            draft.leg_activity.add(burst.extent);
        }
        const Time begins = extent.offset + random.time(-1, 1.5);
        if (!arouses || !draft.arouse(random, {begins, begins + random.time(3.5, 8)}, busy)) {
            draft.heart_rises.push_back({{extent.offset, extent.offset + 20s}, random.uniform(0.05, 0.15)});
            continue;
        }
        if (draft.state_at(begins) == Stage::R || random.chance(0.5)) {  // in REM sleep an arousal has chin activity by its rule (ASDA)
            const Time chin = begins + random.time(0, 0.8);
            draft.bursts.push_back({{chin, chin + random.time(1.2, 1.8)}, Muscle::chin, random.uniform(10, 25), 0.15, 0.3});
        }
    }
}

/// Confuser: the snorer's throat is heard by the chin's electrodes, breath by breath.
void plan_snoring(Draft& draft, Random& random) {
    const IntervalSet nrem = draft.where([](const StatePiece& p) { return is_nrem(p.stage); });
    const double longest_s = std::max(25.0, std::min(240.0, seconds(draft.duration) / 10));
    for (int wanted = draft.count(draft.options.snoring); wanted > 0; --wanted) {
        const Time length = random.time(20, longest_s);
        const double peak_uv = random.uniform(4, 12);
        const auto onset = draft.place(random, nrem, length, 6s, false);
        if (!onset) continue;
        const Interval extent{*onset, *onset + length};
        draft.interferences.push_back({extent, Interference::Kind::snore, Muscle::chin, peak_uv});
        Event& row = draft.add_truth("snoring", extent, ++draft.groups, "Chin+Snore");
        row.measures.push_back({"peak_uv", peak_uv});
        draft.booked.add(extent);
    }
}

}  // namespace psg::simulate
