// Short looks into signals around a moment: excerpts, waveforms on a common grid, heart beats.
// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <span>
#include <vector>

#include "libpsg/model/interval_set.hpp"
#include "libpsg/model/signal.hpp"

namespace psg::events {

/// A copy of a part of one stretch, samples that are no numbers replaced by their neighbours.
struct Excerpt {
    std::vector<float> samples;
    SampleRate rate;
    Time start{0};
    SignalView view() const { return {samples, rate, start}; }
};

/// The part of `wanted` that lies in the same stretch as `anchor`; empty if that moment was not recorded.
Excerpt excerpt(const Signal& signal, Time anchor, Interval wanted);

/// The signal above `high_pass_hz` within `extent`, at `rate_hz` (not above the signal's own rate) from its onset on;
/// outside the stretch of the onset zero. Empty if nothing was recorded there.
std::vector<float> waveform(const Signal& signal, Interval extent, double high_pass_hz, double rate_hz);

/// Moments of the R waves within `extent`: maxima of the band from 8 to 30 Hz, sign aside, above 0.4 of its 98th
/// percentile and at least 0.3 s apart (proposed; made for the heart rate around an event, not for arrhythmia).
std::vector<Time> heart_beats(const Signal& ecg, Interval extent);

struct FrequencyBand {
    double low_hz = 0, high_hz = 0;
};

/// Mean density of the power in each band in windows of `length_s`, one every `step_s`: by band, then by window.
std::vector<std::vector<float>> band_powers(const Excerpt& part, double length_s, double step_s, std::span<const FrequencyBand> bands);
std::vector<float> band_power(const Excerpt& part, double length_s, double step_s, double low_hz, double high_hz);

}  // namespace psg::events
