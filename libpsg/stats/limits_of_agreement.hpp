// Bias and limits of agreement between two ways to measure the same nights (Bland & Altman 1986, 1999).
// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <cstddef>
#include <span>

#include "libpsg/stats/agreement.hpp"

namespace psg::stats {

/// Of differences other - reference, one a night; nights are taken as independent (two of one person are not).
/// bias: mean; sd with n - 1; limits: bias -+ 1.96 sd. Their 95 % intervals use Student's t with n - 1 degrees of freedom and
/// the standard errors sd / sqrt(n) of the bias and sd * sqrt(1 / n + 1.96^2 / (2 (n - 1))) of a limit (Bland & Altman 1999,
/// section 2.1). NaN: everything but n without differences, all but the bias for one.
struct Limits {
    std::size_t nights = 0;  ///< differences that are numbers; the others are left out
    Estimate bias;
    double sd = 0;
    Estimate lower, upper;
};
Limits limits_of_agreement(std::span<const double> differences);

}  // namespace psg::stats
