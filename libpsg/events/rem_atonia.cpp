// Detector of REM sleep without atonia: phasic and tonic activity of chin and limbs, and the REM atonia index.
// SPDX-License-Identifier: BSD-3-Clause
//
// SINBAR (Frauscher 2012, Sleep 35:835): 3-s mini-epochs with a burst of 0.1 to 5 s above twice the background (phasic),
// 30-s epochs with more than half at twice the background (tonic), any activity. AASM: 5 of 10 mini-epochs with bursts of
// four times the background; half an epoch above the NREM minimum. REM atonia index: Ferri 2010 (Sleep Med 11:947), in
// rem_atonia_index. The background is not defined to the letter anywhere. Proposed here: bursts stand out of what is around them
// (lower quartile of half seconds within 15 s), also in tonic epochs; what is tonic, of the 10th percentile of REM mini-epochs, or the
// first of NREM ones if that is less. SINBAR's tonic activity is that of the chin. Arousals and artefacts are taken out first.
#include <algorithm>
#include <cmath>
#include <limits>

#include "libpsg/events/detector.hpp"
#include "libpsg/events/ecg_beats.hpp"
#include "libpsg/events/heart_in_muscle.hpp"
#include "libpsg/events/muscle_activity.hpp"
#include "libpsg/events/regions_active.hpp"
#include "libpsg/events/rem_atonia_index.hpp"
#include "libpsg/events/stage_groups.hpp"
#include "libpsg/signal/runs.hpp"
#include "libpsg/signal/statistics.hpp"

namespace psg::events {

namespace {

using namespace std::chrono_literals;

struct Options {
    double ratio = 2, aasm_ratio = 4;
    double min_burst_s = 0.1, max_burst_s = 5;
    double tonic_share = 0.5, tonic_uv = 0;
    int aasm_mini_epochs = 5;
    double nrem_margin = 1.2;
    bool exclude_arousals = true;
    int rectify_gain = 1;
};

const std::vector<OptionSpec<Options>>& specs() {
    using O = Options;
    static const std::string sinbar = "SINBAR (Frauscher 2012)", aasm = "AASM through others", proposed = "proposed";
    static const std::vector<OptionSpec<O>> list{
        {{"ratio", "", "", sinbar, "activity exceeds this many times the background", {}, 1, 100}, &O::ratio},
        {{"aasm_ratio", "", "", aasm, "... under the rule of the AASM", {}, 1, 100}, &O::aasm_ratio},
        {{"min_burst_s", "s", "", sinbar, "shortest burst of phasic activity", {}, 0.02, 10}, &O::min_burst_s},
        {{"max_burst_s", "s", "", sinbar, "longest burst of phasic activity", {}, 0.1, 60}, &O::max_burst_s},
        {{"tonic_share", "", "", sinbar + ", AASM", "part of a 30-s epoch that is more than this active is tonic", {}, 0.01, 0.99}, &O::tonic_share},
        {{"tonic_uv", "uV", "", "SINBAR: 10 (from memory)", "activity above this is tonic, too, whatever the background (rms); 0: not used", {}, 0, 1000}, &O::tonic_uv},
        {{"aasm_mini_epochs", "", "", aasm, "of ten mini-epochs, so many with bursts make an epoch phasic", {}, 1, 10}, &O::aasm_mini_epochs},
        {{"nrem_margin", "", "", proposed, "AASM tonic: above this many times the NREM minimum", {}, 1, 10}, &O::nrem_margin},
        {{"exclude_arousals", "", "", sinbar, "is time in arousals left out?"}, &O::exclude_arousals},
        {{"rectify_gain", "", "", "Ferri 2010: 1; SOMAS: 2", "REM atonia index: factor on the rectified EMG", {}, 1, 2}, &O::rectify_gain}};
    return list;
}

// Root mean squares of whole pieces.
std::vector<float> amplitudes(const MuscleActivity& muscle, const std::vector<Interval>& pieces) {
    std::vector<float> all;
    for (const Interval& p : pieces) all.push_back(amplitude_of(muscle, p));
    return all;
}

// What one channel shows in REM sleep.
struct Channel {
    IntervalSet rem;                                 // REM sleep without artefacts and arousals
    float background = 0, nrem_minimum = 0;          // uV; NaN: unknown
    IntervalSet active, phasic, strong, tonic;       // activity, bursts, bursts of the AASM, tonic epochs
    IntervalSet aasm_tonic;
    EventList events;
};

// Runs of 50-ms amplitudes at or above a level, not shorter than `least`.
std::vector<Interval> above(const MuscleActivity& muscle, const IntervalSet& when, float level, Time least) {
    std::vector<Interval> runs;
    const Time block = muscle.envelope.rate.time_of(1);
    for (const Interval& i : when.intervals()) {
        const std::vector<float> x = amplitude_in(muscle, i), smooth = smoothed_50ms(x);
        auto found = signal::bridged(signal::runs_at_or_above(smooth, level), static_cast<std::size_t>(std::max<std::int64_t>(1, 100ms / block)));
        for (signal::Run run : found) {
            while (run.begin < run.end && !(x[run.begin] >= level)) ++run.begin;
            while (run.begin < run.end && !(x[run.end - 1] >= level)) --run.end;
            const Interval extent{i.onset + block * static_cast<std::int64_t>(run.begin), i.onset + block * static_cast<std::int64_t>(run.end)};
            if (extent.duration() >= least) runs.push_back(extent);
        }
    }
    return runs;
}

// Lower quartile of what the muscle does in the 3 s before a burst or after it, whichever is less: a burst on the whole stands out of that,
// too, a tone that drifts within seconds does not (proposed).
float beside_burst(const MuscleActivity& muscle, const Interval& burst) {
    float least = INFINITY;
    for (const Interval& side : {Interval{burst.onset - 3100ms, burst.onset - 100ms}, Interval{burst.offset + 100ms, burst.offset + 3100ms}})
        least = std::fmin(least, static_cast<float>(signal::percentile(amplitudes(muscle, whole_pieces(IntervalSet({side}), 100ms)), 25)));
    return least;
}

double part_of(const IntervalSet& set, const Interval& whole) {
    return seconds(set.intersected(IntervalSet({whole})).total()) / seconds(whole.duration());
}

constexpr Time beside = 3s;            // of an epoch
constexpr Time longest_before = 60s;  // of REM sleep: of activity that goes on into it without a pause

// The beginning or the end of an epoch of REM sleep beside one of another stage, whose tone goes on in it before it falls or
// rises: sleep changed within the epoch (proposed). Nothing where the tone does not change in the epoch.
IntervalSet tone_of_neighbours(const IntervalSet& high, const Hypnogram& h, std::size_t i) {
    const Interval epoch = h.epoch_extent(i);
    const auto other = [&](std::size_t k) { return k < h.stages.size() && h.stages[k] != Stage::R; };
    const IntervalSet around = joined(high.intersected(IntervalSet({{epoch.onset - beside, epoch.offset + beside}})), 1s);
    IntervalSet set;
    for (const Interval& run : around.intervals()) {
        const bool from_before = i > 0 && other(i - 1) && run.onset < epoch.onset - 1s && run.offset < epoch.offset;
        const bool to_after = other(i + 1) && run.offset > epoch.offset + 1s && run.onset > epoch.onset;
        if (from_before || to_after) set.add(run);
    }
    return set;
}

Channel look(const Muscles::Muscle& m, const Night& night, const IntervalSet& left_out, const HeartInMuscle& heart, const Options& options) {
    Channel c;
    const IntervalSet seen = m.activity->visible.without(left_out);
    const IntervalSet window = night.analysis_window();
    c.rem = seen.intersected(window).intersected(night.hypnogram.where([](Stage s) { return s == Stage::R; }));
    const auto quiet = amplitudes(*m.activity, whole_pieces(c.rem, 3s));
    const auto nrem = amplitudes(*m.activity, whole_pieces(seen.intersected(window).intersected(night.hypnogram.where(is_nrem)), 3s));
    c.nrem_minimum = static_cast<float>(signal::percentile(nrem, 1));
    c.background = std::fmin(static_cast<float>(signal::percentile(quiet, 10)), c.nrem_minimum);
    if (!(c.background > 0)) return c;

    const auto level = static_cast<float>(options.ratio) * c.background;
    const Time least = from_seconds(options.min_burst_s), most = from_seconds(options.max_burst_s);
    // tonic epochs, by the recording's epochs of which most can be judged
    const auto tonic_level = options.tonic_uv > 0 ? std::min(level, static_cast<float>(options.tonic_uv)) : level;
    std::vector<Interval> near_rem = c.rem.intervals();
    for (Interval& i : near_rem) i = {i.onset - beside, i.offset + beside};
    const IntervalSet high(above(*m.activity, seen.intersected(IntervalSet(std::move(near_rem))), tonic_level, 0s));
    const IntervalSet over_nrem(above(*m.activity, c.rem, static_cast<float>(options.nrem_margin) * c.nrem_minimum, 0s));
    for (std::size_t i = 0; m.role == Role::chin && i < night.hypnogram.stages.size(); ++i) {
        const Interval epoch = night.hypnogram.epoch_extent(i);
        if (night.hypnogram.stages[i] != Stage::R || part_of(c.rem, epoch) < 0.5) continue;
        const IntervalSet judged = c.rem.without(tone_of_neighbours(high, night.hypnogram, i));
        if (part_of(high.intersected(judged), epoch) > options.tonic_share * part_of(judged, epoch)) c.tonic.add(epoch);
        if (part_of(over_nrem, epoch) >= options.tonic_share * part_of(c.rem, epoch)) c.aasm_tonic.add(epoch);
    }
    BurstLimits limits;
    limits.on_ratio = options.ratio;
    limits.off_ratio = std::min(1.5, options.ratio);
    limits.off_peak_fraction = 0.1;
    limits.join_ms = 100;
    limits.smoothing_ms = 1e3 * options.min_burst_s;  // no burst is shorter
    std::vector<Interval> active;
    for (const MuscleBurst& b : bursts_of(*m.activity, background_around(*m.activity, 15s, c.rem, longest_before), limits)) {
        if (!c.rem.covers(b.extent) || b.extent.duration() < least) continue;
        if (b.mean_uv < static_cast<float>(options.ratio) * beside_burst(*m.activity, b.extent)) continue;
        if (!heart.leaves_activity(b.extent, static_cast<float>(options.ratio) * b.rest_uv, least)) continue;
        active.push_back(b.extent);
        if (b.extent.duration() > most) continue;
        c.phasic.add(b.extent);
        if (b.peak_uv >= static_cast<float>(options.aasm_ratio) * b.rest_uv) c.strong.add(b.extent);
        Event e;
        e.kind = "rem_phasic_activity";
        e.extent = b.extent;
        e.channel = m.signal->label;
        e.side = side_of(m.role);
        const auto shown = [](float x) { return std::round(static_cast<double>(x) * 100) / 100; };
        e.measures = {{"peak_uv", shown(b.peak_uv)}, {"strength_ratio", shown(b.peak_uv / b.rest_uv)}};
        c.events.push_back(std::move(e));
    }
    c.active = IntervalSet(std::move(active));
    for (const Interval& extent : c.tonic.intervals()) {
        Event e;
        e.kind = "rem_tonic_activity";
        e.extent = extent;
        e.channel = m.signal->label;
        e.side = side_of(m.role);
        const float uv = amplitude_of(*m.activity, extent);
        const auto shown = [](float x) { return std::round(static_cast<double>(x) * 100) / 100; };
        e.measures = {{"peak_uv", shown(uv)}, {"strength_ratio", shown(uv / c.background)}};
        c.events.push_back(std::move(e));
    }
    return c;
}

double percent(double part, double whole) {
    return whole > 0 ? 100 * part / whole : std::numeric_limits<double>::quiet_NaN();
}

void measure(const Muscles::Muscle& m, const Channel& c, const Night& night, const Options& options, Detection& found) {
    const auto add = [&](const char* name, double value, const char* text, const char* source) {
        found.measures.push_back({name, m.signal->label, "R", value, "%", "", text, source});
    };
    double minis = 0, phasic = 0, any = 0, epochs = 0, tonic = 0, aasm_tonic = 0, aasm_phasic = 0;
    for (std::size_t i = 0; i < night.hypnogram.stages.size(); ++i) {
        const Interval epoch = night.hypnogram.epoch_extent(i);
        if (night.hypnogram.stages[i] != Stage::R) continue;
        double strong = 0, judged = 0;
        for (Time t = epoch.onset; t < epoch.offset; t += 3s) {
            const Interval mini{t, t + 3s};
            if (!c.rem.covers(mini)) continue;
            ++judged;
            phasic += c.phasic.overlaps(mini);
            any += c.active.overlaps(mini) || c.tonic.overlaps(mini);
            strong += c.strong.overlaps(mini);
        }
        minis += judged;
        if (judged < 5) continue;
        ++epochs;
        tonic += c.tonic.covers(epoch);
        aasm_tonic += c.aasm_tonic.covers(epoch);
        aasm_phasic += strong >= options.aasm_mini_epochs;
    }
    if (!(c.background > 0)) minis = epochs = 0;
    const char* const sinbar = "Frauscher 2012, Sleep 35:835";
    add("sinbar_phasic", percent(phasic, minis), "3-s mini-epochs with phasic activity", sinbar);
    if (m.role == Role::chin) add("sinbar_tonic", percent(tonic, epochs), "30-s epochs with tonic activity", sinbar);
    add("sinbar_any", percent(any, minis), "3-s mini-epochs with any activity", sinbar);
    add("aasm_phasic", percent(aasm_phasic, epochs), "30-s epochs of which 5 mini-epochs hold bursts of 4 x the background", "AASM through others");
    if (m.role == Role::chin)
        add("aasm_tonic", percent(aasm_tonic, epochs), "30-s epochs of which half is above the NREM minimum", "AASM through others; minimum proposed");
    found.measures.push_back({"background_uv", m.signal->label, "R", static_cast<double>(c.background), "uV", "",
                              "what activity is compared with (rms above 20 Hz)", "proposed"});
}

// Mentalis any or phasic activity of either arm (flexor digitorum superficialis).
void measure_chin_and_arms(const Muscles& muscles, const std::vector<Channel>& channels, Detection& found) {
    IntervalSet rem, positive;
    bool chin = false, arms = false;
    for (std::size_t i = 0; i < channels.size(); ++i) {
        const Role role = muscles.all()[i].role;
        if (role == Role::chin) {
            rem = chin ? rem.united(channels[i].rem) : channels[i].rem;
            positive = positive.united(channels[i].active).united(channels[i].tonic);
            chin = true;
        } else if (role == Role::arm_left || role == Role::arm_right) {
            positive = positive.united(channels[i].phasic);
            arms = true;
        }
    }
    if (!chin || !arms) return;
    double minis = 0, any = 0;
    for (const Interval& p : whole_pieces(rem, 3s)) {
        ++minis;
        any += positive.overlaps(p);
    }
    found.measures.push_back({"sinbar_chin_any_arms_phasic", "all", "R", percent(any, minis), "%", "",
                              "3-s mini-epochs with any activity of the chin or phasic activity of an arm",
                              "Frauscher 2012, Sleep 35:835 (flexor digitorum superficialis; other arm muscles are not validated)"});
}

IntervalSet arousals_of(const Night& night) {
    IntervalSet set;
    if (night.arousals)
        for (const Event& e : *night.arousals) {  // an awakening is told cut; as long as the EEG stays fast the sleeper is awake
            const double lasted_s = e.number("lasted_s");
            set.add({e.extent.onset, std::max(e.extent.offset, e.extent.onset + from_seconds(std::isnan(lasted_s) ? 0 : lasted_s))});
        }
    return set;
}

Detection run(const Night& night, const OptionValues& values) {
    const Options options = parse_options(specs(), values);
    Detection found;
    const Muscles muscles(night, {Role::chin, Role::arm_left, Role::arm_right, Role::leg_left, Role::leg_right}, "REM activity", found.findings);
    const IntervalSet rem = night.hypnogram.where([](Stage s) { return s == Stage::R; });
    found.at_risk = muscles.visible_in_any().intersected(rem);
    found.ran = !found.at_risk.empty();
    if (!found.ran) {
        found.findings.push_back({FindingCode::DETECTOR_NOT_RUN, rem.empty() ? "REM sleep without atonia: no epoch is REM sleep"
                                                                            : "REM sleep without atonia: no EMG channel has a signal in REM sleep" + muscles.lacked()});
        return found;
    }
    const IntervalSet arousals = options.exclude_arousals ? arousals_of(night) : IntervalSet();
    std::vector<Time> beats;
    std::vector<HeartBeat> own_beats;
    for (const HeartBeat& b : beats_of(night, own_beats)) beats.push_back(from_seconds(b.place));
    std::vector<Channel> channels;
    IntervalSet seen;
    for (const Muscles::Muscle& m : muscles.all()) {
        IntervalSet left_out = arousals.united(hidden_in(night, m.signal->label));
        // what is left of beats that were subtracted may be more than twice the background of a quiet muscle: bursts are looked for
        // between them
        const IntervalSet told = beats_told_in(night, m.signal->label);
        for (const Event& e : night.events)  // what the whole body does is no activity of REM sleep (proposed)
            if (e.kind == "large_muscle_group_movement") left_out.add(e.extent);
        for (const Event& e : night.events)  // twice a quiet background is less than hum that hides nothing else
            if (e.text("reason") == "weak_mains" && concerns(e, m.signal->label)) left_out.add(e.extent);
        seen = seen.united(m.activity->visible.without(left_out));
        channels.push_back(look(m, night, left_out, HeartInMuscle(*m.activity, beats, told), options));
        Channel& c = channels.back();
        measure(m, c, night, options, found);
        if (m.role == Role::chin) {
            const AtoniaIndex index = rem_atonia_index(*m.signal, c.rem.without(told), options.rectify_gain);
            found.measures.push_back({"rem_atonia_index", m.signal->label, "R", index.value, "", "",
                                      "P(amplitude <= 1 uV) / (1 - P(1 < amplitude <= 2 uV)) of seconds, the minimum of +-30 s subtracted",
                                      "Ferri 2010, Sleep Med 11:947"});
        }
        for (Event& e : c.events) found.events.push_back(std::move(e));
    }
    found.at_risk = seen.intersected(rem);
    measure_chin_and_arms(muscles, channels, found);
    return found;
}

IntervalSet when(const Night& night, const OptionValues&) {
    return night.hypnogram.where([](Stage s) { return s == Stage::R; });
}

const std::vector<MeasureInfo> measures{{"peak_uv", "uV", "highest amplitude (rms of 100 ms above 20 Hz; tonic: of all)"},
                                        {"strength_ratio", "", "the same over the background around it (tonic: of REM sleep)"}};

}  // namespace

extern const Detector rem_atonia_detector;
const Detector rem_atonia_detector{
    "rem_atonia",
    "REM sleep without atonia: phasic and tonic activity, SINBAR and AASM percentages, REM atonia index",
    "SINBAR (Frauscher 2012), AASM, Ferri 2010; proposed background, checked on simulated signals",
    "EMG of chin, arms or legs in uV; hypnogram; arousals where available",
    {{"rem_phasic_activity", "burst of 0.1 to 5 s of one muscle in REM sleep (coding proposed, checked on simulated signals)", measures},
     {"rem_tonic_activity", "epochs of REM sleep with lasting activity of one muscle (coding proposed, checked on simulated signals)", measures}},
    describe(specs()),
    [](const OptionValues& values) { return option_values(specs(), parse_options(specs(), values)); },
    run,
    false,
    when};

}  // namespace psg::events
