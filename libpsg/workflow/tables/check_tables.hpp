// The check of files of tables: is it one of psg-export, psg-stage or psg-merge, whole, and do its tables agree with each other?
// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <string>

#include "libpsg/workflow/check_recordings.hpp"

namespace psg::workflow {

/// Looks at every table and every row (format: libpsg/export/README.md), one piece in memory at a time. A fault is a row with
/// TABLES_UNREADABLE (no HDF5, a damaged table), TABLES_FOREIGN (another format or version), TABLE_MISSING, TABLE_UNKNOWN,
/// TABLE_COLUMNS (other columns, types or units) or TABLE_VALUES (impossible or contradictory; the first of each kind in a
/// table, with its row). A file with any is refused.
CheckedFile check_tables(const std::string& path);

}  // namespace psg::workflow
