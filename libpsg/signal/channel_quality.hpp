// How good the samples of a channel are: flat, clipped, hum, lead off, amplitude. One pass, little memory.
// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <span>
#include <vector>

#include "libpsg/model/rate.hpp"
#include "libpsg/signal/mains.hpp"

namespace psg::signal {

/// Thresholds of the measures. What has no source is proposed.
struct QualityOptions {
    double flat_s = 5;               ///< equal samples for this long are flat (proposed; as leg_movements.flat_s)
    double clipped_share = 0.01;     ///< a second with this share (at least 2) of its samples at a limit is clipped (proposed)
    double mains_share = 0.5;        ///< a second with more of its variance in the mains is dominated by it (proposed)
    double lead_off_mains = 100;     ///< peak in uV of a hum that dominates and tells an open electrode (proposed)
    double lead_off_clipped = 0.5;   ///< share of a second's samples at a limit that does the same (proposed)
    double min_rate_hz = 10;         ///< slower channels (oximetry, position) are constant by nature: only the SD is told
    double max_rate_hz = 100'000;    ///< faster ones have only their recorded time told
};

/// Seconds are counted in windows of one second from the start of each stretch; the last, incomplete one of a stretch counts
/// for `recorded_s` and `flat_s` only. NaN: cannot be told for this rate (mains needs 105 Hz, and 125 Hz for 60 Hz too).
struct ChannelQuality {
    double recorded_s = 0;
    double flat_s = 0;        ///< in runs of equal samples (or such that are no numbers) of QualityOptions::flat_s or more
    double clipped_s = 0;     ///< seconds with samples at the limits that the header declares
    double mains_s = 0;       ///< seconds dominated by a sinusoid of 50 or of 60 Hz (fundamental only)
    double lead_off_s = 0;    ///< seconds that are flat, at a limit, or (in volts) dominated by a strong hum
    double mains_share = 0;   ///< median over the seconds of the share of the mains (the stronger of 50 and 60 Hz) in the variance
    double mains_hz = 0;      ///< which of them; 0 if there is no variance
    double unscorable_s = std::numeric_limits<double>::quiet_NaN();  ///< set by who scores the channel; NaN: nobody did
    double median_epoch_sd = 0;  ///< median SD of the whole 30-s epochs, counted from the start of each stretch; NaN if none
};

/// Streams the samples of one channel.
class QualityMeter {
public:
    /// `volts`: samples are in uV, so that a strong hum can be told. `amplitude_only`: only `recorded_s` and
    /// `median_epoch_sd` are wanted (three times as fast); the rest is NaN.
    QualityMeter(SampleRate rate, bool volts, bool amplitude_only = false, const QualityOptions& options = {});

    /// The next samples are those of another stretch.
    void begin_stretch();
    /// Samples that follow those before; `at_limit[i]` != 0 where sample i is at a limit (empty: none is).
    void add(std::span<const float> samples, std::span<const std::uint8_t> at_limit = {});
    /// Ends the last stretch. To be called once.
    ChannelQuality finish();

private:
    struct Wave {
        double hz = 0;
        MainsWave wave;
        double sum = 0;                        // of shares
        std::vector<std::int64_t> histogram;  // of shares
    };
    void end_window(std::span<const float> window);
    struct Centred {
        float mean = 0;
        float left = 0, squares = 0;  // sums of what is left without the mean
        std::array<float, 4> waves{};  // ... of its products with the waves
    };
    template <std::size_t bytes>
    Centred centre(std::span<const float> window);
    void follow_flat_run(std::span<const float> window);
    void end_flat_run();
    void end_epoch();
    double median_share(const Wave& wave) const;

    QualityOptions options_;
    SampleRate rate_;
    bool volts_, told_, amplitude_only_;
    std::size_t window_;             // samples
    std::size_t windows_per_epoch_;
    std::vector<Wave> waves_;
    std::vector<float> buffer_;      // of a window that has not ended
    std::size_t period_ = 0;         // samples after which all waves come again
    std::size_t at_limit_ = 0;       // in the window
    std::int64_t samples_ = 0, flat_ = 0;
    std::int64_t windows_ = 0, clipped_ = 0, mains_ = 0, lead_off_ = 0;  // windows
    std::int64_t run_ = 0, run_off_ = 0;  // samples of the run of equal ones at the end; windows in it that are lead-off
    float last_ = 0;
    bool first_ = true;              // no sample of this stretch yet
    double epoch_mean_ = 0, epoch_squares_ = 0, epoch_samples_ = 0;
    std::size_t epoch_windows_ = 0;
    std::vector<float> epoch_sd_;
};

}  // namespace psg::signal
