// The context of a jerk in the course of sleep, and how sure one can be of it.
// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <string>
#include <vector>

#include "libpsg/model/hypnogram.hpp"

namespace psg::events {

/// "core": N1; N2 soon after wake; wake soon before N1 or N2 with signs of drowsiness (`sleepy`: 1 or 0, NaN without
/// EEG and EOG: the hypnogram alone decides). Else the stage. `core_min`: how soon, in minutes.
std::string jerk_context(const Hypnogram& hypnogram, Time onset, double sleepy, double core_min);

/// What the grade rests on.
struct JerkEvidence {
    bool core = false;
    bool legs_only = false;
    bool has_eeg = false;
    std::vector<std::string> support;  ///< signs of EEG and heart: "wave", "acceleration", "heart_rate", "wake"
    std::vector<std::string> against;  ///< "loose", "in_plm_series", "respiratory", "many_in_cluster"
};

struct JerkGrade {
    std::string name;     ///< "definite", "probable", "possible"
    std::string reasons;  ///< joined by ','
};

/// Definite: core context and support; probable: one of the two; possible: neither. Both legs alone can be many things:
/// probable with support, else possible. Without EEG never definite. Each reason against it lowers the grade by one.
JerkGrade grade_jerk(const JerkEvidence& evidence);

}  // namespace psg::events
