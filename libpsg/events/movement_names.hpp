// One movement, one name: what fits several classes is resolved by a written precedence.
// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <string>
#include <vector>

#include "libpsg/model/event.hpp"

namespace psg::events {

/// Resolves events of several classes that are the same movement: at least half of one lies in the other, in a channel
/// they share (a large movement: in any). The earlier class of the precedence keeps the name (proposed): series before
/// single, sequence before burst, and a large movement masks what begins more than 1 s after it. The loser is taken out,
/// and its class goes into the winner's measure `alternatives`.
///
/// Leg movements are never taken out, since the series rules are made of them: they get `scored` 0 (no rate counts
/// them) and `part_of`, the class of the winner. Events that have an id already were given and are never taken out.
/// Call it once, when every detector has run.
void name_movements(EventList& events);

/// The leg's part of a propriospinal-like jerk among `events`, by the same rule: such jerks begin in the trunk and are
/// no leg movements of a series, however regularly they come (rules of this project: WASM 2016 does not tell;
/// proposed).
bool is_leg_of_jerk(const Event& leg, const EventList& events);

/// What the measures mean that name_movements() adds to events of any class.
const std::vector<MeasureInfo>& name_measures();

/// The classes of the precedence, first to last, in words.
std::string precedence_text();

}  // namespace psg::events
