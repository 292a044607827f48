// Plans what the jaw does: bruxism, and its likenesses, swallowing and speech.
// SPDX-License-Identifier: BSD-3-Clause
#include <algorithm>
#include <string>

#include "libpsg/simulate/planners.hpp"

namespace psg::simulate {

using namespace std::chrono_literals;

namespace {

/// Chin and masseter work together; the masseter is the stronger one.
Burst bite(Draft& draft, Random& random, Interval extent, double masseter_uv, double chin_share) {
    Burst burst{extent, Muscle::masseter, masseter_uv, random.uniform(0.02, 0.08), random.uniform(0.03, 0.1)};
    draft.bursts.push_back(burst);
    burst.muscle = Muscle::chin;
    burst.rms_uv *= chin_share;
    draft.bursts.push_back(burst);
    return burst;
}

}  // namespace

// Bruxism: at least twice the background; phasic: three or more bursts of 0.25-2 s; tonic: one longer than 2 s; mixed:
// both; episodes are at least 3 s of rest apart (AASM). Bursts come about once a second, mostly in light sleep and often
// with an arousal.
void plan_bruxism(Draft& draft, Random& random) {
    const IntervalSet nrem = draft.where([](const StatePiece& p) { return is_nrem(p.stage); });
    const IntervalSet light =
        draft.where([](const StatePiece& p) { return p.stage == Stage::N1 || p.stage == Stage::N2; });
    for (int wanted = draft.count(draft.options.bruxism); wanted > 0; --wanted) {
        const int kind = random.below(10);  // phasic episodes are the most frequent
        const bool phasic = kind < 8, tonic = kind >= 5;
        std::vector<Interval> bursts;
        Time at = 0s;
        if (tonic) {
            bursts.push_back({at, at + random.time(2.4, 7)});
            at = bursts.back().offset + random.time(0.35, 1.2);
        }
        for (int n = phasic ? 3 + random.below(9) : 0; n > 0; --n) {
            bursts.push_back({at, at + random.time(0.3, 1.3)});
            at = bursts.back().offset + random.time(0.3, 1.2);
        }
        const Time length = bursts.back().offset;
        const auto onset = draft.place(random, random.chance(0.85) ? light : nrem, length, 14s, false);
        if (!onset) continue;
        const double strength_uv = draft.strength(random, 90, 0.4, 45.0, 300.0), share = random.uniform(0.3, 0.7);
        double strongest = 0;
        for (const Interval& b : bursts) {
            const double uv = strength_uv * random.uniform(0.8, 1.25);
            strongest = std::max(strongest, draft.recorded(Muscle::masseter) ? uv : share * uv);
            bite(draft, random, {*onset + b.onset, *onset + b.offset}, uv, share);
        }
        const Interval extent{*onset, *onset + length};
        Event& row = draft.add_truth("bruxism", extent, ++draft.groups,
                                     draft.labels({Muscle::chin, Muscle::masseter}).c_str());
        row.measures.push_back({"type", std::string(phasic && tonic ? "mixed" : phasic ? "phasic" : "tonic")});
        row.measures.push_back({"count", static_cast<double>(bursts.size())});
        row.measures.push_back({"rms_uv", strongest});
        row.measures.push_back({"state", std::string(stage_name(draft.state_at(*onset)))});
        const std::size_t at_row = draft.truth.size() - 1;
        draft.booked.add({extent.onset, extent.offset + 1s});
        draft.quiet_eeg.add(extent);
        const Time begins = *onset - random.time(0.2, 3);
        const bool aroused =
            random.chance(0.6) &&
            draft.arouse(random, {begins, begins + random.time(3.5, 8)}, {extent.onset, extent.offset + 1s});
        draft.truth[at_row].measures.push_back({"aroused", aroused ? 1.0 : 0.0});
    }
}

/// Confuser: one burst of about a second, between the second that an arousal of REM sleep has and the two of tonic bruxism.
void plan_swallows(Draft& draft, Random& random) {
    const IntervalSet night = draft.where([](const StatePiece& p) { return p.stage != Stage::R; });
    for (int wanted = draft.count(draft.options.swallows); wanted > 0; --wanted) {
        const auto onset = draft.place(random, night, 2s, 8s, false);
        if (!onset) continue;
        const Interval extent{*onset, *onset + random.time(0.6, 1.4)};
        const Burst chin = bite(draft, random, extent, random.uniform(15, 45), random.uniform(0.8, 1.6));
        Event& row =
            draft.add_truth("swallow", extent, ++draft.groups, draft.labels({Muscle::chin, Muscle::masseter}).c_str());
        row.measures.push_back({"rms_uv", chin.rms_uv});
        draft.booked.add({*onset, *onset + 2s});
    }
}

/// Confuser: syllables, four or five a second and each shorter than a burst of bruxism.
void plan_speech(Draft& draft, Random& random) {
    const IntervalSet wake = draft.where([](const StatePiece& p) { return p.stage == Stage::W; });
    for (int wanted = draft.count(draft.options.speech, wake.total()); wanted > 0; --wanted) {
        const Time length = random.time(1.5, 6);
        const auto onset = draft.place(random, wake, length + 1s, 8s, false);
        if (!onset) continue;
        const double strength_uv = random.uniform(20, 60);
        Time at = *onset, ends = at;
        while (at < *onset + length) {
            ends = at + random.time(0.08, 0.17);
            draft.bursts.push_back({{at, ends}, Muscle::chin, strength_uv * random.uniform(0.6, 1.4), 0.02, 0.03});
            at = ends + random.time(0.06, 0.16);
        }
        Event& row = draft.add_truth("speech", {*onset, ends}, ++draft.groups, muscle_label(Muscle::chin));
        row.measures.push_back({"rms_uv", strength_uv});
        draft.booked.add({*onset, ends + 1s});
    }
}

}  // namespace psg::simulate
