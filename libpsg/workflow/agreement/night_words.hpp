// What is told of the nights of a list, whether stages or events are compared.
// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <string>

#include "libpsg/io/scored/scored_entries.hpp"
#include "libpsg/model/finding.hpp"

namespace psg::workflow {

/// Findings of a file with the night before their words, so that it is known where they belong.
void append_findings(Findings& all, const std::string& night, Findings more);

/// Nights that are alike in everything that two scorers scored are one night under two names.
std::string alike_nights_words(const std::string& night, const std::string& earlier);
std::string absent_scorer_words(const std::string& scorer);
/// `use`: one of io::event_uses.
std::string no_events_words(const std::string& scorer, io::ScoringUse use);

}  // namespace psg::workflow
