// From stretches of sleep stages to a hypnogram of 30-s epochs that fits the recording.
// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <vector>

#include "libpsg/io/scored/scored_entries.hpp"
#include "libpsg/model/hypnogram.hpp"

namespace psg::io {

/// An entry and the stage that it names.
struct StageEntry {
    const ScoredEntry* entry = nullptr;
    Stage stage = Stage::unknown;
};

/// Lays the stages out in epochs of 30 s. Entries without an onset follow the one above; without a duration they are
/// one epoch. Stretches of any length are exact as long as every 30-s epoch is of one stage: 60-s epochs are split (told by
/// HYPNOGRAM_EPOCHS); 20-s epochs are refused where an epoch would have two stages (HYPNOGRAM_EPOCHS tells if they could be converted).
/// The epochs begin where the first stretch does, modulo 30 s, and `Hypnogram::start` is there (in [0, 30 s); a start
/// other than 0 is told by HYPNOGRAM_EPOCHS).
///
/// The result covers the recording: epochs before its start and after its end are left out, missing ones and those
/// scored in part are unknown, all told by HYPNOGRAM_LENGTH (unknown epochs outside are not worth telling). A last
/// epoch that the recording fills only in part may be there or not. Without a known duration of the recording the
/// result is as long as the stages. `source` is "model" if there are probabilities, else "scored".
///
/// DataError with the place and the reason: overlap, disorder in a format that has order, a stretch without duration,
/// epochs not of 30 s without durations, an epoch with two stages, more than a month, nothing inside the recording.
Hypnogram grid_of(const ScoredFile& file, const std::vector<StageEntry>& stages, const Recording& recording,
                  Findings& findings);

}  // namespace psg::io
