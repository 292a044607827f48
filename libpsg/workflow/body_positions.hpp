// Body positions of a night: scored ones, or the codes of a position channel.
// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <map>
#include <string>
#include <vector>

#include "libpsg/workflow/open_night.hpp"

namespace psg::workflow {

/// Values of a position channel (rounded) and the positions that they stand for.
using PositionCodes = std::map<long, std::string>;

/// Reads "CODE=NAME" with NAME supine, prone, left, right, upright or unknown. UsageError for anything else, and for a code
/// with two meanings.
PositionCodes parse_position_codes(const std::vector<std::string>& choices);

/// Sets Night::positions where no scorer did, from the position channel: by the names that `codes` gives, else by the bare
/// code, because the same code means different positions in different laboratories. Positions of less than 30 s in all are a
/// change from one to the next, and a channel with more than twelve values holds no codes. CHANNEL_NOT_FOUND if there are
/// codes and no such channel, CHANNEL_UNUSABLE if none of them occurs in it.
void set_positions(const PositionCodes& codes, OpenedNight& opened);

}  // namespace psg::workflow
