// Units and polarity as the user says, in place of what the header says.
// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "libpsg/io/channels/channel_map.hpp"
#include "libpsg/model/recording.hpp"

namespace psg::io {

/// What the header's unit of a channel should have been.
struct UnitChoice {
    std::string label;  ///< as for find_channel()
    std::string unit;   ///< "uV", "mV" or "V"
};

/// Reads "LABEL=UNIT" (the last '=' counts: labels may hold one). UsageError for anything else.
UnitChoice parse_unit_choice(std::string_view text);

/// Applies the map's units and polarities, then the user's, which go before the map's: changes calibration, unit, factor and
/// `changes` of the recording's channels. With a unit, values are those that the header's numbers mean in that unit, in uV.
/// "Inverted" turns the channel as it is in the file upside down; saying it twice is the same as once. An EDF_UNIT_UNKNOWN
/// finding among `findings` gets its repair. UsageError: a channel of the user's that find_channel() refuses, or two units
/// for one channel.
void change_channels(Recording& recording, const ChannelMap& map, const std::vector<UnitChoice>& units,
                     const std::vector<std::string>& inverted, Findings& findings);

}  // namespace psg::io
