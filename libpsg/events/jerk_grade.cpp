// Context and grade of hypnic jerks, by the proposed rule.
// SPDX-License-Identifier: BSD-3-Clause
#include "libpsg/events/jerk_grade.hpp"

#include <algorithm>

namespace psg::events {

std::string jerk_context(const Hypnogram& hypnogram, Time onset, double sleepy, double core_min) {
    const Stage stage = hypnogram.at(onset);
    const auto reach = static_cast<int>(core_min * 60 / seconds(hypnogram.epoch));
    const auto any = [&](int direction, auto wanted) {
        for (int i = 1; i <= reach; ++i)
            if (wanted(hypnogram.at(onset + direction * i * hypnogram.epoch))) return true;
        return false;
    };
    const auto light = [](Stage s) { return s == Stage::N1 || s == Stage::N2; };
    bool core = stage == Stage::N1;
    if (stage == Stage::W) core = any(1, light) && sleepy != 0;
    if (stage == Stage::N2) core = any(-1, [](Stage s) { return s == Stage::W; });
    return core ? "core" : std::string(stage_name(stage));
}

JerkGrade grade_jerk(const JerkEvidence& evidence) {
    JerkGrade grade;
    const auto because = [&](const std::string& reason) {
        grade.reasons += (grade.reasons.empty() ? "" : ",") + reason;
    };
    const bool supported = !evidence.support.empty();
    int level = evidence.legs_only ? int(supported) : int(evidence.core) + int(supported);
    if (evidence.core) because("core");
    for (const std::string& s : evidence.support) because(s);
    if (evidence.legs_only) because("legs_only");
    if (!evidence.has_eeg) {
        because("no_eeg");
        level = std::min(level, 1);
    }
    for (const std::string& s : evidence.against) {
        because(s);
        --level;
    }
    grade.name = level >= 2 ? "definite" : level == 1 ? "probable" : "possible";
    return grade;
}

}  // namespace psg::events
