// A night of a list whose scorings are compared.
// SPDX-License-Identifier: BSD-3-Clause
#include "libpsg/workflow/agreement/compared_night.hpp"

#include <utility>

#include "libpsg/model/error.hpp"
#include "libpsg/workflow/scored_file.hpp"

namespace psg::workflow {

void read_scorings(const ListedNight& listed, const io::ScoringOptions& options, Findings& findings,
                   const std::function<void(std::size_t, const io::Scoring&)>& take,
                   const std::function<void(std::size_t, const std::string&)>& fail) {
    const Recording recording = recording_of(listed.recording);
    for (std::size_t c = 0; c < listed.files.size(); ++c) {
        if (listed.files[c].empty()) continue;
        try {
            take(c, read_scoring(listed.files[c], recording, options, findings));
        } catch (const DataError& e) {
            fail(c, e.what());
        }
    }
}

void ask_for_two(std::size_t scorings, const ListedNight& listed) {
    if (scorings < 2) throw DataError("line " + std::to_string(listed.line), "fewer than two scorings can be compared");
}

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
