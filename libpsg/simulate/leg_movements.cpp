// Plans leg movements: series of periodic ones and isolated ones (WASM 2016: Ferri et al., Sleep Med 26:86-95).
// SPDX-License-Identifier: BSD-3-Clause
#include <algorithm>
#include <array>
#include <vector>

#include "libpsg/simulate/planners.hpp"

namespace psg::simulate {

using namespace std::chrono_literals;

namespace {

// A movement lasts 0.5 to 10 s by definition, about 3 s in the mean (Ferri et al., PMC4434558); the margins keep the
// planted ones clear of the limits, which a simulation cannot place exactly.
Time movement_length(Random& random) {
    return from_seconds(std::clamp(random.log_normal(2.4, 0.5), 0.9, 8.0));
}

Burst leg_burst(const Draft& draft, Random& random, Side side, Time onset, Time length) {
    Burst burst;
    burst.extent = {onset, onset + length};
    burst.muscle = leg_of(side);
    burst.rms_uv = draft.strength(random, 45, 0.4, 20.0, 150.0);
    burst.rise_s = random.uniform(0.03, 0.12);
    burst.fall_s = random.uniform(0.05, 0.20);
    return burst;
}

/// One movement of one or both legs; both overlap, so that they are one movement by the rules. Returns its extent.
struct Movement {
    Interval extent;
    Side side = Side::none;
    double rms_uv = 0;
};

Movement move_legs(Draft& draft, Random& random, Time onset, Time length, double bilateral, int group) {
    Side side = random.chance(0.5) ? Side::left : Side::right;
    const auto add = [&](Side leg, Time from, Time lasting) {
        const Burst burst = leg_burst(draft, random, leg, from, lasting);
        Event& row = draft.add_truth("leg_movement", burst.extent, group, muscle_label(burst.muscle), leg);
        row.measures.push_back({"rms_uv", burst.rms_uv});
        draft.bursts.push_back(burst);
        return burst;
    };
    const Burst first = add(side, onset, length);
    Movement movement{first.extent, side, first.rms_uv};
    if (random.chance(bilateral)) {
        const Time lag = std::min(random.time(0, 0.5), length / 2);
        const Burst second = add(side == Side::left ? Side::right : Side::left, onset + lag, movement_length(random));
        movement.extent.offset = std::max(movement.extent.offset, second.extent.offset);
        movement.side = Side::both;
        movement.rms_uv = std::max(first.rms_uv, second.rms_uv);
    }
    draft.heart_rises.push_back({{onset, onset + 20s}, random.uniform(0.02, 0.08)});
    return movement;
}

std::string legs_of(Side side) {
    if (side == Side::both) return std::string(muscle_label(Muscle::leg_left)) + "+" + muscle_label(Muscle::leg_right);
    return muscle_label(leg_of(side));
}

/// Onset-to-onset intervals, each within 10-90 s with most at 15-40 s (Ferri et al., Sleep 29:759).
std::vector<Time> series_onsets(Random& random, int movements) {
    std::vector<Time> onsets{0s};
    for (int i = 1; i < movements; ++i)
        onsets.push_back(onsets.back() + from_seconds(std::clamp(random.log_normal(24, 0.35), 12.0, 80.0)));
    return onsets;
}

}  // namespace

void plan_plm_series(Draft& draft, Random& random) {
    // Mostly light and deep NREM sleep, sometimes wake, never REM sleep.
    const IntervalSet nrem = draft.where([](const StatePiece& p) { return is_nrem(p.stage); });
    const IntervalSet calm = draft.where([](const StatePiece& p) { return p.stage != Stage::R; });
    const IntervalSet sleep = draft.where([](const StatePiece& p) { return is_sleep(p.stage); });
    int series = 0;
    for (int wanted = draft.count(draft.options.plm_series); wanted > 0; --wanted) {
        const IntervalSet& candidates = random.chance(0.85) ? nrem : calm;
        std::vector<Time> onsets = series_onsets(random, 6 + random.below(15));
        std::optional<Time> start;
        // shorter until it fits; four movements are the least
        while (!(start = draft.place(random, candidates, onsets.back() + 16s, 12s, true)) && onsets.size() > 4)
            onsets.pop_back();
        if (!start) continue;
        ++series;
        Time calm_since = *start - 60s;  // end of the last arousal
        for (std::size_t i = 0; i < onsets.size(); ++i) {
            const int group = ++draft.groups;
            const Time onset = *start + onsets[i];
            // shorter than the least interval, so that the next one of the same leg is apart
            const Movement m = move_legs(draft, random, onset, movement_length(random), 0.4, group);
            Event& row = draft.add_truth("periodic_leg_movement", m.extent, group, legs_of(m.side).c_str(), m.side);
            row.measures.push_back({"series", static_cast<double>(series)});
            row.measures.push_back({"position", static_cast<double>(i + 1)});
            row.measures.push_back({"rms_uv", m.rms_uv});
            // an arousal within half a second of a third of them
            const Time arousal = onset + random.time(-0.4, 0.4);
            const Interval lasting{arousal, arousal + random.time(3.4, 6)};
            if (random.chance(0.3) && arousal - calm_since > 12s &&
                sleep.covers({arousal - 12s, lasting.offset + 2s})) {
                draft.add_truth("arousal", lasting, group);
                draft.accelerations.push_back({lasting});
                draft.heart_rises.push_back({{arousal, arousal + 20s}, random.uniform(0.08, 0.2)});
                calm_since = lasting.offset;
            }
        }
        const Interval all{*start, *start + onsets.back() + 16s};
        draft.booked.add(all);
        draft.leg_activity.add(all);
        draft.quiet_eeg.add(all);
    }
}

void plan_leg_movements(Draft& draft, Random& random) {
    const IntervalSet night = draft.where([](const StatePiece&) { return true; });
    for (int wanted = draft.count(draft.options.leg_movements); wanted > 0; --wanted) {
        const Time length = movement_length(random);
        // one in five is a pair with less than 10 s from onset to onset: never a series
        const bool pair = random.chance(0.2);
        const Time second = from_seconds(std::min(seconds(length), 3.0) + random.uniform(1.5, 4.5));
        const auto onset = draft.place(random, night, (pair ? second : 0s) + 12s, 12s, true);
        if (!onset) continue;
        move_legs(draft, random, *onset, pair ? std::min(length, Time(3s)) : length, pair ? 0 : 0.3, ++draft.groups);
        if (pair) move_legs(draft, random, *onset + second, movement_length(random), 0, ++draft.groups);
        const Interval all{*onset, *onset + (pair ? second : 0s) + 9s};
        draft.booked.add(all);
        draft.leg_activity.add(all);
    }
}

}  // namespace psg::simulate
