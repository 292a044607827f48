// What the user says about channels, used on a recording.
// SPDX-License-Identifier: BSD-3-Clause
#include "libpsg/workflow/channel_inputs.hpp"

#include <filesystem>

#include "libpsg/io/input_file.hpp"
#include "libpsg/io/sha256.hpp"
#include "libpsg/model/error.hpp"

namespace psg::workflow {

namespace {

constexpr std::size_t most_derivations = 100;
constexpr std::int64_t most_map_bytes = 16 << 20;

io::ChannelMap read_map(const std::string& path, std::map<std::string, std::string>& digests) {
    if (path.empty()) return {};
    const std::string text = io::read_text_file(path, most_map_bytes);
    digests["channel_map"] = io::sha256_of(text);
    return {text, path == "-" ? "standard input" : std::filesystem::path(path).filename().string()};
}

}  // namespace

std::vector<RoleAssignment> set_up_channels(const ChannelInputs& inputs, std::size_t signals_in_file, Recording& recording,
                                            std::map<std::string, std::string>& digests, Findings& findings) {
    const io::ChannelMap map = read_map(inputs.map, digests);
    io::change_channels(recording, map, inputs.units, inputs.inverted, findings);
    if (inputs.derivations.size() > most_derivations) throw UsageError("more than 100 channels are derived");
    for (const io::Derivation& d : inputs.derivations) {
        const int index = static_cast<int>(signals_in_file + static_cast<std::size_t>(&d - inputs.derivations.data()));
        Channel made = io::derive_channel(recording, d, index, findings);
        const io::ChannelMapLine* line = map.find(made.label);
        if (line && (!line->unit.empty() || line->inverted))
            throw UsageError("the map gives a unit or polarity to '" + made.label + "', which is a derived channel",
                             "write the polarity into its expression and the units to the channels of the file");
        recording.channels.push_back(std::move(made));
    }
    return io::assign_roles(recording, inputs.roles, findings, map);
}

}  // namespace psg::workflow
