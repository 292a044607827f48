// Scored events from text.
// SPDX-License-Identifier: BSD-3-Clause
#include "libpsg/io/scored/event_reader.hpp"

#include <algorithm>

#include "libpsg/io/scored/scoring.hpp"

namespace psg::io {

EventList read_events(std::string_view text, const std::string& name, EventUse use, Findings& findings) {
    ScoringOptions options;
    options.use = use == EventUse::respiratory ? ScoringUse::respiratory
                  : use == EventUse::arousals  ? ScoringUse::arousals
                                               : ScoringUse::movements;
    const Recording unknown;
    Scoring scoring = understand(read_scored_text(text, name, unknown, options.use), unknown, options, findings);
    return use == EventUse::respiratory ? scoring.respiratory : use == EventUse::arousals ? scoring.arousals : scoring.movements;
}

}  // namespace psg::io
