// Nights to learn from that are one night under two names.
// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <cstddef>
#include <vector>

#include "libpsg/staging/feature_table.hpp"

namespace psg::staging {

/// Two nights of different people that look like one.
struct SameNight {
    std::size_t first = 0, second = 0;  ///< indices of the nights
    std::ptrdiff_t shift = 0;           ///< epoch i of `second` is epoch i + shift of `first`
    double correlation = 0;             ///< of what changes from epoch to epoch
};

/// Pairs of nights of different people of which half an hour or more changes alike from epoch to epoch: a copy, whole or cut, resampled,
/// at another gain or of another derivation. Looked at is log (delta / beta), mean of the channels, its difference between neighbouring
/// epochs, at every shift. Thresholds are proposed: a correlation of 0.3 or more, whose Fisher's z is 7 standard errors or more. (Sleep-EDF, 20 nights
/// against each other, those of one person too: at most 5.5 standard errors. Copies: cut in the middle of epochs .49 or more, excerpts of
/// 30 min .98, Fpz-Cz against Pz-Oz of the same night .33 or more; all are found.)
std::vector<SameNight> same_nights(const std::vector<ScoredNight>& nights);

}  // namespace psg::staging
