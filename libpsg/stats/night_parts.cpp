// Parts of a night that events are counted in.
// SPDX-License-Identifier: BSD-3-Clause
#include "libpsg/stats/night_parts.hpp"

#include <algorithm>

#include "libpsg/stats/sleep_architecture.hpp"

namespace psg::stats {

std::vector<NightPart> night_parts(const Hypnogram& hypnogram, const Interval& in_bed,
                                   const std::vector<std::pair<std::string, IntervalSet>>& positions) {
    std::vector<NightPart> parts;
    Interval sleep{in_bed.offset, in_bed.onset};  // reversed: none yet
    for (std::size_t i = 0; i < hypnogram.stages.size(); ++i) {
        const Interval epoch = hypnogram.epoch_extent(i);
        if (!is_sleep(hypnogram.stages[i]) || !in_bed.contains(epoch.onset)) continue;
        sleep.onset = std::min(sleep.onset, epoch.onset);
        sleep.offset = std::max(sleep.offset, epoch.offset);
    }
    if (sleep.onset < sleep.offset) {
        const auto border = [&](int k) { return sleep.onset + sleep.duration() * k / 3; };
        for (int k = 0; k < 3; ++k) parts.push_back({"third", std::to_string(k + 1), IntervalSet({{border(k), border(k + 1)}})});
        int number = 0;
        for (const SleepCycle& c : sleep_cycles(hypnogram, in_bed))
            parts.push_back({"cycle", std::to_string(++number), IntervalSet({{c.nrem.onset, std::max(c.nrem.offset, c.rem.offset)}})});
        parts.push_back({"sleep_onset", "before", IntervalSet({{in_bed.onset, sleep.onset}})});
        parts.push_back({"sleep_onset", "after", IntervalSet({{sleep.onset, in_bed.offset}})});
    }
    for (const auto& [name, time] : positions) parts.push_back({"position", name, time});
    return parts;
}

}  // namespace psg::stats
