// Order statistics of samples, and the repair of samples that are no numbers.
// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <cstddef>
#include <optional>
#include <span>
#include <vector>

namespace psg::signal {

/// The p-th percentile (0 to 100) of the finite samples, linear between order statistics (Hyndman & Fan type 7, as in
/// numpy and R); NaN if there are none. O(n).
double percentile(std::span<const float> samples, double p);
inline double median(std::span<const float> samples) {
    return percentile(samples, 50);
}

/// Replaces each finite value x by (x - median) / (high - low), where low and high are the percentiles `low_p` and `high_p`
/// (0 to 100, as percentile()) of the finite values; a difference of 0 is taken as 1. The scaling of scikit-learn's
/// RobustScaler.
void robust_scale(std::span<double> values, double low_p, double high_p);

bool all_finite(std::span<const float> samples);

/// Replaces each sample that is not finite by the last finite one before it (at the beginning: the first one; 0 if
/// there is none). Returns how many were replaced.
std::size_t fill_nonfinite(std::span<float> samples);

/// The p-th percentile of the values in the window of `before` values before and `after` behind each place (shorter at
/// the ends). Values that are not finite are left out; a place whose window has none is NaN. The percentile is the
/// order statistic of rank round(p / 100 * (count - 1)). Quick for windows of up to
/// some thousands of values, which are moved by half for each place.
std::vector<float> sliding_percentile(std::span<const float> values, std::size_t before, std::size_t after, double p);

/// The same of a series that comes value by value, in the memory of one window.
class SlidingPercentile {
public:
    SlidingPercentile(std::size_t before, std::size_t after, double p);

    /// Another series begins.
    void begin();
    /// The next value. Gives the percentile at the place `after` values before it, once there is such a place.
    std::optional<float> add(float value);
    /// No value follows: gives the percentiles at the last `after` places, one at each call, then nothing.
    std::optional<float> finish();

private:
    void enter(float x);
    void leave(float x);
    void change(float out, float in);
    float current();

    std::size_t size() const { return window_.size() - begin_ - pad; }
    static constexpr std::size_t begin_ = 1, pad = 16;

    std::size_t before_, after_;
    double part_;
    std::vector<float> recent_;  ///< the last before + after + 1 values, at their places modulo that
    /// The finite ones of the window, in order of size, from place `begin_` on; between the lowest and `pad` of the highest of all numbers.
    std::vector<float> window_;
    std::size_t added_ = 0, told_ = 0;
    std::size_t slot_ = 0;  ///< added_ modulo the length of recent_
    std::size_t ranked_ = 0, rank_ = 0;  ///< the rank for so many values
};

}  // namespace psg::signal
