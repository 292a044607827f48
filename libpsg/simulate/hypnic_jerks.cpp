// Plans hypnic jerks (sleep starts): brief bursts at the same moment in several muscles, mostly as sleep begins.
// SPDX-License-Identifier: BSD-3-Clause
#include <algorithm>
#include <array>
#include <string>
#include <vector>

#include "libpsg/simulate/planners.hpp"

namespace psg::simulate {

using namespace std::chrono_literals;

namespace {

// Published facts used here: potentials of 75-250 ms and high amplitude at sleep onset and in light sleep (ICSD);
// singly or in brief succession; generalised or partial; simultaneous, no fixed first muscle and no ordered spread,
// also later in the night (Chiaro et al. 2016, Sleep Med 26:37); sometimes with a vertex wave or K-complex, sometimes
// followed by arousal, awakening and tachycardia. How often each of these happens is proposed.
constexpr double share_whole_body = 0.5, share_vertex = 0.4, share_accelerated = 0.35, share_woken = 0.25;

/// Which muscles: all or nearly all of the body, or two or three anywhere.
std::vector<Muscle> taking_part(Random& random, bool whole_body) {
    std::vector<Muscle> all{Muscle::chin, Muscle::arm_left, Muscle::arm_right, Muscle::leg_left, Muscle::leg_right};
    if (whole_body) {
        if (random.chance(0.4)) all.erase(all.begin() + 1 + random.below(4));  // one limb spared
        shuffle(all, random);
        return all;
    }
    static const std::array<std::array<Muscle, 2>, 7> local{{{Muscle::leg_left, Muscle::leg_right},
                                                             {Muscle::arm_left, Muscle::arm_right},
                                                             {Muscle::arm_left, Muscle::leg_left},
                                                             {Muscle::arm_right, Muscle::leg_right},
                                                             {Muscle::chin, Muscle::arm_left},
                                                             {Muscle::chin, Muscle::arm_right},
                                                             {Muscle::chin, Muscle::leg_left}}};
    const auto& pair = local[static_cast<std::size_t>(random.below(7))];
    std::vector<Muscle> muscles(pair.begin(), pair.end());
    shuffle(muscles, random);
    return muscles;
}

/// The bursts and one row of truth in `group`, which tells of the recorded muscles alone.
void jerk(Draft& draft, Random& random, Random& axial, Time onset, bool whole_body, int group) {
    std::vector<Burst> bursts;
    const auto add = [&](Muscle muscle, Random& r, Time lag) {
        Burst burst;
        burst.extent = {onset + lag, onset + lag + r.time(0.085, 0.24)};
        burst.muscle = muscle;
        burst.rms_uv = draft.strength(r, 130, 0.4, 60.0, 400.0);
        burst.rise_s = r.uniform(0.004, 0.012);
        burst.fall_s = r.uniform(0.015, 0.035);
        bursts.push_back(burst);
    };
    const std::vector<Muscle> muscles = taking_part(random, whole_body);
    for (std::size_t i = 0; i < muscles.size(); ++i) add(muscles[i], random, i == 0 ? Time(0) : random.time(0.001, 0.08));
    if (whole_body)
        for (const Muscle m : {Muscle::masseter, Muscle::neck, Muscle::rectus, Muscle::paraspinal})
            if (axial.chance(m == Muscle::masseter ? 0.4 : 0.75)) add(m, axial, axial.time(0.001, 0.08));
    draft.bursts.insert(draft.bursts.end(), bursts.begin(), bursts.end());

    const Pattern pattern = draft.pattern(bursts);
    std::array<bool, 5> regions{}, recorded{};
    for (const Burst& b : draft.seen(bursts)) regions[static_cast<std::size_t>(muscle_region(b.muscle))] = true;
    for (const Lead& lead : draft.leads)
        if (lead.kind == Lead::Kind::muscle) recorded[static_cast<std::size_t>(muscle_region(lead.muscle))] = true;
    const auto count = std::count(regions.begin(), regions.end(), true);
    const bool both_sides = (recorded[1] || recorded[3]) && (recorded[2] || recorded[4]);
    const bool whole = count >= 3 || (regions == recorded && recorded[0] && both_sides);

    Event& row =
        draft.add_truth("hypnic_jerk", pattern.extent, group, draft.labels(muscles_of(draft.seen(bursts))).c_str());
    row.measures.push_back({"rms_uv", pattern.rms_uv});
    row.measures.push_back({"regions", static_cast<double>(count)});
    row.measures.push_back({"whole_body", whole ? 1.0 : 0.0});
    row.measures.push_back({"first_muscle", std::string(muscle_label(pattern.first))});
    row.measures.push_back({"spread_ms", pattern.spread_ms});
    row.measures.push_back({"order", pattern.order});
    row.measures.push_back({"state", std::string(stage_name(draft.state_at(onset)))});
}

/// What follows in brain and heart: a vertex wave with it, EEG acceleration, or awakening. Returns when it is over.
Time consequences(Draft& draft, Random& random, Time onset, bool woken, std::size_t row) {
    const auto say = [&](const char* name, double value) { draft.truth[row].measures.push_back({name, value}); };
    const bool asleep = is_sleep(draft.state_at(onset));
    const bool vertex = asleep && random.chance(share_vertex);
    const bool accelerated = woken || (asleep && random.chance(share_accelerated / (1 - share_woken)));
    say("vertex_wave", vertex);
    say("accelerated", accelerated);
    say("woke", woken);
    if (vertex) {
        const Time peak = onset + random.time(-0.1, 0.3);
        const double amplitude_uv = -random.uniform(90, 160);
        draft.waves.push_back({{peak, peak + 400ms}, Wave::Shape::vertex, Wave::Where::scalp, amplitude_uv, 0});
    }
    double gain = random.chance(0.5) ? random.uniform(0.1, 0.2) : 0.02;
    Time over = onset + 5s;
    if (woken) {
        const Time latency = random.time(0.2, 2);
        const Interval wake{onset + latency, onset + latency + random.time(22, 60)};
        draft.awaken(wake);
        say("wake_latency_s", seconds(latency));
        gain = random.uniform(0.2, 0.35);
        over = wake.offset;
    } else if (accelerated) {
        const Time begins = onset + random.time(0, 0.5);
        const Interval shift{begins, begins + random.time(1.5, 5.5)};
        draft.accelerations.push_back({shift});
        const IntervalSet sleep = draft.where([](const StatePiece& p) { return is_sleep(p.stage); });
        if (shift.duration() >= 3s && sleep.covers({shift.onset - 10s, shift.offset}))
            draft.add_truth("arousal", shift, draft.groups);
        gain = random.uniform(0.12, 0.25);
        over = shift.offset;
    }
    draft.heart_rises.push_back({{onset, onset + 20s}, gain});
    say("heart_gain", gain);
    return over;
}

/// Sleep that has lasted 16 s within its epoch: waking there is plain to see, and the epoch stays scored as sleep.
IntervalSet settled_sleep(const Draft& draft) {
    std::vector<Interval> late;
    for (Time epoch = 0s; epoch + 30s <= draft.duration; epoch += 30s) late.push_back({epoch + 16s, epoch + 30s});
    std::vector<Interval> deep_enough;
    const IntervalSet sleep = draft.where([](const StatePiece& p) { return is_sleep(p.stage); });
    for (const Interval& s : sleep.intervals()) deep_enough.push_back({s.onset + 16s, s.offset});
    return IntervalSet(std::move(late)).intersected(IntervalSet(std::move(deep_enough)));
}

}  // namespace

void plan_hypnic_jerks(Draft& draft, Random& random) {
    Random axial(draft.options.seed, "axial jerks");
    for (int wanted = draft.count(draft.options.hypnic_jerks); wanted > 0; --wanted) {
        // waking changes the states, so they are looked up anew for every jerk
        const IntervalSet n1 = draft.where([](const StatePiece& p) { return p.stage == Stage::N1; });
        const IntervalSet sleep = draft.where([](const StatePiece& p) { return is_sleep(p.stage); });
        std::vector<Interval> drowsy;  // the last minute before sleep
        for (const Interval& s : n1.intervals())
            if (draft.state_at(s.onset - 1us) == Stage::W) drowsy.push_back({s.onset - 60s, s.onset});
        const IntervalSet before_sleep =
            IntervalSet(std::move(drowsy)).without(sleep).intersected(IntervalSet({draft.usable()}));
        const IntervalSet settled = settled_sleep(draft);

        const double where = random.uniform();
        const IntervalSet candidates = where < 0.75 ? n1.intersected(settled) : where < 0.9 ? settled : before_sleep;
        bool woken = where < 0.9 && random.chance(share_woken);
        // an awakening takes room: no other jerk may have been planned in what becomes wake
        auto onset = draft.place(random, candidates, 1s, woken ? 70s : 20s, false);
        if (!onset) {
            woken = false;
            onset = draft.place(random, settled, 1s, 20s, false);
        }
        if (!onset) continue;

        const std::size_t row = draft.truth.size();
        const int group = ++draft.groups;  // of all that follow in brief succession, and of the arousal
        jerk(draft, random, axial, *onset, random.chance(share_whole_body), group);
        const Time over = consequences(draft, random, *onset, woken, row);
        Time last = *onset;
        for (int more = random.chance(0.15) ? 1 + random.below(2) : 0; more > 0; --more) {  // in brief succession
            last += random.time(1.2, 4);
            jerk(draft, random, axial, last, random.chance(share_whole_body), group);
        }
        draft.booked.add({*onset, std::max(over, last + 1s)});
        draft.quiet_eeg.add({*onset - 3s, std::max(over, last + 5s)});
    }
}

}  // namespace psg::simulate
