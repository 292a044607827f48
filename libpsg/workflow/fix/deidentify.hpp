// Takes what may identify a person out of a recording's texts.
// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <memory>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "libpsg/model/recording.hpp"

namespace psg::workflow {

struct DeidentifyOptions {
    bool on = false;
    std::optional<int> shift_days;   ///< the start date is moved by this; nothing: it becomes 1985-01-01, the date of
                                     ///< EDF+ for "not told"
    bool keep_time = false;          ///< the time of day stays; else it becomes 00:00:00
    std::vector<std::string> scrub;  ///< own patterns, POSIX extended regular expressions, case ignored
};

/// Replaces in a text by "X": the words of the patient field and of the recording field's code and technician (case and
/// accents ignored; also codes without their punctuation, words that hold such a word of 5 letters or more, and the birth
/// date in digits), dates, telephone numbers of 7 digits or more, e-mail addresses, and what the own patterns match. Words
/// that scorings use, such as "sleep", "left" or "light", and single letters are spared, also where they are a name (see
/// keeps_name()). Texts
/// longer than 2000 bytes are replaced as a whole. The patterns are a net with holes: they cannot know a name that the
/// header does not tell.
class Scrubber {
public:
    /// UsageError for a pattern that cannot be understood.
    Scrubber(const Identity& identity, const std::vector<std::string>& patterns);
    ~Scrubber();
    Scrubber(Scrubber&&) noexcept;
    Scrubber& operator=(Scrubber&&) noexcept;

    std::string clean(const std::string& utf8) const;

    /// True if a word of the person's or the technician's name is spared, because scorings use it.
    bool has_kept_name() const { return !kept_names_.empty(); }
    /// True if a text holds such a word.
    bool keeps_name(const std::string& utf8) const;

private:
    bool knows(const std::string& folded) const;

    struct Patterns;
    std::set<std::string> words_;  // folded to lower-case ASCII
    std::set<std::string> kept_names_;
    std::unique_ptr<Patterns> patterns_;
};

}  // namespace psg::workflow
