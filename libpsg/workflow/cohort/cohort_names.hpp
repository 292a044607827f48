// Who and which night each file of a cohort is: by patterns of its name or by a laboratory's sheet.
// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <map>
#include <string>
#include <vector>

#include "libpsg/model/finding.hpp"

namespace psg::workflow {

/// One file of a cohort.
struct CohortNight {
    std::string path;
    std::string id;                    ///< the file's name without its ending; unique in a cohort
    std::string person, night, visit;  ///< empty if not told
};

/// How a file's name tells person, night and visit.
struct NamePatterns {
    std::string person, night, visit;  ///< POSIX extended expressions, searched in the id; the first group, else the whole match
    std::string sheet;                 ///< table with a column `id` and any of person, night, visit; goes before the patterns
};

/// What somebody told of a night; empty: nothing.
struct NightNames {
    std::string person, night, visit;
};

/// Names every file, sorted by id. What `told` says by id goes before the sheet. DataError: two files of one id, a sheet with an id twice. UsageError: no file, a pattern
/// that is no expression, or that does not fit an id or finds no letter of it (unless the id was told). Files that the sheet does not know and rows of the sheet
/// without a file become findings (COHORT_UNMATCHED).
std::vector<CohortNight> name_nights(const std::vector<std::string>& paths, const NamePatterns& patterns, Findings& findings,
                                     const std::map<std::string, NightNames>& told = {});

/// The first ten names for a message: "a, b, ...".
std::string some_names(const std::vector<std::string>& names);

}  // namespace psg::workflow
