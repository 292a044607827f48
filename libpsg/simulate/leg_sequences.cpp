// Plans sequences of brief bursts in the legs: alternating activation, foot tremor, high-frequency movements, cramps.
// SPDX-License-Identifier: BSD-3-Clause
#include <algorithm>
#include <string>
#include <vector>

#include "libpsg/simulate/elementary.hpp"
#include "libpsg/simulate/planners.hpp"

namespace psg::simulate {

using namespace std::chrono_literals;

namespace {

/// Bursts one after another: onset to onset 1 / frequency, irregular by up to a tenth.
struct Train {
    int count = 0;
    double frequency_hz = 0;
    double shortest_s = 0, longest_s = 0;  ///< of a burst
    enum class Legs { one, together, alternating } legs = Legs::one;

    Time longest() const { return from_seconds((count - 1) * 1.1 / frequency_hz + longest_s + 0.1); }
};

double log_uniform(Random& random, double low, double high) {
    return exponential(random.uniform(logarithm(low), logarithm(high)));
}

int count_of(Random& random, double frequency_hz, double low_s, double high_s, int least, int most) {
    return std::clamp(static_cast<int>(frequency_hz * random.uniform(low_s, high_s)), least, most);
}

Side other(Side side) {
    return side == Side::left ? Side::right : Side::left;
}

/// The bursts, and one row for the whole sequence. Returns the row's place in the truth.
std::size_t add_train(Draft& draft, Random& random, const char* kind, const Train& train, Time onset) {
    Side side = random.chance(0.5) ? Side::left : Side::right;
    const double strength_uv = draft.strength(random, 45, 0.4, 18.0, 150.0);
    const double length_s = random.uniform(train.shortest_s, train.longest_s);
    const bool both = train.legs != Train::Legs::one;
    Interval extent{onset, onset};
    double strongest = 0, lengths = 0;
    int bursts = 0;
    const auto add = [&](Side leg, Time from) {
        Burst burst;
        const double lasting = std::clamp(length_s * random.uniform(0.9, 1.1), train.shortest_s, train.longest_s);
        burst.extent = {from, from + from_seconds(lasting)};
        burst.muscle = leg_of(leg);
        burst.rms_uv = strength_uv * random.uniform(0.75, 1.25);
        burst.rise_s = random.uniform(0.005, 0.02);
        burst.fall_s = random.uniform(0.01, 0.03);
        extent.offset = std::max(extent.offset, burst.extent.offset);
        strongest = std::max(strongest, burst.rms_uv);
        lengths += lasting;
        ++bursts;
        draft.bursts.push_back(burst);
    };
    Time at = onset, last = onset;
    for (int i = 0; i < train.count; ++i) {
        add(side, at);
        if (train.legs == Train::Legs::together) add(other(side), at + random.time(0, 0.03));
        if (train.legs == Train::Legs::alternating) side = other(side);
        last = at;
        at += from_seconds(random.uniform(0.9, 1.1) / train.frequency_hz);
    }
    const std::string channel = both ? std::string(muscle_label(Muscle::leg_left)) + "+" + muscle_label(Muscle::leg_right)
                                     : std::string(muscle_label(leg_of(side)));
    Event& row = draft.add_truth(kind, extent, ++draft.groups, channel.c_str(), both ? Side::both : side);
    row.measures.push_back({"count", static_cast<double>(train.count)});
    row.measures.push_back({"frequency_hz", (train.count - 1) / seconds(last - onset)});
    row.measures.push_back({"burst_ms", 1000 * lengths / bursts});
    row.measures.push_back({"rms_uv", strongest});
    row.measures.push_back({"state", std::string(stage_name(draft.state_at(onset)))});
    draft.booked.add({extent.onset, extent.offset + 2s});
    draft.leg_activity.add(extent);
    draft.quiet_eeg.add(extent);
    return draft.truth.size() - 1;
}

/// The way to sleep: N1, and the last two minutes of wake before it.
IntervalSet sleep_onset(const Draft& draft) {
    const IntervalSet n1 = draft.where([](const StatePiece& p) { return p.stage == Stage::N1; });
    const IntervalSet wake = draft.where([](const StatePiece& p) { return p.stage == Stage::W; });
    std::vector<Interval> parts;
    for (const Interval& s : n1.intervals()) {
        parts.push_back(s);
        parts.push_back({s.onset - 120s, s.onset});
    }
    return IntervalSet(std::move(parts)).intersected(n1.united(wake));
}

}  // namespace

// At least four bursts of 100-500 ms, now of one leg, now of the other, 0.5-3 Hz (AASM, from memory); runs of several to
// 20 s, about 1-2 Hz, in any stage and mostly with arousals (Chervin et al. 2003). The frequency counts the bursts of
// both legs; that of one leg alone stays within the range as well, so that either reading finds them.
void plan_alternating_legs(Draft& draft, Random& random) {
    const IntervalSet night = draft.where([](const StatePiece&) { return true; });
    const IntervalSet sleep = draft.where([](const StatePiece& p) { return is_sleep(p.stage); });
    for (int wanted = draft.count(draft.options.alternating_legs); wanted > 0; --wanted) {
        Train train;
        train.legs = Train::Legs::alternating;
        train.frequency_hz = random.uniform(1.2, 2.7);
        train.count = count_of(random, train.frequency_hz, 3, 18, 6, 40);
        train.shortest_s = 0.11;
        train.longest_s = std::min(0.48, 0.75 / train.frequency_hz);
        const bool aroused = random.chance(0.6);
        const auto onset = draft.place(random, aroused ? sleep : night, train.longest(), 13s, true);
        if (!onset) continue;
        const std::size_t row = add_train(draft, random, "alternating_leg_muscle_activation", train, *onset);
        const Interval arousal{*onset - random.time(0.2, 1.5), *onset + random.time(3.5, 7)};
        const Interval own = draft.truth[row].extent;
        const bool done = aroused && draft.arouse(random, arousal, {own.onset, own.offset + 2s});
        draft.truth[row].measures.push_back({"aroused", done ? 1.0 : 0.0});
    }
}

// At least four bursts of 250-1,000 ms at 0.3-4 Hz at sleep onset (AASM, from memory); reported trains of 10-15 s, 1-2 Hz,
// bursts of 300-700 ms (Wichniak et al. 2001). One foot, or both together.
void plan_foot_tremor(Draft& draft, Random& random) {
    const IntervalSet candidates = sleep_onset(draft);
    for (int wanted = draft.count(draft.options.foot_tremor); wanted > 0; --wanted) {
        Train train;
        train.legs = random.chance(0.7) ? Train::Legs::one : Train::Legs::together;
        train.frequency_hz = log_uniform(random, 0.5, 2.1);
        train.count = count_of(random, train.frequency_hz, 6, 18, 5, 40);
        train.shortest_s = 0.28;
        train.longest_s = std::min(0.95, 0.65 / train.frequency_hz);
        const auto onset = draft.place(random, candidates, train.longest(), 12s, true);
        if (onset) add_train(draft, random, "hypnagogic_foot_tremor", train, *onset);
    }
}

// At least four movements at 0.3-4 Hz, two thirds in wake (Yang et al. 2010). What would be foot tremor as well is not
// planted here: in wake the bursts are shorter than 250 ms, in sleep they lie outside N1. A short night may have no place in
// the state that was drawn: then the other one is tried, then a short sequence in either.
void plan_high_frequency_legs(Draft& draft, Random& random) {
    const IntervalSet wake = draft.where([](const StatePiece& p) { return p.stage == Stage::W; });
    const IntervalSet sleep =
        draft.where([](const StatePiece& p) { return is_sleep(p.stage) && p.stage != Stage::N1; });
    for (int wanted = draft.count(draft.options.high_frequency_legs); wanted > 0; --wanted) {
        bool awake = random.chance(0.64);
        for (int attempt = 0; attempt < 4; ++attempt, awake = !awake) {
            const bool brief = attempt >= 2;
            Train train;
            train.legs = random.chance(0.7) ? Train::Legs::one : Train::Legs::together;
            train.frequency_hz = log_uniform(random, brief ? 1.5 : 0.4, 3.5);
            train.count = brief ? 5 : count_of(random, train.frequency_hz, 3, 12, 5, 40);
            train.shortest_s = 0.1;
            train.longest_s = std::min(awake ? 0.22 : 0.8, 0.65 / train.frequency_hz);
            const auto onset = draft.place(random, awake ? wake : sleep, train.longest(), 12s, true);
            if (!onset) continue;
            add_train(draft, random, "high_frequency_leg_movements", train, *onset);
            break;
        }
    }
}

// One leg tense for longer than 15 s (proposed class): slow to come and slow to go, like a cramp. Mostly in sleep.
void plan_tonic_legs(Draft& draft, Random& random) {
    for (int wanted = draft.count(draft.options.tonic_legs); wanted > 0; --wanted) {
        const bool asleep = random.chance(0.7);
        const IntervalSet candidates =
            draft.where([&](const StatePiece& p) { return asleep ? is_nrem(p.stage) : p.stage == Stage::W; });
        const Time length = random.time(18, 90);
        const bool woken = asleep && random.chance(0.4);
        const auto onset = draft.place(random, candidates, length, woken ? 70s : 15s, true);
        if (!onset) continue;
        const Side side = random.chance(0.5) ? Side::left : Side::right;
        const Burst burst{{*onset, *onset + length},
                          leg_of(side),
                          draft.strength(random, 40, 0.5, 15.0, 150.0),
                          random.uniform(0.3, 1.5),
                          random.uniform(0.5, 2)};
        draft.bursts.push_back(burst);
        draft.heart_rises.push_back({{*onset, *onset + 20s}, random.uniform(0.05, 0.2)});
        Event& row =
            draft.add_truth("tonic_leg_activity", burst.extent, ++draft.groups, muscle_label(burst.muscle), side);
        row.measures.push_back({"rms_uv", burst.rms_uv});
        row.measures.push_back({"state", std::string(stage_name(draft.state_at(*onset)))});
        row.measures.push_back({"woke", woken ? 1.0 : 0.0});
        Time over = burst.extent.offset;
        if (woken) {
            const Time latency = random.time(1, 5);
            const Interval wake{*onset + latency, std::max(over, *onset + latency + 20s) + random.time(2, 30)};
            row.measures.push_back({"wake_latency_s", seconds(latency)});
            draft.awaken(wake);
            over = wake.offset;
        }
        draft.booked.add({*onset, over});
        draft.leg_activity.add(burst.extent);
        draft.quiet_eeg.add({*onset, over});
    }
}

// Confuser: bursts in rhythm, but far outside the frequencies of every sequence. The slow ones are each too short for a leg
// movement; the fast ones, tremor, run together into one, which has its own row.
void plan_off_rhythms(Draft& draft, Random& random) {
    const IntervalSet night = draft.where([](const StatePiece& p) { return p.stage != Stage::R; });
    for (int wanted = draft.count(draft.options.off_rhythms); wanted > 0; --wanted) {
        const bool fast = random.chance(0.5);
        Train train;
        train.frequency_hz = fast ? random.uniform(6, 8) : random.uniform(0.15, 0.2);
        train.count = fast ? 10 + random.below(30) : 4 + random.below(4);
        train.shortest_s = fast ? 0.06 : 0.2;
        train.longest_s = fast ? 0.08 : 0.4;
        const auto onset = draft.place(random, night, train.longest(), 12s, true);
        if (!onset) continue;
        const std::size_t row = add_train(draft, random, "off_rhythm", train, *onset);
        if (!fast) continue;
        const Event event = draft.truth[row];
        Event& leg =
            draft.add_truth("leg_movement", event.extent, draft.groups, event.channel.c_str(), event.side);
        leg.measures.push_back({"rms_uv", event.number("rms_uv")});
    }
}

// Confuser: two or three bursts of one leg, too few for any sequence, each too short for a leg movement and too far from
// the next to be one with it.
void plan_short_runs(Draft& draft, Random& random) {
    const IntervalSet night = draft.where([](const StatePiece& p) { return p.stage != Stage::R; });
    for (int wanted = draft.count(draft.options.short_runs); wanted > 0; --wanted) {
        Train train;
        train.count = 2 + random.below(2);
        train.frequency_hz = random.uniform(0.5, 0.95);
        train.shortest_s = 0.2;
        train.longest_s = std::min(0.4, 0.9 / train.frequency_hz - 0.55);
        const auto onset = draft.place(random, night, train.longest(), 12s, true);
        if (onset) add_train(draft, random, "short_run", train, *onset);
    }
}

}  // namespace psg::simulate
