// Plans movements of trunk, neck and the whole body: large and rhythmic ones, neck and propriospinal myoclonus.
// SPDX-License-Identifier: BSD-3-Clause
#include <algorithm>
#include <string>
#include <vector>

#include "libpsg/simulate/elementary.hpp"
#include "libpsg/simulate/planners.hpp"

namespace psg::simulate {

using namespace std::chrono_literals;

namespace {

/// A row of truth about bursts that belong together: extent, order and strength of the recorded ones.
Event& add_pattern(Draft& draft, const char* kind, const std::vector<Burst>& bursts, bool head) {
    draft.bursts.insert(draft.bursts.end(), bursts.begin(), bursts.end());
    const Pattern pattern = draft.pattern(bursts);
    Event& row = draft.add_truth(kind, pattern.extent, ++draft.groups, draft.labels(muscles_of(bursts), head).c_str());
    row.measures.push_back({"rms_uv", pattern.rms_uv});
    row.measures.push_back({"first_muscle", std::string(muscle_label(pattern.first))});
    row.measures.push_back({"spread_ms", pattern.spread_ms});
    row.measures.push_back({"state", std::string(stage_name(draft.state_at(pattern.extent.onset)))});
    return row;
}

}  // namespace

// Large muscle group movements: 3-45 s, activity in two or more muscles and movement artefact, often with arousal,
// awakening and a rise of the heart rate (IRLSSG 2021, LMM21). What the legs do in it is a leg movement by definition and
// has rows of its own.
void plan_large_movements(Draft& draft, Random& random) {
    for (int wanted = draft.count(draft.options.large_movements); wanted > 0; --wanted) {
        const IntervalSet sleep = draft.where([](const StatePiece& p) { return is_sleep(p.stage) && p.stage != Stage::R; });
        const double length = exponential(random.uniform(logarithm(6), logarithm(30)));
        const bool woken = random.chance(0.35);
        const auto onset = draft.place(random, sleep, from_seconds(length), woken ? 70s : 14s, true);
        if (!onset) continue;
        std::vector<Muscle> muscles{Muscle::chin, Muscle::arm_left, Muscle::arm_right, Muscle::leg_left,
                                    Muscle::leg_right};
        shuffle(muscles, random);
        if (muscle_region(muscles[0]) >= 3 && muscle_region(muscles[1]) >= 3) std::swap(muscles[1], muscles[2]);
        muscles.resize(static_cast<std::size_t>(3 + random.below(3)));
        for (const Muscle m : {Muscle::masseter, Muscle::neck, Muscle::rectus, Muscle::paraspinal})
            if (random.chance(m == Muscle::masseter ? 0.2 : 0.7)) muscles.push_back(m);
        std::vector<Burst> bursts;
        for (std::size_t i = 0; i < muscles.size(); ++i) {
            // the first two, which are not both legs, are active together for 4 s or more
            const double from = i == 0 ? 0 : random.uniform(0, 0.3), to = i <= 1 ? 1 : random.uniform(0.7, 1);
            bursts.push_back({{*onset + from_seconds(from * length), *onset + from_seconds(to * length)},
                              muscles[i],
                              draft.strength(random, 50, 0.5, 20.0, 200.0),
                              random.uniform(0.1, 0.5),
                              random.uniform(0.2, 0.6)});
        }
        for (Burst& b : bursts)  // clear of the 10 s at which a leg movement is a long one
            if (b.extent.duration() > 9400ms && b.extent.duration() < 10600ms) b.extent.offset = b.extent.onset + 9400ms;
        add_pattern(draft, "large_muscle_group_movement", bursts, true);
        const std::size_t at = draft.truth.size() - 1;
        double gain = random.uniform(0.05, 0.2);
        const Interval busy{*onset, *onset + from_seconds(length)};  // whatever of it is recorded
        for (const Burst& b : bursts)
            if (b.muscle == Muscle::leg_left || b.muscle == Muscle::leg_right) {
                const char* kind = b.extent.duration() > 10s ? "long_leg_movement" : "leg_movement";
                Event& leg =
                    draft.add_truth(kind, b.extent, draft.groups, muscle_label(b.muscle), muscle_side(b.muscle));
                leg.measures.push_back({"rms_uv", b.rms_uv});
            }
        for (Time t = busy.onset; t + 1500ms < busy.offset; t += random.time(0.4, 1.4))
            draft.waves.push_back(
                {{t, t + random.time(0.5, 1.5)}, Wave::Shape::sway, Wave::Where::head, random.uniform(-350, 350), 0});
        draft.booked.add(busy);
        draft.leg_activity.add(busy);
        draft.truth[at].measures.push_back({"woke", woken ? 1.0 : 0.0});
        bool aroused = false;
        if (woken) {
            const Time latency = random.time(0.3, 3);
            const Interval wake{*onset + latency, std::max(busy.offset, *onset + latency + 18s) + random.time(2, 40)};
            draft.awaken(wake);
            draft.truth[at].measures.push_back({"wake_latency_s", seconds(latency)});
            gain = random.uniform(0.15, 0.35);
            draft.booked.add({*onset, wake.offset});
        } else if (random.chance(0.5)) {
            const Time begins = *onset + random.time(-0.5, 1);
            aroused = draft.arouse(random, {begins, begins + random.time(3.5, 9)}, busy);
        }
        draft.heart_rises.push_back({{*onset, *onset + 20s}, gain});
        draft.truth[at].measures.push_back({"aroused", aroused ? 1.0 : 0.0});
        draft.truth[at].measures.push_back({"heart_gain", gain});
        draft.quiet_eeg.add(busy);
    }
}

// Rhythmic movements: four or more at 0.5-2 Hz and at least twice the background, as sleep comes and in light sleep
// (AASM, from memory). The head rolls (neck) or the body rocks (neck, arms, trunk); the swing is seen in the head's leads.
void plan_rhythmic_movements(Draft& draft, Random& random) {
    const IntervalSet n1 = draft.where([](const StatePiece& p) { return p.stage == Stage::N1; });
    const IntervalSet light = draft.where([](const StatePiece& p) { return p.stage == Stage::N1 || p.stage == Stage::N2; });
    const IntervalSet wake = draft.where([](const StatePiece& p) { return p.stage == Stage::W; });
    std::vector<Interval> drowsy;
    for (const Interval& s : n1.intervals()) drowsy.push_back({s.onset - 300s, s.onset});
    const IntervalSet before_sleep = IntervalSet(std::move(drowsy)).intersected(wake);
    for (int wanted = draft.count(draft.options.rhythmic_movements); wanted > 0; --wanted) {
        const bool body = random.chance(0.5);
        const double frequency_hz = random.uniform(0.6, 1.8);
        const int count = std::clamp(static_cast<int>(frequency_hz * random.uniform(6, 60)), 6, 90);
        const Time longest = from_seconds(1.05 * count / frequency_hz + 0.5);
        const auto onset = draft.place(random, random.chance(0.5) ? before_sleep : light, longest, 12s, false);
        if (!onset) continue;
        std::vector<Muscle> muscles{Muscle::neck};
        if (body)
            muscles = {Muscle::arm_left, Muscle::arm_right, Muscle::neck, Muscle::rectus, Muscle::paraspinal};
        else if (random.chance(0.5))
            muscles.push_back(Muscle::chin);
        std::vector<double> strengths, lags;
        for (std::size_t i = 0; i < muscles.size(); ++i) {
            strengths.push_back(draft.strength(random, muscles[i] == Muscle::chin ? 20 : 45, 0.4, 14.0, 150.0));
            lags.push_back(random.uniform(0, 0.3) / frequency_hz);
        }
        const double swing_uv = random.uniform(80, 250);
        std::vector<Burst> bursts;
        Time at = *onset, last = at;
        for (int i = 0; i < count; ++i) {
            const double period = random.uniform(0.95, 1.05) / frequency_hz;
            for (std::size_t m = 0; m < muscles.size(); ++m) {
                const Time from = at + from_seconds(lags[m]);
                bursts.push_back({{from, from + from_seconds(random.uniform(0.3, 0.45) * period)},
                                  muscles[m],
                                  strengths[m] * random.uniform(0.8, 1.2),
                                  0.15 * period,
                                  0.15 * period});
            }
            draft.waves.push_back({{at, at + from_seconds(period)},
                                   Wave::Shape::rock,
                                   Wave::Where::head,
                                   swing_uv * random.uniform(0.85, 1.15),
                                   0});
            last = at;
            at += from_seconds(period);
        }
        Event& row = add_pattern(draft, "rhythmic_movement", bursts, true);
        row.extent = {*onset, at};  // the swing of the head begins with the first movement, whatever the muscles do
        row.measures.push_back({"count", static_cast<double>(count)});
        row.measures.push_back({"frequency_hz", (count - 1) / seconds(last - *onset)});
        row.measures.push_back({"swing_uv", swing_uv});
        row.measures.push_back({"type", std::string(body ? "body" : "head")});
        draft.booked.add({*onset, at + 1s});
        draft.quiet_eeg.add({*onset, at});
    }
}

// Neck myoclonus: a stripe of about half a second across the head's leads in REM sleep, with a burst of the neck muscles
// (sternocleidomastoid in 92 %, chin in 15 %), often with an arousal (Frauscher et al. 2010; Wolfensberger et al. 2019).
void plan_neck_myoclonus(Draft& draft, Random& random) {
    const IntervalSet rem = draft.where([](const StatePiece& p) { return p.stage == Stage::R; });
    for (int wanted = draft.count(draft.options.neck_myoclonus, rem.total()); wanted > 0; --wanted) {
        const auto onset = draft.place(random, rem, 1s, 14s, false);
        if (!onset) continue;
        const Interval stripe{*onset, *onset + random.time(0.3, 0.65)};
        const double sign = random.chance(0.5) ? 1 : -1, peak_uv = random.uniform(90, 300);
        draft.waves.push_back({stripe, Wave::Shape::stripe, Wave::Where::head, sign * peak_uv, 0});
        const auto burst = [&](Muscle muscle, double median_uv) {
            const Time from = *onset + random.time(0, 0.05);
            return Burst{{from, from + random.time(0.12, 0.3)},
                         muscle,
                         draft.strength(random, median_uv, 0.4, 12.0, 300.0),
                         random.uniform(0.005, 0.015),
                         random.uniform(0.015, 0.04)};
        };
        std::vector<Burst> bursts{burst(Muscle::neck, 110)};
        if (random.chance(0.15)) bursts.push_back(burst(Muscle::chin, 40));
        Event& row = add_pattern(draft, "neck_myoclonus", bursts, true);
        row.extent = stripe;
        row.measures.push_back({"peak_uv", peak_uv});
        const std::size_t at = draft.truth.size() - 1;
        draft.booked.add({*onset, *onset + 1s});
        draft.quiet_eeg.add({*onset - 1s, *onset + 2s});
        const Time begins = stripe.onset + random.time(0, 0.4);
        const bool aroused = random.chance(0.5) && draft.arouse(random, {begins, begins + random.time(3.5, 7)},
                                                                {*onset, *onset + 1s});
        if (aroused)  // in REM sleep the rule of arousals asks for chin activity
            draft.bursts.push_back({{begins + 1s, begins + 1s + random.time(1.2, 1.8)},
                                    Muscle::chin,
                                    random.uniform(10, 25),
                                    0.15,
                                    0.3});
        draft.truth[at].measures.push_back({"aroused", aroused ? 1.0 : 0.0});
    }
}

// Propriospinal myoclonus: jerks of 0.2-2 s that begin in the muscles of the trunk and spread up and down the spinal cord
// at 3-16 m/s, in relaxed wakefulness before sleep (Montagna et al. 1997, 2006; Ramos 2023). The face is spared. Limbs
// stay below half a second, so that no jerk is a leg movement as well. Paths along the cord and the nerves are proposed.
void plan_propriospinal_myoclonus(Draft& draft, Random& random) {
    struct Path {
        Muscle muscle;
        double metres;
    };
    constexpr Path paths[] = {{Muscle::rectus, 0},       {Muscle::paraspinal, 0.12}, {Muscle::neck, 0.4},
                              {Muscle::arm_left, 0.65},  {Muscle::arm_right, 0.65},  {Muscle::leg_left, 0.95},
                              {Muscle::leg_right, 0.95}};
    const IntervalSet n1 = draft.where([](const StatePiece& p) { return p.stage == Stage::N1; });
    const IntervalSet wake = draft.where([](const StatePiece& p) { return p.stage == Stage::W; });
    std::vector<Interval> drowsy;
    for (const Interval& s : n1.intervals()) drowsy.push_back({s.onset - 360s, s.onset});
    const IntervalSet candidates = IntervalSet(std::move(drowsy)).intersected(wake);
    const double velocity = random.uniform(3, 15);  // of this sleeper
    int cluster = 0;
    for (int wanted = draft.count(draft.options.propriospinal_myoclonus); wanted > 0; --wanted) {
        std::vector<Time> onsets{0s};
        for (int n = 5 + random.below(5); n > 1; --n) onsets.push_back(onsets.back() + random.time(6, 35));
        std::optional<Time> start;
        while (!(start = draft.place(random, candidates, onsets.back() + 3s, 10s, false)) && onsets.size() > 1)
            onsets.pop_back();
        if (!start) continue;
        ++cluster;
        int position = 0;
        for (const Time& since : onsets) {
            std::vector<Burst> bursts;
            for (const Path& p : paths) {
                const bool limb = muscle_region(p.muscle) != 0;
                if (limb && random.chance(0.25)) continue;
                const Time from = *start + since +
                                  from_seconds(std::max(0.0, p.metres / velocity + random.uniform(-0.003, 0.003)));
                bursts.push_back({{from, from + (limb ? random.time(0.28, 0.45) : random.time(0.3, 1.4))},
                                  p.muscle,
                                  draft.strength(random, limb ? 70 : 110, 0.4, 30.0, 300.0),
                                  random.uniform(0.005, 0.015),
                                  random.uniform(0.03, 0.08)});
            }
            Event& row = add_pattern(draft, "propriospinal_myoclonus", bursts, false);
            row.measures.push_back({"order", draft.pattern(bursts).order});
            row.measures.push_back({"velocity_m_s", velocity});
            row.measures.push_back({"cluster", static_cast<double>(cluster)});
            row.measures.push_back({"position", static_cast<double>(++position)});
            draft.booked.add({row.extent.onset - 100ms, row.extent.offset + 1s});
        }
        draft.booked.add({*start, *start + onsets.back() + 3s});
        draft.quiet_eeg.add({*start, *start + onsets.back() + 3s});
    }
}

}  // namespace psg::simulate
