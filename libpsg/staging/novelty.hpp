// How far a recording's epochs lie from those that the model learned from.
// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <string>

#include "libpsg/staging/adaptation.hpp"

namespace psg::staging {

/// A sentence if the epochs of a channel lie further from the likeliest stages of the model, adapted to this recording, than those of
/// nights that nothing lies over: by the squared distance under the covariance of the stage, of which the upper quartile
/// is more than 9 or the upper tenth more than 14; else empty, as of recordings of less than two hours. Small bursts in many epochs
/// do it, noise or gains that come and go; what lies over all of a recording alike is taken for the recording's offset and is not seen.
std::string unlike_learned(const StageShapes& shapes, const MeasureSeries& series);

}  // namespace psg::staging
