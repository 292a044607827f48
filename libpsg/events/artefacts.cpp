// Detector of artefacts: stretches of a channel that show something else than the body, with the reason.
// SPDX-License-Identifier: BSD-3-Clause
//
// All rules are proposed; those of flat, clipped and humming channels are the ones of signal/artefacts and
// signal/channel_quality, told here as intervals. Other detectors leave the muscles' artefacts out.
#include <algorithm>
#include <cmath>
#include <deque>
#include <numeric>

#include "libpsg/events/channel_artefacts.hpp"
#include "libpsg/events/common_artefacts.hpp"
#include "libpsg/events/detector.hpp"
#include "libpsg/events/ecg_beats.hpp"
#include "libpsg/events/jerk_excerpts.hpp"
#include "libpsg/events/muscle_activity.hpp"
#include "libpsg/model/sample_source.hpp"
#include "libpsg/signal/paired_sums.hpp"
#include "libpsg/signal/runs.hpp"
#include "libpsg/signal/statistics.hpp"

namespace psg::events {

namespace {

using namespace std::chrono_literals;
using signal::Run;

struct Options : ChannelArtefactRules, CommonArtefactRules {};

const std::vector<OptionSpec<Options>>& specs() {
    using O = Options;
    static const std::string proposed = "proposed";
    static const std::vector<OptionSpec<O>> list{
        {{"flat_s", "s", "", proposed, "equal samples, or a muscle channel below 0.05 uV (rms above 20 Hz), for this long are a lead off", {}, 0.1, 3600}, &O::flat_s},
        {{"rail_share", "", "", proposed, "clipping, beside samples held for 0.1 s: this part of a second is exactly the highest or lowest value of all", {}, 0.01, 1}, &O::rail_share},
        {{"rail_uv", "uV", "", proposed, "... which is this far from zero or more: a step of the converter is no limit", {}, 0, 1e6}, &O::rail_uv},
        {{"mains_share", "", "", proposed, "more than this part of the changes from sample to sample is a sinusoid of 50 or 60 Hz", {}, 0.01, 1}, &O::mains_share},
        {{"mains_uv", "uV", "", proposed, "... with a peak of this, about what the weakest bursts of muscles reach", {}, 0, 1000}, &O::mains_uv},
        {{"weak_mains_uv", "uV", "", proposed, "... weak_mains: with a peak of this; it hides activity in REM sleep alone", {}, 0, 1000}, &O::weak_mains_uv},
        {{"mains_s", "s", "", proposed, "... for this long", {}, 1, 3600}, &O::mains_s},
        {{"beat_ratio", "", "", proposed, "heart beats in an EMG: the mean of what it shows at the beats of the ECG has this many times the power of that between them", {}, 1, 1000}, &O::beat_ratio},
        {{"beat_uv", "uV", "", proposed, "... and this peak", {}, 0.1, 1000}, &O::beat_uv},
        {{"beat_s", "s", "", proposed, "... for this long", {}, 5, 3600}, &O::beat_s},
        {{"pop_uv", "uV", "", proposed, "electrode pop: a jump within 20 ms from which the signal takes longer than 100 ms to come back; in the EOG one that the other eye does not make", {}, 1, 10000}, &O::pop_uv},
        {{"pop_ratio", "", "", proposed, "... this many times the usual change in 20 ms", {}, 1, 1000}, &O::pop_ratio},
        {{"sweat_uv", "uV", "", proposed, "sweat: slow swing of the EEG (standard deviation of means of 1.5 s; twice this in the EOG)", {}, 1, 10000}, &O::sweat_uv},
        {{"sweat_part", "", "", proposed, "... and this part of the swing of means of 0.25 s, which slow waves of sleep do not reach", {}, 0, 1}, &O::sweat_part},
        {{"sweat_s", "s", "", proposed, "... over this long, and for longer", {}, 2, 600}, &O::sweat_s},
        {{"movement_uv", "uV", "", proposed, "movement: swing of a lead of the head (standard deviation of means of 0.2 s)", {}, 1, 10000}, &O::movement_uv},
        {{"movement_ratio", "", "", proposed, "... and this many times what is usual in the four minutes around", {}, 1, 100}, &O::movement_ratio},
        {{"movement_s", "s", "", proposed, "... over this long", {}, 0.5, 60}, &O::movement_s},
        {{"cable_uv", "uV", "", proposed, "cable: means of 50 ms stay this far to one side in muscle channels for 0.2 s or more", {}, 1, 10000}, &O::cable_uv},
        {{"cable_channels", "", "", proposed, "... in this many of them at once", {}, 2, 100}, &O::cable_channels},
        {{"common_uv", "uV", "", proposed, "electrical: muscle channels rise to this within 30 ms of each other (rms above 20 Hz), to four times their resting level", {}, 1, 10000}, &O::common_uv},
        {{"common_channels", "", "", proposed, "... this many of them, in two regions of the body or more", {}, 2, 100}, &O::common_channels},
        {{"common_correlation", "", "", proposed, "... with one waveform: least correlation without lag", {}, 0.5, 1}, &O::common_correlation},
        {{"pair_correlation", "", "", proposed, "... or two of different regions with this correlation", {}, 0.5, 1}, &O::pair_correlation}};
    return list;
}

Event artefact(const Signal& signal, Interval extent, const char* reason) {
    Event e;
    e.kind = "artefact";
    e.extent = extent;
    e.channel = signal.label;
    e.measures = {{"reason", std::string(reason)}};
    return e;
}

// Samples of a stretch as time, no further than it goes.
Interval extent_of(const Signal& signal, const ChannelArtefacts::Stretch& stretch, const Run& samples) {
    const auto at = [&](std::size_t i) { return stretch.start + signal.rate.time_of(static_cast<std::int64_t>(std::min(i, stretch.count))); };
    return {at(samples.begin), at(samples.end)};
}

// What the subtraction of beats (muscle_activity) left of them within `piece`: 8 uV or more at a fifth of them, and twice what
// the muscle shows between them (proposed; 8 uV is what a leg movement begins with). Without a muscle nothing was subtracted.
// What is stronger than the mean beat is none, but a muscle that keeps time with the heart.
bool beats_are_left(const MuscleActivity* muscle, const std::vector<Time>& beats, double mean_peak_uv) {
    if (!muscle) return true;
    const auto highest = [&](Time t) {
        float peak = 0;
        for (const float x : amplitude_in(*muscle, {t - 40ms, t + 80ms})) peak = std::max(peak, x);
        return peak;
    };
    std::vector<float> on, between;
    for (std::size_t i = 0; i + 1 < beats.size(); ++i) {
        on.push_back(highest(beats[i]));
        between.push_back(highest((beats[i] + beats[i + 1]) / 2));
    }
    const double left = signal::percentile(on, 80);
    return left >= 8 && left <= mean_peak_uv && left >= 2 * signal::percentile(between, 80);
}

// Told apart are pieces in which the beats were subtracted, so that the muscle can be seen.
void tell_beats(const Signal& signal, const MuscleActivity* muscle, const ChannelArtefacts::Stretch& stretch, std::size_t piece, EventList& events) {
    std::vector<Run> hiding, subtracted;
    for (const BeatsInMuscle::Piece& p : stretch.beats) (beats_are_left(muscle, p.beats, p.peak_uv) ? hiding : subtracted).push_back({p.number, p.number + 1});
    for (const bool hide : {true, false})
        for (const Run& run : signal::bridged(hide ? hiding : subtracted, 2)) {
            events.push_back(artefact(signal, extent_of(signal, stretch, {run.begin * piece, run.end * piece}), "heart_beats"));
            if (!hide) events.back().kind = "heart_beat_artefact";
        }
}

// The pops of a lead, brief ones of a muscle channel alone; in an eye those that the other eye does not make in the same stretch, none without it.
std::vector<Interval> pops_of(const Night& night, const RoleSignal& s, const ChannelArtefacts::Stretch& stretch, double pop_uv) {
    if (is_emg(s.role))
        return counted_pops(stretch.pops, [&](const ElectrodePop& pop) {
            const Time t = pop.middle;
            return !pop.brief || fades_like_a_step(excerpt(s.signal, t, {t - 150ms, t + 350ms}).view(), t, pop_uv);
        });
    if (s.role != Role::eog_left && s.role != Role::eog_right) return counted_pops(stretch.pops, [](const ElectrodePop& pop) { return !pop.brief; });
    const Signal* other = s.role == Role::eog_left ? night.find(Role::eog_right) : night.find(Role::eog_left);
    const Time end = extent_of(s.signal, stretch, {0, stretch.count}).offset;
    bool together = false;
    for (std::size_t k = 0; other && k < other->stretches.size(); ++k)
        together = together || (other->stretches[k].start <= stretch.start && other->extent(k).offset >= end - 1s);
    if (!together) return {};
    const auto change = [](const Signal& lead, Time t) { return std::abs(change_at(excerpt(lead, t, {t - 100ms, t + 100ms}).view(), t)); };
    return counted_pops(stretch.pops, [&](const ElectrodePop& pop) { return !pop.brief && change(*other, pop.middle) < 0.25 * change(s.signal, pop.middle); });
}

// Means of 1.5 s, four a second.
std::vector<float> slow_means(const Signal& signal, const Interval& extent) {
    constexpr std::size_t wide = 6;
    const Excerpt part = excerpt(signal, extent.onset + extent.duration() / 2, extent);
    const auto block = static_cast<std::size_t>(std::max(1.0, 0.25 * part.rate.hz()));
    std::vector<float> means, slow;
    for (std::size_t i = 0; i + block <= part.samples.size(); i += block)
        means.push_back(std::accumulate(part.samples.begin() + static_cast<std::ptrdiff_t>(i), part.samples.begin() + static_cast<std::ptrdiff_t>(i + block), 0.0F) / static_cast<float>(block));
    for (std::size_t k = 0; k + wide <= means.size(); ++k)
        slow.push_back(std::accumulate(means.begin() + static_cast<std::ptrdiff_t>(k), means.begin() + static_cast<std::ptrdiff_t>(k + wide), 0.0F) / static_cast<float>(wide));
    return slow;
}

// Eyes that roll slowly, as in drowsiness, swing their two leads to opposite sides, which sweat does not: the slow signals of both
// correlate by -0.5 or less in half of the pieces of 10 s (proposed).
bool eyes_roll(const Night& night, const RoleSignal& s, const Interval& extent) {
    if (s.role != Role::eog_left && s.role != Role::eog_right) return false;
    const Signal* other = s.role == Role::eog_left ? night.find(Role::eog_right) : night.find(Role::eog_left);
    if (!other) return false;
    int pieces = 0, mirrored = 0;
    for (Time from = extent.onset; from + 10s <= extent.offset; from += 10s, ++pieces) {
        const std::vector<float> a = slow_means(s.signal, {from, from + 10s}), b = slow_means(*other, {from, from + 10s});
        const std::size_t n = std::min(a.size(), b.size());
        if (n < 20) continue;
        mirrored += signal::paired_sums<float>(a, b).correlation() <= -0.5;
    }
    return pieces > 0 && 2 * mirrored >= pieces;
}

bool can_be_looked_at(const RoleSignal& s) {
    return s.signal.unit == "uV" && s.signal.rate.hz() >= 20 && (is_emg(s.role) || is_head(s.role) || s.role == Role::ecg);
}

// Where a muscle channel shows no more than the noise of a converter for so long, beside samples that are equal.
std::vector<Interval> dead(const ChannelArtefacts::Stretch& stretch, const Signal& signal, const IntervalSet& alive, double flat_s) {
    IntervalSet told;
    for (const Run& run : stretch.lead_off) told.add(extent_of(signal, stretch, run));
    std::vector<Interval> list = IntervalSet({extent_of(signal, stretch, {0, stretch.count})}).without(alive).intervals();
    std::erase_if(list, [&](const Interval& i) { return i.duration() < from_seconds(flat_s) || told.overlaps(i); });
    return list;
}

// Hum that hides activity in REM sleep alone, beside the hum that does.
std::vector<Interval> weak_hum(const ChannelArtefacts::Stretch& stretch, const Signal& signal) {
    const auto extents_of = [&](const std::vector<Run>& runs) {
        std::vector<Interval> list;
        for (const Run& run : runs) list.push_back(extent_of(signal, stretch, run));
        return IntervalSet(std::move(list));
    };
    return extents_of(stretch.weak_mains).without(extents_of(stretch.mains)).intervals();
}

// What each channel shows, as it passes by.
class ArtefactScan : public Scan {
public:
    ArtefactScan(const Night& night, const OptionValues& values) : options_(parse_options(specs(), values)) {
        const std::vector<HeartBeat>& beats = beats_of(night, beats_);
        const auto look_at = [&](const std::vector<RoleSignal>& list, const std::vector<HeartBeat>& beats_in_muscles) {
            for (const RoleSignal& s : list) {
                if (!can_be_looked_at(s)) continue;
                looked_at_.push_back(&s);
                listeners_.push_back(listener(s.signal, channels_.emplace_back(s.role, s.signal.rate, options_, beats_in_muscles)));
            }
        };
        look_at(night.signals, beats);
        chosen_ = looked_at_.size();
        look_at(night.others, no_beats_);  // no rule asks for the heart beats of muscles that nobody reads
    }
    std::vector<Listener> listeners() override { return listeners_; }
    Detection finish(const Night& night) override;

private:
    Options options_;
    std::vector<HeartBeat> beats_;  // if the night has none yet
    const std::vector<HeartBeat> no_beats_;
    std::deque<ChannelArtefacts> channels_;
    std::vector<const RoleSignal*> looked_at_;  // the signals of the channels, the chosen ones first
    std::size_t chosen_ = 0;
    std::vector<Listener> listeners_;
};

Detection ArtefactScan::finish(const Night& night) {
    const Options& options = options_;
    Detection found;
    std::vector<std::vector<Interval>> slow;  // by stretch of each muscle channel
    EventList swings, other_swings;
    std::string muscles;
    std::vector<Interval> recorded;
    for (std::size_t c = 0; c < channels_.size(); ++c) {
        const RoleSignal& s = *looked_at_[c];
        const Signal& signal = s.signal;
        const bool is_chosen = c < chosen_;
        if (is_emg(s.role) && is_chosen) muscles += (muscles.empty() ? "" : "+") + signal.label;
        const auto muscle = std::find_if(night.activity.begin(), night.activity.end(), [&](const MuscleActivity& m) { return &night.signals[m.signal] == &s; });
        const auto tell = [&](const std::vector<Interval>& list, const char* reason, EventList& events) {
            for (const Interval& extent : list) events.push_back(artefact(signal, extent, reason));
        };
        const IntervalSet alive = muscle == night.activity.end() ? IntervalSet() : muscle->visible;
        for (ChannelArtefacts::Stretch& stretch : channels_[c].finish()) {
            const auto tell_runs = [&](const std::vector<Run>& runs, const char* reason) {
                for (const Run& run : runs) found.events.push_back(artefact(signal, extent_of(signal, stretch, run), reason));
            };
            found.ran = true;
            recorded.push_back(extent_of(signal, stretch, {0, stretch.count}));
            tell_runs(stretch.lead_off, "lead_off");
            if (stretch.flat) continue;
            if (muscle != night.activity.end()) tell(dead(stretch, signal, alive, options.flat_s), "lead_off", found.events);
            tell_runs(stretch.clipping, "clipping");
            tell_runs(stretch.mains, "mains");
            tell(weak_hum(stretch, signal), "weak_mains", found.events);
            tell_beats(signal, muscle == night.activity.end() ? nullptr : &*muscle, stretch, channels_[c].beat_piece(), found.events);
            tell(pops_of(night, s, stretch, options.pop_uv), "electrode_pop", found.events);
            std::erase_if(stretch.sweat, [&](const Interval& extent) { return eyes_roll(night, s, extent); });
            tell(stretch.sweat, "sweat", found.events);
            tell(stretch.swings, "movement", s.role == Role::eeg && is_chosen ? swings : other_swings);
            if (is_emg(s.role) && is_chosen) slow.push_back(stretch.excursions);
        }
    }
    found.at_risk = IntervalSet(std::move(recorded));
    for (Event& e : other_swings)  // eyes move; the head moves its other leads, too
        if (std::any_of(swings.begin(), swings.end(), [&](const Event& s) { return s.extent.overlaps(e.extent); }))
            found.events.push_back(std::move(e));
    for (Event& e : swings)  // slow waves of deep sleep swing, too, but in one lead more than in the others; a head that moves has no such choice
        if (night.hypnogram.at(e.extent.onset) != Stage::N3 || std::any_of(swings.begin(), swings.end(), [&](const Event& s) { return s.channel != e.channel && s.extent.overlaps(e.extent); }))
            found.events.push_back(e);
    for (const Interval& extent : at_once(slow, options.cable_channels)) {
        Event e;
        e.kind = "artefact";
        e.extent = {extent.onset - 200ms, extent.offset + 200ms};
        e.channel = muscles;
        e.measures = {{"reason", std::string("cable")}};
        found.events.push_back(std::move(e));
    }
    for (const CommonArtefact& common : common_artefacts(night, options)) {
        Event e;
        e.kind = "artefact";
        e.extent = common.extent;
        e.channel = common.channels;
        e.measures = {{"reason", std::string("electrical")}, {"waveform_r", std::round(common.waveform_r * 1000) / 1000}};
        found.events.push_back(std::move(e));
    }
    if (!found.ran) found.findings.push_back({FindingCode::DETECTOR_NOT_RUN, "artefacts: no channel in uV for EEG, EOG, EMG or ECG (roles eeg, eog_left, chin, leg_left, ecg, ...) has a signal"});
    return found;
}

std::unique_ptr<Scan> scan(const Night& night, const OptionValues& values) { return std::make_unique<ArtefactScan>(night, values); }

}  // namespace

extern const Detector artefacts_detector;
const Detector artefacts_detector{
    "artefacts",
    "stretches of a channel that show something else than the body, with the reason",
    "proposed rules, checked on simulated signals",
    "any channel in uV; ECG for heart beats in the EMG",
    {{"artefact", "stretch of a channel with an artefact (proposed rules, checked on simulated signals)",
      {{"reason", "", "lead_off, clipping, mains, weak_mains (hum that hides activity in REM sleep alone), heart_beats (that could not be subtracted), electrode_pop, cable (many channels at once), electrical (one waveform in muscles of different regions), sweat, movement (of the head's leads)"},
       {"waveform_r", "", "electrical: least correlation of a channel's waveform with that which they have in common; NaN: another reason"}}},
     {"heart_beat_artefact", "stretch of a muscle channel with heart beats that were subtracted, so that the muscle can be seen (proposed rules, checked on simulated signals)",
      {{"reason", "", "heart_beats"}}}},
    describe(specs()),
    [](const OptionValues& values) { return option_values(specs(), parse_options(specs(), values)); },
    run_scan<scan>,
    false,
    nullptr,
    nullptr,
    nullptr,
    scan};

}  // namespace psg::events
