// Shape of a stretch of samples: moments and Hjorth's parameters.
// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <span>

namespace psg::signal {

/// With central moments m2, m3, m4 (sums divided by n).
struct Moments {
    double mean = 0;
    double sd = 0;        ///< sqrt(n m2 / (n - 1))
    double skewness = 0;  ///< m3 / m2^1.5: Fisher's g1; NaN if all samples are equal
    double kurtosis = 0;  ///< m4 / m2^2 - 3: Fisher's g2, 0 for a normal distribution; NaN if all samples are equal
};

/// At least two samples, or UsageError.
Moments moments_of(std::span<const double> samples);

/// m2: the mean square difference from the mean. NaN without samples.
double variance_of(std::span<const float> samples);

/// The same of the differences between neighbouring samples. NaN of fewer than two.
double variance_of_difference(std::span<const float> samples);

/// Hjorth 1970, "EEG analysis based on time domain properties", with differences between neighbours for the derivatives
/// and variances around the mean.
struct Hjorth {
    double mobility = 0;    ///< sqrt(var(x') / var(x)), per sample
    double complexity = 0;  ///< mobility(x') / mobility(x)
};

/// At least three samples, or UsageError. NaN or infinite if a variance is 0.
Hjorth hjorth_of(std::span<const double> samples);

}  // namespace psg::signal
