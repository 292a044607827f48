// Detector of artefacts: stretches of a channel that show something else than the body, with the reason.
// SPDX-License-Identifier: BSD-3-Clause
//
// All rules are proposed; those of flat, clipped and humming channels are the ones of signal/artefacts and
// signal/channel_quality, told here as intervals. Other detectors leave the muscles' artefacts out.
#include <algorithm>
#include <array>
#include <cmath>
#include <optional>

#include "libpsg/events/common_artefacts.hpp"
#include "libpsg/events/detector.hpp"
#include "libpsg/events/ecg_beats.hpp"
#include "libpsg/events/jerk_groups.hpp"
#include "libpsg/events/muscle_activity.hpp"
#include "libpsg/events/slow_artefacts.hpp"
#include "libpsg/model/sample_source.hpp"
#include "libpsg/signal/artefacts.hpp"
#include "libpsg/signal/dot.hpp"
#include "libpsg/signal/runs.hpp"
#include "libpsg/signal/statistics.hpp"

namespace psg::events {

namespace {

using namespace std::chrono_literals;
using signal::Run;

struct Options : SlowArtefactRules, CommonArtefactRules {
    double flat_s = 5;
    double mains_share = 0.25, mains_s = 5, mains_uv = 3;
    double beat_ratio = 10, beat_uv = 5, beat_s = 10;
};

const std::vector<OptionSpec<Options>>& specs() {
    using O = Options;
    static const std::string proposed = "proposed";
    static const std::vector<OptionSpec<O>> list{
        {{"flat_s", "s", "", proposed, "equal samples for this long are a lead off", {}, 0.1, 3600}, &O::flat_s},
        {{"mains_share", "", "", proposed, "more than this part of the changes from sample to sample is a sinusoid of 50 or 60 Hz", {}, 0.01, 1}, &O::mains_share},
        {{"mains_uv", "uV", "", proposed, "... with a peak of this", {}, 0, 1000}, &O::mains_uv},
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

bool is_emg(Role role) { return region_of(role).has_value(); }
bool is_head(Role role) { return role == Role::eeg || role == Role::eog_left || role == Role::eog_right; }

Event artefact(const Signal& signal, Interval extent, const char* reason) {
    Event e;
    e.kind = "artefact";
    e.extent = extent;
    e.channel = signal.label;
    e.measures = {{"reason", std::string(reason)}};
    return e;
}

// Adds seconds [begin, end) as an event.
void add(const SignalView& view, const Signal& signal, const Run& samples, const char* reason, EventList& events) {
    events.push_back(artefact(signal, {view.time_of(samples.begin), view.time_of(std::min(samples.end, view.samples.size()))}, reason));
}

// A sinusoid of one second, to be compared with every second of a channel.
struct Sinusoid {
    Sinusoid(double hz, double rate_hz, std::size_t second) : known(hz <= 0.48 * rate_hz), turn(2 * M_PI * hz / rate_hz) {
        const double c = std::cos(turn), s = std::sin(turn);
        double a = 1, b = 0;
        for (std::size_t i = 0; i < second; ++i) {
            re.push_back(a);
            im.push_back(b);
            quick_re.push_back(static_cast<float>(a));
            quick_im.push_back(static_cast<float>(b));
            const double next = a * c - b * s;
            b = a * s + b * c;
            a = next;
        }
    }

    bool known;  // the rate can show it
    double turn;
    std::vector<double> re, im;
    std::vector<float> quick_re, quick_im;  // the same, for a first look
};

// False if no sinusoid comes near the share of a second's changes that hums() asks for, told in single precision: its error is
// far below the half that is left as a margin.
bool may_hum(std::span<const float> x, const std::array<Sinusoid, 2>& mains, double share, std::vector<float>& changes) {
    const std::size_t n = x.size() - 1;
    changes.resize(n);
    for (std::size_t i = 0; i < n; ++i) changes[i] = x[i + 1] - x[i];
    const float squares = signal::dot(changes, changes);
    const auto below = [&](const Sinusoid& m) {
        const float a = signal::dot(changes, m.quick_re), b = signal::dot(changes, m.quick_im);
        return 2 * (a * a + b * b) <= 0.5F * static_cast<float>(share) * static_cast<float>(n) * squares;
    };
    return !(std::isfinite(squares) && below(mains[0]) && below(mains[1]));
}

// True if one of the sinusoids makes too large a share of the differences of a second, with too high a peak.
bool hums(std::span<const float> x, const std::array<Sinusoid, 2>& mains, const Options& options) {
    const auto n = static_cast<double>(x.size() - 1);
    std::array<double, 2> a{}, b{};
    double squares = 0;
    for (std::size_t i = 1; i < x.size(); ++i) {
        const double d = static_cast<double>(x[i]) - static_cast<double>(x[i - 1]);
        for (std::size_t m = 0; m < 2; ++m) {
            a[m] += d * mains[m].re[i - 1];
            b[m] += d * mains[m].im[i - 1];
        }
        squares += d * d;
    }
    for (std::size_t m = 0; m < 2; ++m) {
        const double power = 2 * (a[m] * a[m] + b[m] * b[m]) / n, share = squares > 0 ? power / squares : 0;
        if (mains[m].known && share > options.mains_share && std::sqrt(2 * power / n) / (2 * std::sin(mains[m].turn / 2)) >= options.mains_uv) return true;
    }
    return false;
}

void look_for_mains(const SignalView& view, const Signal& signal, const Options& options, EventList& events) {
    const double rate_hz = view.rate.hz();
    if (rate_hz < 105) return;
    const auto second = static_cast<std::size_t>(std::lround(rate_hz));
    const std::array<Sinusoid, 2> mains{Sinusoid(50, rate_hz, second), Sinusoid(60, rate_hz, second)};
    std::vector<float> changes;
    const auto humming = [&](std::size_t k) {
        const auto x = view.samples.subspan(k * second, second);
        return may_hum(x, mains, options.mains_share, changes) && hums(x, mains, options);
    };
    const auto least = static_cast<std::size_t>(options.mains_s);
    for (const Run& run : signal::without_short(signal::bridged(signal::runs_where(view.samples.size() / second, humming), 5), least))
        add(view, signal, {run.begin * second, run.end * second}, "mains", events);
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

// Peak of the mean beat and its power over that of the mean of as many moments half-way between beats, by pieces of
// `beat_s`: muscles do not know when the heart beats, so that they average out. Most beats must look like the mean: one burst of
// a muscle makes a mean, too. Told apart are pieces in which the beats were subtracted, so that the muscle can be seen.
void look_for_beats(const SignalView& view, const Signal& signal, const MuscleActivity* muscle, const std::vector<signal::HeartBeat>& beats,
                    const Options& options, EventList& events) {
    const auto here = beats_within(beats, view.extent(), view.rate);
    const double rate_hz = view.rate.hz();
    const auto reach = static_cast<std::size_t>(0.05 * rate_hz), width = 2 * reach + 1;
    const auto piece = static_cast<std::size_t>(options.beat_s * rate_hz);
    constexpr std::size_t fewest = 5;
    std::vector<bool> marked(view.samples.size() / std::max<std::size_t>(1, piece), false), left(marked.size(), false);
    std::vector<double> on(width), between(width);
    std::vector<std::size_t> places;
    // how many of the beats hold two fifths of the mean or more
    const auto alike = [&](double power) {
        std::size_t count = 0;
        double level = 0;
        for (const double x : on) level += x / static_cast<double>(width);
        for (const std::size_t at : places) {
            double dot = 0;
            for (std::size_t i = 0; i < width; ++i) dot += static_cast<double>(view.samples[at - reach + i]) * (on[i] - level);
            count += dot >= 0.4 * power;
        }
        return count;
    };
    const auto shape = [&](std::vector<double>& sum, std::size_t count) {  // highest absolute value and power of the mean
        double level = 0, peak = 0, power = 0;
        for (double& x : sum) level += (x /= static_cast<double>(count)) / static_cast<double>(width);
        for (const double x : sum) peak = std::max(peak, std::abs(x - level)), power += (x - level) * (x - level);
        return std::pair{peak, power};
    };
    std::size_t b = 0;
    for (std::size_t k = 0; k < marked.size(); ++k) {
        std::fill(on.begin(), on.end(), 0);
        std::fill(between.begin(), between.end(), 0);
        places.clear();
        while (b < here.size() && here[b].place < static_cast<double>(k * piece)) ++b;
        for (std::size_t j = b; j + 1 < here.size() && here[j + 1].place < static_cast<double>((k + 1) * piece); ++j) {
            const auto at = static_cast<std::size_t>(here[j].place), middle = (at + static_cast<std::size_t>(here[j + 1].place)) / 2;
            if (at < reach || middle < at + 2 * reach || middle + reach >= view.samples.size()) continue;
            for (std::size_t i = 0; i < width; ++i) {
                on[i] += static_cast<double>(view.samples[at - reach + i]);
                between[i] += static_cast<double>(view.samples[middle - reach + i]);
            }
            places.push_back(at);
        }
        if (places.size() < fewest) continue;
        const auto [peak, power] = shape(on, places.size());
        marked[k] = peak >= options.beat_uv && power >= options.beat_ratio * shape(between, places.size()).second &&
                    10 * alike(power) >= 8 * places.size();
        if (!marked[k]) continue;
        std::vector<Time> moments;
        for (const std::size_t at : places) moments.push_back(view.time_of(at));
        left[k] = beats_are_left(muscle, moments, peak);
    }
    const auto tell = [&](bool hide) {
        for (const Run& run : signal::bridged(signal::runs_where(marked.size(), [&](std::size_t k) { return marked[k] && left[k] == hide; }), 2)) {
            add(view, signal, {run.begin * piece, run.end * piece}, "heart_beats", events);
            if (!hide) events.back().kind = "heart_beat_artefact";
        }
    };
    tell(true);
    tell(false);
}

// The lead of the other eye, in the same stretch.
std::optional<SignalView> other_eye(const Signal* other, const SignalView& view) {
    for (std::size_t k = 0; other && k < other->stretches.size(); ++k)
        if (other->stretches[k].start <= view.start && other->view(k).extent().offset >= view.extent().offset - 1s) return other->view(k);
    return std::nullopt;
}

void look_for_slow_ones(const Signal* other_lead, const RoleSignal& s, const SignalView& view, const Options& options, EventList& events) {
    const auto tell = [&](const std::vector<Interval>& list, const char* reason) {
        for (const Interval& extent : list) events.push_back(artefact(s.signal, extent, reason));
    };
    const bool eye = s.role == Role::eog_left || s.role == Role::eog_right;
    const std::optional<SignalView> other = eye ? other_eye(other_lead, view) : std::nullopt;
    if (s.role != Role::ecg && (!eye || other)) tell(electrode_pops(view, options, other ? &*other : nullptr), "electrode_pop");
    if (is_head(s.role)) tell(sweat(view, options, eye ? 2 * options.sweat_uv : options.sweat_uv), "sweat");
}

Detection run(const Night& night, const OptionValues& values) {
    const Options options = parse_options(specs(), values);
    Detection found;
    const Signal* ecg = night.find(Role::ecg);
    std::vector<signal::HeartBeat> beats;
    std::vector<std::vector<Interval>> slow;  // by stretch of each muscle channel
    EventList swings, eye_swings;
    std::string muscles;
    std::vector<Interval> recorded;
    if (ecg) beats = beats_of(*ecg);
    for (std::size_t i = 0; i < night.signals.size(); ++i) {
        const RoleSignal& s = night.signals[i];
        const Signal& signal = s.signal;
        const auto muscle = std::find_if(night.activity.begin(), night.activity.end(), [&](const MuscleActivity& m) { return m.signal == i; });
        if (signal.unit != "uV" || signal.rate.hz() < 20 || (!is_emg(s.role) && !is_head(s.role) && s.role != Role::ecg)) continue;
        if (is_emg(s.role)) muscles += (muscles.empty() ? "" : "+") + signal.label;
        const WholeSignal whole(signal);
        std::optional<WholeSignal> other;  // of an eye
        if (s.role == Role::eog_left || s.role == Role::eog_right)
            if (const Signal* lead = night.find(s.role == Role::eog_left ? Role::eog_right : Role::eog_left)) other.emplace(*lead);
        for (std::size_t k = 0; k < signal.stretches.size(); ++k) {
            const SignalView view = whole->view(k);
            if (static_cast<double>(view.samples.size()) < view.rate.hz()) continue;
            found.ran = true;
            recorded.push_back(view.extent());
            const auto flat = static_cast<std::size_t>(std::ceil(options.flat_s * view.rate.hz()));
            const std::vector<Run> flats = signal::equal_runs(view.samples, flat);
            for (const Run& run : flats) add(view, signal, run, "lead_off", found.events);
            if (!flats.empty() && flats.front().size() == view.samples.size()) continue;
            std::vector<Run> held = signal::held_runs(view.samples, view.rate.hz());
            std::erase_if(held, [&](const Run& r) { return r.size() >= flat; });
            for (const Run& run : signal::crowded_seconds(held, view.samples.size(), view.rate.hz())) add(view, signal, run, "clipping", found.events);
            look_for_mains(view, signal, options, found.events);
            if (is_emg(s.role) && !beats.empty()) look_for_beats(view, signal, muscle == night.activity.end() ? nullptr : &*muscle, beats, options, found.events);
            look_for_slow_ones(other ? &**other : nullptr, s, view, options, found.events);
            if (is_emg(s.role)) slow.push_back(excursions(view, options.cable_uv));
            if (is_head(s.role))
                for (const Interval& extent : swings_of_lead(view, options)) (s.role == Role::eeg ? swings : eye_swings).push_back(artefact(signal, extent, "movement"));
        }
    }
    found.at_risk = IntervalSet(std::move(recorded));
    for (Event& e : eye_swings)  // eyes move; the head moves its other leads, too
        if (std::any_of(swings.begin(), swings.end(), [&](const Event& s) { return s.extent.overlaps(e.extent); }))
            found.events.push_back(std::move(e));
    found.events.insert(found.events.end(), swings.begin(), swings.end());
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
        e.measures = {{"reason", std::string("electrical")}};
        found.events.push_back(std::move(e));
    }
    if (!found.ran) found.findings.push_back({FindingCode::DETECTOR_NOT_RUN, "artefacts: no channel in uV for EEG, EOG, EMG or ECG (roles eeg, eog_left, chin, leg_left, ecg, ...) has a signal"});
    return found;
}

}  // namespace

extern const Detector artefacts_detector;
const Detector artefacts_detector{
    "artefacts",
    "stretches of a channel that show something else than the body, with the reason",
    "proposed rules, checked on simulated signals",
    "any channel in uV; ECG for heart beats in the EMG",
    {{"artefact", "stretch of a channel with an artefact (proposed rules, checked on simulated signals)",
      {{"reason", "", "lead_off, clipping, mains, heart_beats (that could not be subtracted), electrode_pop, cable (many channels at once), electrical (one waveform in muscles of different regions), sweat, movement (of the head's leads)"}}},
     {"heart_beat_artefact", "stretch of a muscle channel with heart beats that were subtracted, so that the muscle can be seen (proposed rules, checked on simulated signals)",
      {{"reason", "", "heart_beats"}}}},
    describe(specs()),
    [](const OptionValues& values) { return option_values(specs(), parse_options(specs(), values)); },
    run};

}  // namespace psg::events
