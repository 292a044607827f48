// Bursts of several muscles at once: which of them are jerks, and what else they could be.
// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <limits>
#include <optional>
#include <string_view>
#include <vector>

#include "libpsg/events/jerk_bursts.hpp"
#include "libpsg/model/channel.hpp"

namespace psg::events {

/// Parts of the body that a jerk can take hold of.
enum class Region { axial, arm_left, arm_right, leg_left, leg_right };
inline constexpr int region_count = 5;
std::string_view region_name(Region region);
/// Nothing if the role is no surface EMG.
std::optional<Region> region_of(Role role);
/// Chin, masseter and neck, which work together in speech, chewing and swallowing.
bool is_of_head(Role role);

/// One EMG channel with what was found in it. Channels of the same `muscle` (two derivations of the chin) count once.
struct MuscleChannel {
    const Signal* signal = nullptr;
    Role role{};
    Region region{};
    int muscle = 0;
    ChannelBursts found;
};

/// When bursts make a jerk. Every number is proposed.
struct GroupRules {
    double min_burst_ms = 75, max_burst_ms = 250;
    double loose_min_burst_ms = 50, loose_max_burst_ms = 500;
    double max_spread_ms = 100;  ///< between the first and the last onset
    int min_muscles = 2;
    double movement_s = 1;             ///< a movement that began earlier than this and goes on masks a jerk
    double rhythm_cv = 0.3;            ///< intervals of a rhythm vary less (coefficient of variation)
    double max_chance_per_min = 0.02;  ///< coincidences of unrelated twitches to be expected
    double max_correlation = 0.7;      ///< between the waveforms of different muscles
    double cluster_s = 10;
    int max_cluster = 5;
};

/// One burst of a jerk.
struct JerkMember {
    std::size_t channel = 0;  ///< position in the list of channels
    Burst burst;
};

struct Jerk {
    Interval extent;
    std::vector<JerkMember> members;  ///< one per muscle, in order of onset
    bool loose = false;               ///< too few bursts have the length of a jerk; within the loose limits they do
    int cluster_size = 1;             ///< jerks within the same 10 s
    double chance_per_min = 0;        ///< chance_per_minute()
    double waveform_r = 0;            ///< common_waveform()
    double interval_cv = std::numeric_limits<double>::quiet_NaN();  ///< least of its muscles' rows of bursts around it (in_train()); NaN: none has one
    bool in_series = false;           ///< one of four or more that follow each other at 5 to 90 s
};

/// The jerks of a night, in order, segment by segment: nothing before a gap is company, rhythm or series of what comes
/// after it. No segments: one that holds all. `ecg` may be null: heart beats in the EMG are then told by their rhythm alone.
std::vector<Jerk> find_jerks(const std::vector<MuscleChannel>& channels, const std::vector<Interval>& segments,
                             const Signal* ecg, const GroupRules& rules);

}  // namespace psg::events
