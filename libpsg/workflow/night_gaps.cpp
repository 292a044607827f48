// What a gap of the recording does to a night.
// SPDX-License-Identifier: BSD-3-Clause
#include "libpsg/workflow/night_gaps.hpp"

#include <algorithm>
#include <limits>
#include <string>

namespace psg::workflow {

namespace {

// True if the interval lies in one segment, ends of the recording apart. `segments` are in order.
bool unbroken(const std::vector<Interval>& segments, Interval interval) {
    if (segments.empty()) return true;
    interval.onset = std::max(interval.onset, segments.front().onset);
    interval.offset = std::min(interval.offset, segments.back().offset);
    if (interval.offset <= interval.onset) return true;  // outside
    const auto s = std::partition_point(segments.begin(), segments.end(),
                                        [&](const Interval& i) { return i.offset <= interval.onset; });
    return s != segments.end() && s->onset <= interval.onset && interval.offset <= s->offset;
}

}  // namespace

std::vector<bool> epochs_with_gap(const Hypnogram& hypnogram, const std::vector<Interval>& segments) {
    std::vector<bool> broken(hypnogram.stages.size());
    for (std::size_t i = 0; i < broken.size(); ++i) broken[i] = !unbroken(segments, hypnogram.epoch_extent(i));
    return broken;
}

std::size_t clear_gap_epochs(Hypnogram& hypnogram, const std::vector<Interval>& segments) {
    std::size_t cleared = 0;
    const std::vector<bool> broken = epochs_with_gap(hypnogram, segments);
    for (std::size_t i = 0; i < broken.size(); ++i) {
        if (!broken[i]) continue;
        cleared += hypnogram.stages[i] != Stage::unknown;
        hypnogram.stages[i] = Stage::unknown;
        if (!hypnogram.probabilities.empty()) hypnogram.probabilities[i].fill(std::numeric_limits<double>::quiet_NaN());
    }
    return cleared;
}

void check_gaps(Night& night, Findings& findings) {
    if (night.segments.size() < 2) return;
    if (const std::size_t cleared = clear_gap_epochs(night.hypnogram, night.segments))
        findings.push_back({FindingCode::HYPNOGRAM_GAP,
                            std::to_string(cleared) +
                                " scored epochs of the hypnogram lie in a gap of the recording or have one inside",
                            "they are unknown", "hypnogram"});
    const IntervalSet recorded(night.segments);
    const auto check = [&](const EventList& events, const char* kind) {
        const auto across = std::count_if(events.begin(), events.end(), [&](const Event& e) {
            return recorded.contains(e.extent.onset) && e.extent.onset < e.extent.offset &&
                   !unbroken(night.segments, e.extent);
        });
        if (across > 0)
            findings.push_back({FindingCode::EVENTS_OUTSIDE,
                                std::to_string(across) + " " + kind + " reach into a gap of the recording",
                                "kept as they are", kind});
    };
    if (night.respiratory) check(*night.respiratory, "respiratory");
    if (night.arousals) check(*night.arousals, "arousals");
    check(night.events, "movements");
}

}  // namespace psg::workflow
