// Plans what detectors may take for a movement of sleep: twitches, voluntary movements, cable artefacts, hum, ECG.
// SPDX-License-Identifier: BSD-3-Clause
#include <algorithm>
#include <array>
#include <string>
#include <vector>

#include "libpsg/simulate/planners.hpp"

namespace psg::simulate {

using namespace std::chrono_literals;

/// One muscle alone, briefly: too weak or too long for fragmentary myoclonus, and no jerk. REM sleep is left out, where the
/// long ones would be phasic activity.
void plan_twitches(Draft& draft, Random& random) {
    const IntervalSet night = draft.where([](const StatePiece& p) { return p.stage != Stage::R; });
    for (int wanted = draft.count(draft.options.twitches); wanted > 0; --wanted) {
        const auto onset = draft.place(random, night, 1s, 12s, false);
        if (!onset) continue;
        const auto muscle = static_cast<Muscle>(random.below(standard_muscle_count));
        const bool weak = random.chance(0.5);
        const Time length = weak ? random.time(0.075, 0.15) : random.time(0.22, 0.42);
        const double rms_uv = weak ? random.uniform(7, 12) : random.uniform(50, 180);
        const Burst burst{{*onset, *onset + length}, muscle, rms_uv, 0.005, 0.02};
        draft.bursts.push_back(burst);
        Event& row = draft.add_truth("twitch", burst.extent, ++draft.groups, muscle_label(muscle), muscle_side(muscle));
        row.measures.push_back({"rms_uv", burst.rms_uv});
        draft.booked.add({*onset, *onset + 1s});
    }
}

/// A tug at the cables: the same slow pulse in all channels at once, without the content of muscle activity.
void plan_cable_artefacts(Draft& draft, Random& random) {
    const IntervalSet night = draft.where([](const StatePiece&) { return true; });
    for (int wanted = draft.count(draft.options.cable_artefacts); wanted > 0; --wanted) {
        const auto onset = draft.place(random, night, 2s, 12s, false);
        if (!onset) continue;
        const double sign = random.chance(0.5) ? 1 : -1;
        const Interval extent{*onset, *onset + 1s};
        draft.waves.push_back(
            {extent, Wave::Shape::cable, Wave::Where::everywhere, sign * random.uniform(100, 400), 0});
        draft.add_truth("cable_artefact", extent, ++draft.groups);
        draft.booked.add({*onset, *onset + 2s});
    }
}

/// Turning over, scratching: several muscles one after another for seconds, in wake. What the legs do in it is a leg
/// movement by definition and has its own row; so has all of it as a large movement, which it is where it lasts 3 s.
void plan_voluntary_movements(Draft& draft, Random& random) {
    const IntervalSet wake = draft.where([](const StatePiece& p) { return p.stage == Stage::W; });
    for (int wanted = draft.count(draft.options.voluntary_movements, wake.total()); wanted > 0; --wanted) {
        const auto onset = draft.place(random, wake, 9s, 8s, true);
        if (!onset) continue;
        std::vector<Muscle> muscles{Muscle::chin, Muscle::arm_left, Muscle::arm_right, Muscle::leg_left,
                                    Muscle::leg_right};
        shuffle(muscles, random);
        muscles.resize(static_cast<std::size_t>(2 + random.below(4)));
        Interval extent{*onset, *onset};
        const int group = ++draft.groups;
        Time lag = 0s;
        for (const Muscle muscle : muscles) {
            Interval part{*onset + lag, *onset + lag + random.time(1.5, 5)};
            // clear of the 3 s that make a large movement
            if (part.offset > *onset + 2700ms && part.offset < *onset + 3500ms) part.offset += 800ms;
            const Burst burst{part, muscle, random.uniform(30, 120), random.uniform(0.2, 0.5),
                              random.uniform(0.3, 0.6)};
            draft.bursts.push_back(burst);
            extent.offset = std::max(extent.offset, part.offset);
            if (muscle == Muscle::leg_left || muscle == Muscle::leg_right) {
                Event& row = draft.add_truth("leg_movement", part, group, muscle_label(muscle), muscle_side(muscle));
                row.measures.push_back({"rms_uv", burst.rms_uv});
            }
            lag += random.time(0.15, 0.9);
        }
        draft.add_truth("voluntary_movement", extent, group);
        if (extent.duration() > 3s)
            draft.add_truth("large_muscle_group_movement", extent, group, draft.labels(muscles, true).c_str());
        for (Time at = extent.onset; at + 1s < extent.offset; at += random.time(0.6, 1.5))  // the head moves too
            draft.waves.push_back(
                {{at, at + random.time(0.5, 1)}, Wave::Shape::sway, Wave::Where::head, random.uniform(-150, 150), 0});
        draft.booked.add(extent);
        draft.leg_activity.add(extent);
    }
}

/// Parts of the night that were not recorded. Nothing planted reaches into them, so that the truth needs no rule for it.
void plan_gaps(Draft& draft, Random& random) {
    const IntervalSet night = draft.where([](const StatePiece&) { return true; });
    for (int wanted = draft.count(draft.options.gaps); wanted > 0; --wanted) {
        const Time length = std::chrono::seconds(5 + random.below(116));
        const auto onset = draft.place(random, night, length + 1s, 3s, false);
        if (!onset) continue;
        const Time from = std::chrono::ceil<std::chrono::seconds>(*onset);
        draft.gaps.add({from, from + length});
        draft.add_truth("gap", {from, from + length}, ++draft.groups);
        draft.booked.add({from, from + length});
    }
}

/// Lights go off some minutes after the start, and on at the end; the night of the options may end asleep.
void plan_lights(Draft& draft, Random& random) {
    if (!draft.options.lights) return;
    const auto mark = [&](const char* text, Time at) {
        Event event;
        event.kind = text;
        event.extent = {at, at};
        draft.marks.push_back(event);
    };
    const auto asleep = std::find_if(draft.states.begin(), draft.states.end(),
                                     [](const StatePiece& p) { return is_sleep(p.stage); });
    const Time wake = asleep == draft.states.end() ? Time(0) : asleep->extent.onset;
    mark("Lights off", std::chrono::floor<std::chrono::seconds>(from_seconds(random.uniform(0.1, 0.5) * seconds(wake))));
    mark("Lights on", draft.duration - std::chrono::seconds(1 + random.below(20)));
}

/// Stretches with mains hum in one EMG channel, or with heart beats in one leg. They keep clear of planted leg
/// movements: what is meant to be found stays findable, and what is found in them is false.
void plan_interferences(Draft& draft, Random& random) {
    const IntervalSet night = draft.where([](const StatePiece&) { return true; });
    const double longest = std::min(300.0, seconds(draft.duration) / 10);
    const auto plant = [&](const char* reason, Interference::Kind what, double rate, double low_uv, double high_uv) {
        for (int wanted = draft.count(rate); wanted > 0; --wanted) {
            const Time length = random.time(longest / 2, longest);
            const auto onset = draft.place(random, night, length, 6s, false);
            if (!onset) continue;
            const int first = what == Interference::Kind::ecg ? 3 : 0;  // the legs are the last two of the standard montage
            const auto muscle = static_cast<Muscle>(first + random.below(standard_muscle_count - first));
            const Interference part{{*onset, *onset + length}, what, muscle, random.uniform(low_uv, high_uv)};
            draft.interferences.push_back(part);
            Event& row =
                draft.add_truth("artefact", part.extent, ++draft.groups, muscle_label(muscle), muscle_side(muscle));
            row.measures.push_back({"reason", std::string(reason)});
            row.measures.push_back({"peak_uv", part.amplitude_uv});
            draft.booked.add(part.extent);
        }
    };
    plant("mains", Interference::Kind::mains, draft.options.mains_hum, 5, 12);
    plant("ecg", Interference::Kind::ecg, draft.options.ecg_pickup, 25, 60);
}

}  // namespace psg::simulate
