// Tables of stages that tell no time: may each row stand for one 30-s epoch?
// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <cstddef>

#include "libpsg/io/text/text_table.hpp"

namespace psg::io {

/// For a table of stages (column `stage`) without a column of onsets, durations or epochs that is understood, so that its
/// rows would be taken for epochs one after the other. DataError with line, reason and remedy if a column that is not
/// understood shows that they are not: its numbers or times of day grow in unequal steps ("onset_ms", "sample"), or it
/// holds numbers while the stage changes with every row, as in a list of stretches with their lengths ("stage,count").
/// Tables of fewer than 4 rows cannot show it.
void refuse_untold_times(const TextTable& table, std::size_t stage);

}  // namespace psg::io
