// What many nights tell together: distributions, night-to-night reliability, differences inside persons.
// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <cstddef>
#include <span>
#include <vector>

#include "libpsg/stats/agreement.hpp"

namespace psg::stats {

/// Of finite values; NaN without values (sd: with fewer than two). Quantiles lie between order statistics (type 7 of Hyndman
/// and Fan 1996, as in R and NumPy).
struct Distribution {
    std::size_t count = 0;
    double mean = 0, sd = 0, min = 0, q05 = 0, q25 = 0, median = 0, q75 = 0, q95 = 0, max = 0;
};
Distribution distribution(std::span<const double> values);

/// How alike a person's nights are: ICC(1) of the one-way random effects model (Shrout and Fleiss 1979),
/// (MSB - MSW) / (MSB + (k - 1) MSW), with k = (N - sum n_i^2 / N) / (persons - 1) nights a person where their numbers differ.
/// Its 95 % interval is that of F (exact for equal numbers, else approximate). Persons with fewer than two finite values are
/// left out. NaN with fewer than two persons or without any variance.
struct Reliability {
    std::size_t persons = 0, nights = 0;
    Estimate icc;
    double between_sd = 0;  ///< sqrt of the variance between persons, 0 where its estimate is negative
    double within_sd = 0;   ///< sqrt(MSW): of a person's nights
};
Reliability reliability(const std::vector<std::vector<double>>& nights_of_persons);

}  // namespace psg::stats
