// Detector of periodic leg movements: the series rules of leg_movement_series over the leg movements of the night.
// SPDX-License-Identifier: BSD-3-Clause
//
// Reads the events of the classes `leg_movement` (detected or imported) and `long_leg_movement`, combines the legs, finds
// series and labels respiratory and arousal association. Every combined movement becomes one event:
// `periodic_leg_movement` if it is in a series, `nonperiodic_leg_movement` otherwise.
#include <algorithm>
#include <limits>

#include "libpsg/events/detector.hpp"
#include "libpsg/events/leg_movement_series.hpp"
#include "libpsg/events/movement_names.hpp"
#include "libpsg/model/error.hpp"

namespace psg::events {

namespace {

struct PlmOptions : SeriesRules {
    std::string standard = "wasm2016";
};

const std::vector<OptionSpec<PlmOptions>>& specs() {
    using O = PlmOptions;
    static const std::string wasm = "WASM 2016", peers = "PLMScoRe, SOMAS";
    static const std::vector<OptionSpec<O>> list{
        {{"standard", "", "", "presets", "set of rules that the other parameters start from", series_preset_names()}, &O::standard},
        {{"join_gap_s", "s", "", peers, "same leg: movements less than this apart are one; 0: never", {}, 0, 60}, &O::join_gap_s},
        {{"min_duration_s", "s", "", wasm, "shortest movement, inclusive", {}, 0, 60}, &O::min_duration_s},
        {{"max_monolateral_s", "s", "", wasm, "longest candidate of one leg, inclusive", {}, 0, 3600}, &O::max_monolateral_s},
        {{"long_movements", "", "", wasm + "; AASM: drop", "movements that are no candidates stay in the list or are dropped", {"keep", "drop"}}, &O::long_movements},
        {{"combine", "", "", wasm + "; AASM: onset", "both legs make one movement: offset to onset as a chain, onset to onset, or never", {"chain", "onset", "none"}}, &O::combine},
        {{"combine_gap_s", "s", "", wasm, "movements of both legs less than this apart are one", {}, 0, 60}, &O::combine_gap_s},
        {{"max_bilateral_s", "s", "", wasm, "longest candidate of both legs, inclusive", {}, 0, 3600}, &O::max_bilateral_s},
        {{"max_members", "", "", peers, "most movements in one of both legs; 0: no limit", {}, 0, 1000}, &O::max_members},
        {{"min_interval_s", "s", "", wasm, "shortest inter-movement interval of a series, inclusive", {}, 0, 3600}, &O::min_interval_s},
        {{"max_interval_s", "s", "", wasm, "longest inter-movement interval of a series", {}, 0, 3600}, &O::max_interval_s},
        {{"max_interval_inclusive", "", "", wasm + "; SOMAS: no", "is exactly the longest interval inside?"}, &O::max_interval_inclusive},
        {{"short_interval", "", "", "PLMScoRe: restart; SOMAS: end; WASM 2006: skip", "a movement after a shorter interval starts anew, may not start a series, or is passed over", {"restart", "end", "skip"}}, &O::short_interval},
        {{"gap_ends", "", "", "proposed", "does a gap of the recording inside an interval end the series? (else intervals run across it)"}, &O::gap_ends},
        {{"unscorable_ends_s", "s", "", "proposed: the shortest interval of a series", "an interval with this much time in a row in which no leg could be scored is unknown and ends the series; 0: never", {}, 0, 86400}, &O::unscorable_ends_s},
        {{"noncandidates_break", "", "", wasm, "does a movement that is no candidate end a series?"}, &O::noncandidates_break},
        {{"min_movements", "", "", wasm, "fewest movements in a series", {}, 1, 1000}, &O::min_movements},
        {{"sleep_only", "", "", "AASM", "are movements in wake left out?"}, &O::sleep_only},
        {{"max_wake_s", "s", "", "AASM (from memory, unverified)", "with sleep_only: wake of this length or more ends a series", {}, 0, 3600}, &O::max_wake_s},
        {{"respiratory", "", "", wasm + "; AASM: around", "label near the end of respiratory events, remove around them, or neither", {"after", "around", "none"}}, &O::respiratory},
        {{"respiratory_arousals", "", "", "PLMScoRe: no", "do respiratory events other than apnoeas and hypopnoeas count?"}, &O::respiratory_arousals},
        {{"respiratory_before_s", "s", "", wasm, "window begins this long before the event's end (after) or start (around)", {}, 0, 60}, &O::respiratory_before_s},
        {{"respiratory_after_s", "s", "", wasm, "window ends this long after the event's end", {}, 0, 60}, &O::respiratory_after_s},
        {{"arousal_gap_s", "s", "", wasm, "arousal and movement belong together if less than this apart", {}, 0, 60}, &O::arousal_gap_s},
        {{"arousal_gap_inclusive", "", "", "PLMScoRe, SOMAS: yes", "... or exactly this far"}, &O::arousal_gap_inclusive}};
    return list;
}

PlmOptions parse(const OptionValues& values) {
    PlmOptions base;
    if (const auto given = values.find("standard"); given != values.end()) {
        static_cast<SeriesRules&>(base) = series_preset(given->second);
        base.standard = given->second;
    }
    PlmOptions options = parse_options(specs(), values, base);
    if (options.min_interval_s > options.max_interval_s)
        throw UsageError("plm_series.min_interval_s is longer than plm_series.max_interval_s");
    if (options.min_interval_s == options.max_interval_s && !options.max_interval_inclusive)
        throw UsageError("no interval is from plm_series.min_interval_s to below plm_series.max_interval_s");
    if (options.min_duration_s > options.max_monolateral_s)
        throw UsageError("plm_series.min_duration_s is longer than plm_series.max_monolateral_s");
    if (options.combine != "none" && options.min_duration_s > options.max_bilateral_s)
        throw UsageError("plm_series.min_duration_s is longer than plm_series.max_bilateral_s");
    return options;
}

double or_nan(const std::optional<Time>& t) { return t ? seconds(*t) : std::numeric_limits<double>::quiet_NaN(); }

Detection run(const Night& night, const OptionValues& values) {
    const PlmOptions options = parse(values);
    Detection found;
    const auto at_risk = night.at_risk.find("leg_movement");
    if (at_risk == night.at_risk.end()) {
        found.findings.push_back({FindingCode::DETECTOR_NOT_RUN, "no leg movements were detected (in leg_left, leg_right) or given"});
        return found;
    }
    found.at_risk = at_risk->second;
    if (options.sleep_only) {
        const auto& stages = night.hypnogram.stages;
        if (std::all_of(stages.begin(), stages.end(), [](Stage s) { return s == Stage::unknown; })) {
            found.findings.push_back({FindingCode::DETECTOR_NOT_RUN,
                                      "the rules (sleep_only) score leg movements in sleep only, and no epoch is staged: "
                                      "nothing could be scored"});
            found.at_risk = {};
            return found;
        }
        found.at_risk = found.at_risk.intersected(night.hypnogram.where(is_sleep));
    }
    found.ran = true;
    if (night.at_risk.count("arousal"))
        found.findings.push_back({FindingCode::DETECTOR_REDUCED,
                                  "no scored arousals were given: those found by the proposed rule of the detector "
                                  "'arousals' are associated with the movements"});

    std::vector<LegMovement> movements;
    std::vector<std::string> channels;
    for (const std::size_t i : series_input(night.events, night)) {
        const Event& e = night.events[i];
        movements.push_back({e.extent, e.side});
        channels.push_back(e.channel);
    }
    const SeriesContext context = series_context(night, at_risk->second);
    const double nan = std::numeric_limits<double>::quiet_NaN();
    const bool respiratory = night.respiratory && options.respiratory != "none";
    const auto nr = [&](double value) { return respiratory ? value : nan; };
    for (const CombinedMovement& m : score_series(movements, options, context)) {
        Event e;
        e.kind = m.series > 0 ? "periodic_leg_movement" : "nonperiodic_leg_movement";
        e.extent = m.extent;
        e.side = m.side;
        for (std::size_t i : m.members)
            if (!channels[i].empty() && ("+" + e.channel + "+").find("+" + channels[i] + "+") == std::string::npos)
                e.channel += (e.channel.empty() ? "" : "+") + channels[i];
        e.measures = {{"members", double(m.member_count)},
                      {"candidate", double(m.candidate)},
                      {"why_not_candidate", m.why_not},
                      {"scored", double(m.scored)},
                      {"respiratory", nr(m.respiratory)},
                      {"arousal", night.arousals ? double(m.arousal) : nan},
                      {"interval_s", or_nan(m.interval)},
                      {"series", double(m.series)},
                      {"series_position", double(m.position)},
                      {"series_length", double(m.length)},
                      {"passed_over", double(m.passed_over)},
                      {"interval_nr_s", nr(or_nan(m.interval_nr))},
                      {"series_nr", nr(m.series_nr)},
                      {"series_nr_position", nr(m.position_nr)},
                      {"series_nr_length", nr(m.length_nr)},
                      {"passed_over_nr", nr(m.passed_over_nr)}};
        found.events.push_back(std::move(e));
    }
    return found;
}

const std::vector<MeasureInfo> measures{
    {"members", "", "movements of single legs joined in this one"},
    {"candidate", "", "1: may be part of a series"},
    {"why_not_candidate", "", "rule that made it no candidate"},
    {"scored", "", "0: left out of the series by the rules (wake under sleep_only, respiratory under 'around')"},
    {"respiratory", "", "1: associated with a respiratory event; NaN: respiratory events were not given, or the rule is switched off"},
    {"arousal", "", "1: associated with an arousal, given or detected; NaN: arousals were neither given nor looked for"},
    {"interval_s", "s", "inter-movement interval, onset to onset, from the movement before; NaN: undefined"},
    {"series", "", "number of the series, from 1; 0: in none"},
    {"series_position", "", "position in the series, from 1"},
    {"series_length", "", "movements in the series"},
    {"passed_over", "", "1: the series rules look past it (shorter interval under 'skip', or no candidate where these are transparent)"},
    {"interval_nr_s", "s", "interval when respiratory movements are left out; this and the next four: NaN as `respiratory`"},
    {"series_nr", "", "number of the series when respiratory movements are left out; 0: in none"},
    {"series_nr_position", "", "position in that series"},
    {"series_nr_length", "", "movements in that series"},
    {"passed_over_nr", "", "1: passed over when respiratory movements are left out"}};

}  // namespace

std::vector<std::size_t> series_input(const EventList& events, const Night& night) {
    std::vector<std::size_t> places;
    for (std::size_t i = 0; i < events.size(); ++i) {
        const Event& e = events[i];
        const bool outside = !night.segments.empty() && (e.extent.onset < night.segments.front().onset ||
                                                         e.extent.onset >= night.segments.back().offset);
        if ((e.kind == "leg_movement" || e.kind == "long_leg_movement") && !outside && !is_leg_of_jerk(e, events))
            places.push_back(i);
    }
    return places;
}

SeriesRules series_rules(const OptionValues& values) { return parse(values); }

extern const Detector plm_series_detector;
const Detector plm_series_detector{
    "plm_series",
    "periodic leg movements: combines the legs, finds series, labels respiratory and arousal association",
    "WASM 2016 (Ferri et al., Sleep Med 2016;26:86-95); presets for WASM 2006, AASM, PLMScoRe and SOMAS",
    "leg movements (detected or given); hypnogram, respiratory events and arousals where available",
    {{"periodic_leg_movement", "leg movement (one or both legs) that is part of a series", measures},
     {"nonperiodic_leg_movement", "leg movement (one or both legs) that is in no series", measures}},
    describe(specs()),
    [](const OptionValues& values) { return option_values(specs(), parse(values)); },
    run,
    true};

}  // namespace psg::events
