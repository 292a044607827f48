// Who wants to know when a step of the main job is done, to measure it.
// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <functional>
#include <string_view>

namespace psg {

/// What happened since the last call was that step. The library reads no clock; who measures brings one. Empty: nobody measures.
struct StepObserver {
    std::function<void(std::string_view step)> done;   ///< a step ("open", "stage", a detector) is done
    std::function<void(std::string_view step)> piece;  ///< of steps that take turns as samples pass by ("read", "hash"), thousands of times
};

/// Tells `observer`, if somebody is there.
inline void tell_step(const StepObserver& observer, std::string_view step) {
    if (observer.done) observer.done(step);
}
inline void tell_piece(const StepObserver& observer, std::string_view step) {
    if (observer.piece) observer.piece(step);
}

}  // namespace psg
