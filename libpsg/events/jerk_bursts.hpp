// Short bursts of one muscle's surface EMG above its local background: what hypnic jerks are made of.
// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <memory>
#include <span>
#include <vector>

#include "libpsg/model/interval_set.hpp"
#include "libpsg/model/signal.hpp"

namespace psg::events {

/// How bursts are found. Every number is proposed (no standard defines a hypnic jerk); sources stand in the options of
/// the detector.
struct BurstRules {
    double high_pass_hz = 20;
    double low_pass_hz = 225;      ///< lowered to 0.45 of the sampling rate
    double smoothing_ms = 15;      ///< of the rectified signal, centred
    double background_s = 5;       ///< the local background is the median over this long before
    double min_amplitude_uv = 10;  ///< a burst exceeds this ...
    double on_ratio = 4;           ///< ... and this many times the background ...
    double quiet_percentile = 99;  ///< ... and this percentile of the smoothed signal, the usual one of the last minute
    double off_ratio = 2;          ///< it ends when below this many times the background, or ...
    double off_peak_fraction = 0.15;  ///< ... below this fraction of its peak ...
    double off_ms = 50;               ///< ... for this long
};

/// A stretch of activity of any length. Amplitudes are of the smoothed, rectified signal.
struct Burst {
    Interval extent;
    Time settled{0};  ///< back at `off_ratio` times the background, if that is soon after the end of `extent`
    float peak_uv = 0;
    float background_uv = 0;  ///< local median before it
    float quiet_uv = 0;       ///< the usual 99th percentile before it
};

/// What one channel shows in a night.
struct ChannelBursts {
    std::vector<Burst> bursts;  ///< all lengths from 20 ms, in order, complete ones only
    IntervalSet usable;         ///< recorded, finite and not flat
};

/// Slowest rate that leaves a band to look at.
inline constexpr double min_burst_rate_hz = 100;

/// Finds the bursts of a channel in microvolts, whose samples come in pieces of any length; the result does not depend on how
/// they are cut. Stretches are independent of each other. Memory for two minutes of samples and what was found. O(n).
class BurstFinder {
public:
    /// `rate` of min_burst_rate_hz or more.
    BurstFinder(SampleRate rate, const BurstRules& rules);
    ~BurstFinder();
    BurstFinder(BurstFinder&&) noexcept;
    BurstFinder& operator=(BurstFinder&&) noexcept;

    /// The next sample is the one at `start`; what came before has ended.
    void begin_stretch(Time start);
    void add(std::span<const float> samples);
    /// What was found in all stretches; the last one ends.
    ChannelBursts finish();

private:
    class Search;
    std::unique_ptr<Search> search_;
};

/// The same for a whole signal.
ChannelBursts find_bursts(const Signal& signal, const BurstRules& rules);

}  // namespace psg::events
