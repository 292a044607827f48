// Stretches of samples on one side of a threshold.
// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

namespace psg::signal {

/// Samples [begin, end).
struct Run {
    std::size_t begin = 0, end = 0;
    std::size_t size() const { return end - begin; }
    bool operator==(const Run&) const = default;
};

/// The first index within [from, end) for which `inside(index)` holds, or `end`: many are looked at together, for what seldom holds.
template <class Predicate>
std::size_t first_where(std::size_t from, std::size_t end, Predicate inside) {
    constexpr std::size_t many = 64;
    for (std::int32_t any = 0; from + many <= end; from += many) {
        for (std::size_t k = 0; k < many; ++k) any |= inside(from + k) ? 1 : 0;
        if (any != 0) break;
    }
    while (from < end && !inside(from)) ++from;
    return from;
}

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
