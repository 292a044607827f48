// Opening a night: the recording, what its channels are, and everything scored that the user gives beside it.
// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <functional>
#include <map>
#include <string>
#include <vector>

#include "libpsg/workflow/channel_inputs.hpp"
#include "libpsg/workflow/channel_quality.hpp"
#include "libpsg/model/night.hpp"
#include "libpsg/model/recording.hpp"
#include "libpsg/model/sample_source.hpp"
#include "libpsg/model/step_observer.hpp"

namespace psg::workflow {

/// The inputs that every tool names alike. Paths; "-" is standard input (once); empty: not given.
struct NightInputs {
    std::vector<std::string> recordings;  ///< the parts of one night (io::RecordingReader)
    std::string hypnogram, respiratory, arousals, movements;
    std::string original;               ///< the movements before somebody edited them (event_edits.hpp); needs `movements`
    std::string scoring;                ///< one file with all of it; what is given separately wins. No movements are taken from it
    std::string event_map;              ///< names in scorings, see io::read_event_map()
    std::string stage_digits;           ///< "", "rk" or "yasa", see io::StageDigits
    bool companion = false;             ///< without `scoring`: look beside the recording and among its annotations
    std::string lights_off, lights_on;  ///< seconds since the start, or a time of day HH:MM[:SS]
    std::map<long, std::string> position_codes;  ///< of a position channel (body_positions.hpp)
    ChannelInputs channels;
    bool assess_all = false;            ///< the quality of every channel, for its table; else the amplitude of the loaded ones
    bool strict = false;                ///< any finding about an input is an error
};

/// A scoring that was read, for the provenance and for telling the user.
struct ScoredSource {
    std::string kind;      ///< "hypnogram", "respiratory", "arousals", "movements", "scoring", "companion", "annotations"
    std::string format;    ///< "Luna .annot, UTF-8"
    std::string contents;  ///< "822 epochs, 12 respiratory events"
    std::string name;      ///< of the file; for the user, not for outputs
};

/// A night ready to be staged and scored.
struct OpenedNight {
    Recording recording;
    std::vector<RoleAssignment> roles;
    Night night;                                ///< the hypnogram is empty unless one was given; samples: see open_night()
    bool hypnogram_given = false;
    std::vector<ScoredSource> sources;          ///< every scoring that was read
    std::string lights_off_from, lights_on_from; ///< "given", or the kind of the source whose mark it is
    std::vector<Interval> periods_in_bed;       ///< from lights off to on, where one source has several; empty where lights were given
    std::string positions_from;                 ///< the kind of the source that Night::positions are of, or "channel LABEL"
    std::map<std::string, std::string> digests; ///< SHA-256 by kind of input: "recording", "recording 2" (the second part), "hypnogram", ...
    Qualities qualities;                        ///< of the assessed channels
    bool all_assessed = false;                  ///< NightInputs::assess_all
    Findings findings;                          ///< of the recording and of every other input
};

/// Who else is told the samples of the night's signals in the pass that every recording gets: asked for once all but `qualities`,
/// positions and the digest of the recording is known. They may refer to the night, which stays where it is.
using FirstListeners = std::function<std::vector<Listener>(OpenedNight&)>;

/// Reads what is known of it all: the scorings, and the recording once, for digests and qualities. The night has the signals of the
/// chosen channels whose role is in `wanted`, and where these are scored_roles() the others of them; their samples are read again
/// when they are looked at (recording_source.hpp).
/// DataError or UsageError if an input cannot be read.
OpenedNight open_night(const NightInputs& inputs, const std::vector<Role>& wanted, const StepObserver& done = {});
/// The same into `opened`, which is as made.
void open_night(OpenedNight& opened, const NightInputs& inputs, const std::vector<Role>& wanted, const StepObserver& done, const FirstListeners& listeners);

/// Roles whose signals stagers, detectors and tables look at: all but respiration and oximetry.
const std::vector<Role>& scored_roles();

/// "3600", "23:05" or "23:05:10" on the recording's clock: the moment inside the recording, else the nearer one before its
/// start or after its end. UsageError if it is neither or the clock is unknown.
Time parse_moment(const std::string& text, const std::string& option, const StartTime& start, Time duration);

}  // namespace psg::workflow
