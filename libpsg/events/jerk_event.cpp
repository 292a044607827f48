// A jerk as an event: where, how strong, in which order, with the list of its measures.
// SPDX-License-Identifier: BSD-3-Clause
#include "libpsg/events/jerk_event.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <limits>

namespace psg::events {

namespace {

Side side_of(const Regions& regions) {
    const bool left = regions.count(Region::arm_left) || regions.count(Region::leg_left);
    const bool right = regions.count(Region::arm_right) || regions.count(Region::leg_right);
    return left && right ? Side::both : left ? Side::left : right ? Side::right : Side::none;
}

// (All recorded regions, where these include an axial one and limbs of both sides, are three or more as well.)
std::string extent_class(const Regions& regions) {
    if (regions == Regions{Region::leg_left, Region::leg_right}) return "leg";
    return regions.size() >= 3 ? "whole_body" : "local";
}

}  // namespace

std::string names_of(const Regions& regions, const char* separator) {
    std::string text;
    for (const Region r : regions) text += (text.empty() ? "" : separator) + std::string(region_name(r));
    return text.empty() ? "none" : text;
}

Event jerk_event(const Jerk& jerk, const std::vector<MuscleChannel>& channels) {
    Event e;
    e.kind = "hypnic_jerk";
    e.extent = jerk.extent;
    Regions regions;
    std::vector<double> lengths_ms;
    double peak_uv = 0, ratio = std::numeric_limits<double>::quiet_NaN();
    std::string order;
    for (const JerkMember& m : jerk.members) {
        regions.insert(channels[m.channel].region);
        e.channel += (e.channel.empty() ? "" : "+") + channels[m.channel].signal->label;
        order += fmt::format("{}{} {:.0f}", order.empty() ? "" : ", ", channels[m.channel].signal->label,
                             seconds(m.burst.extent.onset - jerk.extent.onset) * 1e3);
        lengths_ms.push_back(seconds(m.burst.extent.duration()) * 1e3);
        peak_uv = std::max(peak_uv, static_cast<double>(m.burst.peak_uv));
        if (m.burst.background_uv > 0)
            ratio = std::fmax(ratio, static_cast<double>(m.burst.peak_uv) / static_cast<double>(m.burst.background_uv));
    }
    e.side = side_of(regions);
    std::sort(lengths_ms.begin(), lengths_ms.end());
    const std::size_t middle = lengths_ms.size() / 2;
    const double length_ms =
        lengths_ms.size() % 2 ? lengths_ms[middle] : (lengths_ms[middle - 1] + lengths_ms[middle]) / 2;
    const Time spread = jerk.members.back().burst.extent.onset - jerk.extent.onset;
    e.measures = {{"muscles", double(jerk.members.size())},
                  {"regions", names_of(regions, "+")},
                  {"extent_class", extent_class(regions)},
                  {"first_muscle", std::string(role_name(channels[jerk.members.front().channel].role))},
                  {"order", order},
                  {"onset_spread_ms", seconds(spread) * 1e3},
                  {"burst_length_ms", length_ms},
                  {"peak_uv", peak_uv},
                  {"strength_ratio", ratio},
                  {"loose", double(jerk.loose)},
                  {"chance_per_min", jerk.chance_per_min},
                  {"waveform_r", jerk.waveform_r},
                  {"interval_cv", jerk.interval_cv},
                  {"cluster_size", double(jerk.cluster_size)},
                  {"in_series", double(jerk.in_series)}};
    return e;
}

const std::vector<MeasureInfo>& jerk_measures() {
    static const std::vector<MeasureInfo> measures{
        {"muscles", "", "muscles that took part"},
        {"regions", "", "regions of the body that took part: axial, arm_left, arm_right, leg_left, leg_right"},
        {"extent_class", "", "whole_body (three regions or more), leg (both legs alone) or local"},
        {"first_muscle", "", "where it began"},
        {"order", "", "the channels in order of onset, each with its ms after the first"},
        {"onset_spread_ms", "ms", "from the first to the last muscle's onset"},
        {"burst_length_ms", "ms", "median length of the bursts"},
        {"peak_uv", "uV", "largest amplitude of the smoothed, rectified EMG"},
        {"strength_ratio", "", "largest amplitude over the background before it, in the muscle where this is largest"},
        {"loose", "", "1: bursts are within the loose limits of length only"},
        {"chance_per_min", "1/min", "how often single twitches as frequent as those nearby would come together so by chance"},
        {"waveform_r", "", "correlation of the waveforms of its muscles (median over pairs, sign aside)"},
        {"interval_cv", "", "coefficient of variation of the intervals between bursts around it, in the muscle where this is least; NaN: no row of four"},
        {"cluster_size", "", "jerks within the same 10 s, this one included"},
        {"in_series", "", "1: one of four or more that follow each other within 90 s"},
        {"context", "", "core (N1, falling asleep, back to sleep after an awakening) or the stage"},
        {"wave", "", "1: vertex wave or K-complex within -0.5 to +1 s; NaN: no EEG"},
        {"acceleration", "", "1: alpha or fast EEG for at least 1 s within -0.5 to +3 s; NaN: no EEG"},
        {"hr_rise_percent", "%", "fastest heart rate in the 10 s after over the mean of the 10 s before; NaN: unknown"},
        {"woke", "", "1: wake EEG of at least 15 s began within 5 s; NaN: awake before, or unknown"},
        {"wake_latency_s", "s", "from the jerk to the beginning of wake EEG; NaN: did not wake, or unknown"},
        {"support", "", "signs that support it, 0 to 4: wave, acceleration, heart rate, wake"},
        {"respiratory", "", "1: at the end of a respiratory event; NaN: respiratory events were not given"},
        {"plm", "", "1: inside a series of periodic leg movements; NaN: nobody looked for them"},
        {"mark", "", "event_button (of the sleeper) or note (of a technician) within -2 to +60 s, if there is one; what was written is not kept"},
        {"mark_distance_s", "s", "from the jerk to that mark; NaN: none"},
        {"grade", "", "definite, probable or possible, by the proposed rule"},
        {"reasons", "", "what the grade rests on"}};
    return measures;
}

}  // namespace psg::events
