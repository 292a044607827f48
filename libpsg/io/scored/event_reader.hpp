// Scored events from text: respiratory events, arousals, leg movements.
// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <string>
#include <string_view>

#include "libpsg/io/scored/scored_entries.hpp"
#include "libpsg/model/event.hpp"
#include "libpsg/model/finding.hpp"

namespace psg::io {

/// Reads a table (see TextTable) with a column of onsets (onset, onset_s, start, ...), one of durations (duration, dur,
/// ...) or of ends (offset, stop, end, ...) in seconds since the start of the recording, read exactly, and optionally
///   - the type: class, type, event, event_type, trial_type, description or kind;
///   - the side: leg, side or limb (L, R, B, left, ...), channel (a label), id (kept; must be unique).
/// Events without an id are numbered in order of time.
///
/// Kinds by use, one of `event_uses`: respiratory: apnea, hypopnea, rera, or one of the first two with its mechanism in front
/// (obstructive_apnea, central_hypopnea, ...; British spelling understood), respiratory_event without a column of
/// types. arousals: arousal. movements: leg_movement, with the side from the side column, else from the type ("left leg
/// movement"), else from the channel's label. Rows of other types are left out: of an output of psg-detect (columns id,
/// class, side, channel) silently, of other tables with a finding EVENTS_UNKNOWN that counts them by name. Movements
/// without a side get a finding too.
///
/// DataError with line and reason: a column missing, a time that is no decimal number, an event that ends before it
/// begins, a side or an empty type that cannot be understood, an id given twice.
EventList read_events(std::string_view text, const std::string& name, ScoringUse use, Findings& findings);

}  // namespace psg::io
