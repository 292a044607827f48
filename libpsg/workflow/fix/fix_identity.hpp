// Who, when and where of an output header.
// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include "libpsg/io/edf/edf_output_header.hpp"
#include "libpsg/workflow/fix/deidentify.hpp"

namespace psg::workflow {

/// Fills the subfields of patient and recording of `header` from the texts of the input. Texts that are no EDF+ fields
/// become the patient's name and the recording's additional text. What EDFlib would cut is cut with a finding, and the
/// whole text goes to `rest`. Nothing is filled in if `deidentify.on`.
void fix_identity(const Recording& recording, const DeidentifyOptions& deidentify, io::EdfOutputHeader& header,
                  std::vector<std::string>& rest, Findings& findings);

/// Start of the recording as it is written: what is unknown or not from 1985 to 2084 becomes 1985-01-01 and 00:00:00,
/// with a finding; moved or removed if `deidentify.on`.
StartTime fix_start(const StartTime& start, const DeidentifyOptions& deidentify, Findings& findings);

/// Date and time of day of a moment of a recording with a known start, into `header`. DataError after 2084.
void set_start(const std::string& file, const StartTime& start, Time moment, io::EdfOutputHeader& header);

}  // namespace psg::workflow
