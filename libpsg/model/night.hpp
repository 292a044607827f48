// A night: all that a detector may see. Plain values, nothing is read from files here.
// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "libpsg/model/amplitude_series.hpp"
#include "libpsg/model/channel.hpp"
#include "libpsg/model/event.hpp"
#include "libpsg/model/heart_beat.hpp"
#include "libpsg/model/hypnogram.hpp"
#include "libpsg/model/signal.hpp"
#include "libpsg/model/stepped_series.hpp"

namespace psg {

/// A channel that plays a role, with its samples.
struct RoleSignal {
    Role role{};
    std::string site;  ///< EEG electrode or muscle, may be empty
    Signal signal;
};

/// What a muscle does over time, made once for all detectors (events/muscle_activity.hpp).
struct MuscleActivity {
    std::size_t signal = 0;  ///< place of the channel in `Night::signals`
    double samples_per_block = 1;
    AmplitudeSeries envelope;  ///< root mean square in blocks of about 10 ms, in uV; NaN: nothing can be seen
    Signal rest;             ///< resting level every half second or so, the stretches those of `envelope`; NaN: unknown
    /// For each value of `rest`, as amplitude_code(), the highest root mean square of three blocks in a row, of its blocks and a few
    /// beside (events/muscle_meter.hpp): it tells where no burst can be. One list of a stretch.
    std::vector<std::vector<std::uint16_t>> highest;
    IntervalSet visible;     ///< gaps of less than 0.2 s between blocks that can be seen do not matter
};

/// What moves all leads of the head alike, made once for all detectors (events/head_motion.hpp): their slow signal in one
/// stretch, every 20 ms: means of 20 ms less the median of 2 s around.
struct HeadMotion {
    Time start{0};
    SteppedSeries mean;                  ///< of all leads, uV
    std::vector<std::uint16_t> common;   ///< as amplitude_code(): the smallest deflection of all leads if all have one sign, else 0, uV
    std::vector<std::uint16_t> apart;    ///< as amplitude_code(): standard deviation over the leads, uV
    std::string channels;                ///< labels joined by '+'
};

/// A moment that somebody marked in the recording or its scoring. What was written there is not kept: it may name people.
struct Mark {
    Time onset{0};
    std::string kind;  ///< event_button (of the sleeper), note (of anybody)
};

/// A recorded night. `optional` event lists distinguish "none were scored" (empty) from "nobody looked" (nothing).
struct Night {
    std::vector<Interval> segments;           ///< recorded stretches of time
    std::vector<RoleSignal> signals;
    std::vector<RoleSignal> others;           ///< channels that could play a role as well and were not chosen: no rule of a movement reads them
    Hypnogram hypnogram;                      ///< may be all unknown
    std::optional<EventList> respiratory;     ///< apnoeas, hypopnoeas, RERAs
    std::optional<EventList> arousals;
    std::optional<Time> lights_off, lights_on;
    std::vector<std::pair<std::string, IntervalSet>> positions;  ///< body positions by name or code; empty: not recorded
    std::vector<Mark> marks;                  ///< in order of time
    EventList events;                         ///< found or imported so far, in order of time
    std::map<std::string, IntervalSet> at_risk;  ///< by class of `events`: when one could have been found
    std::optional<std::vector<HeartBeat>> beats;  ///< of the ECG, places in seconds; nothing: nobody looked yet
    std::vector<MuscleActivity> activity;     ///< of the EMG channels; empty: nobody made it yet
    std::optional<std::vector<HeadMotion>> head_motion;  ///< nothing: nobody made it yet

    /// First signal with this role; null if there is none.
    const Signal* find(Role role) const;
    /// Lights off to lights on; where unknown, the first and the end of the last scored epoch, or the extent of the
    /// hypnogram if nobody scored any. Empty if these contradict each other.
    Interval in_bed() const;
    /// `in_bed()`, recorded time in epochs only.
    IntervalSet analysis_window() const;
    /// The events of one class, in order.
    EventList events_of(std::string_view kind) const;
};

}  // namespace psg
