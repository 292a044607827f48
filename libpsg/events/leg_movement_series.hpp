// Rules from single-leg movements to periodic leg movements, as pure functions on intervals.
// SPDX-License-Identifier: BSD-3-Clause
//
// Combination of the legs, candidates, series, respiratory and arousal association. All comparisons are in whole
// microseconds.
//
// WASM 2016: Ferri et al., Sleep Med 2016;26:86-95. WASM 2006: Zucconi et al., Sleep Med 2006;7:175-183. AASM: manual 2007
// and later as quoted by peers. Restatement of the rules with sources and open points: README.md of this folder.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "libpsg/model/event.hpp"
#include "libpsg/model/interval_set.hpp"
#include "libpsg/model/options.hpp"

namespace psg {
struct Night;
}

namespace psg::events {

/// Every number and every disputed point of the series rules. The defaults are WASM 2016.
struct SeriesRules {
    double join_gap_s = 0.5;            ///< same leg: joined if the next onset comes less than this after the offset; 0: never
    double min_duration_s = 0.5;        ///< shorter movements are dropped (after joining)
    double max_monolateral_s = 10;      ///< longer: no candidate
    std::string long_movements = "keep";  ///< "keep": a movement that is no candidate stays and can break a series; "drop"
    std::string combine = "chain";      ///< both legs: "chain" offset to onset, "onset" onset to onset, "none"
    double combine_gap_s = 0.5;         ///< combined if less than this apart
    double max_bilateral_s = 15;        ///< longer combined movements, and given ones of both legs, are no candidates
    int max_members = 4;                ///< more movements in a combined one: no candidate; 0: no limit
    double min_interval_s = 10;         ///< shortest inter-movement interval (onset to onset) of a series, inclusive
    double max_interval_s = 90;         ///< longest
    bool max_interval_inclusive = true; ///< is exactly the longest interval still inside?
    std::string short_interval = "restart";  ///< "restart": ends the series, the movement may start the next; "end": it may
                                             ///< not; "skip": the movement is passed over
    bool gap_ends = true;               ///< an interval with a gap of the recording inside is unknown and ends the series
    double unscorable_ends_s = 10;      ///< ... and so does one with that much time in a row in which no leg could be scored; 0: none
    bool noncandidates_break = true;    ///< false: movements that are no candidates are transparent
    int min_movements = 4;              ///< in a series
    bool sleep_only = false;            ///< movements that begin in wake are not scored
    double max_wake_s = 90;             ///< ... and a stretch of wake of this length or more ends a series
    std::string respiratory = "after";  ///< "after": near the end of the event, labelled; "around": whole event and margins,
                                        ///< removed; "none"
    bool respiratory_arousals = true;   ///< do RERAs and other events that are no apnoea or hypopnoea count?
    double respiratory_before_s = 2;    ///< "after": this long before the end of the event
    double respiratory_after_s = 10.25; ///< ... to this long after it; "around": margins before its start, after its end
    double arousal_gap_s = 0.5;         ///< associated if they overlap or the gap is smaller
    bool arousal_gap_inclusive = false; ///< ... or equal
};

/// A movement of one leg, as detected or imported.
struct LegMovement {
    Interval extent;
    Side side = Side::none;
};

/// A movement after combination of the legs.
struct CombinedMovement {
    Interval extent;
    Side side = Side::none;      ///< left, right, or both
    std::vector<std::size_t> members;  ///< positions in the input list
    int member_count = 1;        ///< movements joined (after the same-leg join)
    bool candidate = true;
    std::string why_not;         ///< the rule that made it no candidate: "monolateral_too_long", ...
    bool respiratory = false;
    bool arousal = false;
    Stage stage = Stage::unknown;
    std::optional<Time> interval;             ///< from the previous movement; nothing if undefined
    int series = 0, position = 0, length = 0; ///< in the series numbered from 1; 0: in none
    bool passed_over = false;                 ///< by "skip" or as no candidate that is transparent: not there for the rest
    std::optional<Time> interval_nr;          ///< the same without respiratory movements
    int series_nr = 0, position_nr = 0, length_nr = 0;
    bool passed_over_nr = false;
    bool scored = true;          ///< false: removed by the rules (wake under "sleep only", respiratory under "around")
};

/// What the association rules look at. Nothing: was not scored, which is not the same as none.
struct SeriesContext {
    const Hypnogram* hypnogram = nullptr;
    const EventList* respiratory = nullptr;
    const EventList* arousals = nullptr;
    std::vector<Interval> segments;   ///< no movement is joined across a gap; empty: no gaps
    IntervalSet unscorable = {};      ///< recorded time in which no leg could be scored
};

/// What the rules look at in this night; `at_risk` is the time in which leg movements could be scored. The context keeps
/// pointers to `night`.
SeriesContext series_context(const Night& night, const IntervalSet& at_risk);

/// The longest time in a row between two moments in which no leg could be scored.
Time longest_unscorable(const SeriesContext& context, Time from, Time to);

/// A movement, after the same-leg join or after combination, that the rules dropped.
struct DroppedMovement {
    std::vector<std::size_t> members;  ///< positions in the input list
    Interval extent;
    std::string why;  ///< "too_short", or as CombinedMovement::why_not
};

/// Applies the rules in their order: join, drop short, combine, label, series with and without respiratory movements.
/// `movements` may come in any order; the result is sorted by onset. Each movement of the list is a member of one of the
/// result or, if that is not null, of one of `dropped`.
std::vector<CombinedMovement> score_series(const std::vector<LegMovement>& movements, const SeriesRules& rules,
                                           const SeriesContext& context, std::vector<DroppedMovement>* dropped = nullptr);

/// The leg movements that the series are made of, by their places in `events`: those that begin outside the recording
/// (given ones; EVENTS_OUTSIDE tells them) and those that are the legs' part of propriospinal-like jerks are left out.
std::vector<std::size_t> series_input(const EventList& events, const Night& night);

/// The rules of these parameters of the detector plm_series. UsageError if they contradict each other.
SeriesRules series_rules(const OptionValues& values);

/// Named sets of rules: "wasm2016", "wasm2006", "aasm", "plmscore", "somas", "splmad". UsageError for any other name.
SeriesRules series_preset(const std::string& name);
const std::vector<std::string>& series_preset_names();

}  // namespace psg::events
