// A night of a list whose scorings are compared, stages or events: their files, and what is told of it.
// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <cstddef>
#include <functional>
#include <string>

#include "libpsg/io/scored/scoring.hpp"
#include "libpsg/model/finding.hpp"
#include "libpsg/workflow/night_list.hpp"

namespace psg::workflow {

/// Reads the scorings of a night of a list, each told to `take` with its column, or to `fail` with the reason why it cannot be read.
/// DataError where the recording cannot be read.
void read_scorings(const ListedNight& listed, const io::ScoringOptions& options, Findings& findings,
                   const std::function<void(std::size_t, const io::Scoring&)>& take,
                   const std::function<void(std::size_t, const std::string&)>& fail);
/// Throws the DataError of a night that has fewer than two scorings left.
void ask_for_two(std::size_t scorings, const ListedNight& listed);

/// Findings of a file with the night before their words, so that it is known where they belong.
void append_findings(Findings& all, const std::string& night, Findings more);

/// Nights that are alike in everything that two scorers scored are one night under two names.
std::string alike_nights_words(const std::string& night, const std::string& earlier);
std::string absent_scorer_words(const std::string& scorer);
/// `use`: one of io::event_uses.
std::string no_events_words(const std::string& scorer, io::ScoringUse use);

}  // namespace psg::workflow
