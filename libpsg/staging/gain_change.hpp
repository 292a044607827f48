// A channel's gain that steps or drifts within a night, told by the power that the shape of its spectrum does not explain.
// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <optional>

#include "libpsg/staging/adaptation.hpp"

namespace psg::staging {

/// By what factor of amplitude the gain of the second part of a night is that of the first, where they differ more than
/// the parts of any real night seem to (by the median of each, with an hour or more to each side of the place where it
/// is the most); nothing if they do not, and in recordings of less than 4 h, which are too brief, or more than 12 h, in
/// which a day's wake does it. To be told: stages are made without_gain_changes() anyway.
std::optional<double> gain_change(const MeasureSeries& series);

/// The series without the gain and its changes, as the model sees every recording or part of one: from log total the
/// running median, over half an hour to each side, of what the shape does not tell is taken away. Stages stay, because
/// they change the shape.
MeasureSeries without_gain_changes(const MeasureSeries& series);

/// The series as if no epoch's power were known but by the shape of its spectrum: no gain that goes to and fro is left in it.
MeasureSeries without_power(const MeasureSeries& series);

}  // namespace psg::staging
