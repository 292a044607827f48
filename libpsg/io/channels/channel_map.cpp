// A laboratory's own map of channel labels.
// SPDX-License-Identifier: BSD-3-Clause
#include "libpsg/io/channels/channel_map.hpp"

#include "libpsg/io/channels/channel_label.hpp"
#include "libpsg/io/text/text_encoding.hpp"
#include "libpsg/io/text/text_table.hpp"
#include "libpsg/model/error.hpp"

namespace psg::io {

namespace {

constexpr std::size_t most_lines = 100'000;  // the public alias maps together have 3,000

std::vector<std::string> fields_of(std::string_view line) {
    std::vector<std::string> fields(1);
    for (char c : line)
        if (c == '\t')
            fields.emplace_back();
        else
            fields.back() += c;
    for (std::string& f : fields) {
        const std::size_t first = f.find_first_not_of(' ');
        f = first == std::string::npos ? "" : f.substr(first, f.find_last_not_of(' ') - first + 1);
    }
    while (fields.size() > 2 && fields.back().empty()) fields.pop_back();
    return fields;
}

std::string role_list() {
    std::string list;
    for (Role r : all_roles()) list += std::string(role_name(r)) + ", ";
    return list + "ignore";
}

ChannelMapLine read_line(const TextLine& line, const std::string& name) {
    const auto fail = [&](const std::string& what, const std::string& remedy) {
        throw DataError(name + " line " + std::to_string(line.number), what, remedy);
    };
    const std::string remedy = "write LABEL, ROLE and, if needed, UNIT and POLARITY, separated by tabs";
    const auto fields = fields_of(line.text);
    if (fields.size() < 2) fail("there is one field and no tab", remedy);
    if (fields.size() > 4) fail("there are " + std::to_string(fields.size()) + " fields", remedy);
    if (fields[0].empty()) fail("there is no label", remedy);
    const CleanText clean = clean_text(fields[0]);
    if (clean.was_latin1 || clean.had_control) fail("the label is not clean UTF-8 text", "save the file as UTF-8");
    ChannelMapLine out;
    out.number = line.number;
    out.label = fields[0];
    out.role = role_from_name(fields[1]);
    if (!out.role && fields[1] != "ignore") fail("'" + fields[1] + "' is no role", "give one of " + role_list());
    if (fields.size() > 2) {
        out.unit = fields[2];
        if (!out.unit.empty() && !is_voltage_choice(out.unit)) fail("'" + out.unit + "' is no unit of a map", "give uV, mV, V or nothing");
    }
    if (fields.size() > 3) {
        if (fields[3] != "inverted" && fields[3] != "normal" && !fields[3].empty())
            fail("'" + fields[3] + "' is no polarity", "give inverted, normal or nothing");
        out.inverted = fields[3] == "inverted";
    }
    if (!out.role && (!out.unit.empty() || out.inverted)) fail("an ignored channel has a unit or a polarity", "give it a role, or leave them out");
    return out;
}

}  // namespace

bool is_voltage_choice(std::string_view unit) { return unit == "uV" || unit == "mV" || unit == "V"; }

ChannelMap::ChannelMap(std::string_view text, const std::string& name) {
    bool first = true;
    for (const TextLine& line : text_lines(text, name)) {
        const auto fields = fields_of(line.text);
        const bool heading = first && fields.size() >= 2 && fields[0] == "label" && fields[1] == "role";
        first = false;
        if (heading) continue;
        if (lines_.size() == most_lines)
            throw DataError(name + " line " + std::to_string(line.number), "the map has more than " + std::to_string(most_lines) + " lines");
        lines_.push_back(read_line(line, name));
        const ChannelMapLine& added = lines_.back();
        const auto [place, is_new] = exact_.insert({added.label, lines_.size() - 1});
        if (!is_new)
            throw DataError(name + " line " + std::to_string(line.number),
                            "label '" + added.label + "' stands in line " + std::to_string(lines_[place->second].number) + " already",
                            "leave one of the lines out");
        folded_[fold_label(added.label)].push_back(lines_.size() - 1);
    }
}

const ChannelMapLine* ChannelMap::find(std::string_view label) const {
    if (label.empty()) return nullptr;
    if (const auto same = exact_.find(label); same != exact_.end()) return &lines_[same->second];
    const std::string folded = fold_label(label);
    if (folded.empty()) return nullptr;
    const auto like = folded_.find(folded);
    return like != folded_.end() && like->second.size() == 1 ? &lines_[like->second.front()] : nullptr;
}

}  // namespace psg::io
