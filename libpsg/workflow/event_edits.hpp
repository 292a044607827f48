// What people changed in events that libpsg had found: the way back from an editor of annotations.
// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <set>
#include <string>

#include "libpsg/model/event.hpp"
#include "libpsg/model/finding.hpp"
#include "libpsg/model/recording.hpp"

namespace psg::workflow {

/// The measure that tells what was changed: "unchanged", "moved" (onset or offset by more than 1 ms), "changed" (class,
/// side or channel), "added"; empty where it is not known.
extern const MeasureInfo edit_measure;

/// The events before anyone changed them: any scoring with ids (psg-detect's table, the table `events` that psg-export
/// prints, .annot). UsageError for HDF5.
EventList read_original_events(const std::string& path, const Recording& recording, std::string* sha256);

/// Sets the measure of every event by comparing it with the original of the same id, and tells the ids of removed ones
/// and the numbers of all changes by EVENTS_CHANGED. Originals of other classes than `classes` are left out. A class
/// that was changed keeps its number ("leg_movement-12" that became "hypnic_jerk-12" is an added jerk and a removed leg
/// movement).
void mark_edits(EventList& events, const EventList& original, const std::set<std::string>& classes, Findings& findings);

}  // namespace psg::workflow
