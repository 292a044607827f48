// How long the steps of a tool take: CPU and wall seconds, and the highest memory so far.
// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace psg::cli {

/// Adds up what each step takes. One thread. It lives as long as what it measures.
class Timings {
public:
    /// Starts the clocks, the CPU's from the beginning of the process.
    Timings();
    /// What went by since the last call (or the start) belongs to this step.
    void step_done(std::string_view step);
    /// A table for people and scripts, steps in the order of their first end: step, cpu_s, wall_s, peak_mib; the last row is
    /// "all".
    std::string text() const;

private:
    struct Taken {
        std::string step;
        double cpu_s = 0, wall_s = 0, peak_mib = 0;
    };
    std::vector<Taken> steps_;
    double cpu_s_ = 0, wall_s_ = 0;  // at the last call
};

}  // namespace psg::cli
