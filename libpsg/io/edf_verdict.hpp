// EDFlib's opinion of a file: the strict verdict beside ours.
// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <string>

namespace psg::io {

/// "accepted", or "refused: " and EDFlib's reason in words.
std::string edflib_verdict(const std::string& path);

}  // namespace psg::io
