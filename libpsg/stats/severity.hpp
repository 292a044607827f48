// How often, how strong, how long, how clustered, and what followed: each class of movement by stage, beside published norms.
// SPDX-License-Identifier: BSD-3-Clause
//
// Never a diagnosis.
// Formulas: README.md of this folder. What is looked at are the events and their measures, whatever found them.
#pragma once

#include <optional>
#include <set>
#include <string>
#include <vector>

#include "libpsg/model/event.hpp"
#include "libpsg/model/hypnogram.hpp"
#include "libpsg/stats/movement_summary.hpp"
#include "libpsg/stats/night_parts.hpp"
#include "libpsg/stats/norms.hpp"

namespace psg::stats {

/// An index of the night that some norms are about (fmi, sinbar_any, ...).
struct NightIndex {
    std::string name, stage;
    double value = 0;
};

struct SeverityNight {
    EventList events;                   ///< of all classes, with stages and measures
    std::vector<ClassAtRisk> classes;   ///< that were looked for; others give no rows
    Hypnogram hypnogram;
    IntervalSet window;                 ///< analysis window
    std::optional<EventList> arousals;  ///< scored or detected; nothing: nobody looked
    std::optional<IntervalSet> arousals_at_risk;  ///< when they could be found; nothing: always
    std::optional<EventList> respiratory;  ///< scored; nothing: nobody looked
    std::vector<NightIndex> indices;
    std::set<std::string> leg_channels;  ///< labels of the leg EMG
    Time before_sleep{300'000'000};      ///< wake this long before sleep is "before sleep"
    double rate_needs_min = 30;          ///< rates and indices of fewer minutes get neither flag nor percentile (proposed)
    double night_needs_min = 240;        ///< so do counts per night, unless they are outside already (proposed)
};

/// First quartile, median and third quartile; NaN without values.
struct Quartiles {
    double q1 = 0, median = 0, q3 = 0;
};

/// One class in one stage: W N1 N2 N3 R, NREM, sleep, all; for classes whose rule looks at sleep onset (hypnic jerks, foot
/// tremor, propriospinal myoclonus) also "wake_before_sleep" and "sleep_onset" (that and N1).
struct SeverityRow {
    std::string name, stage;
    int count = 0;
    double minutes = 0, rate = 0, rate_low = 0, rate_high = 0;  ///< as in the summary
    Quartiles ratio, uv;              ///< strength: to background, and in uV ...
    std::string ratio_of, uv_of;      ///< ... and the measures that these are; empty: none has one
    Quartiles length_s, burst_ms;     ///< of the events, and of the single bursts where the detector tells them
    double clustered = 0;             ///< shares 0 to 1; NaN: no events, or not known of any
    double woke = 0, aroused = 0, respiratory = 0;
};

/// A night's value beside one norm. Where there is too little time for a verdict, this is empty.
struct SeverityNorm {
    const Norm* norm = nullptr;
    double value = 0;  ///< in the unit of the norm; NaN: this night has none
    NormVerdict verdict;
};

struct Severity {
    std::vector<SeverityRow> rows;    ///< by class, then stage
    std::vector<SeverityNorm> norms;  ///< of the classes that were looked for
};

/// Events that their own rules left out (`scored` 0), or that begin outside the window, are in nothing, as in summarise().
Severity severity(const SeverityNight& night);

/// A row of one part of the night: stage is W, sleep or all.
struct PartRow {
    std::string division, part;
    SeverityRow row;
};
/// One row per class, part and stage group, by the rules of severity(): minutes and events are those of the window inside the part.
std::vector<PartRow> severity_by_part(const SeverityNight& night, const std::vector<NightPart>& parts);

/// The flags of one aspect of a class in a stage in one word: "outside the published range" if any norm says so, else "depends
/// on age", else "usual"; empty if no norm gives a flag.
std::string aspect_flag(const Severity& severity, const SeverityRow& row, const std::string& aspect);

}  // namespace psg::stats
