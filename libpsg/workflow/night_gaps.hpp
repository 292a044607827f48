// What a gap of the recording does to a night: epochs that cannot be scored, given events that reach across.
// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <vector>

#include "libpsg/model/finding.hpp"
#include "libpsg/model/night.hpp"

namespace psg::workflow {

/// Why an epoch with a gap is not scored.
inline constexpr const char* gap_reason = "gap";

/// Per epoch: true if part of it lies in a gap, however short. What lies before the start and after the end of the
/// recording is no gap.
std::vector<bool> epochs_with_gap(const Hypnogram& hypnogram, const std::vector<Interval>& segments);

/// Makes the stages of epochs with a gap unknown (staged or given alike). Returns how many had a stage.
std::size_t clear_gap_epochs(Hypnogram& hypnogram, const std::vector<Interval>& segments);

/// The same for a given hypnogram, with a finding if any had a stage; and a finding for given events that reach into or
/// across a gap, which are kept as they are.
void check_gaps(Night& night, Findings& findings);

}  // namespace psg::workflow
