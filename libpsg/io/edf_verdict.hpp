// EDFlib's opinion of a file: the strict verdict beside ours.
// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <string>

namespace psg::io {

/// "accepted", "refused: " and EDFlib's reason in words, or "not asked: " and why (a packed file).
std::string edflib_verdict(const std::string& path);

}  // namespace psg::io
