// Signals of a night out of its recording.
// SPDX-License-Identifier: BSD-3-Clause
#include "libpsg/workflow/night_signals.hpp"

#include <algorithm>

namespace psg::workflow {

const std::vector<Role>& scored_roles() {
    static const std::vector<Role> roles{Role::eeg,      Role::eog_left, Role::eog_right, Role::chin,
                                         Role::masseter, Role::neck,     Role::trunk,     Role::arm_left,
                                         Role::arm_right, Role::leg_left, Role::leg_right, Role::ecg,
                                         Role::position};
    return roles;
}

// Signals of the chosen channels, and findings about their samples.
void load_signals(const io::RecordingReader& reader, const std::vector<Role>& wanted, OpenedNight& opened) {
    std::vector<RoleAssignment> loaded;
    for (const RoleAssignment& a : opened.roles)
        if (a.chosen && std::find(wanted.begin(), wanted.end(), a.role) != wanted.end()) loaded.push_back(a);
    std::vector<int> channels;
    for (const RoleAssignment& a : loaded) channels.push_back(a.channel);
    std::vector<std::string> digests;
    auto signals = reader.read(channels, &digests);
    for (std::size_t i = 0; i < digests.size(); ++i)
        opened.digests[i == 0 ? "recording" : "recording " + std::to_string(i + 1)] = digests[i];
    for (std::size_t i = 0; i < loaded.size(); ++i) {
        if (signals[i].limited > 0)
            opened.findings.push_back({FindingCode::EDF_SAMPLE_RANGE,
                                       std::to_string(signals[i].limited) + " samples lie outside the digital range",
                                       "limited to the range", "samples", loaded[i].channel, loaded[i].label});
        opened.night.signals.push_back({loaded[i].role, loaded[i].site, std::move(signals[i])});
    }
}

}  // namespace psg::workflow
