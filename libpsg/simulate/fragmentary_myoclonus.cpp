// Plans fragmentary myoclonus: potentials of 75-150 ms and more than 50 uV, one muscle at a time (Frauscher et al. 2014).
// SPDX-License-Identifier: BSD-3-Clause
#include <algorithm>

#include "libpsg/simulate/planners.hpp"

namespace psg::simulate {

using namespace std::chrono_literals;

namespace {

// The plateau's RMS is at least 40 uV, so that the peak is clear of the 50 uV of the rule. Limbs more often than the face.
void potential(Draft& draft, Random& random, Time onset, int stretch) {
    const int where = random.below(9);
    const auto muscle = static_cast<Muscle>(where == 0 ? 0 : 1 + (where - 1) / 2);
    const Burst burst{{onset, onset + random.time(0.08, 0.145)},
                      muscle,
                      draft.strength(random, 75, 0.45, 40.0, 300.0),
                      random.uniform(0.004, 0.010),
                      random.uniform(0.01, 0.025)};
    draft.bursts.push_back(burst);
    Event& row = draft.add_truth("fragmentary_myoclonus", burst.extent, ++draft.groups, muscle_label(muscle),
                                 muscle_side(muscle));
    row.measures.push_back({"rms_uv", burst.rms_uv});
    row.measures.push_back({"stretch", static_cast<double>(stretch)});
    row.measures.push_back({"state", std::string(stage_name(draft.state_at(onset)))});
    draft.booked.add({onset, onset + 1s});
}

}  // namespace

// Excessive: 5 potentials or more in each of 20 min or more of NREM sleep (AASM). They come where nothing else happens, so
// that minutes full of other events may hold fewer; stretches are therefore longer than 20 min and dense.
void plan_myoclonus_stretches(Draft& draft, Random& random) {
    IntervalSet nrem = draft.where([](const StatePiece& p) { return is_nrem(p.stage); });
    int stretch = 0;
    for (int wanted = draft.count(draft.options.myoclonus_stretches); wanted > 0; --wanted) {
        const Time length = random.time(26 * 60, 40 * 60);
        std::vector<Interval> fitting;
        for (const Interval& s : nrem.intervals())
            if (s.duration() > length) fitting.push_back({s.onset, s.offset - length});
        const IntervalSet onsets(std::move(fitting));
        if (onsets.empty()) continue;
        ++stretch;
        Time rest = from_seconds(random.uniform() * seconds(onsets.total())), onset = onsets.intervals().front().onset;
        for (const Interval& o : onsets.intervals()) {
            if (rest < o.duration()) {
                onset = o.onset + rest;
                break;
            }
            rest -= o.duration();
        }
        nrem = nrem.without(IntervalSet({{onset, onset + length}}));
        const double per_minute = random.uniform(12, 25);
        std::vector<Interval> taken;
        for (const Interval& b : draft.booked.intervals()) taken.push_back({b.onset - 4s, b.offset + 2s});
        const IntervalSet kept_free(std::move(taken));
        for (Time at = onset; at < onset + length;) {
            if (!kept_free.overlaps({at, at + 200ms})) potential(draft, random, at, stretch);
            at += 600ms + from_seconds(random.exponential() * (60 / per_minute - 0.6));
        }
    }
}

/// Sporadic potentials in all stages, as every sleeper has them.
void plan_fragmentary_myoclonus(Draft& draft, Random& random) {
    const IntervalSet night = draft.where([](const StatePiece&) { return true; });
    for (int wanted = draft.count(draft.options.fragmentary_myoclonus); wanted > 0; --wanted) {
        const auto onset = draft.place(random, night, 1s, 5s, false);
        if (onset) potential(draft, random, *onset, 0);
    }
}

}  // namespace psg::simulate
