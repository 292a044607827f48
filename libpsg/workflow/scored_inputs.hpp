// Everything scored that is given beside a recording: hypnogram, respiratory events, arousals, movements, lights.
// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <string>
#include <vector>

#include "libpsg/workflow/open_night.hpp"

namespace psg::workflow {

/// The files beside a recording that have a name of its scoring (the list is in libpsg/io/README.md), in the order of
/// the list, without those that are given as an input already. Empty for a night of several files.
std::vector<std::string> companion_files(const NightInputs& inputs);

/// A file of a night.
struct NightFileOf {
    std::string kind;  ///< "recording", "hypnogram", "respiratory", "arousals", "movements", "original", "scoring", "companion"
    std::string path;
};
/// The recordings of a night, every scoring that is given by name and, if the inputs ask for them, the companions: all that belongs to
/// this night alone.
std::vector<NightFileOf> night_files(const NightInputs& inputs);

/// "*.annot": what distinguishes the file's name from the recording's, which may name a person.
std::string companion_ending(const std::string& recording, const std::string& file);

/// Reads the scored inputs into `opened.night`, with their digests and findings. `opened.recording` is known already.
void read_scored_inputs(const NightInputs& inputs, OpenedNight& opened);

}  // namespace psg::workflow
