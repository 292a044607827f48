// Which column of a plain table of scorings holds what.
// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <cstddef>
#include <optional>
#include <vector>

#include "libpsg/io/scored/scored_entries.hpp"
#include "libpsg/io/text/text_table.hpp"

namespace psg::io {

/// A column of times: of day (HH:MM:SS), or in seconds.
struct TimeColumn {
    std::size_t index = 0;
    bool by_clock = false;
};

/// Columns of a table; nothing: it has none of the kind.
struct ScoredColumns {
    std::optional<TimeColumn> onset, end;
    std::optional<std::size_t> duration, epoch, channel, side, id;
    std::optional<std::size_t> name;  ///< of stages or events
    bool stages = false;              ///< the column of names holds stages and nothing else
    bool from_libpsg = false;         ///< events of psg-detect
    bool bids = false;                ///< onset, duration, trial_type, separated by tabs
    bool annotations = false;         ///< texts of annotations: "Limb movement #12@@EMG LAT", moments without a duration
    std::vector<std::size_t> probabilities;  ///< of the stages, in their order; empty without all of them
};

/// Finds them by the names in table_columns.tsv, with or without a unit of seconds behind ("Dauer [s]"), and by what is
/// in them. DataError with line, reason and remedy: no column of what `use` needs; two columns of one kind that differ
/// (onsets or ends by more than 1 s, names that mean different things); onsets HH:MM:SS that could be times of day or
/// times since the start. `recording` is what the times are of.
ScoredColumns find_scored_columns(const TextTable& table, const Recording& recording, ScoringUse use);

/// "", "n/a", "nan": nothing was written there.
bool is_missing(std::string_view text);

}  // namespace psg::io
