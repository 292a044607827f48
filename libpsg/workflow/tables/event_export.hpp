// Events of a scored night for viewers and editors of annotations.
// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <cstddef>
#include <map>
#include <string>

#include "libpsg/model/event.hpp"
#include "libpsg/model/hypnogram.hpp"
#include "libpsg/model/table.hpp"
#include "libpsg/model/time.hpp"
#include "libpsg/workflow/tables/sleep_tables.hpp"

namespace psg::workflow {

/// Luna's .annot of the events, with the meaning of every class; see io::annot_row() for the columns.
std::string events_annot(const EventList& events);

/// The events of a table "events" (id, class, onset, duration, channel, side), as it stands in an HDF5 file. DataError, naming
/// `name`, if a column is missing.
EventList events_of_table(const Table& table, const std::string& name);

/// Stages, marks of lights ("Lights off", "Lights on") and events as EDF+ annotations without signals, onsets since the start of the
/// recording. Texts as in io::event_annotation_text(); channels that EDF+ has no room for are shortened or left out: how many, is returned.
/// `tool` stands with the version as the equipment. DataError if it cannot be written, or there is neither stage nor event.
/// The header's duration is the end of the last of them, up to 10 ms more, unless there are fewer than one a minute. Lights that went
/// off before the start stand at it.
std::size_t write_annotations(const std::string& path, const std::string& tool, const StartTime& start, bool simulated, const Hypnogram& hypnogram, const LightMarks& lights,
                              const EventList& events);

/// Each class of event that any detector tells, with its meaning in one sentence.
std::map<std::string, std::string> class_descriptions();

}  // namespace psg::workflow
