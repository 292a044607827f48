// Stretches of samples on one side of a threshold.
// SPDX-License-Identifier: BSD-3-Clause
#include "libpsg/signal/runs.hpp"

#include <algorithm>

namespace psg::signal {

std::vector<Run> runs_at_or_above(std::span<const float> samples, float threshold) {
    return runs_where(samples.size(), [&](std::size_t i) { return samples[i] >= threshold; });
}

std::vector<Run> bridged(const std::vector<Run>& runs, std::size_t gap) {
    std::vector<Run> joined;
    for (const Run& run : runs) {
        if (!joined.empty() && run.begin - joined.back().end < gap)
            joined.back().end = std::max(joined.back().end, run.end);
        else
            joined.push_back(run);
    }
    return joined;
}

std::vector<Run> without_short(std::vector<Run> runs, std::size_t length) {
    std::erase_if(runs, [&](const Run& run) { return run.size() < length; });
    return runs;
}

}  // namespace psg::signal
