// What --explain collects: rules of one event after the other, and the parameters that they were tested with.
// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <cmath>

#include "libpsg/events/explanation.hpp"

namespace psg::events {

/// A number as text, empty if there is none, without the last digits that sums and changes of unit leave; `rounded` to hundredths.
inline std::string text_of(double v) {
    if (!std::isfinite(v) || v == 0) return std::isnan(v) ? "" : option_text(v);
    const double scale = std::pow(10.0, 11 - std::floor(std::log10(std::abs(v))));
    return option_text(scale > 1e-3 && scale < 1e15 ? std::round(v * scale) / scale : v);
}
inline std::string rounded(double v) { return std::isnan(v) ? "" : option_text(std::round(v * 100) / 100); }

/// "passed" or "failed".
inline const char* passed(bool yes) { return yes ? "passed" : "failed"; }

/// The list that grows.
struct ExplainedRules {
    std::string id;  ///< of the event that the next rules are about
    std::vector<ExplainedRule> list;

    void add(const std::string& rule, const std::string& value = "", const std::string& unit = "",
             const std::string& limit = "", const std::string& verdict = "", const std::string& text = "") {
        list.push_back({id, rule, value, unit, limit, verdict, text});
    }
};

/// Is it of the classes of the series rules?
inline bool is_combined(const Event& e) {
    return e.kind == "periodic_leg_movement" || e.kind == "nonperiodic_leg_movement";
}

/// What a detector did; null if it is not in the list.
const DetectorRun* find_detector(const DetectionRun& run, const std::string& name);

/// Adds for an event of any other class: its measures beside the parameters that limit them, then the other parameters.
void explain_class(const Event& e, const Night& night, const DetectionRun& run, ExplainedRules& rules);

/// Adds each series rule for a combined movement.
void explain_combined(const Event& e, const Night& night, const DetectionRun& run, ExplainedRules& rules);

}  // namespace psg::events
