// A simulated night held in memory, and looks at its samples.
// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <cmath>
#include <map>
#include <string>
#include <vector>

#include "libpsg/simulate/night.hpp"

namespace psg::simulate {

/// Options that plant nothing; a test turns on what it looks at.
inline SimulationOptions nothing_planted() {
    OptionValues zero;
    for (const auto& spec : simulation_option_specs())
        if (spec.info.unit == "1/h") zero[spec.info.name] = "0";
    return parse_options(simulation_option_specs(), zero);
}

inline std::vector<Event> of_class(const Plan& plan, const std::string& kind) {
    std::vector<Event> found;
    for (const Event& e : plan.truth)
        if (e.kind == kind) found.push_back(e);
    return found;
}

/// All channels in their unit.
inline std::map<std::string, std::vector<float>> render(SimulatedNight& night) {
    std::map<std::string, std::vector<float>> channels;
    std::vector<std::int32_t> record(night.record_samples());
    for (std::int64_t r = 0; r < night.records(); ++r) {
        night.render_record(record);
        std::size_t at = 0;
        for (const SimulatedChannel& c : night.channels()) {
            std::vector<float>& samples = channels[c.label];
            for (int i = 0; i < c.rate_hz; ++i, ++at)
                samples.push_back(static_cast<float>(record[at] * c.physical_max / 32767));
        }
    }
    return channels;
}

inline double rms(const std::vector<float>& x, std::size_t from, std::size_t to) {
    double sum = 0;
    for (std::size_t i = from; i < to; ++i) sum += x[i] * x[i];
    return std::sqrt(sum / static_cast<double>(to - from));
}

inline double rms(const std::vector<float>& x, Interval extent, double rate_hz) {
    return rms(x, static_cast<std::size_t>(std::ceil(seconds(extent.onset) * rate_hz)),
               static_cast<std::size_t>(std::ceil(seconds(extent.offset) * rate_hz)));
}

/// The labels that a row names.
inline std::vector<std::string> labels_of(const Event& event) {
    std::vector<std::string> labels(1);
    for (const char c : event.channel)
        if (c == '+')
            labels.emplace_back();
        else
            labels.back() += c;
    return labels;
}

/// The bursts of the muscles that a row names, inside its extent.
inline std::vector<Burst> bursts_of(const Plan& plan, const Event& event) {
    std::vector<Burst> found;
    const std::vector<std::string> labels = labels_of(event);
    for (const Burst& b : plan.bursts)
        if (b.extent.onset >= event.extent.onset && b.extent.offset <= event.extent.offset &&
            std::find(labels.begin(), labels.end(), muscle_label(b.muscle)) != labels.end())
            found.push_back(b);
    return found;
}

}  // namespace psg::simulate
