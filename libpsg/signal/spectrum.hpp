// Power density by Welch's method.
// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <cstddef>
#include <span>
#include <vector>

#include "libpsg/signal/window_power.hpp"

namespace psg::signal {

enum class Taper { hann, hamming };
enum class Average { mean, median };

/// Average periodogram of half-overlapping windows, the mean removed from each window (Welch 1967); the one-sided
/// density of SciPy's `welch(x, rate, "hann", length)`. One object serves any number of stretches of one rate.
///
/// The median over n windows is divided by its bias against the mean of an exponential distribution,
/// 1 + sum over i = 1 ... (n - 1)/2 of 1/(2i + 1) - 1/(2i) (Allen et al. 2012, Physical Review D 85:122006, appendix B).
class Welch {
public:
    /// `length` of a window in samples (even), `rate_hz` > 0, or UsageError.
    Welch(std::size_t length, double rate_hz, Taper taper = Taper::hann, Average average = Average::mean);

    double bin_hz() const { return rate_hz_ / static_cast<double>(power_.length()); }
    std::size_t bins() const { return power_.bins(); }

    /// Density in unit^2/Hz at 0, bin_hz(), 2 bin_hz() ... rate/2. Samples after the last whole window are not used;
    /// fewer samples than one window are a UsageError.
    std::vector<double> density(std::span<const float> samples);
    /// The mean without bursts: without windows of more than `most` (> 1) times the energy of the median one, and without those
    /// that overlap one, if any is left then.
    std::vector<double> density_without_bursts(std::span<const float> samples, double most);
    /// The same, and `unevenness`: the variance of the power over the windows divided by the square of its mean, per bin; 1 for noise of
    /// any colour, 0 for a steady tone, more for what comes in spindles.
    std::vector<double> density_without_bursts(std::span<const float> samples, double most, std::vector<double>& unevenness);
    /// Windows that the last density is not made of.
    std::size_t left_out() const { return left_out_; }

private:
    void taper(std::span<const float> window);
    void add_periodogram(std::vector<double>& sum);

    WindowPower power_;
    double rate_hz_;
    std::vector<double> window_;
    double scale_;  ///< of |spectrum|^2 to a one-sided density
    std::vector<float> tapered_;
    Average average_;
    std::vector<double> periodograms_;  ///< of one stretch, for the median
    std::vector<float> energies_;       ///< of the windows of one stretch
    std::size_t left_out_ = 0;
    std::vector<double>* squares_ = nullptr;  ///< where squares of the power are summed, if anywhere
};

/// Mean of the density over the bins from `low_hz` to `high_hz`, both included; NaN if there is none.
double mean_density(std::span<const double> density, double bin_hz, double low_hz, double high_hz);

}  // namespace psg::signal
