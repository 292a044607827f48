// A recording without its samples: what the header and the annotations say.
// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "libpsg/model/channel.hpp"
#include "libpsg/model/finding.hpp"
#include "libpsg/model/interval_set.hpp"
#include "libpsg/model/time.hpp"

namespace psg {

/// How the text of the annotation at onset 0 begins by which a simulated recording says so.
inline constexpr std::string_view simulated_marker = "Simulated recording";

/// A text at a moment of the recording, as technicians and scorers leave them.
struct Annotation {
    Time onset{0};
    Time duration{0};  ///< 0 if none was given
    std::string text;  ///< UTF-8
};

/// Fields that identify a person; never written to an output unless asked for.
struct Identity {
    std::string patient;    ///< EDF local patient identification, UTF-8, trimmed
    std::string recording;  ///< EDF local recording identification
};

/// What is known of a recording. Samples are read through the reader that made it.
struct Recording {
    std::string format;                 ///< "EDF", "EDF+C", "EDF+D", "BDF", "BDF+C", "BDF+D"
    Identity identity;
    StartTime start;                    ///< of the first sample, where known
    std::vector<Channel> channels;
    std::vector<Interval> segments;     ///< uninterrupted stretches, in order; the first starts at 0
    std::vector<Annotation> annotations;
    Findings findings;
    bool simulated = false;             ///< says so itself (an annotation of psg-simulate)

    /// End of the last segment.
    Time duration() const { return segments.empty() ? Time(0) : segments.back().offset; }
    /// Time with data, gaps left out.
    Time recorded() const { return IntervalSet(segments).total(); }
    const Channel* channel(int index) const;
};

}  // namespace psg
