// Events and stages as texts of EDF+ annotations.
// SPDX-License-Identifier: BSD-3-Clause
#include "libpsg/io/scored/event_annotation.hpp"

#include <algorithm>
#include <array>
#include <utility>

#include "libpsg/io/edf/edf_writer.hpp"

namespace psg::io {

namespace {

constexpr std::array<std::pair<std::string_view, std::string_view>, 4> names{
    {{"leg_movement", "Limb movement"}, {"arousal", "EEG arousal"}, {"rera", "RERA"}, {"hypnic_jerk", "Hypnic jerk"}}};

std::string readable(const std::string& kind) {
    for (const auto& [known, name] : names)
        if (known == kind) return std::string(name);
    std::string text = kind;
    std::replace(text.begin(), text.end(), '_', ' ');
    if (!text.empty() && text[0] >= 'a' && text[0] <= 'z') text[0] = static_cast<char>(text[0] - 'a' + 'A');
    return text;
}

}  // namespace

std::string with_channel(std::string text, const std::string& label, bool& shortened) {
    shortened = false;
    // a longer text is written elsewhere as a whole
    if (label.empty() || text.size() > max_edf_annotation_bytes) return label.empty() ? text : text + "@@" + label;
    std::string channel = "@@" + label;
    if (text.size() + channel.size() > max_edf_annotation_bytes) {
        shortened = true;
        std::size_t room = max_edf_annotation_bytes - text.size();
        while (room > 0 && (static_cast<unsigned char>(channel[room]) & 0xC0) == 0x80)
            --room;  // whole UTF-8 characters
        channel.resize(room);
        while (channel.ends_with(' ')) channel.pop_back();  // readers take blanks at the end away
        if (channel.size() < 3) channel.clear();
    }
    return text + channel;
}

std::string event_annotation_text(const Event& event, bool& shortened) {
    std::string text = readable(event.kind);
    if (event.id.starts_with(event.kind + "-"))
        text += " #" + event.id.substr(event.kind.size() + 1);
    else if (!event.id.empty())
        text += " #" + event.id;
    return with_channel(std::move(text), event.channel, shortened);
}

std::string stage_annotation_text(Stage stage) {
    return "Sleep stage " + std::string(stage_name(stage));
}

}  // namespace psg::io
