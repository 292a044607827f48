// Scored or staged hypnograms from text.
// SPDX-License-Identifier: BSD-3-Clause
#include "libpsg/io/scored/hypnogram_reader.hpp"

#include "libpsg/io/scored/scoring.hpp"
#include "libpsg/model/error.hpp"

namespace psg::io {

Hypnogram read_hypnogram(std::string_view text, const std::string& name, const Recording& recording, Findings& findings) {
    const ScoredFile file = read_scored_text(text, name, recording, ScoringUse::hypnogram);
    ScoringOptions options;
    options.use = ScoringUse::hypnogram;
    return *understand(file, recording, options, findings).hypnogram;
}

}  // namespace psg::io
