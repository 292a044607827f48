// Who wants to know when a step of the main job is done, to measure it.
// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <functional>
#include <string_view>

namespace psg {

/// Called with the name of a step ("read", "features", a detector) whenever a piece of it is done: what happened since the
/// last call was that step. The library reads no clock; who measures brings one. Empty: nobody measures.
using StepObserver = std::function<void(std::string_view step)>;

/// Tells `done`, if somebody is there.
inline void tell_step(const StepObserver& done, std::string_view step) {
    if (done) done(step);
}

}  // namespace psg
