// The options of tools that put nights together.
// SPDX-License-Identifier: BSD-3-Clause
#include "tools/cli/cohort_options.hpp"

#include "libpsg/model/error.hpp"

namespace psg::cli {

void add_cohort_options(po::options_description& options) {
    options.add_options()("sheet", po::value<std::string>()->value_name("FILE"), "table with columns id (name without ending) and person, night, visit")(
        "person-pattern", po::value<std::string>()->value_name("REGEX"), "part of the id that tells the person: first group or whole match")(
        "night-pattern", po::value<std::string>()->value_name("REGEX"), "the same for the night")(
        "visit-pattern", po::value<std::string>()->value_name("REGEX"), "the same for the visit")(
        "allow-mixed", "merge nights that were not made alike; findings say so");
}

workflow::NamePatterns name_patterns(const Arguments& a) {
    for (const char* option : {"person-pattern", "night-pattern", "visit-pattern", "sheet"})
        if (a.has(option) && a.text(option).empty()) throw UsageError("--" + std::string(option) + " is empty", "leave it out, or say what to look for");
    return {a.text("person-pattern"), a.text("night-pattern"), a.text("visit-pattern"), a.text("sheet")};
}

}  // namespace psg::cli
