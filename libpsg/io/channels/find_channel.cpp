// The one channel of a recording that a user's text means.
// SPDX-License-Identifier: BSD-3-Clause
#include "libpsg/io/channels/find_channel.hpp"

#include <charconv>
#include <vector>

#include "libpsg/io/channels/channel_label.hpp"
#include "libpsg/model/error.hpp"

namespace psg::io {

std::string label_list(const Recording& recording) {
    constexpr std::size_t most = 100;
    std::string list;
    for (std::size_t i = 0; i < recording.channels.size() && i < most; ++i)
        list += (i ? ", #" : "#") + std::to_string(recording.channels[i].index) + " '" + recording.channels[i].label + "'";
    if (recording.channels.size() > most) list += " and " + std::to_string(recording.channels.size() - most) + " more";
    return list;
}

const Channel& find_channel(const Recording& recording, std::string_view label, const std::string& purpose) {
    std::vector<const Channel*> found;
    for (const Channel& c : recording.channels)
        if (c.label == label) found.push_back(&c);
    if (found.empty() && label.starts_with('#')) {
        int index = -1;
        const char* end = label.data() + label.size();
        const auto [stop, error] = std::from_chars(label.data() + 1, end, index);
        if (error == std::errc{} && stop == end)
            if (const Channel* c = recording.channel(index)) found.push_back(c);
    }
    const std::string folded = fold_label(label);
    if (found.empty() && !label.starts_with('#') && !folded.empty())
        for (const Channel& c : recording.channels)
            if (fold_label(c.label) == folded) found.push_back(&c);
    const std::string name = "'" + std::string(label) + "' " + purpose;
    if (found.empty())
        throw UsageError("the recording has no channel " + name, "its channels are " + label_list(recording));
    if (found.size() > 1) {
        std::string numbers;
        for (const Channel* c : found) numbers += (numbers.empty() ? "#" : " or #") + std::to_string(c->index);
        throw UsageError("several channels are called " + name, "name it as " + numbers);
    }
    if (!found[0]->calibration)
        throw UsageError("channel " + name + " has no usable calibration and cannot be used", "choose another channel");
    return *found[0];
}

}  // namespace psg::io
