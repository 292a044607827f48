// The truth of a simulated night as tables of text.
// SPDX-License-Identifier: BSD-3-Clause
#include <algorithm>
#include <array>
#include <charconv>
#include <string>
#include <vector>

#include "libpsg/simulate/night.hpp"

namespace psg::simulate {

namespace {

/// Seven significant digits and no locale: amplitudes and rates need no more.
std::string number_text(double value) {
    std::array<char, 32> text{};
    const auto end = std::to_chars(text.data(), text.data() + text.size(), value, std::chars_format::general, 7).ptr;
    return {text.data(), end};
}

std::string value_text(const Measure& measure) {
    const double* number = std::get_if<double>(&measure.value);
    return number ? number_text(*number) : std::get<std::string>(measure.value);
}

}  // namespace

std::string truth_tsv(const Plan& plan) {
    std::vector<std::string> names;
    for (const Event& event : plan.truth)
        for (const Measure& m : event.measures)
            if (std::find(names.begin(), names.end(), m.name) == names.end()) names.push_back(m.name);
    std::sort(names.begin(), names.end());

    std::string text = "id\tclass\tonset\tduration\tstage\tchannel\tside";
    for (const std::string& name : names) text += "\t" + name;
    text += "\n";
    for (const Event& event : plan.truth) {
        text += event.id + "\t" + event.kind + "\t" + format_seconds(event.extent.onset) + "\t" +
                format_seconds(event.extent.duration()) + "\t" + std::string(stage_name(event.stage)) + "\t" +
                event.channel + "\t" + std::string(side_name(event.side));
        for (const std::string& name : names) {
            const auto measure = std::find_if(event.measures.begin(), event.measures.end(),
                                              [&](const Measure& m) { return m.name == name; });
            text += "\t";
            if (measure != event.measures.end()) text += value_text(*measure);
        }
        text += "\n";
    }
    return text;
}

std::string hypnogram_tsv(const Plan& plan) {
    std::string text = "epoch\tonset\tduration\tstage\n";
    for (std::size_t i = 0; i < plan.hypnogram.stages.size(); ++i) {
        const Interval extent = plan.hypnogram.epoch_extent(i);
        text += std::to_string(i) + "\t" + format_seconds(extent.onset) + "\t" + format_seconds(extent.duration()) +
                "\t" + std::string(stage_name(plan.hypnogram.stages[i])) + "\n";
    }
    return text;
}

}  // namespace psg::simulate
