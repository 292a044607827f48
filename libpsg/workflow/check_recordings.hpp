// The check of files: what is odd about each recording, and what EDFlib says of it; what is wrong in a file of tables.
// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <string>
#include <vector>

#include "libpsg/model/finding.hpp"
#include "libpsg/model/table.hpp"

namespace psg::workflow {

/// One thing that was found.
struct CheckRow {
    std::string code;  ///< of the finding; REFUSED: why a recording was refused; those of check_tables.hpp
    Finding finding;   ///< its own code means nothing here
};

/// What was found about one file.
struct CheckedFile {
    std::string file;  ///< last part of the path
    bool readable = false;
    std::string reason;  ///< why it was refused, in one sentence; empty if it is readable
    std::string edflib;  ///< EDFlib's verdict: "accepted", "refused: ..."; empty for tables
    std::vector<CheckRow> rows;  ///< about the file alone
};

/// Opens a recording, reads its header, annotations and samples, and asks EDFlib, too. A file that cannot be read is a
/// result and no error. With `strict` a file with any finding is refused.
CheckedFile check_recording(const std::string& path, bool strict);

/// One row per finding. A file without any has one row with an empty code.
Table check_table(const std::vector<CheckedFile>& files);

}  // namespace psg::workflow
