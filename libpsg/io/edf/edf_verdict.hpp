// EDFlib's opinion of a file: the strict verdict beside ours.
// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <cstddef>
#include <string>

namespace psg::io {

/// EDFlib takes half a kilobyte of memory for each annotation: it is not asked to read more than this.
inline constexpr std::size_t max_edflib_annotations = 200'000;

/// "accepted", or "refused: " and EDFlib's reason in words. Without `annotations` EDFlib does not look at these.
std::string edflib_verdict(const std::string& path, bool annotations = true);

}  // namespace psg::io
