// A scoring understood: hypnogram, events and lights from the entries of any format.
// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <array>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "libpsg/io/scored/event_names.hpp"
#include "libpsg/io/scored/scored_entries.hpp"
#include "libpsg/model/night.hpp"

namespace psg::io {

struct ScoringOptions {
    ScoringUse use = ScoringUse::everything;  ///< as given to read_scored_file()
    StageDigits digits = StageDigits::unknown;
    EventMap map;
    std::set<std::string> classes;  ///< event classes of psg-detect
    bool tell_unknown = true;       ///< false: a recording's own annotations, among which notes are nothing odd
};

/// Name of the measure of movements that tells what somebody edited since libpsg wrote them: "unchanged", "moved", "added".
/// An event has it only where the file itself tells.
inline constexpr std::string_view edit_measure_name = "edit";

struct Scoring {
    std::string format, encoding;
    std::optional<Hypnogram> hypnogram;  ///< nothing without stages
    EventList respiratory, arousals;
    EventList movements;  ///< leg_movement and the other classes of ScoringOptions::classes
    std::optional<Time> lights_off, lights_on;
    std::vector<Interval> periods_in_bed;  ///< ScoredLights::periods
    std::vector<Mark> marks;  ///< event buttons, and what no rule knows; in the order of the file
    bool simulated = false;  ///< ScoredFile::simulated
    std::vector<std::pair<std::string, IntervalSet>> positions;  ///< supine, prone, left, right, upright, as far as scored
    std::map<std::string, int> ignored, unknown;  ///< names of entries left out, and how many

    /// "822 epochs, 12 respiratory events, 3 arousals, lights off; left out: 40 'SpO2 desaturation'".
    std::string summary() const;
};

/// What events of a scoring are compared or read for, by the word that options and messages have for it.
struct EventUse {
    std::string_view word;
    ScoringUse use;
    EventList Scoring::*events;
};
inline constexpr std::array<EventUse, 3> event_uses{{{"movements", ScoringUse::movements, &Scoring::movements},
                                                     {"respiratory", ScoringUse::respiratory, &Scoring::respiratory},
                                                     {"arousals", ScoringUse::arousals, &Scoring::arousals}}};
/// The row of `use`; UsageError where it is none of the three.
const EventUse& event_use(ScoringUse use);

/// Makes stages, events and lights of the entries. Only what `use` asks for is made and can fail.
///   - Stages: see grid_of(). Digits with 4 but without 5 are refused unless the format or `digits` says what 4 is.
///   - Events: see read_event_name(). Side: from the entry, else from the name, else from the channel's label. Ids are
///     kept and unique; "#12" becomes CLASS-12; the others are numbered in order of time. Movements that libpsg wrote
///     and somebody moved by more than 1 ms are counted in EVENTS_CHANGED.
///   - Body positions (use `everything`): an entry lasts for its duration, one without until the next of them or the end of
///     the recording; where two overlap the later one holds.
///   - Lights: see lights_of(); what is told is EVENTS_LIGHTS.
/// Unknown names are listed in EVENTS_UNKNOWN. DataError with the place and the reason: no stage where only stages can
/// stand, no stages at all for use `hypnogram`, an event that has no duration in a table, an id given twice.
Scoring understand(const ScoredFile& file, const Recording& recording, const ScoringOptions& options,
                   Findings& findings);

}  // namespace psg::io
