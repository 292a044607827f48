// Detector of bruxism (rhythmic masticatory muscle activity): episodes of chin or masseter, phasic, tonic or mixed.
// SPDX-License-Identifier: BSD-3-Clause
//
// AASM through others: bursts of twice the background or more; phasic: three or more of 0.25 to 2 s; tonic: one of more
// than 2 s; mixed: both; a new episode after 3 s of stable background. Proposed: episodes begin in sleep; where the
// masseter is recorded it takes part; a single tonic burst of the chin alone is stronger than the rise of the chin that
// arousals have; what arms or legs do at the same time makes it a movement of the body, what the trunk does with each
// burst a cough; more than two bursts a second are syllables; a tonic burst that begins in sleep and mostly lies in
// wake is the tone of wake.
#include <algorithm>
#include <cmath>
#include <set>

#include "libpsg/events/detector.hpp"
#include "libpsg/events/regions_active.hpp"
#include "libpsg/signal/statistics.hpp"

namespace psg::events {

namespace {

using namespace std::chrono_literals;

struct Options {
    double ratio = 2, min_uv = 10;
    double min_burst_s = 0.25, phasic_s = 2, pause_s = 3;
    int min_bursts = 3;
    double max_interval_s = 2.8;
    double tonic_uv = 30, lone_ratio = 4, lone_s = 10;
    double awake_s = 15, awake_after_s = 30;
    double with_trunk = 0.5, max_rate_hz = 2;
    double max_duration_s = 120;
    bool in_wake = false;
};

const std::vector<OptionSpec<Options>>& specs() {
    using O = Options;
    static const std::string aasm = "AASM through others", proposed = "proposed";
    static const std::vector<OptionSpec<O>> list{
        {{"ratio", "", "", aasm, "a burst rises to this many times the background (rms)", {}, 1, 100}, &O::ratio},
        {{"min_uv", "uV", "", proposed, "... and to this", {}, 0, 1000}, &O::min_uv},
        {{"min_burst_s", "s", "", aasm, "shortest burst", {}, 0.05, 10}, &O::min_burst_s},
        {{"phasic_s", "s", "", aasm, "longest phasic burst; longer ones are tonic", {}, 0.1, 60}, &O::phasic_s},
        {{"pause_s", "s", "", aasm, "a new episode begins after this much rest", {}, 0.1, 60}, &O::pause_s},
        {{"min_bursts", "", "", aasm, "fewest bursts of a phasic episode", {}, 1, 100}, &O::min_bursts},
        {{"max_interval_s", "s", "", proposed, "where no masseter takes part their median interval from onset to onset is no longer: what the chin does once a breath is snoring", {}, 0.5, 60}, &O::max_interval_s},
        {{"tonic_uv", "uV", "", proposed, "where no masseter takes part a tonic burst that comes alone rises to this (rms): the chin rises in arousals, too", {}, 0, 1000}, &O::tonic_uv},
        {{"lone_ratio", "", "", proposed, "... or, in NREM sleep, to this many times the background, all of the burst, where neither an arousal nor another burst is near", {}, 1, 100}, &O::lone_ratio},
        {{"lone_s", "s", "", proposed, "... within this to either side", {}, 0, 300}, &O::lone_s},
        {{"awake_s", "s", "", "proposed, as arousals.max_duration_s", "where no masseter takes part an episode does not mostly lie where the EEG is fast for longer than this: the chin of one who is awake", {}, 1, 300}, &O::awake_s},
        {{"awake_after_s", "s", "", proposed, "... nor, below lone_ratio, in this time after it", {}, 0, 300}, &O::awake_after_s},
        {{"with_trunk", "", "", proposed, "coughs: with this part of the bursts or more the trunk works, too (for 0.4 of it)", {}, 0, 1}, &O::with_trunk},
        {{"max_rate_hz", "Hz", "", proposed, "speech: bursts of a muscle, told apart by pauses of 50 ms, come more often than this; bites come about once a second", {}, 0.5, 100}, &O::max_rate_hz},
        {{"max_duration_s", "s", "", proposed, "longest burst", {}, 1, 3600}, &O::max_duration_s},
        {{"in_wake", "", "", proposed, "are episodes counted that begin in wake?"}, &O::in_wake}};
    return list;
}

struct Bite {
    Interval extent;
    std::set<std::size_t> muscles;
    float peak_uv = 0, ratio = 0, mean_ratio = 0;
};

BurstLimits limits_of(const Options& options) {
    BurstLimits limits;
    limits.on_ratio = options.ratio;
    limits.on_uv = options.min_uv;
    limits.off_ratio = std::min(1.5, options.ratio);
    limits.off_peak_fraction = 0.15;
    limits.join_ms = 120;
    limits.min_ms = 1e3 * options.min_burst_s;
    limits.max_ms = 1e3 * options.max_duration_s;
    return limits;
}

// Bursts of the jaw; those of several channels that overlap are one.
std::vector<Bite> bites_of(const Muscles& jaw, const Options& options) {
    const BurstLimits limits = limits_of(options);
    std::vector<Bite> all;
    for (std::size_t m = 0; m < jaw.all().size(); ++m)
        for (const MuscleBurst& b : bursts_of(*jaw.all()[m].activity, limits))
            all.push_back({b.extent, {m}, b.peak_uv, b.peak_uv / b.rest_uv, b.mean_uv / b.rest_uv});
    std::stable_sort(all.begin(), all.end(), [](const Bite& a, const Bite& b) { return a.extent.onset < b.extent.onset; });
    std::vector<Bite> bites;
    for (Bite& b : all) {
        if (!bites.empty() && bites.back().extent.overlaps(b.extent)) {
            Bite& into = bites.back();
            into.extent.offset = std::max(into.extent.offset, b.extent.offset);
            into.muscles.insert(b.muscles.begin(), b.muscles.end());
            into.peak_uv = std::max(into.peak_uv, b.peak_uv);
            into.ratio = std::max(into.ratio, b.ratio);
            into.mean_ratio = std::max(into.mean_ratio, b.mean_ratio);
        } else {
            bites.push_back(std::move(b));
        }
    }
    return bites;
}

double part_of(const IntervalSet& set, const Interval& whole) {
    return seconds(set.intersected(IntervalSet({whole})).total()) / seconds(whole.duration());
}

// The chin rises in arousals of REM sleep (ASDA 1992), and the tone of wake comes back in the jaw, too.
bool aroused(const Night& night, const Interval& extent, bool masseter) {
    return night.arousals && std::any_of(night.arousals->begin(), night.arousals->end(), [&](const Event& a) {
               return a.extent.overlaps(extent) && (!masseter || a.kind == "awakening");
           });
}

IntervalSet when(const Night& night, const OptionValues& values) {
    const IntervalSet all = night.hypnogram.where([](Stage) { return true; });
    return parse_options(specs(), values).in_wake ? all : night.hypnogram.where(is_sleep);
}

Detection run(const Night& night, const OptionValues& values) {
    const Options options = parse_options(specs(), values);
    Detection found;
    const Muscles jaw(night, {Role::chin, Role::masseter}, "bruxism", found.findings);
    found.at_risk = jaw.visible_in_any();
    if (!options.in_wake) found.at_risk = found.at_risk.intersected(night.hypnogram.where(is_sleep));
    found.ran = !found.at_risk.empty();
    if (!found.ran) {
        found.findings.push_back({FindingCode::DETECTOR_NOT_RUN, jaw.visible_in_any().empty() ? "bruxism: chin or masseter with a signal is needed" + jaw.lacked()
                                                                                : "bruxism: no epoch with a signal of " + std::string(role_name(jaw.all().front().role)) + " is sleep"});
        return found;
    }
    IntervalSet masseter_seen;
    for (const Muscles::Muscle& m : jaw.all())
        if (m.role == Role::masseter) masseter_seen = masseter_seen.united(m.activity->visible);
    Findings ignored;
    const Muscles limbs(night, {Role::arm_left, Role::arm_right, Role::leg_left, Role::leg_right}, "", ignored);
    BurstLimits moving;
    moving.on_ratio = 3;
    moving.on_uv = 8;
    moving.min_ms = 500;
    moving.join_ms = 300;
    const auto active = active_regions(limbs, moving);
    const auto of_the_body = [&](const Bite& b) {
        int regions = 0;
        for (const auto& [region, set] : active) regions += part_of(set, b.extent) > 0.4;
        return regions >= 2 || (regions == 1 && b.extent.duration() > from_seconds(options.phasic_s) && limbs.all().size() < 3);
    };
    const Muscles trunk(night, {Role::trunk}, "", ignored);
    moving.min_ms = 100;
    const IntervalSet trunk_works = active_regions(trunk, moving)[Region::axial];
    BurstLimits brief = limits_of(options);
    brief.join_ms = 50;
    brief.min_ms = 0;
    std::vector<std::vector<MuscleBurst>> sounds;
    for (const Muscles::Muscle& m : jaw.all()) sounds.push_back(bursts_of(*m.activity, brief));
    const auto is_speech = [&](const Interval& episode) {
        return std::any_of(sounds.begin(), sounds.end(), [&](const std::vector<MuscleBurst>& of_muscle) {
            const auto count = std::count_if(of_muscle.begin(), of_muscle.end(),
                                             [&](const MuscleBurst& b) { return b.extent.overlaps(episode); });
            return static_cast<double>(count) > std::max(2.0, options.max_rate_hz * seconds(episode.duration()));
        });
    };
    const auto bites_masseter = [&](const std::set<std::size_t>& used) {
        return std::any_of(used.begin(), used.end(), [&](std::size_t m) { return jaw.all()[m].role == Role::masseter; });
    };
    const IntervalSet wake = night.hypnogram.where([](Stage s) { return s == Stage::W; });
    IntervalSet woken = wake, after_waking = wake;
    if (night.arousals)
        for (const Event& a : *night.arousals) {  // an arousal is told cut; as long as the EEG stays fast the sleeper is awake
            const double lasted_s = a.number("lasted_s");
            if (a.kind != "awakening" && !(lasted_s > options.awake_s)) continue;
            const Time end = std::max(a.extent.offset, a.extent.onset + from_seconds(std::isnan(lasted_s) ? 0 : lasted_s));
            woken.add({a.extent.onset, end});
            after_waking.add({a.extent.onset, end + from_seconds(options.awake_after_s)});
        }
    std::vector<Bite> bites = bites_of(jaw, options);
    std::erase_if(bites, [&](const Bite& b) {
        return of_the_body(b) || (masseter_seen.covers(b.extent) && !bites_masseter(b.muscles));
    });
    // A weak clench that the chin alone shows: nothing else happens around it that it could be part of.
    const auto comes_alone = [&](const Bite& b) {
        const Interval around{b.extent.onset - from_seconds(options.lone_s), b.extent.offset + from_seconds(options.lone_s)};
        const auto nearby = std::count_if(bites.begin(), bites.end(), [&](const Bite& o) { return o.extent.overlaps(around); });
        return night.arousals && !aroused(night, around, false) && nearby == 1 && b.mean_ratio >= static_cast<float>(options.lone_ratio) &&
               is_nrem(night.hypnogram.at(b.extent.onset)) && is_nrem(night.hypnogram.at(around.offset));
    };
    for (std::size_t i = 0; i < bites.size();) {
        std::size_t end = i + 1;
        while (end < bites.size() && bites[end].extent.onset - bites[end - 1].extent.offset < from_seconds(options.pause_s)) ++end;
        int phasic = 0, tonic = 0, with_trunk = 0;
        float peak = 0, ratio = 0;
        std::set<std::size_t> used;
        for (std::size_t k = i; k < end; ++k) {
            (bites[k].extent.duration() > from_seconds(options.phasic_s) ? tonic : phasic) += 1;
            peak = std::max(peak, bites[k].peak_uv);
            ratio = std::max(ratio, bites[k].ratio);
            used.insert(bites[k].muscles.begin(), bites[k].muscles.end());
            with_trunk += part_of(trunk_works, bites[k].extent) > 0.4;
        }
        const Interval extent{bites[i].extent.onset, bites[end - 1].extent.offset};
        std::vector<float> intervals;
        for (std::size_t k = i + 1; k < end; ++k) intervals.push_back(static_cast<float>(seconds(bites[k].extent.onset - bites[k - 1].extent.onset)));
        const bool is_phasic = phasic >= options.min_bursts && (bites_masseter(used) || static_cast<double>(signal::median(intervals)) <= options.max_interval_s);
        const bool is_tonic = tonic > 0 && (is_phasic || bites_masseter(used) || peak >= static_cast<float>(options.tonic_uv) || comes_alone(bites[i]));
        const Stage stage = night.hypnogram.at(extent.onset);
        i = end;
        const bool coughs = with_trunk > 0 && with_trunk >= options.with_trunk * (phasic + tonic);
        if (coughs || is_speech(extent)) continue;
        if (is_tonic && !is_phasic && stage == Stage::R && aroused(night, extent, masseter_seen.covers(extent))) continue;
        if (is_tonic && !is_phasic && !options.in_wake && part_of(wake, extent) > 0.5) continue;
        const bool weak = ratio < static_cast<float>(options.lone_ratio);
        if (!masseter_seen.covers(extent) && !options.in_wake && part_of(weak ? after_waking : woken, extent) > 0.5) continue;
        if ((!is_phasic && !is_tonic) || (!options.in_wake && !is_sleep(stage))) continue;
        Event e;
        e.kind = "bruxism";
        e.extent = extent;
        bool artefact = true;  // hum or clipping in every channel of it
        for (const std::size_t m : used) {
            e.channel += (e.channel.empty() ? "" : "+") + jaw.all()[m].signal->label;
            artefact = artefact && is_artefact(*jaw.all()[m].signal, extent);
        }
        if (artefact) continue;
        const auto shown = [](float x) { return std::round(static_cast<double>(x) * 100) / 100; };
        e.measures = {{"type", std::string(is_phasic && is_tonic ? "mixed" : is_phasic ? "phasic" : "tonic")},
                      {"bursts", static_cast<double>(phasic + tonic)},
                      {"peak_uv", shown(peak)},
                      {"strength_ratio", shown(ratio)}};
        found.events.push_back(std::move(e));
    }
    return found;
}

}  // namespace

extern const Detector bruxism_detector;
const Detector bruxism_detector{
    "bruxism",
    "episodes of jaw muscle activity: phasic, tonic or mixed",
    "AASM through others; proposed coding, checked on simulated signals (no sound or video)",
    "EMG of chin or masseter in uV, hypnogram; arms and legs where available",
    {{"bruxism", "episode of bruxism (proposed coding, checked on simulated signals)",
      {{"type", "", "phasic, tonic or mixed"},
       {"bursts", "", "bursts of the episode"},
       {"peak_uv", "uV", "highest amplitude (rms of 50 ms above 20 Hz)"},
       {"strength_ratio", "", "the same over the resting level"}}}},
    describe(specs()),
    [](const OptionValues& values) { return option_values(specs(), parse_options(specs(), values)); },
    run,
    false,
    when};

}  // namespace psg::events
