// Signals of a night out of its recording: the chosen channels of the wanted roles.
// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <vector>

#include "libpsg/io/recording_reader.hpp"
#include "libpsg/workflow/open_night.hpp"

namespace psg::workflow {

/// Reads the chosen channels whose role is in `wanted` into `opened.night.signals`, in one pass that also makes the
/// digest of each file, with findings about their samples.
void load_signals(const io::RecordingReader& reader, const std::vector<Role>& wanted, OpenedNight& opened);

}  // namespace psg::workflow
