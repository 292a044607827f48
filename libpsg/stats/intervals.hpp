// Confidence intervals of rates, shares and means.
// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>

#include "libpsg/stats/agreement.hpp"

namespace psg::stats {

/// Events per hour with an exact 95 % interval, the count being Poisson (Garwood 1936; R: poisson.test). NaN without hours.
/// Movements in series are not Poisson: the interval is then too narrow.
Estimate poisson_rate(std::int64_t count, double hours);

/// A share of `all` with Wilson's 95 % interval (Wilson 1927; R: prop.test without correction). NaN if `all` is 0.
Estimate wilson_share(std::int64_t positive, std::int64_t all);

/// Mean of the finite values with its 95 % interval by Student's t. NaN without values; the interval is NaN for one.
Estimate mean_interval(std::span<const double> values);

/// The t that |T| exceeds with probability 0.05, for `degrees` of freedom >= 1.
double student_t_95(std::size_t degrees);

/// The value of F with these degrees of freedom that is not exceeded with a probability.
double f_quantile(double numerator_degrees, double denominator_degrees, double probability);

}  // namespace psg::stats
