// Scored events from text.
// SPDX-License-Identifier: BSD-3-Clause
#include "libpsg/io/scored/event_reader.hpp"

#include "libpsg/io/scored/scoring.hpp"

namespace psg::io {

EventList read_events(std::string_view text, const std::string& name, ScoringUse use, Findings& findings) {
    ScoringOptions options;
    options.use = use;
    const Recording unknown;
    Scoring scoring = understand(read_scored_text(text, name, unknown, options.use), unknown, options, findings);
    return scoring.*event_use(use).events;
}

}  // namespace psg::io
