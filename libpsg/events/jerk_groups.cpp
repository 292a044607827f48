// Grouping of simultaneous bursts and the rules that tell jerks from heart beats, twitches, movements and artefacts.
// SPDX-License-Identifier: BSD-3-Clause
#include "libpsg/events/jerk_groups.hpp"

#include <algorithm>
#include <cmath>
#include <set>

#include "libpsg/events/jerk_excerpts.hpp"

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

namespace {

using std::chrono::milliseconds;
using Members = std::vector<JerkMember>;

bool within(const Burst& b, double low_ms, double high_ms) {
    const double ms = seconds(b.extent.duration()) * 1e3;
    return ms >= low_ms && ms <= high_ms;
}

std::size_t muscles_of(const Members& members, const std::vector<MuscleChannel>& channels) {
    std::set<int> muscles;
    for (const JerkMember& m : members) muscles.insert(channels[m.channel].muscle);
    return muscles.size();
}

// Standard deviation over mean of the intervals between moments in order; infinite if there are fewer than two.
double interval_variation(const std::vector<Time>& moments) {
    if (moments.size() < 3) return INFINITY;
    double sum = 0, squares = 0;
    const auto n = static_cast<double>(moments.size() - 1);
    for (std::size_t i = 1; i < moments.size(); ++i) {
        const double interval = seconds(moments[i] - moments[i - 1]);
        sum += interval;
        squares += interval * interval;
    }
    const double mean = sum / n;
    return std::sqrt(std::max(0.0, squares / n - mean * mean)) / mean;
}

// First burst whose onset is not before `t`.
std::vector<Burst>::const_iterator burst_at(const std::vector<Burst>& bursts, Time t) {
    return std::partition_point(bursts.begin(), bursts.end(), [t](const Burst& b) { return b.extent.onset < t; });
}

// True if the burst is one of a train in its channel: at least four alike at 0.3 to 4 Hz in a steady rhythm (rhythmic
// movements, foot tremor, heart beats), or at least three others alike on heart beats of the ECG.
bool in_train(const Burst& burst, const std::vector<Burst>& bursts, const Signal* ecg, double rhythm_cv) {
    constexpr int reach = 5;  // bursts to either side
    constexpr float alike = 2.5F;
    const Time shortest = milliseconds(250), longest = milliseconds(3334);
    const auto like = [&](const Burst& b) {
        return b.peak_uv < alike * burst.peak_uv && burst.peak_uv < alike * b.peak_uv;
    };
    std::vector<Time> train{burst.extent.onset};
    const auto here = burst_at(bursts, burst.extent.onset);
    for (auto b = here; b != bursts.begin() && train.size() <= reach;) {
        --b;
        if (train.back() - b->extent.onset > longest) break;
        if (like(*b) && train.back() - b->extent.onset >= shortest) train.push_back(b->extent.onset);
    }
    std::reverse(train.begin(), train.end());
    const std::size_t before = train.size();
    for (auto b = here == bursts.end() ? here : here + 1; b != bursts.end() && train.size() - before < reach; ++b) {
        if (b->extent.onset - train.back() > longest) break;
        if (like(*b) && b->extent.onset - train.back() >= shortest) train.push_back(b->extent.onset);
    }
    if (train.size() < 4) return false;
    if (interval_variation(train) <= rhythm_cv) return true;
    if (!ecg) return false;
    const std::vector<Time> beats =
        heart_beats(*ecg, {train.front() - milliseconds(500), train.back() + milliseconds(500)});
    const auto on_beat = [&](Time onset) {
        return std::any_of(beats.begin(), beats.end(), [&](Time beat) {
            return beat >= onset - milliseconds(50) && beat <= onset + milliseconds(100);
        });
    };
    if (!on_beat(burst.extent.onset)) return false;
    const auto others = std::count_if(train.begin(), train.end(), on_beat) - 1;
    return others >= 3 && others * 4 >= 3 * (static_cast<std::ptrdiff_t>(train.size()) - 1);
}

// Activity of a channel, bursts less than 0.5 s apart joined: what is long enough to be a movement.
std::vector<Interval> movements_of(const std::vector<Burst>& bursts, double movement_s) {
    std::vector<Interval> movements;
    Interval joined;
    Time active{0};
    const auto close = [&] {
        if (seconds(joined.duration()) >= movement_s && active * 2 >= joined.duration()) movements.push_back(joined);
    };
    for (const Burst& b : bursts) {
        if (active > Time(0) && b.extent.onset - joined.offset < milliseconds(500)) {
            joined.offset = std::max(joined.offset, b.extent.offset);
            active += b.extent.duration();
            continue;
        }
        close();
        joined = b.extent;
        active = b.extent.duration();
    }
    close();
    return movements;
}

// True if a movement of the list began more than `movement_s` before `t` and went on until 0.5 s before it or longer.
bool moving(const std::vector<Interval>& movements, Time t, double movement_s) {
    const Time latest = t - from_seconds(movement_s);
    auto m =
        std::partition_point(movements.begin(), movements.end(), [&](const Interval& i) { return i.onset < latest; });
    return m != movements.begin() && (--m)->offset > t - milliseconds(500);
}

// True if the burst goes on with activity of the same channel instead of beginning it.
bool continues(const Burst& burst, const std::vector<Burst>& bursts) {
    const auto here = burst_at(bursts, burst.extent.onset);
    return here != bursts.begin() && std::prev(here)->extent.offset > burst.extent.onset - milliseconds(200);
}

// Median over all pairs of muscles of the correlation (sign aside) of their waveforms above 20 Hz. Muscles are
// independent of each other; a cable's movement is the same in all channels.
double common_waveform(const Members& members, const Interval& extent, const std::vector<MuscleChannel>& channels) {
    double rate_hz = INFINITY;
    for (const JerkMember& m : members) rate_hz = std::min(rate_hz, channels[m.channel].signal->rate.hz());
    std::vector<std::vector<float>> waves;
    for (const JerkMember& m : members)
        waves.push_back(waveform(*channels[m.channel].signal,
                                 {extent.onset - milliseconds(30), extent.offset + milliseconds(30)}, 20, rate_hz));
    std::vector<float> correlations;
    for (std::size_t a = 0; a < waves.size(); ++a)
        for (std::size_t b = a + 1; b < waves.size(); ++b) {
            double ab = 0, aa = 0, bb = 0;
            for (std::size_t i = 0; i < std::min(waves[a].size(), waves[b].size()); ++i) {
                const auto x = static_cast<double>(waves[a][i]), y = static_cast<double>(waves[b][i]);
                ab += x * y;
                aa += x * x;
                bb += y * y;
            }
            if (aa > 0 && bb > 0) correlations.push_back(static_cast<float>(std::abs(ab) / std::sqrt(aa * bb)));
        }
    std::sort(correlations.begin(), correlations.end());
    return correlations.empty() ? 0 : static_cast<double>(correlations[correlations.size() / 2]);
}

// Groups of bursts whose onsets lie within the spread, one per muscle (the strongest); the rest go to `alone`.
std::vector<Members> simultaneous(const std::vector<JerkMember>& all, const std::vector<MuscleChannel>& channels,
                                  const GroupRules& rules, std::vector<Time>& alone) {
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
            alone.push_back(all[i].burst.extent.onset);
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

// Coincidences of this many muscles per minute that twitches independent of each other would make: with `rate` twitches
// a second, each is followed within the spread by k - 1 others with the probability (rate * spread)^(k - 1) / (k - 1)!.
double chance_per_minute(double rate, double spread_s, std::size_t muscles) {
    double expected = 60 * rate;
    for (std::size_t k = 1; k < muscles; ++k) expected *= rate * spread_s / static_cast<double>(k);
    return expected;
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

}  // namespace

std::vector<Jerk> find_jerks(const std::vector<MuscleChannel>& channels, const Signal* ecg, const GroupRules& rules) {
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
    std::vector<Time> alone;
    std::vector<Jerk> jerks;
    for (Members& group : simultaneous(all, channels, rules, alone)) {
        const Time onset = group.front().burst.extent.onset;
        const auto busy = std::count_if(movements.begin(), movements.end(),
                                        [&](const auto& m) { return moving(m, onset, rules.movement_s); });
        if (busy >= 2) continue;
        std::erase_if(group, [&](const JerkMember& m) {
            const std::vector<Burst>& bursts = channels[m.channel].found.bursts;
            return moving(movements[m.channel], onset, rules.movement_s) || continues(m.burst, bursts) ||
                   in_train(m.burst, bursts, ecg, rules.rhythm_cv);
        });
        if (group.size() < static_cast<std::size_t>(rules.min_muscles)) continue;
        Jerk jerk;
        jerk.extent = group.front().burst.extent;
        for (const JerkMember& m : group) jerk.extent.offset = std::max(jerk.extent.offset, m.burst.extent.offset);
        jerk.loose = std::count_if(group.begin(), group.end(), [&](const JerkMember& m) {
                         return within(m.burst, rules.min_burst_ms, rules.max_burst_ms);
                     }) < rules.min_muscles;
        jerk.members = std::move(group);
        jerks.push_back(std::move(jerk));
    }
    // twitches around: half a minute to either side, those within a second of a clear jerk belong to it
    std::erase_if(alone, [&](Time t) {
        return std::any_of(jerks.begin(), jerks.end(), [&](const Jerk& j) {
            return j.members.size() >= 3 && std::chrono::abs(t - j.extent.onset) <= std::chrono::seconds(1);
        });
    });
    std::erase_if(jerks, [&](const Jerk& j) {
        const auto from = std::lower_bound(alone.begin(), alone.end(), j.extent.onset - std::chrono::seconds(30));
        const auto to = std::lower_bound(alone.begin(), alone.end(), j.extent.onset + std::chrono::seconds(30));
        const double rate = static_cast<double>(to - from) / 60;
        return chance_per_minute(rate, rules.max_spread_ms * 1e-3, j.members.size()) > rules.max_chance_per_min ||
               common_waveform(j.members, j.extent, channels) > rules.max_correlation;
    });
    tag_sequences(jerks, rules);
    return jerks;
}

}  // namespace psg::events
