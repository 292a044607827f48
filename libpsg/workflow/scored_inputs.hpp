// Everything scored that is given beside a recording: hypnogram, respiratory events, arousals, movements, lights.
// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include "libpsg/workflow/open_night.hpp"

namespace psg::workflow {

/// Reads the scored inputs into `opened.night`, with their digests and findings. `opened.recording` is known already.
void read_scored_inputs(const NightInputs& inputs, OpenedNight& opened);

}  // namespace psg::workflow
