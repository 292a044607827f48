// Do the tables of a night agree with each other?
// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <map>
#include <string>
#include <vector>

namespace psg::workflow {

/// Where the rows of a night stand in a table.
struct RowRange {
    std::uint64_t first = 0;
    std::size_t count = 0;
};

/// By name of the table: one range for each night of the file.
using NightRanges = std::map<std::string, std::vector<RowRange>>;

/// Takes a fault: table, column, row in the file, and what is wrong.
using TellFault = std::function<void(const std::string& table, const std::string& column, std::uint64_t row, const std::string& message)>;

/// The tables that `summary`, `severity` and `summary_parts` are made of.
inline constexpr const char* source_tables[] = {"recording", "epochs", "events", "event_attributes", "night_parts", "at_risk"};

/// Makes counts, minutes at risk and mean durations of `summary` and `severity` again from the source tables, and tells rows that point to
/// nothing: events outside their epoch, measures without their event, stretches outside the recording. All source tables must be in
/// `ranges`; a few nights are in memory at a time.
void compare_tables(const std::string& path, const NightRanges& ranges, const TellFault& tell);

}  // namespace psg::workflow
