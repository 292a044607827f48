// Signals of a night out of its recording: the chosen channels of the wanted roles.
// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <functional>
#include <vector>

#include "libpsg/io/recording_reader.hpp"
#include "libpsg/workflow/open_night.hpp"

namespace psg::workflow {

/// Samples of channels as `recording` has them: with the user's units and polarity, derived ones made from those of the file,
/// in one pass. `channels` are Channel::index values of `recording`, which may know derived channels beside the reader's. `sha256` as in
/// RecordingReader::read().
/// Where a term of a derived channel had to be limited to its declared range, so often is the derived one.
std::vector<Signal> read_channels(const io::RecordingReader& reader, const Recording& recording, const std::vector<int>& channels,
                                  std::vector<std::string>* sha256 = nullptr);

/// Reads the chosen channels whose role is in `wanted` into `opened.night.signals`, with findings about their samples and the
/// digest of each file. `visit` gets each as it comes, and may drop its samples: with `one_by_one` no other channel is then in
/// memory (but the terms of a derived one), for which the recording is read once for each channel; else it is read once.
void load_signals(const io::RecordingReader& reader, const std::vector<Role>& wanted, OpenedNight& opened,
                  const std::function<void(RoleSignal&)>& visit = {}, bool one_by_one = false);

}  // namespace psg::workflow
