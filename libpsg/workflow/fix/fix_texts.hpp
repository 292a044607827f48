// Texts of a recording without what may identify a person.
// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <string>
#include <vector>

#include "libpsg/workflow/fix/deidentify.hpp"
#include "libpsg/workflow/fix/fix_channels.hpp"

namespace psg::workflow {

/// Cleans every text that leaves psg-fix, and tells by FIX_IDENTITY how many were changed.
class FixTexts {
public:
    /// `scrub`: what the user wants out, beside what the header tells about the person.
    FixTexts(const Identity& identity, const std::vector<std::string>& scrub) : scrubber_(identity, scrub) {}

    /// An error message; `kept` is a text of the user's own (the name of the output) that stays.
    std::string clean_message(std::string text, const std::string& kept) const;
    void clean(std::vector<FixedChannel>& channels, Findings& findings);
    void clean(std::vector<Annotation>& annotations, Findings& findings);
    /// Last: tells also how many of those texts hold a name that is a word of scorings, too. Messages of readers quote
    /// what they read; they become the meaning of their code.
    void clean(Findings& findings) const;

private:
    Scrubber scrubber_;
    int names_kept_ = 0;
};

}  // namespace psg::workflow
