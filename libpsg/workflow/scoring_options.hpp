// How the names and digits in scorings are to be understood, from what the user gives.
// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <string>

#include "libpsg/io/scored/scoring.hpp"

namespace psg::workflow {

/// Reads the map of names (a path; "-" is standard input; empty: none; see io::read_event_map()) and the coding of
/// stages in digits ("", "rk" or "yasa"); the classes are those of every detector. `map_sha256`, if given, receives the
/// digest of the map. DataError or UsageError.
io::ScoringOptions scoring_options(const std::string& event_map, const std::string& stage_digits,
                                   std::string* map_sha256 = nullptr);

}  // namespace psg::workflow
