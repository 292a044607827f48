// Detector of leg movements: the rules of leg_movement_scan over both legs of the night.
// SPDX-License-Identifier: BSD-3-Clause
//
// A movement of one leg becomes one event: `leg_movement` if it lasts 0.5 to 10 s. WASM 2016 sets no upper limit to a leg
// movement, but one of more than 10 s is never a candidate and ends a series: it is a `long_leg_movement`, so that counts
// of leg movements mean the same under every standard. Time in which a leg cannot be scored is a `leg_artefact`: a list that
// goes out and comes back as given movements keeps its time at risk.
#include <algorithm>
#include <cmath>
#include <deque>
#include <iterator>
#include <optional>
#include <utility>

#include "libpsg/events/detector.hpp"
#include "libpsg/events/ecg_beats.hpp"
#include "libpsg/events/leg_movement_scan.hpp"
#include "libpsg/events/leg_movement_series.hpp"
#include "libpsg/model/error.hpp"
#include "libpsg/model/sample_source.hpp"

namespace psg::events {

namespace {

struct DetectorOptions : LegMovementOptions {
    std::string standard = "wasm2016";
    bool require_both_legs = false;
};

const std::vector<OptionSpec<DetectorOptions>>& specs() {
    using O = DetectorOptions;
    static const std::string wasm = "WASM 2016", proposed = "proposed";
    static const std::vector<OptionSpec<O>> list{
        {{"standard", "", "", "presets", "set of rules that morphology starts from: aasm, wasm2006 and splmad have none", series_preset_names()}, &O::standard},
        {{"onset_uv", "uV", "", wasm, "amplitude above rest that begins a movement", {}, 0.1, 1000}, &O::onset_uv},
        {{"offset_uv", "uV", "", wasm, "amplitude above rest at or below which a movement ends", {}, 0, 1000}, &O::offset_uv},
        {{"quiet_s", "s", "", wasm, "time at or below offset_uv that ends a movement", {}, 0.1, 60}, &O::quiet_s},
        {{"min_duration_s", "s", "", wasm, "shortest movement, inclusive", {}, 0, 60}, &O::min_duration_s},
        {{"max_duration_s", "s", "", wasm + ", of a candidate", "longest leg_movement, inclusive; longer ones are long_leg_movement", {}, 0.1, 86400}, &O::max_duration_s},
        {{"morphology", "", "", wasm, "must a movement hold morphology_s of sustained activity?"}, &O::morphology},
        {{"morphology_s", "s", "", wasm, "length of the sustained activity", {}, 0.1, 60}, &O::morphology_s},
        {{"morphology_uv", "uV", "", wasm, "median amplitude above rest of the sustained activity", {}, 0, 1000}, &O::morphology_uv},
        {{"max_resting_uv", "uV", "", "Huang 2015 (MATPLM)", "resting level (rms) above which nothing is scored", {}, 0.1, 10000}, &O::max_resting_uv},
        {{"longest_rise_s", "s", "", proposed, "a rise of the amplitude that lasts longer is a new resting level", {}, 10, 3600}, &O::longest_rise_s},
        {{"high_pass_hz", "Hz", "", "Ferri 2005", "edge of the high-pass filter (Butterworth, order 2, without delay)", {}, 5, 40}, &O::high_pass_hz},
        {{"subtract_mains", "", "", proposed, "subtract mains hum (50 or 60 Hz and harmonics) where it is present?"}, &O::subtract_mains},
        {{"subtract_ecg", "", "", proposed, "subtract heart beats where they are present?"}, &O::subtract_ecg},
        {{"flat_s", "s", "", proposed, "equal samples for this long are no signal", {}, 0.1, 3600}, &O::flat_s},
        {{"max_step_uv", "uV", "", wasm + ": the offset threshold", "coarsest digital step of a usable channel", {}, 0.001, 1000}, &O::max_step_uv},
        {{"min_rate_hz", "Hz", "", proposed + " (AASM: 200 Hz)", "lowest sampling rate of a usable channel", {}, 90, 10000}, &O::min_rate_hz},
        {{"require_both_legs", "", "", proposed, "is only time scored in which both legs can be?"}, &O::require_both_legs},
        {{"min_stretch_s", "s", "", proposed, "shortest uninterrupted stretch that has a resting level", {}, 1, 3600}, &O::min_stretch_s}};
    return list;
}

Finding about(const Signal& leg, FindingCode code, const std::string& message) {
    Finding finding;
    finding.code = code;
    finding.message = message;
    finding.channel = leg.channel;
    finding.label = leg.label;
    return finding;
}

// Why a channel cannot be scored, as a finding; nothing if it can.
std::optional<Finding> unusable(const Signal& leg, const LegMovementOptions& options) {
    if (leg.unit != "uV")
        return about(leg, FindingCode::CHANNEL_UNUSABLE,
                     "channel " + leg.label + " is not in volts (its unit is '" + leg.unit +
                         "'), leg movements are defined in uV");
    if (leg.step > options.max_step_uv)
        return about(leg, FindingCode::RESOLUTION_COARSE,
                     "channel " + leg.label + " has a step of " + option_text(std::round(leg.step * 100) / 100) +
                         " uV; leg movements cannot be scored with a step of more than " +
                         option_text(options.max_step_uv) + " uV");
    if (leg.rate.hz() < options.min_rate_hz)
        return about(leg, FindingCode::CHANNEL_UNUSABLE,
                     "channel " + leg.label + " is sampled at " + option_text(leg.rate.hz()) +
                         " Hz, too slowly for leg movements (" + option_text(options.min_rate_hz) + " Hz)");
    return std::nullopt;
}

const char* const artefact_class = "leg_artefact";

Event artefact(const Signal& leg, Side side, const Interval& extent, std::string_view reason) {
    Event e;
    e.kind = artefact_class;
    e.extent = extent;
    e.channel = leg.label;
    e.side = side;
    e.measures = {{"reason", std::string(reason)}};
    return e;
}

// The class of a movement, detected or given.
std::string class_of_length(const Interval& extent, Time longest) {
    return extent.duration() > longest ? "long_leg_movement" : "leg_movement";
}

// One leg, whose samples come in pieces: its events, and the time in which it could be scored.
class LegSearch {
public:
    // `beats`: of the night; null if there is no electrocardiogram.
    LegSearch(const Signal& signal, Side side, const std::vector<signal::HeartBeat>* beats, const LegMovementOptions& options)
        : signal_(signal), side_(side), beats_(beats), longest_(from_seconds(options.max_duration_s)), scanner_(signal.rate.hz(), options) {}

    void begin_stretch(Time start) {
        end_stretch();
        extent_ = {start, start};
        std::size_t s = 0;
        while (s < signal_.stretches.size() && signal_.stretches[s].start != start) ++s;
        if (s < signal_.stretches.size()) extent_ = signal_.extent(s);
        std::optional<signal::BeatPlaces> places;
        if (beats_) places = beats_within(*beats_, extent_, signal_.rate);
        const std::size_t size = s < signal_.stretches.size() ? signal_.stretches[s].size() : 0;
        scanner_.begin([this, s](std::size_t first, std::size_t count) { return signal_.part(s, first, count); }, size, places);
        open_ = true;
        to_come_ = size;
    }
    void add(std::span<const float> samples) {
        scanner_.add(samples);
        to_come_ -= std::min(to_come_, samples.size());
        if (to_come_ == 0) end_stretch();  // at once: what is kept of it is given back
    }
    const Signal& signal() const { return signal_; }
    void finish(EventList& events, IntervalSet& scorable) {
        end_stretch();
        std::move(events_.begin(), events_.end(), std::back_inserter(events));
        scorable = std::move(scorable_);
    }

    void end_stretch() {
        if (!open_) return;
        open_ = false;
        const LegScan found = scanner_.finish();
        const auto interval = [&](std::size_t begin, std::size_t end) {
            const auto time_of = [&](std::size_t i) { return extent_.onset + signal_.rate.time_of(static_cast<std::int64_t>(i)); };
            return Interval{time_of(begin), time_of(end)};
        };
        for (const signal::Run& run : found.scorable) scorable_.add(interval(run.begin, run.end));
        for (const auto& [run, reason] : found.artefacts) events_.push_back(artefact(signal_, side_, interval(run.begin, run.end), reason));
        for (const ScannedMovement& m : found.movements) {
            Event e;
            e.extent = interval(m.onset, m.offset);
            e.kind = class_of_length(e.extent, longest_);
            e.channel = signal_.label;
            e.side = side_;
            const auto shown = [](double uv) { return std::round(uv * 100) / 100; };  // finer than any digital step
            e.measures = {{"amplitude_uv", shown(m.amplitude_uv)}, {"rise_uv", shown(m.rise_uv)},
                          {"sustained_uv", shown(m.sustained_uv)}, {"peak_uv", shown(m.peak_uv)}, {"resting_uv", shown(m.resting_uv)}};
            events_.push_back(std::move(e));
        }
    }

private:
    const Signal& signal_;
    Side side_;
    const std::vector<signal::HeartBeat>* beats_;
    Time longest_;
    LegScanner scanner_;
    bool open_ = false;
    std::size_t to_come_ = 0;  // samples of the stretch
    Interval extent_;
    EventList events_;
    IntervalSet scorable_;
};

DetectorOptions parse(const OptionValues& values) {
    DetectorOptions base;
    if (const auto given = values.find("standard"); given != values.end())
        base.morphology = given->second != "aasm" && given->second != "wasm2006" && given->second != "splmad";
    const DetectorOptions options = parse_options(specs(), values, base);
    if (options.offset_uv > options.onset_uv) throw UsageError("leg_movements.offset_uv is above leg_movements.onset_uv");
    if (options.min_duration_s > options.max_duration_s)
        throw UsageError("leg_movements.min_duration_s is longer than leg_movements.max_duration_s");
    return options;
}

constexpr Time longest_together = std::chrono::hours(12);

Time recorded(const Signal& signal) {
    Time all{0};
    for (std::size_t s = 0; s < signal.stretches.size(); ++s) all += signal.extent(s).duration();
    return all;
}

// Both legs. Of long nights their samples pass by before those of all other channels do, so that what is kept of them is given back before
// the others' begins to grow.
class LegMovementScan : public Scan {
public:
    LegMovementScan(const Night& night, const OptionValues& values) : options_(parse(values)) {
        choose_legs(night);
        for (LegSearch& search : searches_) to_pass_.push_back(listener(search.signal(), search));
        if (!searches_.empty() && recorded(searches_.front().signal()) > longest_together) pass_by(std::exchange(to_pass_, {}));
    }
    std::vector<Listener> listeners() override { return to_pass_; }
    Detection finish(const Night& night) override;

private:
    void choose_legs(const Night& night);
    void refuse(const std::string& why) {
        found_.events.clear();
        found_.findings.push_back({FindingCode::DETECTOR_NOT_RUN, "leg movements were not looked for: " + why});
    }

    DetectorOptions options_;
    Detection found_;
    std::vector<signal::HeartBeat> own_beats_;                // if the night has none yet
    const std::vector<signal::HeartBeat>* beats_ = nullptr;  // null: none to be subtracted
    std::deque<LegSearch> searches_;
    std::vector<Listener> to_pass_;  // listeners of legs that have not passed yet
};

void LegMovementScan::choose_legs(const Night& night) {
    struct Leg {
        Role role;
        Side side;
        const char* name;
    };
    std::vector<std::pair<const Signal*, Side>> legs;
    for (const Leg& leg : {Leg{Role::leg_left, Side::left, "left"}, Leg{Role::leg_right, Side::right, "right"}}) {
        const Signal* signal = night.find(leg.role);
        if (!signal) {
            found_.findings.push_back(
                {FindingCode::CHANNEL_NOT_FOUND, std::string("no channel was found for the ") + leg.name + " leg"});
        } else if (const auto why = unusable(*signal, options_)) {
            found_.findings.push_back(*why);
            for (std::size_t s = 0; s < signal->stretches.size(); ++s)
                found_.events.push_back(artefact(*signal, leg.side, signal->extent(s), "channel_unusable"));
        } else {
            legs.emplace_back(signal, leg.side);
        }
    }
    if (legs.empty()) return refuse("no leg channel (leg_left, leg_right) is usable");
    if (legs.size() == 1 && options_.require_both_legs)
        return refuse(std::string("both legs are required and ") + (legs.front().second == Side::left ? "leg_right" : "leg_left") + " is not usable");
    if (legs.size() == 1)
        found_.findings.push_back({FindingCode::DETECTOR_REDUCED, "leg movements were looked for in one leg only"});
    if (options_.subtract_ecg) beats_ = &beats_of(night, own_beats_);
    if (beats_ && beats_->empty()) beats_ = nullptr;
    for (const auto& [signal, side] : legs) searches_.emplace_back(*signal, side, beats_, options_);
}

Detection LegMovementScan::finish(const Night&) {
    if (searches_.empty()) return std::move(found_);
    std::vector<IntervalSet> scorable;
    for (LegSearch& search : searches_) {
        search.finish(found_.events, scorable.emplace_back());
        const Signal& signal = search.signal();
        found_.scorable[signal.channel] = scorable.back();
        if (scorable.back().empty())
            found_.findings.push_back(about(signal, FindingCode::CHANNEL_UNUSABLE,
                                            "no time of channel " + signal.label +
                                                " can be scored: it is flat, its resting level is above " +
                                                option_text(options_.max_resting_uv) + " uV, or its stretches are shorter than " +
                                                option_text(options_.min_stretch_s) + " s"));
    }
    found_.ran = std::any_of(scorable.begin(), scorable.end(), [](const IntervalSet& s) { return !s.empty(); });
    if (!found_.ran) {
        refuse("no leg (leg_left, leg_right) has scorable time");
        return std::move(found_);
    }
    const bool both = scorable.size() == 2;
    found_.at_risk = both ? scorable[0].united(scorable[1]) : scorable[0];
    if (options_.require_both_legs) {  // what only one leg shows at a time when the other cannot be scored is not counted
        found_.at_risk = scorable[0].intersected(scorable[1]);
        std::erase_if(found_.events, [&](const Event& e) {
            return e.kind != artefact_class && !found_.at_risk.contains(e.extent.onset);
        });
        return std::move(found_);
    }
    found_.partly_at_risk = both ? found_.at_risk.without(scorable[0].intersected(scorable[1])) : scorable[0];
    return std::move(found_);
}

std::unique_ptr<Scan> scan(const Night& night, const OptionValues& values) { return std::make_unique<LegMovementScan>(night, values); }

// What the leg artefacts of given movements leave: a leg is blind in its own, or always if the recording has no channel
// of it and one of the other leg. Movements given without any leave no time out.
void given_artefacts(const Night& night, Detection& given) {
    IntervalSet left, right;
    for (const Event& e : night.events_of(artefact_class)) {
        if (e.side == Side::left || e.side == Side::both) left.add(e.extent);
        if (e.side == Side::right || e.side == Side::both) right.add(e.extent);
    }
    if (left.empty() && right.empty()) return;
    const bool has_left = night.find(Role::leg_left), has_right = night.find(Role::leg_right);
    if (has_right && !has_left) left = given.at_risk;
    if (has_left && !has_right) right = given.at_risk;
    given.partly_at_risk = given.at_risk.intersected(left.united(right));
    given.at_risk = given.at_risk.without(left.intersected(right));
    given.partly_at_risk = given.partly_at_risk.intersected(given.at_risk);
}

const std::vector<MeasureInfo> measures{
    {"amplitude_uv", "uV", "median amplitude (rms of 0.1 s) above rest"},
    {"rise_uv", "uV", "highest amplitude (rms of 50 ms, more in noise) above rest: the onset criterion"},
    {"sustained_uv", "uV", "highest median of half a second above rest: the morphology criterion"},
    {"peak_uv", "uV", "largest rectified sample after filtering"},
    {"resting_uv", "uV", "resting level (rms) at the onset"}};

}  // namespace

extern const Detector leg_movements_detector;
const Detector leg_movements_detector{
    "leg_movements",
    "movements of each leg: 8 uV above the resting EMG for half a second or more",
    "WASM 2016 (Ferri et al., Sleep Med 2016;26:86-95)",
    "EMG of one or both legs in uV; an electrocardiogram where available",
    {{"leg_movement", "movement of one leg of 0.5 to 10 s", measures},
     {"long_leg_movement", "movement of one leg of more than 10 s: never a candidate, ends a series", measures},
     {artefact_class, "time of one leg in which no movement could be scored: that of both legs is in no denominator",
      {{"reason", "", "no_signal (flat, at a limit, a lead off that hums), resting_level (too high, or of nothing), hum (what is left of it looks like a movement), short_stretch, channel_unusable"}}}},
    describe(specs()),
    [](const OptionValues& values) { return option_values(specs(), parse(values)); },
    run_scan<scan>,
    false,
    nullptr,
    [](const Event& e, const OptionValues& parameters) {
        if (e.kind == artefact_class) return e.kind;
        return class_of_length(e.extent, parse_seconds(parameters.at("max_duration_s")).value());
    },
    given_artefacts,
    scan};

}  // namespace psg::events
