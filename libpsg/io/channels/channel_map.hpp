// A laboratory's own map of channel labels: which label plays which role, in which unit, with which polarity.
// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "libpsg/model/channel.hpp"

namespace psg::io {

struct ChannelMapLine {
    int number = 0;            ///< in the file, from 1
    std::string label;         ///< as in the recordings
    std::optional<Role> role;  ///< nothing: the channel is to be ignored, it gets no role
    std::string unit;          ///< what the header's unit should have been: "uV", "mV", "V"; "": the header holds
    bool inverted = false;
};

/// True for the units that a user can give: "uV", "mV", "V".
bool is_voltage_choice(std::string_view unit);

/// The lines of a map. Their order is the order of preference among the channels of one role.
class ChannelMap {
public:
    ChannelMap() = default;
    /// Tab-separated lines LABEL ROLE [UNIT [POLARITY]]: ROLE is a name of psg::Role or "ignore", UNIT uV, mV, V or empty,
    /// POLARITY "inverted", "normal" or empty. Blank lines and lines that begin with '#' are skipped; a first line whose
    /// first two fields are "label" and "role" is a heading. DataError with file, line and reason for everything else, and
    /// for two lines about the same label, an ignored label with a unit or polarity, more than 100,000 lines.
    ChannelMap(std::string_view text, const std::string& name);

    const std::vector<ChannelMapLine>& lines() const { return lines_; }
    bool empty() const { return lines_.empty(); }
    /// The line about a label: the one with the very same label, else the only one that is the same but for case, spaces
    /// and punctuation. Null if there is none, or several of the latter kind: it is not guessed.
    const ChannelMapLine* find(std::string_view label) const;

private:
    std::vector<ChannelMapLine> lines_;
    std::map<std::string, std::size_t, std::less<>> exact_;
    std::map<std::string, std::vector<std::size_t>, std::less<>> folded_;
};

}  // namespace psg::io
