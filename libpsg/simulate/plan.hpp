// The plan of a simulated night: sleep, planted events with their truth, and what each of them does to the signals.
// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "libpsg/model/event.hpp"
#include "libpsg/model/hypnogram.hpp"
#include "libpsg/model/interval_set.hpp"
#include "libpsg/simulate/montage.hpp"
#include "libpsg/simulate/random.hpp"

namespace psg::simulate {

// A class of events is planned first, in one file of its own (see planners.hpp): it adds rows of truth and the physical
// actions below. The signals are rendered from the actions alone, later, second by second (see render.hpp).

/// Activity of a muscle with smooth edges inside `extent`; `rms_uv` on the plateau.
struct Burst {
    Interval extent;
    Muscle muscle{};
    double rms_uv = 0;
    double rise_s = 0.01, fall_s = 0.03;
};

/// A single deflection or a short train. Shapes: see wave_value() in wave_shapes.cpp.
struct Wave {
    enum class Shape { spindle, k_complex, vertex, sawtooth, saccade, blink, slow_eye, sway, cable, rock, stripe };
    enum class Where { scalp, eyes, head, everywhere };  ///< head: scalp and eyes alike
    Interval extent;
    Shape shape{};
    Where where{};
    double amplitude_uv = 0;  ///< peak, signed
    double frequency_hz = 0;  ///< of trains
};

/// EEG acceleration: sleep gives way to alpha and beta for a while, without the stage being changed.
struct Acceleration {
    Interval extent;
};

/// The heart beats faster by up to `gain` (0.2: 20 %) about 4 s after `extent.onset`, and calms down within 20 s.
struct HeartRise {
    Interval extent;
    double gain = 0;
};

/// Something foreign in one EMG channel for a while.
struct Interference {
    enum class Kind { mains, ecg, snore };
    Interval extent;
    Kind kind{};
    Muscle muscle{};
    double amplitude_uv = 0;  ///< peak
};

/// A lead's own trouble, done to its finished samples. Courses: see lead_faults.cpp.
struct Fault {
    enum class Kind { pop, flat, hum, wander, sweat, swing };
    Interval extent;
    Kind kind{};
    std::string label;
    double peak_uv = 0;  ///< signed
    double phase = 0;    ///< 0 to 1: which of many courses
};

/// Breathing that is weaker than at rest.
struct BreathChange {
    Interval extent;
    double flow = 1, effort = 1;  ///< factors
    bool paradox = false;         ///< chest and belly against each other
    double desaturation = 0;      ///< points of per cent, after it
};

/// The sleeper's true state; finer than epochs.
struct StatePiece {
    Interval extent;
    Stage stage{};
    bool eyes_open = false;
};

struct Plan {
    SimulationOptions options;
    std::vector<Lead> leads;  ///< what is recorded
    Time duration{0};
    std::vector<StatePiece> states;  ///< without gaps, in order
    Hypnogram hypnogram;             ///< 30-s epochs: the state that holds most of each
    IntervalSet gaps;                ///< whole seconds that were not recorded
    std::vector<Event> marks;        ///< lights: kind and onset
    EventList truth;                 ///< sorted, numbered, staged
    // sorted by onset
    std::vector<Burst> bursts;
    std::vector<Wave> waves;
    std::vector<Acceleration> accelerations;
    std::vector<HeartRise> heart_rises;
    std::vector<Interference> interferences;
    std::vector<Fault> faults;
    std::vector<BreathChange> breath_changes;
};

/// Plans a whole night: stages first, then the planners in the order of their list. The same options, the same plan.
Plan make_plan(const SimulationOptions& options);

/// What is seen of bursts that belong together.
struct Pattern {
    Interval extent;
    Muscle first{};        ///< which begins
    double spread_ms = 0;  ///< latest onset after it
    double rms_uv = 0;     ///< of the strongest
    std::string order;     ///< labels of the muscles in order of onset, each with its ms after the first: "Leg L 0, Chin 12.5"
};

/// A plan in the making, with what the planners need to keep out of each other's way.
struct Draft : Plan {
    IntervalSet booked;        ///< where planted events are
    IntervalSet leg_activity;  ///< leg movements alone, for the wider distance that keeps series apart
    IntervalSet quiet_eeg;     ///< where the ongoing sleep waves must not add a graphoelement of their own
    int groups = 0;            ///< rows of truth that belong together share a group number

    /// Time in states of which `wanted(piece)` holds, without the first 20 s and last 30 s of the night.
    template <class Predicate>
    IntervalSet where(Predicate wanted) const {
        std::vector<Interval> pieces;
        for (const StatePiece& piece : states)
            if (wanted(piece)) pieces.push_back(piece.extent);
        return IntervalSet(std::move(pieces)).intersected(IntervalSet({usable()}));
    }
    Interval usable() const;
    bool recorded(Muscle muscle) const;
    /// The bursts of recorded muscles; all if none is recorded.
    std::vector<Burst> seen(std::vector<Burst> together) const;
    Pattern pattern(const std::vector<Burst>& together) const;
    /// Labels of these muscles, recorded or not, in the order of the channels, joined by '+'. `head`: after those of the EEG
    /// and EOG leads.
    std::string labels(const std::vector<Muscle>& muscles, bool head = false) const;
    Stage state_at(Time t) const;
    /// Replaces the state within an interval.
    void set_state(Interval interval, Stage stage, bool eyes_open = false);
    /// Wake in the interval, and N1 for a while after it.
    void awaken(Interval wake);
    /// An arousal with a row of truth, EEG acceleration and a rise of the heart rate, if the sleeper is asleep from 12 s
    /// before it to its end and nothing else is booked there but `own`. Returns whether it was planted.
    bool arouse(Random& random, Interval extent, Interval own);

    /// A random onset in `candidates` from which `length` fits, `margin` away from everything booked. With `legs`, also
    /// 95 s away from any leg movement, so that no series of periodic movements arises or grows by chance.
    std::optional<Time> place(Random& random, const IntervalSet& candidates, Time length, Time margin, bool legs) const;
    /// ceil(rate per hour * hours); 0 if nothing is to be planted.
    int count(double per_hour, Time of) const;
    int count(double per_hour) const { return count(per_hour, duration); }

    /// RMS of a burst in uV. By the options' style: log-normal about the median, or the whole range alike on a logarithmic
    /// scale.
    double strength(Random& random, double median_uv, double spread, double low_uv, double high_uv) const;

    /// Adds a row of truth and returns it for its measures.
    Event& add_truth(const char* kind, Interval extent, int group, const char* channel = "", Side side = Side::none);
};

std::vector<Muscle> muscles_of(const std::vector<Burst>& bursts);

/// Random order (Fisher & Yates).
template <class T>
void shuffle(std::vector<T>& items, Random& random) {
    for (int i = static_cast<int>(items.size()) - 1; i > 0; --i)
        std::swap(items[static_cast<std::size_t>(i)], items[static_cast<std::size_t>(random.below(i + 1))]);
}

}  // namespace psg::simulate
