// What a scoring says, whatever its format: stretches of time with a name, before anything is made of the names.
// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "libpsg/model/event.hpp"
#include "libpsg/model/finding.hpp"
#include "libpsg/model/recording.hpp"

namespace psg::io {

struct ScoredEntry {
    std::optional<Time> onset;     ///< since the start of the recording; nothing: follows the entry above
    std::optional<Time> duration;  ///< nothing: not told
    std::string name;              ///< as in the file, UTF-8; empty in a table without a column of names
    std::string channel;           ///< label; may be empty
    std::string id;                ///< "leg_movement-12" or "#12" (the class is that of the name); may be empty
    Side side = Side::none;
    std::optional<Interval> original;  ///< extent when the file was written by libpsg, before anyone corrected it
    std::optional<StageProbabilities> probabilities;
    std::int64_t line = 0;  ///< 0: an EDF+ annotation, which has none
    bool is_stage = false;  ///< stands where only stages stand
};

/// A file of scorings.
struct ScoredFile {
    std::string name;      ///< for messages
    std::string format;    ///< "Luna .annot", "NSRR XML", ...
    std::string encoding;  ///< "UTF-8", ...; empty for EDF+
    std::vector<ScoredEntry> entries;
    bool in_order = true;        ///< the format has its stages in order of time; disorder is an error
    bool digits_are_rk = false;  ///< stages in digits are 0 W, 1 to 4, 5 REM, by definition of the format
    bool moments = false;        ///< entries may be moments, without a duration
    bool from_libpsg = false;    ///< its names are event classes of psg-detect
    bool simulated = false;      ///< says so itself: a column `simulated`, the mark of a simulated recording
    Findings findings;

    /// "NAME line N" or "NAME, onset N s".
    std::string where(const ScoredEntry& entry) const;
    [[noreturn]] void fail(const ScoredEntry& entry, const std::string& what, const std::string& remedy = {}) const;
};

/// Is this an id of an event of `event_class`: "CLASS-12", where CLASS may also be the shorter or longer name of the same thing
/// (a long_leg_movement keeps the id of the leg_movement that it was)?
bool is_event_id(std::string_view id, std::string_view event_class);

/// What a file is read for. Only tables that leave their meaning open need to be told.
enum class ScoringUse { everything, hypnogram, respiratory, arousals, movements };

/// Reads the text of a file of any format in README.md (all but EDF+). The format is told by the content; the ending of
/// `name` decides only whether rows of class, instance, start and stop without any heading are Luna's. Times of day are
/// placed by the start of `recording`. DataError with line and reason: no known format, and whatever the format
/// refuses.
ScoredFile read_scored_text(std::string_view bytes, const std::string& name, const Recording& recording,
                            ScoringUse use = ScoringUse::everything);

/// The annotations of an EDF+ or BDF+ file of scorings (or of the recording itself), moved by the difference of the two
/// start times where both are known. A text behind "@@" is the channel, " #12" before it the number of the event.
ScoredFile scored_annotations(const Recording& scoring, const std::string& name, const Recording& recording);

/// Reads a file of any format by its path; "-" is standard input (text only). `sha256`, if given, receives the digest.
ScoredFile read_scored_file(const std::string& path, const Recording& recording,
                            ScoringUse use = ScoringUse::everything, std::string* sha256 = nullptr);

}  // namespace psg::io
