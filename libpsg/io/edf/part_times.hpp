// When the parts of a recording begin: several files, one night.
// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include "libpsg/model/finding.hpp"
#include "libpsg/model/time.hpp"

namespace psg::io {

/// What is known of a part.
struct PartTime {
    std::string name;  ///< of the file, for error messages
    StartTime start;   ///< of its first sample
    Time duration{0};  ///< gaps included
};

/// A part in the order of time.
struct PartPlace {
    std::size_t part = 0;  ///< position in the list that was given
    Time offset{0};        ///< of its start, from the start of the first part
    bool follows = false;  ///< goes on where the part before ended
};

/// Places parts by date and time of day, sub-second part included.
///
/// A part that begins within `tolerance` of the end of the one before goes on there (its offset is that end). One that
/// seems to begin up to a second before that end, and tells its start in whole seconds, is put 2 * tolerance after the
/// end, with a finding (proposed: plain EDF cuts off the fraction). Where not every date is known, or all parts bear
/// the same 1 January (a usual mark of a removed date), the order given counts: each part begins at the next such time
/// of day after the end of the one before, with a finding.
///
/// DataError: overlap; a gap of more than 24 h, or of more than 12 h where only times of day tell (more likely a wrong
/// order); dates that contradict that; the same date for all where only the order given tells what was after midnight;
/// no time of day; more than 30 days in all.
std::vector<PartPlace> place_parts(const std::vector<PartTime>& parts, Time tolerance, Findings& findings);

}  // namespace psg::io
