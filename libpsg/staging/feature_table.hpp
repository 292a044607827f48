// Scored nights to learn from, as tables of features.
// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "libpsg/model/hypnogram.hpp"
#include "libpsg/staging/features.hpp"

namespace psg::staging {

/// A scored night: stages and channels have one entry per epoch of the recording.
struct ScoredNight {
    std::string name;
    std::string person;
    std::vector<Stage> stages;
    std::vector<ChannelFeatures> channels;
};

/// Reads a tab-separated table: a header with `epoch`, `stage` and, for each derivation PREFIX, the seven columns
/// PREFIX_delta, _theta, _alpha, _beta, _gamma (uV^2/Hz), _variance (uV^2), _mobility; then a row per epoch in rising
/// order. Epochs that have no row are unknown. Features that are not positive numbers count as not recorded. `name`
/// goes into error messages (DataError with the line) and into the night.
ScoredNight read_feature_table(std::string_view text, const std::string& name);

/// DataError with the column's name if features of sleep stand in a ratio that those of an EEG do not: columns that were swapped, or that are in
/// other units than uV. Says nothing of fewer than 20 epochs of sleep.
void check_features(const ScoredNight& night);

/// Cuts a night to `margin` before the first and after the last epoch of sleep; a night without sleep becomes empty.
void cut_to_sleep(ScoredNight& night, Time margin);

}  // namespace psg::staging
