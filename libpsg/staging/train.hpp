// Fitting a staging model to scored nights, and saying how good it is on people it has not seen.
// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <vector>

#include "libpsg/staging/evaluation.hpp"

namespace psg::staging {

struct TrainingOptions {
    int windows_per_night = 3;  ///< random parts of each night, from 30 min to all of it, learned from besides the whole
    int tilings_per_night = 4;  ///< times that each night is cut into brief parts, of 30 min to two hours, learned from apart
    int incomplete_per_night = 2;  ///< times that each night is learned from without some of its stages, in both ways
    std::uint64_t seed = 1;  ///< of the random parts and of the networks' starts
    std::vector<int> excerpts{};  ///< minutes of the excerpts that cross_validate() stages besides whole nights
};

/// Fits every part of a model (all but name and card) to the nights, each channel of each night being an example of
/// EEG, and a frontal and a posterior one (if all nights have them) of a pair. The decision (smoothing, windows,
/// sharpness) is chosen on every third person with a model of the others; with fewer than three people it is the
/// default. The numbers are those that write_model() writes. The same nights and options give the same bits. Throws
/// DataError if a stage is too rare.
Model fit_model(const std::vector<const ScoredNight*>& nights, const TrainingOptions& options);

/// Leaves one person out at a time: fits everything to the others and stages that person's nights. `progress` hears of
/// each person, with the decision that was chosen, when it is done.
Evaluation cross_validate(const std::vector<ScoredNight>& nights, const TrainingOptions& options,
                          const std::function<void(const std::string& person)>& progress);

}  // namespace psg::staging
