// What the results about movements are worth, for every table and for the user's eye.
// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <string>

#include "libpsg/workflow/score_night.hpp"

namespace psg::workflow {

/// Of the column `basis`.
inline constexpr const char* basis_help = "what the results of the class are worth";

/// events::basis_of() of the detector of an event class; empty for classes of no detector.
std::string basis_of_class(const std::string& name);

/// "proposed rule, checked on simulated signals: hypnic_jerk, ...; WASM 2016 ...: leg_movement": the classes that were looked for.
std::string basis_sentence(const ScoredNight& night);

}  // namespace psg::workflow
