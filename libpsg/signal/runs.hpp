// Stretches of samples on one side of a threshold.
// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <cstddef>
#include <span>
#include <vector>

namespace psg::signal {

/// Samples [begin, end).
struct Run {
    std::size_t begin = 0, end = 0;
    std::size_t size() const { return end - begin; }
    bool operator==(const Run&) const = default;
};

/// Maximal runs of indices below `count` for which `inside(index)` holds.
template <class Predicate>
std::vector<Run> runs_where(std::size_t count, Predicate inside) {
    std::vector<Run> runs;
    for (std::size_t i = 0; i < count; ++i) {
        if (!inside(i)) continue;
        Run run{i, i + 1};
        while (run.end < count && inside(run.end)) ++run.end;
        runs.push_back(run);
        i = run.end;
    }
    return runs;
}

/// Runs of samples at or above a threshold (NaN is not).
std::vector<Run> runs_at_or_above(std::span<const float> samples, float threshold);

/// Joins neighbours (in order) that are fewer than `gap` samples apart.
std::vector<Run> bridged(const std::vector<Run>& runs, std::size_t gap);

/// Leaves out runs of fewer than `length` samples.
std::vector<Run> without_short(std::vector<Run> runs, std::size_t length);

}  // namespace psg::signal
