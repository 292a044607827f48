// Makes a complete EDF+C file of whole-second records an EDF+D file with gaps, which EDFlib does not write.
// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <cstdint>
#include <span>
#include <string>

namespace psg::io {

/// Changes the file in place: record i begins `record_seconds[i]` seconds after the start. As many as there are records,
/// ascending. The file is one of EdfWriter's, EDF+ and not BDF+, with records of one second that start at a whole second;
/// annotations keep their onsets. DataError if it is anything else or cannot be written.
void put_gaps(const std::string& path, std::span<const std::int64_t> record_seconds);

}  // namespace psg::io
