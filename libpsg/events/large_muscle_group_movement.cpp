// Detector of large muscle group movements: several regions of the body active together for 3 to 45 s, out of sleep.
// SPDX-License-Identifier: BSD-3-Clause
//
// IRLSSG 2021 (Ferri et al., Sleep 2021;44:zsab092): 3 to 45 s (children to 30 s), a rise of the EMG or movement artefacts
// in two or more of the recommended channels, and no other movement. Movement artefacts of the EEG are not looked at here;
// the legs alone are leg movements, and one axial muscle counts like the next (jaw and neck together are one region):
// both proposed. What it is otherwise is resolved by movement_names.
#include <algorithm>
#include <array>
#include <cmath>
#include <set>

#include "libpsg/events/detector.hpp"
#include "libpsg/events/regions_active.hpp"

namespace psg::events {

namespace {

using namespace std::chrono_literals;

struct Options {
    double min_duration_s = 3, max_duration_s = 45, pause_s = 1, together = 0.6;
    double on_ratio = 3, on_uv = 8;
    bool in_wake = false;
};

const std::vector<OptionSpec<Options>>& specs() {
    using O = Options;
    static const std::string irlssg = "IRLSSG 2021", proposed = "proposed";
    static const std::vector<OptionSpec<O>> list{
        {{"min_duration_s", "s", "", irlssg, "shortest, from the first muscle to the last", {}, 0.5, 60}, &O::min_duration_s},
        {{"max_duration_s", "s", "", irlssg + "; children: 30", "longest", {}, 1, 600}, &O::max_duration_s},
        {{"pause_s", "s", "", proposed, "shorter pauses do not end it", {}, 0, 30}, &O::pause_s},
        {{"together", "", "", proposed, "part of it in which two regions are active at the same time", {}, 0, 1}, &O::together},
        {{"on_ratio", "", "", proposed, "the EMG rises to this many times its resting level (rms)", {}, 1, 100}, &O::on_ratio},
        {{"on_uv", "uV", "", "proposed, after WASM 2016", "... and to this", {}, 0, 1000}, &O::on_uv},
        {{"in_wake", "", "", proposed, "are movements counted that begin in wake?"}, &O::in_wake}};
    return list;
}

// The sleeper was asleep when it began, or just before: of an epoch of wake he may sleep the first half. What begins there 5 s or
// more (proposed) after his EEG woke is done awake.
bool out_of_sleep(const Night& night, Time onset) {
    const Hypnogram& h = night.hypnogram;
    if (is_sleep(h.at(onset))) return true;
    if (!is_sleep(h.at(onset - h.epoch / 2))) return false;
    return !night.arousals || std::none_of(night.arousals->begin(), night.arousals->end(), [&](const Event& a) {
        return a.extent.onset <= onset - 5s && a.extent.offset > onset - h.epoch / 2;
    });
}

// From the first muscle that is active in `both` to the last. A tone that lasts much longer (the chin's of a sleeper who woke)
// is no part of the movement.
Interval whole(const Interval& both, const std::map<Region, IntervalSet>& active, double together) {
    Interval all = both;
    for (const auto& [region, set] : active)
        for (const Interval& i : set.intervals())
            if (i.overlaps(both) && seconds(both.duration()) >= together * seconds(i.duration()))
                all = {std::min(all.onset, i.onset), std::max(all.offset, i.offset)};
    return all;
}

IntervalSet when(const Night& night, const OptionValues& values) {
    const IntervalSet all = night.hypnogram.where([](Stage) { return true; });
    return parse_options(specs(), values).in_wake ? all : night.hypnogram.where(is_sleep);
}

Detection run(const Night& night, const OptionValues& values) {
    const Options options = parse_options(specs(), values);
    Detection found;
    const Muscles muscles(night, {Role::chin, Role::neck, Role::trunk, Role::arm_left, Role::arm_right, Role::leg_left, Role::leg_right},
                          "large movements", found.findings);
    std::array<IntervalSet, region_count> seen;
    for (const Muscles::Muscle& m : muscles.all()) {
        IntervalSet& set = seen[static_cast<std::size_t>(*region_of(m.role))];
        set = set.united(m.activity->visible);
    }
    const auto is_leg = [](Region r) { return r == Region::leg_left || r == Region::leg_right; };
    for (std::size_t a = 0; a < seen.size(); ++a)
        for (std::size_t b = a + 1; b < seen.size(); ++b)
            if (!is_leg(Region(a)) || !is_leg(Region(b))) found.at_risk = found.at_risk.united(seen[a].intersected(seen[b]));
    if (!options.in_wake) found.at_risk = found.at_risk.intersected(night.hypnogram.where(is_sleep));
    found.ran = !found.at_risk.empty();
    if (!found.ran) {
        found.findings.push_back({FindingCode::DETECTOR_NOT_RUN,
                                  !options.in_wake && night.hypnogram.where(is_sleep).empty()
                                      ? "large muscle group movements: no epoch is sleep"
                                      : "large muscle group movements: two regions of the body with a signal are needed, "
                                        "not the legs alone" + muscles.lacked()});
        return found;
    }
    BurstLimits limits;
    limits.on_ratio = options.on_ratio;
    limits.on_uv = options.on_uv;
    limits.off_ratio = std::min(2.0, options.on_ratio);
    limits.join_ms = 300;
    limits.min_ms = 500;
    auto active = active_regions(muscles, limits);
    for (auto& [region, set] : active) set = joined(set, from_seconds(options.pause_s));
    IntervalSet together;
    for (auto a = active.begin(); a != active.end(); ++a)
        for (auto b = std::next(a); b != active.end(); ++b)
            if (!is_leg(a->first) || !is_leg(b->first)) together = together.united(a->second.intersected(b->second));
    together = joined(together, from_seconds(options.pause_s));
    for (const Interval& both : together.intervals()) {
        const Interval extent = whole(both, active, options.together);
        const double length_s = seconds(extent.duration());
        if (seconds(both.duration()) < options.together * length_s || length_s < options.min_duration_s || length_s > options.max_duration_s) continue;
        if (!options.in_wake && !out_of_sleep(night, extent.onset)) continue;
        Event e;
        e.kind = "large_muscle_group_movement";
        e.extent = extent;
        std::set<Region> regions;
        float peak = 0, ratio = 0;
        for (const Muscles::Muscle& m : muscles.all()) {
            const float uv = amplitude_of(*m.activity, extent), rest = rest_at(*m.activity, extent.onset);
            if (!(uv >= 2 * rest)) continue;
            regions.insert(*region_of(m.role));
            e.channel += (e.channel.empty() ? "" : "+") + m.signal->label;
            peak = std::max(peak, uv);
            ratio = std::max(ratio, uv / rest);
        }
        // a leg beside the tone of a chin that wakes, or both legs, are no movement of the body
        if (regions.size() < 2 || std::all_of(regions.begin(), regions.end(), is_leg)) continue;
        bool aroused = false;
        if (night.arousals)
            for (const Event& a : *night.arousals)
                aroused = aroused || a.extent.overlaps({extent.onset - 500ms, extent.offset + 500ms});
        const auto shown = [](float x) { return std::round(static_cast<double>(x) * 100) / 100; };
        const Hypnogram& h = night.hypnogram;
        e.measures = {{"region_count", static_cast<double>(regions.size())},
                      {"peak_uv", shown(peak)},
                      {"strength_ratio", shown(ratio)},
                      {"aroused", night.arousals ? double(aroused) : std::nan("")},
                      {"wake_after", double(h.at(extent.offset + h.epoch / 2) == Stage::W)}};
        found.events.push_back(std::move(e));
    }
    return found;
}

}  // namespace

extern const Detector large_muscle_group_movement_detector;
const Detector large_muscle_group_movement_detector{
    "large_muscle_group_movement",
    "several regions of the body active together for 3 to 45 s, out of sleep",
    "IRLSSG 2021 (Ferri et al., Sleep 2021;44:zsab092); proposed coding, checked on simulated signals",
    "EMG in uV of two regions of the body, not the legs alone; hypnogram",
    {{"large_muscle_group_movement",
      "activity of two or more regions of the body for 3 to 45 s (proposed coding, checked on simulated signals)",
      {{"region_count", "", "regions of the body at twice the resting level or more"},
       {"peak_uv", "uV", "amplitude (rms above 20 Hz) of the strongest muscle"},
       {"strength_ratio", "", "the largest ratio of amplitude to resting level"},
       {"aroused", "", "1: an arousal lies within 0.5 s; NaN: arousals are not known"},
       {"wake_after", "", "1: the epoch 15 s after its end is wake"}}}},
    describe(specs()),
    [](const OptionValues& values) { return option_values(specs(), parse_options(specs(), values)); },
    run,
    false,
    when};

}  // namespace psg::events
