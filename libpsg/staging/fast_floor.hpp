// Noise of muscle or electrodes over part of a night, told by what is fast in an EEG and never goes.
// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <vector>

#include "libpsg/staging/adaptation.hpp"

namespace psg::staging {

/// A series as it would be if the density of 30-50 Hz fell as low everywhere as it does in the quietest tenth of the
/// recording: where the lowest tenth of the epochs within five minutes to each side is higher, what it has more is taken
/// for noise and goes from gamma, and most of it from beta, as noise of one density from 13 to 50 Hz.
struct FloorTaken {
    MeasureSeries series;
    std::vector<bool> raised;  ///< epochs that were changed
};
FloorTaken without_raised_floor(const MeasureSeries& series);

}  // namespace psg::staging
