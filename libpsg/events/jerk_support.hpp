// What the brain and the heart did around a jerk: vertex wave or K-complex, EEG acceleration, heart rate, awakening.
// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <optional>
#include <vector>

#include "libpsg/events/wake_eeg.hpp"
#include "libpsg/model/night.hpp"

namespace psg::events {

/// Limits of the evidence. Every number is proposed.
struct SupportRules {
    double wave_uv = 75;              ///< peak to peak, 0.5 to 8 Hz ...
    double wave_ratio = 2;            ///< ... and this many times the median of the 30 s before
    double acceleration_ratio = 2.5;  ///< alpha or beta power over its median of the 10 s before
    double acceleration_s = 1;
    double hr_rise_percent = 10;
    double wake_s = 15;              ///< of wake EEG ...
    double wake_within_s = 5;        ///< ... beginning within this time of the jerk
    double slow_eyes_uv = 30;        ///< standard deviation of the difference of the eyes, below 1 Hz
    double attenuation_ratio = 0.5;  ///< alpha power of the last 5 s over that of the 25 s before
};

/// Flags are 1 or 0; NaN where the signal for them is missing.
struct Support {
    double wave = 0;  ///< vertex wave or K-complex
    double acceleration = 0;
    double hr_rise_percent = 0;  ///< a number, not a flag
    double woke = 0;
    double wake_latency_s = 0;
    double sleepy = 0;  ///< alpha attenuation or slow eye movements in the 30 s before
};

/// Looks at the EEG, EOG and ECG of a night, which must outlive it. Up to four EEG derivations are used (central,
/// occipital and frontal ones first); a sign counts if at least half of those recorded at the moment show it.
class SupportFinder {
public:
    SupportFinder(const Night& night, const SupportRules& rules);

    bool has_eeg() const { return !eeg_.empty(); }
    bool has_ecg() const { return ecg_ != nullptr; }
    /// False if the hypnogram has too little wake or light sleep to learn how they differ in this night.
    bool knows_wake() const { return wake_->learnt(); }
    Support around(const Interval& jerk) const;

private:
    void find_waves_and_acceleration(const Interval& jerk, Support& support) const;
    void find_sleepiness(const Interval& jerk, Support& support) const;
    double heart_rate_rise(Time onset) const;

    SupportRules rules_;
    std::vector<const Signal*> eeg_;
    std::optional<WakeEeg> wake_;  ///< set by the constructor
    const Signal *eog_left_ = nullptr, *eog_right_ = nullptr, *ecg_ = nullptr;
};

}  // namespace psg::events
