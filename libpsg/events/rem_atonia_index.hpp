// REM atonia index: how much of REM sleep the chin is silent.
// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include "libpsg/model/interval_set.hpp"
#include "libpsg/model/signal.hpp"

namespace psg::events {

struct AtoniaIndex {
    double value = 0;  ///< 0 to 1; NaN without any second
    int seconds = 0;   ///< mini-epochs of 1 s it is made of
};

/// Ferri 2010 (Sleep Med 11:947-949): mean rectified amplitude (10 to 100 Hz) of each second that lies in `rem`, times
/// `rectify_gain`, less the minimum over the 61 seconds around it; P(<= 1 uV) / (1 - P(1 < amplitude <= 2 uV)).
/// Seconds are counted from the start of each stretch; samples that are no numbers are those before them.
AtoniaIndex rem_atonia_index(const Signal& chin, const IntervalSet& rem, int rectify_gain);

}  // namespace psg::events
