// What is recorded of the simulated sleeper: the leads of a montage, less those that are missing.
// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "libpsg/model/event.hpp"
#include "libpsg/simulate/options.hpp"

namespace psg::simulate {

/// Muscles that the sleeper has, recorded or not: which of them are seen depends on the montage, what they do does not.
enum class Muscle { chin, arm_left, arm_right, leg_left, leg_right, masseter, neck, rectus, paraspinal };
inline constexpr int muscle_count = 9;
/// The first five: those of the standard montage.
inline constexpr int standard_muscle_count = 5;
/// Label of the muscle's channel.
const char* muscle_label(Muscle muscle);
Side muscle_side(Muscle muscle);
inline constexpr Muscle leg_of(Side side) {
    return side == Side::left ? Muscle::leg_left : Muscle::leg_right;
}
/// The region of the body as the rule of hypnic jerks counts it: 0 axial, 1 and 2 arms, 3 and 4 legs.
int muscle_region(Muscle muscle);

struct Lead {
    enum class Kind { eeg, eog_left, eog_right, muscle, ecg, airflow, thorax, abdomen, snore, spo2 };
    std::string label;
    Kind kind{};
    Muscle muscle{};  ///< of Kind::muscle

    bool on_head() const { return kind == Kind::eeg || kind == Kind::eog_left || kind == Kind::eog_right; }
};

/// The leads of the options' montage in the order of the file. UsageError if a missing lead is not in the montage or none
/// is left.
std::vector<Lead> leads_of(const SimulationOptions& options);

}  // namespace psg::simulate
