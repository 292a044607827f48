// Events of a scored night for viewers and editors of annotations.
// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <string>

#include "libpsg/model/event.hpp"
#include "libpsg/model/table.hpp"

namespace psg::workflow {

/// Luna's .annot of the events, with the meaning of every class; see io::annot_row() for the columns.
std::string events_annot(const EventList& events);

/// The events of a table "events" (id, class, onset, duration, channel, side), as it stands in an HDF5 file. DataError, naming
/// `name`, if a column is missing.
EventList events_of_table(const Table& table, const std::string& name);

}  // namespace psg::workflow
