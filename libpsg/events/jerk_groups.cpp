// Grouping of simultaneous bursts into jerks, and of jerks into sequences.
// SPDX-License-Identifier: BSD-3-Clause
#include "libpsg/events/jerk_groups.hpp"

#include <algorithm>
#include <cmath>
#include <set>

#include "libpsg/events/jerk_lookalikes.hpp"

namespace psg::events {

std::string_view region_name(Region region) {
    constexpr std::string_view names[]{"axial", "arm_left", "arm_right", "leg_left", "leg_right"};
    return names[static_cast<int>(region)];
}

std::optional<Region> region_of(Role role) {
    switch (role) {
        case Role::chin:
        case Role::masseter:
        case Role::neck:
        case Role::trunk:
            return Region::axial;
        case Role::arm_left:
            return Region::arm_left;
        case Role::arm_right:
            return Region::arm_right;
        case Role::leg_left:
            return Region::leg_left;
        case Role::leg_right:
            return Region::leg_right;
        default:
            return std::nullopt;
    }
}

bool is_of_head(Role role) { return role == Role::chin || role == Role::masseter || role == Role::neck; }

namespace {

using Members = std::vector<JerkMember>;

// What is left below a fraction of the peak until the background is reached belongs to a burst or not.
bool within(const Burst& b, double low_ms, double high_ms) {
    const Time longer = std::max(b.settled, b.extent.offset) - b.extent.onset;
    return seconds(longer) * 1e3 >= low_ms && seconds(b.extent.duration()) * 1e3 <= high_ms;
}

std::size_t muscles_of(const Members& members, const std::vector<MuscleChannel>& channels) {
    std::set<int> muscles;
    for (const JerkMember& m : members) muscles.insert(channels[m.channel].muscle);
    return muscles.size();
}

// Groups of bursts whose onsets lie within the spread, one per muscle (the strongest). The onsets of the rest go to
// `alone`, by channel.
std::vector<Members> simultaneous(const std::vector<JerkMember>& all, const std::vector<MuscleChannel>& channels,
                                  const GroupRules& rules, std::vector<std::vector<Time>>& alone) {
    const Time spread = from_seconds(rules.max_spread_ms * 1e-3);
    const auto window = [&](std::size_t i) {
        Members group;
        for (; i < all.size() &&
               (group.empty() || all[i].burst.extent.onset - group.front().burst.extent.onset <= spread);
             ++i)
            group.push_back(all[i]);
        return group;
    };
    std::vector<Members> groups;
    for (std::size_t i = 0; i < all.size();) {
        Members group = window(i);
        const std::size_t muscles = muscles_of(group, channels);
        // a stray burst just before must not push the last muscle of a jerk out of the window
        bool later_is_better = false;
        for (std::size_t k = 1; k < group.size(); ++k)
            later_is_better = later_is_better || muscles_of(window(i + k), channels) > muscles;
        if (later_is_better || muscles < static_cast<std::size_t>(rules.min_muscles)) {
            if (!in_train(all[i].burst, channels[all[i].channel].found.bursts, nullptr, rules.rhythm_cv))
                alone[all[i].channel].push_back(all[i].burst.extent.onset);
            ++i;
            continue;
        }
        i += group.size();
        Members best;
        for (const JerkMember& m : group) {
            const auto same = std::find_if(best.begin(), best.end(), [&](const JerkMember& b) {
                return channels[b.channel].muscle == channels[m.channel].muscle;
            });
            if (same == best.end())
                best.push_back(m);
            else if (m.burst.peak_uv > same->burst.peak_uv)
                *same = m;
        }
        std::stable_sort(best.begin(), best.end(), [](const JerkMember& a, const JerkMember& b) {
            return a.burst.extent.onset < b.burst.extent.onset;
        });
        groups.push_back(std::move(best));
    }
    return groups;
}

// Loose jerks tell something only if the muscles do not work together in daily life (not all axial: jaw and neck, as in
// chewing; not all in the legs), and, where bursts are too long, if three or more take part.
bool tells_nothing(const Members& members, const std::vector<MuscleChannel>& channels, double max_burst_ms) {
    const bool too_long = std::any_of(members.begin(), members.end(),
                                      [&](const JerkMember& m) { return !within(m.burst, 0, max_burst_ms); });
    if (too_long && members.size() < 3) return true;
    const auto all_in = [&](auto wanted) {
        return std::all_of(members.begin(), members.end(),
                           [&](const JerkMember& m) { return wanted(channels[m.channel].region); });
    };
    return all_in([](Region r) { return r == Region::axial; }) ||
           all_in([](Region r) { return r == Region::leg_left || r == Region::leg_right; });
}

void tag_sequences(std::vector<Jerk>& jerks, const GroupRules& rules) {
    std::vector<std::size_t> first;  // of each cluster
    for (std::size_t i = 0; i < jerks.size();) {
        std::size_t end = i;
        while (end < jerks.size() && seconds(jerks[end].extent.onset - jerks[i].extent.onset) <= rules.cluster_s) ++end;
        for (std::size_t k = i; k < end; ++k) jerks[k].cluster_size = static_cast<int>(end - i);
        first.push_back(i);
        i = end;
    }
    constexpr std::size_t series_minimum = 4;
    for (std::size_t a = 0; a < first.size();) {
        std::size_t b = a + 1;
        while (b < first.size() &&
               jerks[first[b]].extent.onset - jerks[first[b - 1]].extent.onset <= std::chrono::seconds(90))
            ++b;
        if (b - a >= series_minimum)
            for (std::size_t k = first[a]; k < (b < first.size() ? first[b] : jerks.size()); ++k)
                jerks[k].in_series = true;
        a = b;
    }
}

// The jerks of one segment, which holds all bursts of the channels.
std::vector<Jerk> jerks_of_segment(const std::vector<MuscleChannel>& channels, const Interval& segment, const Signal* ecg,
                                   const GroupRules& rules) {
    std::vector<JerkMember> all;
    std::vector<std::vector<Interval>> movements;
    for (std::size_t c = 0; c < channels.size(); ++c) {
        for (const Burst& b : channels[c].found.bursts)
            if (within(b, rules.loose_min_burst_ms, rules.loose_max_burst_ms)) all.push_back({c, b});
        movements.push_back(movements_of(channels[c].found.bursts, rules.movement_s));
    }
    std::stable_sort(all.begin(), all.end(), [](const JerkMember& a, const JerkMember& b) {
        return a.burst.extent.onset < b.burst.extent.onset;
    });
    std::vector<std::vector<Time>> alone(channels.size());
    std::vector<Jerk> jerks;
    for (Members& group : simultaneous(all, channels, rules, alone)) {
        const Time onset = group.front().burst.extent.onset;
        const auto busy = std::count_if(movements.begin(), movements.end(),
                                        [&](const auto& m) { return moving(m, onset, rules.movement_s); });
        if (busy >= 2) continue;
        Jerk jerk;
        std::erase_if(group, [&](const JerkMember& m) {
            const std::vector<Burst>& bursts = channels[m.channel].found.bursts;
            double cv = std::numeric_limits<double>::quiet_NaN();
            if (moving(movements[m.channel], onset, rules.movement_s) || part_of_longer(m.burst, bursts) ||
                in_train(m.burst, bursts, ecg, rules.rhythm_cv, &cv))
                return true;
            jerk.interval_cv = std::fmin(jerk.interval_cv, cv);
            return false;
        });
        if (group.size() < static_cast<std::size_t>(rules.min_muscles)) continue;
        jerk.extent = group.front().burst.extent;
        for (const JerkMember& m : group) jerk.extent.offset = std::max(jerk.extent.offset, m.burst.extent.offset);
        jerk.loose = std::count_if(group.begin(), group.end(), [&](const JerkMember& m) {
                         return within(m.burst, rules.min_burst_ms, rules.max_burst_ms);
                     }) < rules.min_muscles;
        jerk.members = std::move(group);
        jerks.push_back(std::move(jerk));
    }
    std::erase_if(jerks, [&](Jerk& j) {
        return (j.loose && tells_nothing(j.members, channels, rules.max_burst_ms)) ||
               spreads_on(j, channels, rules.max_spread_ms) || is_of_speech(j, channels) || is_cough(j, channels) ||
               (j.chance_per_min = chance_per_minute(j, alone, segment, rules.max_spread_ms)) > rules.max_chance_per_min ||
               (j.waveform_r = common_waveform(j.members, j.extent, channels)) > rules.max_correlation;
    });
    tag_sequences(jerks, rules);
    return jerks;
}

}  // namespace

std::vector<Jerk> find_jerks(const std::vector<MuscleChannel>& channels, const std::vector<Interval>& segments,
                             const Signal* ecg, const GroupRules& rules) {
    std::vector<Interval> all = segments;
    if (all.empty()) all.push_back({Time::min() / 2, Time::max() / 2});
    std::vector<MuscleChannel> here;
    for (const MuscleChannel& c : channels) here.push_back({c.signal, c.role, c.region, c.muscle, {}});
    std::vector<std::vector<Burst>::const_iterator> next;
    for (const MuscleChannel& c : channels) next.push_back(c.found.bursts.begin());
    std::vector<Jerk> jerks;
    for (const Interval& segment : all) {
        int active = 0;
        for (std::size_t c = 0; c < channels.size(); ++c) {
            const auto end = std::partition_point(next[c], channels[c].found.bursts.end(),
                                                  [&](const Burst& b) { return b.extent.onset < segment.offset; });
            here[c].found.bursts.assign(next[c], end);
            next[c] = end;
            active += !here[c].found.bursts.empty();
        }
        if (active < rules.min_muscles) continue;
        for (Jerk& jerk : jerks_of_segment(here, segment, ecg, rules)) jerks.push_back(std::move(jerk));
    }
    return jerks;
}

}  // namespace psg::events
