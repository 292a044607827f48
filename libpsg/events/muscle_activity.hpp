// The amplitude of each muscle over time, its resting level, and the bursts above it: what several detectors work with.
// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <deque>
#include <string>
#include <vector>

#include "libpsg/events/muscle_meter.hpp"
#include "libpsg/model/finding.hpp"
#include "libpsg/model/night.hpp"
#include "libpsg/model/sample_source.hpp"

namespace psg::events {

/// Envelope and resting level of every EMG channel of the night that is in uV, has 100 samples per second or more and a
/// step of 5 uV or less (proposed, as for hypnic jerks). No resting level is below the noise of the step itself.
/// Above 20 Hz; heart beats of the ECG are subtracted where they are present (signal/ecg_removal); samples that are no
/// numbers or equal for 5 s are NaN. Takes 0.7 MB an hour for each channel.
std::vector<MuscleActivity> muscle_activity(const Night& night);

/// The same, made as the samples of a night pass by. `night` must outlive it.
class MuscleActivityScan {
public:
    explicit MuscleActivityScan(const Night& night);
    MuscleActivityScan(const MuscleActivityScan&) = delete;
    MuscleActivityScan& operator=(const MuscleActivityScan&) = delete;

    std::vector<Listener> listeners();
    /// All samples have passed.
    std::vector<MuscleActivity> finish();

private:
    std::vector<HeartBeat> own_beats_;  // if the night has none yet
    std::vector<const Signal*> signals_;
    std::deque<MuscleMeter> meters_;
};

/// How bursts are told from rest. Amplitudes are root mean squares over `smoothing_ms`.
struct BurstLimits {
    double on_uv = 0;        ///< a burst reaches this ...
    double on_ratio = 2;     ///< ... and this many times the resting level (more where the window has few samples)
    double off_ratio = 1.5;  ///< it ends where it stays below this many times the resting level ...
    double off_peak_fraction = 0;  ///< ... or below this fraction of its peak so far ...
    double join_ms = 50;     ///< ... for this long
    double min_ms = 0, max_ms = 1e9;  ///< bursts of other lengths are left out
    double smoothing_ms = 50;
};

/// A stretch of activity of one muscle; amplitudes are root mean squares in uV.
struct MuscleBurst {
    Interval extent;
    float peak_uv = 0;  ///< highest smoothed amplitude
    float mean_uv = 0;
    float rest_uv = 0;  ///< resting level at the onset
};

/// The bursts of a muscle, in order; onsets and offsets to a block of the envelope. Bursts that the recording cuts are
/// left out. O(n).
std::vector<MuscleBurst> bursts_of(const MuscleActivity& muscle, const BurstLimits& limits);
/// The same above another level than the muscle's rest, whose stretches are those of the envelope.
std::vector<MuscleBurst> bursts_of(const MuscleActivity& muscle, const Signal& level, const BurstLimits& limits);

/// What the muscle does around each moment: lower quartile of its amplitudes in half seconds within `reach` to either
/// side (proposed). It follows a tone that drifts, and no burst that is shorter than the reach. NaN where no `wanted` interval is within
/// `beside`.
Signal background_around(const MuscleActivity& muscle, Time reach, const IntervalSet& wanted, Time beside);

/// Resting level at a moment; NaN if it is unknown.
float rest_at(const MuscleActivity& muscle, Time t);

/// Blocks of the envelope within `extent` (of the stretch that holds its onset), in order.
std::vector<float> amplitude_in(const MuscleActivity& muscle, const Interval& extent);
/// Root mean square within `extent`; NaN if nothing can be seen.
float amplitude_of(const MuscleActivity& muscle, const Interval& extent);

/// The muscles of a detector, with their activity.
class Muscles {
public:
    struct Muscle {
        Role role{};
        const Signal* signal = nullptr;
        const MuscleActivity* activity = nullptr;
    };

    /// Those of `roles` that can be used. What is there but cannot be used is told in `findings`, as is every role of
    /// `roles` without a channel, `detector` being its name in words ("foot tremor").
    Muscles(const Night& night, const std::vector<Role>& roles, const std::string& detector, Findings& findings);
    Muscles(const Muscles&) = delete;
    Muscles& operator=(const Muscles&) = delete;

    const std::vector<Muscle>& all() const { return muscles_; }
    bool empty() const { return muscles_.empty(); }
    /// Time in which one of them could be seen.
    IntervalSet visible_in_any() const;
    /// " (chin: no channel; leg_left 'LAT': no signal)": which of the roles show nothing, and why; empty if all do.
    std::string lacked() const;

private:
    std::string unusable_;  // the part of `lacked()` that is known before signals are looked at
    std::vector<MuscleActivity> own_;  // if the night has none yet
    std::vector<Muscle> muscles_;
};

/// True if more than half of the power of what the channel shows in `extent` (cut to 2 s in its middle) is mains hum, or
/// its samples are held at a limit for a tenth of it: no muscle does that.
bool is_artefact(const Signal& signal, const Interval& extent);

/// Largest absolute sample above 20 Hz within `extent`, and from the lowest to the highest; what reaches a tenth of the largest:
/// from the first such sample to the last, and in how many swings to one side and the other.
struct Peaks {
    double peak_uv = 0, peak_to_peak_uv = 0;
    Time span{0};
    int phases = 0;
};
Peaks peaks_of(const Signal& signal, const Interval& extent);

/// When artefacts told so far let no muscle be seen in the channel: leg_artefact, and artefact with lead_off, clipping, mains, cable, electrical, electrode_pop,
/// heart_beats (those that could not be subtracted) or given without a reason. What a detector leaves out for them leaves its time
/// at risk, too.
IntervalSet hidden_in(const Night& night, const std::string& label);

/// True if `label` is one of the labels joined by '+' in the event's channel, or the event names no channel.
bool concerns(const Event& event, const std::string& label);

/// Left, right or none.
Side side_of(Role role);

}  // namespace psg::events
