// The check of recordings: what is odd about each file, and what EDFlib says of it.
// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <string>
#include <vector>

#include "libpsg/model/finding.hpp"
#include "libpsg/model/table.hpp"

namespace psg::workflow {

/// What was found about one file.
struct CheckedRecording {
    std::string file;  ///< last part of the path
    bool readable = false;
    std::string reason;  ///< why it was refused, in one sentence; empty if it is readable
    std::string edflib;  ///< EDFlib's verdict: "accepted", "refused: ..."
    Findings findings;  ///< about the file alone; of a refused one the place that refuses it, without a code of its own
};

/// Opens a recording, reads its header, annotations and samples, and asks EDFlib, too. A file that cannot be read is a
/// result and no error. With `strict` a file with any finding is refused.
CheckedRecording check_recording(const std::string& path, bool strict);

/// One row per finding. A file without any has one row with an empty code, a refused file one row more with the code
/// REFUSED and the reason.
Table check_table(const std::vector<CheckedRecording>& recordings);

}  // namespace psg::workflow
