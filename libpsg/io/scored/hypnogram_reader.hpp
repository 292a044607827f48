// Scored or staged hypnograms from text.
// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <string>
#include <string_view>

#include "libpsg/model/finding.hpp"
#include "libpsg/model/hypnogram.hpp"
#include "libpsg/model/recording.hpp"

namespace psg::io {

/// Reads a hypnogram of 30-s epochs that starts with the recording. Understood are
///   - one stage per line, from the first epoch on, without a blank line between them;
///   - a table (see TextTable) with a column `stage` and, if it has them, `onset`, `duration` (or `offset`) and
///   `epoch`,
///     such as the output of psg-stage; its columns p_w, p_n1, p_n2, p_n3, p_r become the probabilities.
/// Stage names are those of stage_from_name(). Epochs are placed by their onsets, which must be whole multiples of 30 s
/// from the start of the recording, in order and without overlap; without onsets by `epoch`, counted from 0 or 1; else
/// they follow each other. A duration that is a multiple of 30 s fills so many epochs. Epochs left out are unknown.
///
/// The result covers the recording: missing epochs at the end are unknown, later ones are cut, either with a finding
/// HYPNOGRAM_LENGTH, as are gaps. A last epoch that the recording fills only in part may be there or not. Without a
/// known duration of the recording the result is as long as the text. `source` is "model" if there are probabilities,
/// else "scored".
///
/// DataError with line and reason: unknown stage, another epoch length, an onset off the grid, overlap, nothing scored;
/// and stages in digits with 4 but without 5, because 4 is N3 in Rechtschaffen and Kales' coding and REM in the codes 0
/// to 4.
Hypnogram read_hypnogram(std::string_view text, const std::string& name, const Recording& recording,
                         Findings& findings);

}  // namespace psg::io
