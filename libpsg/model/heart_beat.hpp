// A heart beat.
// SPDX-License-Identifier: BSD-3-Clause
#pragma once

namespace psg {

/// A beat, by its place (a sample index, or seconds: see who gives it) and its shape: beats of equal number look alike.
struct HeartBeat {
    double place = 0;
    int shape = 0;
};

}  // namespace psg
