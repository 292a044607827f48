// Detector of neck myoclonus: a short stripe across all leads of the head in REM sleep, with a twitch of the neck.
// SPDX-License-Identifier: BSD-3-Clause
//
// Frauscher 2010 (Sleep 33:1091) and 2014: a stripe-shaped movement artefact of about half a second in the EEG leads in REM
// sleep; Wolfensberger 2019: EMG of the neck muscles in 92 %, of the chin in 15 %. In numbers, all proposed: deflections
// of one sign in every lead of EEG and EOG at once (eyes move the two EOG leads apart), and, where the neck is
// recorded, a burst of it; then an eye may move at the same time, if the leads still have more in common than apart. Where the
// trunk bursts, too, it is a cough or a jerk of the body.
#include <algorithm>
#include <cmath>
#include <optional>

#include "libpsg/events/detector.hpp"
#include "libpsg/events/head_motion.hpp"
#include "libpsg/events/muscle_activity.hpp"
#include "libpsg/signal/percentile_near.hpp"
#include "libpsg/signal/runs.hpp"

namespace psg::events {

namespace {

using namespace std::chrono_literals;

struct Options {
    double min_uv = 50, min_lead_uv = 15, min_ratio = 5;
    double edge_fraction = 0.3;
    double min_duration_s = 0.1, max_duration_s = 1;
    double max_beside_s = 1, max_beside_alone_s = 0.4;
    double neck_ratio = 3, neck_within_s = 0.3;
    bool rem_only = true;
};

const std::vector<OptionSpec<Options>>& specs() {
    using O = Options;
    static const std::string proposed = "proposed", frauscher = "proposed, after Frauscher 2010 (about 0.5 s)";
    static const std::vector<OptionSpec<O>> list{
        {{"min_uv", "uV", "", proposed, "the leads of the head are deflected by this, on average (below 25 Hz)", {}, 1, 1000}, &O::min_uv},
        {{"min_lead_uv", "uV", "", proposed, "... and every one of them to the same side by this", {}, 0, 1000}, &O::min_lead_uv},
        {{"min_ratio", "", "", proposed, "... and their mean by this many times what is usual in the minute around", {}, 1, 100}, &O::min_ratio},
        {{"edge_fraction", "", "", proposed, "a stripe, which may swing to both sides, ends where 0.1 s stay below this fraction of its peak", {}, 0.05, 0.95}, &O::edge_fraction},
        {{"min_duration_s", "s", "", frauscher, "shortest stripe", {}, 0.02, 5}, &O::min_duration_s},
        {{"max_duration_s", "s", "", frauscher, "longest stripe", {}, 0.1, 5}, &O::max_duration_s},
        {{"max_beside_s", "s", "", proposed, "... and of the 3 s to either side no more than this is half as high: a head that moves for longer makes several stripes", {}, 0, 6}, &O::max_beside_s},
        {{"max_beside_alone_s", "s", "", proposed, "... the same where the neck's EMG is not recorded; nor do stripes count there that begin 0.5 s or more after an arousal did, whose alpha may look like stripes, or after 0.3 s of activity of the chin (neck_ratio) in the 3 s before", {}, 0, 6}, &O::max_beside_alone_s},
        {{"neck_ratio", "", "", proposed, "where the neck's EMG is recorded it rises to this many times its resting level", {}, 1, 100}, &O::neck_ratio},
        {{"neck_within_s", "s", "", proposed, "... this near the stripe", {}, 0, 5}, &O::neck_within_s},
        {{"rem_only", "", "", "Frauscher 2010", "is it looked for in REM sleep only?"}, &O::rem_only}};
    return list;
}

IntervalSet when(const Night& night, const OptionValues& values) {
    const bool rem_only = parse_options(specs(), values).rem_only;
    return night.hypnogram.where([&](Stage s) { return rem_only ? s == Stage::R : is_sleep(s); });
}

// From the first to the last 50 ms in which the neck is active; nothing if it is not.
std::optional<Interval> twitch_of(const MuscleActivity& neck, const Interval& extent, double ratio) {
    const float level = static_cast<float>(ratio) * rest_at(neck, extent.onset);
    const std::vector<float> x = amplitude_in(neck, extent);
    const double block_s = 1 / neck.envelope.rate.hz();
    std::optional<Interval> twitch;
    for (std::size_t i = 0; i + 5 <= x.size(); ++i) {
        float sum = 0;
        for (std::size_t k = i; k < i + 5; ++k) sum += x[k] * x[k];
        if (!(sum >= 5 * level * level)) continue;
        const Time middle = extent.onset + from_seconds(block_s * (static_cast<double>(i) + 2));
        if (!twitch) twitch = {middle, middle};
        twitch->offset = middle + from_seconds(block_s);
    }
    return twitch;
}

// Did something longer begin before the stripe: an arousal, or activity of the chin?
bool goes_on(const Night& night, const Muscles& chin, const Interval& stripe, double ratio) {
    if (night.arousals && std::any_of(night.arousals->begin(), night.arousals->end(), [&](const Event& a) { return a.extent.contains(stripe.onset) && a.extent.onset <= stripe.onset - 500ms; })) return true;
    return std::any_of(chin.all().begin(), chin.all().end(), [&](const Muscles::Muscle& m) {
        const Interval before{stripe.onset - 3s, stripe.onset - 200ms};
        const std::vector<float> x = amplitude_in(*m.activity, before);
        const float level = static_cast<float>(ratio) * rest_at(*m.activity, before.onset);
        return static_cast<double>(std::count_if(x.begin(), x.end(), [&](float v) { return v >= level; })) / m.activity->envelope.rate.hz() >= 0.3;
    });
}

Detection run(const Night& night, const OptionValues& values) {
    const Options options = parse_options(specs(), values);
    Detection found;
    std::vector<HeadMotion> own;
    const std::vector<HeadMotion>& motions = head_motion(night, own);
    const IntervalSet context = when(night, values);
    IntervalSet seen;
    for (const HeadMotion& m : motions)
        seen.add({m.start, m.start + from_seconds(head_step_s * static_cast<double>(m.mean.size()))});
    found.at_risk = seen.intersected(context);
    found.ran = !found.at_risk.empty();
    if (!found.ran) {
        found.findings.push_back({FindingCode::DETECTOR_NOT_RUN,
                                  motions.empty() ? "neck myoclonus: two leads of eeg, eog_left and eog_right in uV with a signal are needed, one of them eeg" : "neck myoclonus: no epoch is REM sleep"});
        return found;
    }
    Findings about;
    const Muscles neck(night, {Role::neck}, "neck myoclonus", about), trunk(night, {Role::trunk}, "neck myoclonus", about), chin(night, {Role::chin}, "neck myoclonus", about);
    const double max_beside_s = neck.empty() ? options.max_beside_alone_s : options.max_beside_s;
    if (neck.empty())
        found.findings.push_back({FindingCode::DETECTOR_REDUCED, "neck myoclonus: no EMG of the neck; stripes in the EEG alone are taken"});
    IntervalSet elsewhere;  // what moves the leads without the head
    for (const Event& e : night.events)
        if (e.kind == "artefact" && (e.text("reason") == "cable" || e.text("reason") == "sweat")) elsewhere.add(e.extent);
    for (const HeadMotion& m : motions) {
        const std::size_t count = m.mean.size();
        const auto size = [&](std::size_t i) { return std::abs(m.mean[i]); };
        std::vector<float> coarse;
        for (std::size_t i = 0; i < count; i += 10) coarse.push_back(size(i));
        struct {
            std::size_t place;
            float level;
        } usual{count, 0};  // where it was asked for last: many places in a row, and few of the night
        const auto is_high = [&](std::size_t i) {
            if (!(size(i) >= static_cast<float>(options.min_uv))) return false;
            if (usual.place != i / 10) usual = {i / 10, signal::percentile_near(coarse, i / 10, 150, 150, 50)};
            return !(size(i) < static_cast<float>(options.min_ratio) * usual.level);
        };
        Time last = Time::min() / 2;
        for (const signal::Run& run : signal::runs_where(count, [&](std::size_t i) {
                 if (!is_high(i)) return false;
                 return decoded_amplitude(m.common[i]) >= static_cast<float>(options.min_lead_uv) || (!neck.empty() && size(i) >= decoded_amplitude(m.apart[i]));
             })) {
            float peak = 0;
            for (std::size_t i = run.begin; i < run.end; ++i) peak = std::max(peak, size(i));
            std::size_t begin = run.begin, end = run.end;
            const float edge = static_cast<float>(options.edge_fraction) * peak;
            constexpr std::size_t patience = 5;
            for (std::size_t i = begin, quiet = 0; i > 0 && quiet < patience; ++quiet)
                if (size(--i) >= edge) begin = i, quiet = 0, peak = std::max(peak, size(i));
            for (std::size_t i = end, quiet = 0; i < count && quiet < patience; ++i, ++quiet)
                if (size(i) >= edge) end = i + 1, quiet = 0, peak = std::max(peak, size(i));
            const auto at = [&](std::size_t i) { return m.start + from_seconds(head_step_s * static_cast<double>(i)); };
            const Interval extent{at(begin), at(end)};
            const double length_s = seconds(extent.duration());
            if (length_s < options.min_duration_s || length_s > options.max_duration_s || extent.onset < last) continue;
            if (!context.contains(extent.onset) || elsewhere.overlaps(extent)) continue;
            const Time near = from_seconds(options.neck_within_s);
            Event e;
            e.kind = "neck_myoclonus";
            e.extent = extent;
            bool twitch = false;
            for (const Muscles::Muscle& n : neck.all())
                if (const auto t = twitch_of(*n.activity, {extent.onset - near, extent.offset + near}, options.neck_ratio)) {
                    twitch = true;
                    e.extent = {std::min(e.extent.onset, t->onset), std::max(e.extent.offset, t->offset)};
                }
            if (!neck.empty() && !twitch) continue;
            if (std::any_of(trunk.all().begin(), trunk.all().end(), [&](const Muscles::Muscle& t) { return twitch_of(*t.activity, e.extent, options.neck_ratio).has_value(); })) continue;
            // a head that moves for longer makes several of them
            const auto second = static_cast<std::size_t>(1 / head_step_s), from = begin - std::min(begin, 3 * second);
            std::size_t beside = 0;
            for (std::size_t i = from; i < std::min(count, end + 3 * second); ++i) beside += (i < begin || i >= end) && 2 * size(i) >= peak;
            if (static_cast<double>(beside) * head_step_s > max_beside_s) continue;
            if (neck.empty() && goes_on(night, chin, extent, options.neck_ratio)) continue;
            last = extent.offset + 200ms;
            e.channel = m.channels;
            for (const Muscles::Muscle& n : neck.all()) e.channel += "+" + n.signal->label;
            const auto shown = [](double x) { return std::round(x * 100) / 100; };
            e.measures = {{"stripe_s", shown(length_s)}, {"stripe_uv", shown(static_cast<double>(peak))}, {"neck", neck.empty() ? std::nan("") : double(twitch)}};
            found.events.push_back(std::move(e));
        }
    }
    return found;
}

}  // namespace

extern const Detector neck_myoclonus_detector;
const Detector neck_myoclonus_detector{
    "neck_myoclonus",
    "short stripes across the leads of the head in REM sleep, with a twitch of the neck",
    "Frauscher 2010 (Sleep 33:1091); proposed coding, checked on simulated signals",
    "EEG and EOG in uV, at least two leads; hypnogram; EMG of the neck where available",
    {{"neck_myoclonus", "short stripe across the leads of the head in REM sleep (proposed coding, checked on simulated signals)",
      {{"stripe_s", "s", "length of the stripe alone; the event holds the twitch of the neck, too"},
       {"stripe_uv", "uV", "largest deflection, mean of the leads"},
       {"neck", "", "1: the neck's EMG twitched; NaN: not recorded"}}}},
    describe(specs()),
    [](const OptionValues& values) { return option_values(specs(), parse_options(specs(), values)); },
    run,
    false,
    when};

}  // namespace psg::events
