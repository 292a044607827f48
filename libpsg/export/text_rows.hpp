// Tables as TSV, CSV, JSON lines and BIDS events, row by row so that long tables can be streamed.
// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <string>
#include <utility>
#include <vector>

#include "libpsg/model/table.hpp"

namespace psg::exports {

/// Column names, tab-separated, with a line feed.
std::string tsv_header(const Table& table);
/// One row: shortest decimals that read back to the same value, "NaN" for missing numbers; tab, line feed, carriage return
/// and backslash in texts become \t \n \r \\.
std::string tsv_row(const Table& table, std::size_t row);
/// The whole table.
std::string to_tsv(const Table& table);

/// Column names, comma-separated, with a line feed.
std::string csv_header(const Table& table);
/// One row as in RFC 4180, but with a line feed: texts with comma, quote or line end stand in quotes; missing numbers are empty.
std::string csv_row(const Table& table, std::size_t row);

/// The table of events or epochs with BIDS's columns in front: onset, duration, trial_type (the class, or the stage).
/// UsageError for a table without these.
Table bids_events(const Table& table);
/// One row of BIDS's tabular files: numbers as in tsv_row(), "n/a" for everything missing, a space for a tab or line end in texts.
std::string bids_row(const Table& table, std::size_t row);
/// The sidecar file that describes the columns, and the values of trial_type where `levels` (value, text) tell them.
std::string bids_sidecar(const Table& table, const std::vector<std::pair<std::string, std::string>>& levels);

/// One row as a JSON object in one line: column names as keys, null for missing numbers.
std::string json_row(const Table& table, std::size_t row);

}  // namespace psg::exports
