// The one channel of a recording that a user's text means.
// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <string>
#include <string_view>

#include "libpsg/model/recording.hpp"

namespace psg::io {

/// The channel with this label: as in the file, else "#N" for Channel::index N, else in another case or punctuation.
/// `purpose` goes into messages ("for chin"). UsageError if there is none (the message lists those that there are), if
/// several are meant (it lists their numbers), or if it has no usable calibration.
const Channel& find_channel(const Recording& recording, std::string_view label, const std::string& purpose);

/// "#0 'C3', #1 'C4'", a hundred at most.
std::string label_list(const Recording& recording);

}  // namespace psg::io
