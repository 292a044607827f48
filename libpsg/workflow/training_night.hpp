// A recording and its hypnogram as a night to learn staging from.
// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <string>

#include "libpsg/staging/feature_table.hpp"
#include "libpsg/workflow/open_night.hpp"

namespace psg::workflow {

struct TrainingNight {
    staging::ScoredNight scored;                    ///< features of every usable EEG channel, as psg-stage sees them
    std::string recording_sha256, scoring_sha256;   ///< of the bytes; of the recording's own annotations: the recording's
    std::string patient;                            ///< header field; empty if it tells nobody (all X). Never for an output
    bool simulated = false;
    Findings findings;
};

/// Opens a recording with its scoring (NightInputs::hypnogram or companion), and measures its EEG. Labels
/// of channels lose colons and control characters, which a model's card cannot hold. The epochs are the scorer's, also where they do
/// not begin with the recording. DataError: what open_night() refuses, no scoring, no usable EEG channel, no
/// sleep, fewer than `fewest_epochs` that are scored and can be measured.
TrainingNight training_night(const NightInputs& inputs);

inline constexpr int fewest_epochs = 60;  ///< half an hour: proposed, the shortest part that training looks at

}  // namespace psg::workflow
