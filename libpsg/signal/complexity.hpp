// How irregular a stretch of samples is: crossings, ordinal patterns, fractal dimensions.
// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <cstddef>
#include <span>

namespace psg::signal {

/// Neighbouring samples of different sign (0 counts as positive).
std::size_t zero_crossings(std::span<const float> samples);

/// Entropy of the orders in which three neighbouring samples can stand, -sum p log2 p, over log2 6: 0 for a monotonous
/// series, 1 if all six orders are equally frequent (Bandt & Pompe 2002; order 3, delay 1). Of equal samples the
/// earlier one counts as smaller. At least three samples, or UsageError.
double permutation_entropy(std::span<const float> samples);

/// log n / (log n + log(n / (n + 0.4 c))), where c is how often the first difference changes its sign (Petrosian 1995).
/// At least two samples, or UsageError.
double petrosian_dimension(std::span<const float> samples);

/// Higuchi 1988: slope of log L(k) over log(1/k) for k = 1 ... k_max, where L(k) is the mean over m = 0 ... k - 1 of
/// L(m, k) = (n - 1) / (q k^2) * sum over j = 1 ... q - 1 of |x[m + j k] - x[m + (j - 1) k]|, q = floor((n - 1 - m) /
/// k). The sum ends one term before Higuchi's (q): so does the implementation that published models were trained with
/// (antropy, from mne-features). `k_max` of at least 2 and more than 3 k_max samples, or UsageError. NaN or infinite
/// if all samples are equal. Differences are those of single precision; sums of them are exact to 1e-6 of L.
double higuchi_dimension(std::span<const float> samples, std::size_t k_max);

}  // namespace psg::signal
