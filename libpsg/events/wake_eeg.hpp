// Tells wake from sleep by the night's own EEG.
// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <array>
#include <optional>
#include <vector>

#include "libpsg/model/hypnogram.hpp"
#include "libpsg/model/signal.hpp"

namespace psg::events {

struct Awakening {
    bool woke = false;
    double latency_s = 0;  ///< to the beginning of wake EEG
};

/// Learns from the scored epochs of the night how the EEG of wake differs from that of N1 and N2 (linear discriminant of
/// three band powers in 2 s; proposed). The signals must outlive it.
class WakeEeg {
public:
    WakeEeg(std::vector<const Signal*> eeg, const Hypnogram& hypnogram);

    /// False if the hypnogram has too little wake or light sleep to learn from.
    bool learnt() const { return learnt_; }
    /// Whether wake EEG of `wake_s` begins within `within_s` of an event (looked for in steps of 0.5 s), and when: where the power
    /// changes, to 0.1 s. Nothing if the 10 s before were wake already, or it cannot be known.
    std::optional<Awakening> awakening(Time onset_of_event, double wake_s, double within_s) const;

private:
    using Features = std::array<double, 3>;  ///< logarithms of the power below 7, at 8 to 12 and above 16 Hz
    /// Of one derivation; above 0 is wake.
    struct WakeModel {
        Features weights{};
        double bias = 0;
    };

    static std::vector<Features> features(const Signal& eeg, Time anchor, Interval wanted, Time step);
    std::optional<double> change_after(Time onset_of_event, double coarse_s, double within_s) const;
    static std::optional<WakeModel> learn(const Signal& eeg, const Hypnogram& hypnogram);

    std::vector<const Signal*> eeg_;
    std::vector<std::optional<WakeModel>> models_;  ///< one a signal
    bool learnt_ = false;
};

}  // namespace psg::events
