// Tables as tab-separated text and as JSON lines, row by row so that long tables can be streamed.
// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <string>

#include "libpsg/model/table.hpp"

namespace psg::exports {

/// Column names, tab-separated, with a line feed.
std::string tsv_header(const Table& table);
/// One row: shortest decimals that read back to the same value, "NaN" for missing numbers; tab, line feed, carriage return
/// and backslash in texts become \t \n \r \\.
std::string tsv_row(const Table& table, std::size_t row);
/// The whole table.
std::string to_tsv(const Table& table);

/// One row as a JSON object in one line: column names as keys, null for missing numbers.
std::string json_row(const Table& table, std::size_t row);

}  // namespace psg::exports
