// What is told of the nights of a list.
// SPDX-License-Identifier: BSD-3-Clause
#include "libpsg/workflow/agreement/night_words.hpp"

#include <utility>

#include "libpsg/io/scored/scoring.hpp"

namespace psg::workflow {

void append_findings(Findings& all, const std::string& night, Findings more) {
    for (Finding& f : more) {
        f.message = night + ": " + f.message;
        all.push_back(std::move(f));
    }
}

std::string alike_nights_words(const std::string& night, const std::string& earlier) {
    return "the nights '" + earlier + "' and '" + night + "' are scored alike by every scorer, and both were counted: "
           "if they are one night, take one out of the list";
}

std::string absent_scorer_words(const std::string& scorer) {
    return "no scoring of '" + scorer + "' could be used in any night: if that column is no scorer's, take it out of the list";
}

std::string no_events_words(const std::string& scorer, io::ScoringUse use) {
    return scorer + " has none of the events that are compared (" + std::string(io::event_use(use).word) + "); nobody knows whether they were looked for";
}

}  // namespace psg::workflow
