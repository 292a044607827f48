// Units and polarity as the user says, in place of what the header says.
// SPDX-License-Identifier: BSD-3-Clause
#include "libpsg/io/channels/channel_changes.hpp"

#include <map>

#include "libpsg/io/channels/find_channel.hpp"
#include "libpsg/model/error.hpp"
#include "libpsg/model/unit.hpp"

namespace psg::io {

namespace {

struct Wish {
    std::string unit, unit_source;
    bool inverted = false;
    std::string inverted_source;
};

void apply(Channel& c, const Wish& wish, Findings& findings) {
    double factor = 1;
    if (!wish.unit.empty()) {
        if (!c.one_header_unit)
            throw UsageError("a unit is given for channel '" + c.label + "', but the parts of the recording have different ones",
                             "read the parts one by one");
        factor = parse_unit(wish.unit).factor / parse_unit(c.unit_text).factor;
        c.unit = "uV";
        c.changes.push_back({"unit", wish.unit, wish.unit_source});
        for (Finding& f : findings)
            if (f.code == FindingCode::EDF_UNIT_UNKNOWN && f.channel == c.index)
                f.repair = "taken as " + wish.unit + ", as the user says";
    }
    if (wish.inverted) {
        factor = -factor;
        c.changes.push_back({"inverted", "", wish.inverted_source});
    }
    c.factor = factor;
    if (!c.calibration) return;
    c.calibration->scale *= factor;
    c.calibration->offset *= factor;
}

}  // namespace

UnitChoice parse_unit_choice(std::string_view text) {
    const std::size_t equals = text.rfind('=');
    const std::string_view unit = equals == std::string_view::npos ? "" : text.substr(equals + 1);
    if (equals == 0 || !is_voltage_choice(unit))
        throw UsageError("'" + std::string(text) + "' is no unit of a channel", "write LABEL=uV, LABEL=mV or LABEL=V");
    return {std::string(text.substr(0, equals)), std::string(unit)};
}

void change_channels(Recording& recording, const ChannelMap& map, const std::vector<UnitChoice>& units,
                     const std::vector<std::string>& inverted, Findings& findings) {
    std::map<int, Wish> wishes;
    for (const Channel& c : recording.channels) {
        const ChannelMapLine* line = map.find(c.label);
        if (!line) continue;
        if (!line->unit.empty()) wishes[c.index].unit = line->unit, wishes[c.index].unit_source = "map";
        if (line->inverted) wishes[c.index].inverted = true, wishes[c.index].inverted_source = "map";
    }
    for (const UnitChoice& choice : units) {
        const Channel& c = find_channel(recording, choice.label, "for --unit");
        Wish& wish = wishes[c.index];
        if (wish.unit_source == "given" && wish.unit != choice.unit)
            throw UsageError("two units are given for channel '" + c.label + "': " + wish.unit + " and " + choice.unit, "give one");
        wish.unit = choice.unit;
        wish.unit_source = "given";
    }
    for (const std::string& label : inverted) {
        Wish& wish = wishes[find_channel(recording, label, "for --invert").index];
        wish.inverted = true;
        wish.inverted_source = "given";
    }
    for (Channel& c : recording.channels)
        if (const auto wish = wishes.find(c.index); wish != wishes.end()) apply(c, wish->second, findings);
}

}  // namespace psg::io
