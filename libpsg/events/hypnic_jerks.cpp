// Detector of hypnic jerks (sleep starts): brief bursts in two or more muscles at once, at the edge of sleep or in it.
// SPDX-License-Identifier: BSD-3-Clause
//
// No standard defines how to score them. The rule is this project's proposal, built on published facts (ICSD: 75 to
// 250 ms, sleep onset, vertex wave, arousal, tachycardia; Calandra-Buonaura 2014 and Chiaro 2016: no fixed order of
// muscles, all night long) and checked on simulated signals only. Bursts: jerk_bursts; coincidences and what they could
// be instead: jerk_groups, jerk_lookalikes; EEG, heart rate and awakening: jerk_support, wake_eeg; context and grade:
// jerk_grade; what is said of each: jerk_event; here: channels and parameters.
#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <chrono>
#include <cmath>
#include <deque>
#include <limits>
#include <set>

#include "libpsg/events/detector.hpp"
#include "libpsg/events/ecg_beats.hpp"
#include "libpsg/events/heart_in_muscle.hpp"
#include "libpsg/events/jerk_bursts.hpp"
#include "libpsg/events/jerk_event.hpp"
#include "libpsg/events/jerk_grade.hpp"
#include "libpsg/events/jerk_groups.hpp"
#include "libpsg/events/jerk_lookalikes.hpp"
#include "libpsg/events/jerk_support.hpp"
#include "libpsg/events/regions_active.hpp"

namespace psg::events {

namespace {

struct JerkOptions : BurstRules, GroupRules, SupportRules {
    std::string tier = "loose";
    double core_min = 5;
    double respiratory_before_s = 2, respiratory_after_s = 10.25;
    double mark_before_s = 2, mark_after_s = 60;
};

const std::vector<OptionSpec<JerkOptions>>& specs() {
    using O = JerkOptions;
    static const std::string proposed = "proposed", icsd = "proposed, after ICSD (75 to 250 ms)";
    static const std::vector<OptionSpec<O>> list{
        {{"high_pass_hz", "Hz", "", proposed, "lower edge of the EMG band", {}, 1, 40}, &O::high_pass_hz},
        {{"low_pass_hz", "Hz", "", proposed, "upper edge of the EMG band; lowered to 0.45 of the rate", {}, 45, 10000}, &O::low_pass_hz},
        {{"smoothing_ms", "ms", "", proposed, "moving mean of the rectified EMG", {}, 1, 50}, &O::smoothing_ms},
        {{"background_s", "s", "", proposed, "the background is the median over this long before", {}, 1, 60}, &O::background_s},
        {{"min_amplitude_uv", "uV", "", proposed, "a burst exceeds this", {}, 0.1, 1000}, &O::min_amplitude_uv},
        {{"on_ratio", "", "", proposed, "... and this many times the background", {}, 1, 100}, &O::on_ratio},
        {{"quiet_percentile", "%", "", proposed, "... and this percentile of the EMG in 5 s, the usual one of the last minute", {}, 50, 100}, &O::quiet_percentile},
        {{"off_ratio", "", "", proposed, "a burst ends below this many times the background", {}, 1, 100}, &O::off_ratio},
        {{"off_peak_fraction", "", "", proposed, "... or below this fraction of its peak", {}, 0.01, 0.9}, &O::off_peak_fraction},
        {{"off_ms", "ms", "", proposed, "... for this long", {}, 1, 500}, &O::off_ms},
        {{"min_burst_ms", "ms", "", icsd, "shortest burst of a jerk", {}, 20, 1000}, &O::min_burst_ms},
        {{"max_burst_ms", "ms", "", icsd, "longest burst of a jerk", {}, 20, 1000}, &O::max_burst_ms},
        {{"loose_min_burst_ms", "ms", "", proposed, "shortest burst that still makes a jerk, flagged loose", {}, 20, 1000}, &O::loose_min_burst_ms},
        {{"loose_max_burst_ms", "ms", "", proposed, "longest burst that still makes a jerk, flagged loose", {}, 20, 5000}, &O::loose_max_burst_ms},
        {{"tier", "", "", proposed, "strict: only jerks of bursts of the usual length; loose: also those within the loose limits, flagged and graded lower", {"strict", "loose"}}, &O::tier},
        {{"max_spread_ms", "ms", "", proposed, "onsets of all muscles lie within this", {}, 1, 1000}, &O::max_spread_ms},
        {{"min_muscles", "", "", proposed, "fewest muscles in a jerk", {}, 2, 20}, &O::min_muscles},
        {{"movement_s", "s", "", proposed, "a movement that began earlier than this and goes on masks a jerk", {}, 0.5, 60}, &O::movement_s},
        {{"rhythm_cv", "", "", proposed, "four or more bursts at 0.3 to 4 Hz whose intervals vary no more than this are a rhythm", {}, 0.01, 1}, &O::rhythm_cv},
        {{"max_chance_per_min", "1/min", "", proposed, "a coincidence is no jerk where single twitches would make more of them than this", {}, 1e-6, 60}, &O::max_chance_per_min},
        {{"max_correlation", "", "", proposed, "waveforms more alike than this in different muscles are an artefact", {}, 0.1, 1}, &O::max_correlation},
        {{"cluster_s", "s", "", proposed, "jerks within this time make a cluster", {}, 1, 60}, &O::cluster_s},
        {{"max_cluster", "", "", proposed, "more jerks than this in a cluster lower the grade", {}, 1, 100}, &O::max_cluster},
        {{"core_min", "min", "", proposed, "wake this long before sleep, and sleep this long after wake, can be core context", {}, 0, 60}, &O::core_min},
        {{"wave_uv", "uV", "", proposed, "least vertex wave or K-complex, peak to peak, 0.5 to 8 Hz", {}, 1, 1000}, &O::wave_uv},
        {{"wave_ratio", "", "", proposed, "... and this many times what is usual in the 30 s before", {}, 1, 100}, &O::wave_ratio},
        {{"acceleration_ratio", "", "", proposed, "EEG acceleration: power at 8 to 11 or 18 to 30 Hz over its median before", {}, 1, 100}, &O::acceleration_ratio},
        {{"acceleration_s", "s", "", proposed, "... for this long", {}, 0.5, 3}, &O::acceleration_s},
        {{"hr_rise_percent", "%", "", proposed, "least rise of the heart rate that counts as support", {}, 0.1, 200}, &O::hr_rise_percent},
        {{"wake_s", "s", "", proposed, "wake EEG of this length is an awakening", {}, 5, 60}, &O::wake_s},
        {{"wake_within_s", "s", "", proposed, "... if it begins this soon after the jerk", {}, 0.5, 30}, &O::wake_within_s},
        {{"slow_eyes_uv", "uV", "", proposed, "least slow eye movement: standard deviation of left minus right EOG, 0.2 to 1 Hz", {}, 1, 1000}, &O::slow_eyes_uv},
        {{"attenuation_ratio", "", "", proposed, "alpha power of the last 5 s over that before is below this", {}, 0.01, 1}, &O::attenuation_ratio},
        {{"respiratory_before_s", "s", "", "proposed, after WASM 2016", "near a respiratory event: this long before its end", {}, 0, 60}, &O::respiratory_before_s},
        {{"respiratory_after_s", "s", "", "proposed, after WASM 2016", "... to this long after it", {}, 0, 60}, &O::respiratory_after_s},
        {{"mark_before_s", "s", "", proposed, "a mark of the sleeper or of a technician is near: this long before the jerk", {}, 0, 600}, &O::mark_before_s},
        {{"mark_after_s", "s", "", proposed, "... to this long after it", {}, 0, 600}, &O::mark_after_s}};
    return list;
}

constexpr double nan = std::numeric_limits<double>::quiet_NaN();

// The EMG channels that can be used; findings say which cannot and why.
std::vector<MuscleChannel> emg_channels(const Night& night, const JerkOptions& options, Findings& findings) {
    std::vector<MuscleChannel> channels;
    std::vector<std::pair<Role, std::string>> muscles;
    for (const RoleSignal& s : night.signals) {
        const std::optional<Region> region = region_of(s.role);
        if (!region) continue;
        const auto leave_out = [&](const std::string& why) {
            findings.push_back({FindingCode::CHANNEL_UNUSABLE, "no hypnic jerks can be seen in it: " + why, "left out",
                                std::string(role_name(s.role)), s.signal.channel, s.signal.label});
        };
        if (s.signal.unit != "uV") {
            leave_out("its unit is no voltage");
            continue;
        }
        if (s.signal.rate.hz() < min_burst_rate_hz) {
            leave_out("fewer than 100 samples per second");
            continue;
        }
        if (s.signal.step > options.min_amplitude_uv / 2) {
            findings.push_back({FindingCode::RESOLUTION_COARSE,
                                fmt::format("channel {} has a step of {:.3g} uV; hypnic jerks cannot be seen with a step of "
                                            "more than {:.3g} uV",
                                            s.signal.label, s.signal.step, options.min_amplitude_uv / 2),
                                "left out", std::string(role_name(s.role)), s.signal.channel, s.signal.label});
            continue;
        }
        if (s.signal.rate.hz() < 200)
            findings.push_back({FindingCode::DETECTOR_REDUCED,
                                "fewer than 200 samples per second: onsets of bursts are uncertain by more than 5 ms", {},
                                std::string(role_name(s.role)), s.signal.channel, s.signal.label});
        const bool chin = s.role == Role::chin;  // all its derivations show one muscle
        const std::pair<Role, std::string> muscle{s.role, chin ? "" : s.site};
        auto known = std::find(muscles.begin(), muscles.end(), muscle);
        if (known == muscles.end()) known = muscles.insert(muscles.end(), muscle);
        channels.push_back({&s.signal, s.role, *region, static_cast<int>(known - muscles.begin()), {}});
    }
    return channels;
}

// Time in which at least two of the regions are usable, and the part of it in which not all are.
void set_time_at_risk(const std::vector<MuscleChannel>& channels, Detection& found) {
    std::array<IntervalSet, region_count> usable;
    Regions recorded;
    for (const MuscleChannel& c : channels) {
        auto& set = usable[static_cast<std::size_t>(c.region)];
        set = set.united(c.found.usable);
        recorded.insert(c.region);
    }
    std::optional<IntervalSet> all;
    for (const Region a : recorded) {
        const IntervalSet& set = usable[static_cast<std::size_t>(a)];
        all = all ? all->intersected(set) : set;
        for (const Region b : recorded)
            if (a < b) found.at_risk = found.at_risk.united(set.intersected(usable[static_cast<std::size_t>(b)]));
    }
    if (all) found.partly_at_risk = found.at_risk.without(*all);
}

// From the first onset to the last offset of each PLM series; nothing if nobody looked for them.
std::optional<IntervalSet> plm_series_of(const Night& night) {
    std::map<double, Interval> series;
    for (const Event& e : night.events) {
        if (e.kind != "periodic_leg_movement") continue;
        const auto [known, added] = series.try_emplace(e.number("series"), e.extent);
        known->second.onset = std::min(known->second.onset, e.extent.onset);
        known->second.offset = std::max(known->second.offset, e.extent.offset);
    }
    if (series.empty() && !night.at_risk.count("periodic_leg_movement")) return std::nullopt;
    IntervalSet set;
    for (const auto& [number, extent] : series) set.add(extent);
    return set;
}

std::optional<IntervalSet> respiratory_windows(const Night& night, const JerkOptions& options) {
    if (!night.respiratory) return std::nullopt;
    IntervalSet set;
    for (const Event& e : *night.respiratory)
        set.add({e.extent.offset - from_seconds(options.respiratory_before_s),
                 e.extent.offset + from_seconds(options.respiratory_after_s)});
    return set;
}

double inside(const std::optional<IntervalSet>& set, Time t) {
    return set ? double(set->contains(t)) : nan;
}

// The mark nearest to the jerk, an event button before any note; null if none is near.
const Mark* mark_near(const Night& night, Time onset, const JerkOptions& options) {
    const auto first = std::partition_point(night.marks.begin(), night.marks.end(),
                                            [&](const Mark& m) { return m.onset < onset - from_seconds(options.mark_before_s); });
    const Mark* nearest = nullptr;
    const auto rank = [&](const Mark& m) { return std::pair(m.kind != "event_button", std::chrono::abs(m.onset - onset)); };
    for (auto m = first; m != night.marks.end() && m->onset <= onset + from_seconds(options.mark_after_s); ++m)
        if (!nearest || rank(*m) < rank(*nearest)) nearest = &*m;
    return nearest;
}

// Before the movement, too: of an epoch of wake he may have slept the first half.
bool awake(const Hypnogram& h, Time onset) { return h.at(onset) == Stage::W && h.at(onset - h.epoch / 2) == Stage::W; }

bool slept_then_woke(const Hypnogram& h, Time onset) {
    return is_sleep(h.at(onset)) && h.at(onset + h.epoch) == Stage::W;
}

// What the detector missed, in one finding each.
void say_what_was_missing(const Regions& regions, const SupportFinder& support, Findings& findings) {
    const auto reduced = [&](const std::string& message) {
        findings.push_back({FindingCode::DETECTOR_REDUCED, message});
    };
    if (regions == Regions{Region::leg_left, Region::leg_right})
        reduced("hypnic jerks: only both legs were recorded; jerks are told from other leg movements with less certainty");
    else if (regions.size() < region_count)
        reduced("hypnic jerks: regions recorded are " + names_of(regions, ", ") + "; jerks elsewhere are not seen");
    if (!support.has_eeg())
        reduced("hypnic jerks: no EEG; context comes from the hypnogram, awakening is unknown, no grade is definite");
    else if (!support.knows_wake())
        reduced("hypnic jerks: too little scored wake and light sleep to know wake EEG; awakening is unknown");
    if (!support.has_ecg()) reduced("hypnic jerks: no ECG; the change of the heart rate is unknown");
}

// The bursts of all muscles, as they pass by.
class JerkScan : public Scan {
public:
    JerkScan(const Night& night, const OptionValues& values) : options_(parse_options(specs(), values)), channels_(emg_channels(night, options_, findings_)) {
        for (const MuscleChannel& c : channels_) {
            regions_.insert(c.region);
            finders_.emplace_back(c.signal->rate, options_);
        }
    }
    std::vector<Listener> listeners() override {
        std::vector<Listener> all;
        for (std::size_t i = 0; i < channels_.size() && regions_.size() >= 2; ++i) all.push_back(listener(*channels_[i].signal, finders_[i]));
        return all;
    }
    Detection finish(const Night& night) override;

private:
    JerkOptions options_;
    Findings findings_;
    std::vector<MuscleChannel> channels_;
    Regions regions_;
    std::deque<BurstFinder> finders_;
};

Detection JerkScan::finish(const Night& night) {
    const JerkOptions& options = options_;
    const Regions& regions = regions_;
    std::vector<MuscleChannel>& channels = channels_;
    Detection found;
    found.findings = findings_;
    if (regions.size() < 2) {
        found.findings.push_back({FindingCode::DETECTOR_NOT_RUN,
                                  "hypnic jerks need EMG from at least two regions of the body (chin, neck or trunk, arm_left, "
                                  "arm_right, leg_left, leg_right); usable here: " + names_of(regions, ", ")});
        return found;
    }
    for (std::size_t i = 0; i < channels.size(); ++i) channels[i].found = finders_[i].finish();
    set_time_at_risk(channels, found);
    found.ran = !found.at_risk.empty();
    if (!found.ran) {
        std::string silent;
        for (const MuscleChannel& c : channels)
            if (c.found.usable.empty()) silent += (silent.empty() ? "" : ", ") + std::string(role_name(c.role)) + " '" + c.signal->label + "'";
        found.findings.push_back({FindingCode::DETECTOR_NOT_RUN,
                                  "hypnic jerks need EMG with a signal from at least two regions of the body at a time; without one: " +
                                      (silent.empty() ? "none, but never two at once" : silent)});
        return found;
    }
    Findings ignored;
    const Muscles body(night, muscle_roles(), "", ignored);
    std::vector<HeartBeat> own_beats;
    const std::vector<HeartBeat>& beats = beats_of(night, own_beats);
    for (MuscleChannel& c : channels)
        for (const Muscles::Muscle& m : body.all())
            if (m.signal == c.signal)
                take_off_heart_beats(c.found.bursts, *m.activity, beats, beats_told_in(night, c.signal->label),
                                     options.min_amplitude_uv, options.on_ratio);

    const SupportFinder support(night, options);
    say_what_was_missing(regions, support, found.findings);

    const std::optional<IntervalSet> plm = plm_series_of(night), respiratory = respiratory_windows(night, options);
    for (const Jerk& jerk : find_jerks(channels, night.segments, night.find(Role::ecg), options)) {
        if ((jerk.loose && options.tier == "strict") || !found.at_risk.covers(jerk.extent)) continue;
        const Time onset = jerk.extent.onset;
        const bool is_awake = awake(night.hypnogram, onset);
        if (on_the_move(body, jerk.extent, jerk.loose || is_awake, is_awake)) continue;
        Event e = jerk_event(jerk, channels);
        const Support s = support.around(jerk.extent);
        const std::string context = jerk_context(night.hypnogram, onset, s.sleepy, options.core_min);
        const double in_plm = inside(plm, onset), after_breath = inside(respiratory, onset);
        JerkEvidence evidence{context == "core", e.text("extent_class") == "leg", support.has_eeg(), {}, {}};
        if (s.wave == 1) evidence.support.push_back("wave");
        if (s.acceleration == 1) evidence.support.push_back("acceleration");
        if (s.hr_rise_percent >= options.hr_rise_percent) evidence.support.push_back("heart_rate");
        if (s.woke == 1 || (std::isnan(s.woke) && slept_then_woke(night.hypnogram, onset)))
            evidence.support.push_back("wake");
        if (jerk.loose) evidence.against.push_back("loose");
        if (in_plm == 1) evidence.against.push_back("in_plm_series");
        if (after_breath == 1) evidence.against.push_back("respiratory");
        if (jerk.cluster_size > options.max_cluster) evidence.against.push_back("many_in_cluster");
        const JerkGrade grade = grade_jerk(evidence);
        const Mark* const mark = mark_near(night, onset, options);
        const Measure more[]{{"context", context},
                             {"wave", s.wave},
                             {"acceleration", s.acceleration},
                             {"hr_rise_percent", s.hr_rise_percent},
                             {"woke", s.woke},
                             {"wake_latency_s", s.wake_latency_s},
                             {"support", double(evidence.support.size())},
                             {"respiratory", after_breath},
                             {"plm", in_plm},
                             {"mark", mark ? mark->kind : ""},
                             {"mark_distance_s", mark ? seconds(mark->onset - onset) : nan},
                             {"grade", grade.name},
                             {"reasons", grade.reasons}};
        e.measures.insert(e.measures.end(), std::begin(more), std::end(more));
        found.events.push_back(std::move(e));
    }
    return found;
}

std::unique_ptr<Scan> scan(const Night& night, const OptionValues& values) { return std::make_unique<JerkScan>(night, values); }

}  // namespace

extern const Detector hypnic_jerks_detector;
const Detector hypnic_jerks_detector{
    "hypnic_jerks",
    "hypnic jerks (sleep starts): brief bursts in two or more muscles at once, with what followed in EEG and heart",
    "proposed rule, checked on simulated signals; facts from ICSD, Calandra-Buonaura 2014, Chiaro 2016",
    "surface EMG of at least two regions of the body; EEG, EOG, ECG, hypnogram, respiratory events where available",
    {{"hypnic_jerk", "sudden brief jerk of the body or a part of it (proposed rule, checked on simulated signals)", jerk_measures()}},
    describe(specs()),
    [](const OptionValues& values) { return option_values(specs(), parse_options(specs(), values)); },
    run_scan<scan>,
    false,
    nullptr,
    nullptr,
    nullptr,
    scan};

}  // namespace psg::events
