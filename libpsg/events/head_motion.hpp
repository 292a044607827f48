// What moves all leads of the head alike: the slow part that EEG and EOG have in common.
// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <string>
#include <vector>

#include "libpsg/model/night.hpp"

namespace psg::events {

/// Slow signal of the head's leads in one stretch, every 20 ms: means of 20 ms less the median of 2 s around.
struct HeadMotion {
    Time start{0};
    std::vector<float> mean;  ///< of all leads, uV
    std::vector<float> common;  ///< the smallest deflection of all leads if all have its sign, else 0, uV
    std::vector<float> apart;   ///< standard deviation over the leads, uV
    std::string channels;     ///< labels joined by '+'
};

inline constexpr double head_step_s = 0.02;

/// One entry per stretch that all leads have; at most four EEG derivations and both EOG, in uV, of 50 samples per second or
/// more. Empty with fewer than two leads. Samples that are no numbers give NaN.
std::vector<HeadMotion> head_motion(const Night& night);

}  // namespace psg::events
