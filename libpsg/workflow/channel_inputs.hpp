// What the user says about channels: a map file, units, polarity, derived channels, roles; and its use on a recording.
// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <map>
#include <string>
#include <vector>

#include "libpsg/io/channels/channel_changes.hpp"
#include "libpsg/io/channels/channel_roles.hpp"
#include "libpsg/io/channels/derivation.hpp"

namespace psg::workflow {

/// The options that every tool names alike.
struct ChannelInputs {
    std::string map;                            ///< path of a map file; empty: none; "-" is standard input
    std::vector<io::UnitChoice> units;
    std::vector<std::string> inverted;          ///< labels
    std::vector<io::Derivation> derivations;
    std::vector<io::ChannelChoice> roles;
};

/// Applies, in this order: units and polarity (map, then the user), derived channels (one may use those before it), roles
/// (the user, the map, the labels). Derived channels are appended to `recording.channels`. `signals_in_file` is the number of
/// signals in the file, from which their indices go on. `digests` gets "channel_map". UsageError or DataError as the parts say.
std::vector<RoleAssignment> set_up_channels(const ChannelInputs& inputs, std::size_t signals_in_file, Recording& recording,
                                            std::map<std::string, std::string>& digests, Findings& findings);

}  // namespace psg::workflow
