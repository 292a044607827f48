// A jerk as an event with its measures.
// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <set>
#include <string>
#include <vector>

#include "libpsg/events/jerk_groups.hpp"
#include "libpsg/model/event.hpp"

namespace psg::events {

using Regions = std::set<Region>;

/// Names joined by `separator`; "none" without any.
std::string names_of(const Regions& regions, const char* separator);

/// What the muscles tell of a jerk: channels, side, regions, order, length, strength.
Event jerk_event(const Jerk& jerk, const std::vector<MuscleChannel>& channels);

/// Every measure of a hypnic jerk, those of its consequences and its grade included.
const std::vector<MeasureInfo>& jerk_measures();

}  // namespace psg::events
