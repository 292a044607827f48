// Detector of sustained tonic leg activity: more than 15 s without a pause, as in cramps.
// SPDX-License-Identifier: BSD-3-Clause
//
// No standard exists; the rule is proposed. The resting level is looked for over ten minutes, since activity of more than
// 90 s would else be taken for a new one.
#include <algorithm>
#include <cmath>
#include <limits>

#include "libpsg/events/leg_trains.hpp"
#include "libpsg/events/regions_active.hpp"
#include "libpsg/signal/baseline.hpp"
#include "libpsg/signal/runs.hpp"
#include "libpsg/signal/samples_in.hpp"

namespace psg::events {

namespace {

struct Options {
    double min_duration_s = 15, max_duration_s = 300;
    double rise_uv = 8, ratio = 2;
    double pause_s = 1, filled = 0.9;
};

const std::vector<OptionSpec<Options>>& specs() {
    using O = Options;
    static const std::string proposed = "proposed";
    static const std::vector<OptionSpec<O>> list{
        {{"min_duration_s", "s", "", proposed, "lasts longer than this", {}, 1, 3600}, &O::min_duration_s},
        {{"max_duration_s", "s", "", proposed, "what lasts longer is another posture or electrode", {}, 1, 36000}, &O::max_duration_s},
        {{"rise_uv", "uV", "", "proposed, after WASM 2016", "amplitude above rest (rms of 1 s)", {}, 0.1, 1000}, &O::rise_uv},
        {{"ratio", "", "", proposed, "... and this many times the resting level", {}, 1, 100}, &O::ratio},
        {{"pause_s", "s", "", proposed, "a pause of this length ends it", {}, 0.1, 60}, &O::pause_s},
        {{"filled", "", "", proposed, "part of it in which each tenth of a second reaches half the amplitude: a train of bursts does not", {}, 0, 1}, &O::filled}};
    return list;
}

void look(const Muscles::Muscle& leg, const Options& options, EventList& events) {
    const MuscleActivity& muscle = *leg.activity;
    const double rate_hz = muscle.envelope.rate.hz();
    const std::size_t tenth = signal::samples_in(0.1, rate_hz);
    for (std::size_t s = 0; s < muscle.envelope.stretches.size(); ++s) {
        std::vector<float> power(muscle.envelope.size(s) / tenth);
        muscle.envelope.for_each_piece(s, 512 * tenth, [&](std::size_t first, std::span<const float> x) {
            signal::block_power(x, tenth, std::span(power).subspan(first / tenth, x.size() / tenth));
        });
        const double blocks_per_s = rate_hz / static_cast<double>(tenth);
        const std::vector<float> rest = signal::resting_level(power, blocks_per_s, {.longest_movement_s = 2 * options.max_duration_s});
        const std::size_t half = signal::samples_in(0.5, blocks_per_s);
        std::vector<float> level(power.size(), std::numeric_limits<float>::quiet_NaN());
        for (std::size_t i = half; i + half < power.size(); ++i) {
            float sum = 0;
            for (std::size_t k = i - half; k <= i + half; ++k) sum += power[k];
            level[i] = std::sqrt(sum / static_cast<float>(2 * half + 1));
        }
        const auto active = [&](std::size_t i) {
            return level[i] >= rest[i] + static_cast<float>(options.rise_uv) && level[i] >= static_cast<float>(options.ratio) * rest[i];
        };
        const auto pause = static_cast<std::size_t>(std::lround(options.pause_s * blocks_per_s));
        for (const signal::Run& run : signal::bridged(signal::runs_where(level.size(), active), pause)) {
            if (run.begin <= half || run.end + half + 1 >= level.size()) continue;  // cut by the recording
            const Interval extent{muscle.envelope.time_of(s, run.begin * tenth), muscle.envelope.time_of(s, run.end * tenth)};
            const double length_s = seconds(extent.duration());
            if (length_s <= options.min_duration_s || length_s > options.max_duration_s) continue;
            std::size_t full = 0;
            for (std::size_t i = run.begin; i < run.end; ++i) full += 4 * power[i] >= (rest[i] + static_cast<float>(options.rise_uv)) * (rest[i] + static_cast<float>(options.rise_uv));
            if (static_cast<double>(full) < options.filled * static_cast<double>(run.size())) continue;
            bool artefact = false;
            for (Time t = extent.onset; t < extent.offset && !artefact; t += extent.duration() / 4 + Time(1))
                artefact = is_artefact(*leg.signal, {t, std::min(extent.offset, t + std::chrono::seconds(2))});
            if (artefact) continue;
            const float uv = amplitude_of(muscle, extent), quiet = rest[run.begin];
            Event e;
            e.kind = "tonic_leg_activity";
            e.extent = extent;
            e.channel = leg.signal->label;
            e.side = side_of(leg.role);
            const auto shown = [](float x) { return std::round(static_cast<double>(x) * 100) / 100; };
            e.measures = {{"amplitude_uv", shown(uv)}, {"strength_ratio", shown(uv / quiet)}};
            events.push_back(std::move(e));
        }
    }
}

Detection run(const Night& night, const OptionValues& values) {
    const Options options = parse_options(specs(), values);
    Detection found;
    const Muscles legs(night, {Role::leg_left, Role::leg_right}, "tonic leg activity", found.findings);
    set_up_legs(legs, night, 1, "tonic leg activity", found);
    if (!found.ran) return found;
    for (const Muscles::Muscle& leg : legs.all()) look(leg, options, found.events);
    Findings ignored;
    const Muscles body(night, muscle_roles(), "", ignored);
    std::erase_if(found.events, [&](const Event& e) {
        const Time hidden = hidden_in(night, e.channel).intersected(IntervalSet({e.extent})).total();
        return 2 * hidden > e.extent.duration() || moving_parts(body, e.extent).size() > enough_parts(body);  // its own leg is one of them
    });
    return found;
}

}  // namespace

extern const Detector tonic_leg_activity_detector;
const Detector tonic_leg_activity_detector{
    "tonic_leg_activity",
    "sustained activity of a leg for more than 15 s, as in cramps",
    "proposed rule, checked on simulated signals",
    "EMG of one or both legs in uV",
    {{"tonic_leg_activity",
      "sustained activity of one leg for more than 15 s (proposed rule, checked on simulated signals)",
      {{"amplitude_uv", "uV", "root mean square above 20 Hz"},
       {"strength_ratio", "", "the same over the resting level"}}}},
    describe(specs()),
    [](const OptionValues& values) { return option_values(specs(), parse_options(specs(), values)); },
    run};

}  // namespace psg::events
