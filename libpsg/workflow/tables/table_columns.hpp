// Small helpers of the files that make tables.
// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <cstdint>
#include <type_traits>
#include <vector>

#include "libpsg/model/table.hpp"
#include "libpsg/workflow/score_night.hpp"

namespace psg::workflow {

/// A column made by calling `value` for every row of `rows`.
template <class Rows, class F>
auto each(const Rows& rows, F value) {
    std::vector<std::decay_t<decltype(value(rows[0]))>> column;
    column.reserve(rows.size());
    for (const auto& row : rows) column.push_back(value(row));
    return column;
}

/// The mark of simulated recordings, in every table that statistics are made from.
inline void add_simulated(Table& table, const ScoredNight& night) {
    table.add("simulated", "", "1: the signals are simulated",
              std::vector<std::int8_t>(table.rows(), night.opened.recording.simulated));
}

}  // namespace psg::workflow
