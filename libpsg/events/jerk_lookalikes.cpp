// Rules that tell jerks from heart beats, rhythms, movements, spreading activity, twitches and artefacts.
// SPDX-License-Identifier: BSD-3-Clause
#include "libpsg/events/jerk_lookalikes.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <optional>

#include "libpsg/events/heart_in_muscle.hpp"
#include "libpsg/events/jerk_excerpts.hpp"
#include "libpsg/signal/paired_sums.hpp"

namespace psg::events {

using std::chrono::milliseconds;
using std::chrono::seconds;

namespace {

// Standard deviation over mean of the intervals between moments in order; infinite if there are fewer than two.
double interval_variation(const std::vector<Time>& moments) {
    if (moments.size() < 3) return INFINITY;
    double sum = 0, squares = 0;
    const auto n = static_cast<double>(moments.size() - 1);
    for (std::size_t i = 1; i < moments.size(); ++i) {
        const double interval = psg::seconds(moments[i] - moments[i - 1]);
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

}  // namespace

bool in_train(const Burst& burst, const std::vector<Burst>& bursts, const Signal* ecg, double rhythm_cv, double* least_cv) {
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
    const double variation = interval_variation(train);
    if (least_cv) *least_cv = std::fmin(*least_cv, variation);
    if (variation <= rhythm_cv) return true;
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

void take_off_heart_beats(std::vector<Burst>& bursts, const MuscleActivity& activity,
                          const std::vector<HeartBeat>& beats, const IntervalSet& told, double least_uv,
                          double on_ratio) {
    const Time before = milliseconds(60), after = milliseconds(120);  // of an R wave
    const auto beat_in = [&](Time from, Time to) {
        const auto beat = std::lower_bound(beats.begin(), beats.end(), psg::seconds(from - after),
                                           [](const HeartBeat& h, double t) { return h.place < t; });
        return beat != beats.end() && beat->place <= psg::seconds(to + before);
    };
    const Time block = activity.envelope.rate.time_of(1);
    std::erase_if(bursts, [&](Burst& b) {
        if (b.extent.duration() > milliseconds(500) || !beat_in(b.extent.onset, b.extent.offset)) return false;
        const std::vector<float> x = amplitude_in(activity, b.extent), smooth = smoothed_50ms(x);
        const auto level =
            static_cast<float>(std::max(least_uv, on_ratio * static_cast<double>(rest_at(activity, b.extent.onset))));
        const float strongest = smooth.empty() ? 0 : *std::max_element(smooth.begin(), smooth.end());
        if (!(strongest >= level)) return true;
        if (!told.contains(b.extent.onset) || !beat_in(b.extent.onset, b.extent.onset)) return false;
        const auto begins =
            std::find_if(x.begin(), x.end(), [&](float v) { return v >= std::max(level, 0.3F * strongest); });
        const Time onset = b.extent.onset + block * (begins - x.begin());
        if (onset > b.extent.onset + milliseconds(15) && onset < b.extent.offset) b.extent.onset = onset;
        return false;
    });
}

std::vector<Interval> movements_of(const std::vector<Burst>& bursts, double movement_s) {
    std::vector<Interval> movements;
    Interval joined;
    Time active{0};
    const auto close = [&] {
        if (psg::seconds(joined.duration()) >= movement_s && active * 2 >= joined.duration())
            movements.push_back(joined);
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

bool moving(const std::vector<Interval>& movements, Time t, double movement_s) {
    const Time latest = t - from_seconds(movement_s);
    auto m =
        std::partition_point(movements.begin(), movements.end(), [&](const Interval& i) { return i.onset < latest; });
    return m != movements.begin() && (--m)->offset > t - milliseconds(500);
}

bool part_of_longer(const Burst& burst, const std::vector<Burst>& bursts) {
    const Time gap = milliseconds(200);
    const auto here = burst_at(bursts, burst.extent.onset);
    if (here != bursts.begin() && std::prev(here)->extent.offset > burst.extent.onset - gap) return true;
    Time offset = burst.extent.offset;
    float strongest = 0;
    for (auto b = here; b != bursts.end() && b->extent.onset < offset + gap; ++b) {
        if (b != here) strongest = std::max(strongest, b->peak_uv);
        offset = std::max(offset, b->extent.offset);
    }
    return offset - burst.extent.onset > milliseconds(500) && 2 * strongest >= burst.peak_uv;
}

double common_waveform(const std::vector<JerkMember>& members, const Interval& extent,
                       const std::vector<MuscleChannel>& channels) {
    double rate_hz = INFINITY;
    for (const JerkMember& m : members) rate_hz = std::min(rate_hz, channels[m.channel].signal->rate.hz());
    std::vector<std::vector<float>> waves;
    for (const JerkMember& m : members)
        waves.push_back(waveform(*channels[m.channel].signal,
                                 {extent.onset - milliseconds(30), extent.offset + milliseconds(30)}, 20, rate_hz));
    std::vector<float> correlations;
    for (std::size_t a = 0; a < waves.size(); ++a)
        for (std::size_t b = a + 1; b < waves.size(); ++b) {
            const auto sums = signal::paired_sums<float>(waves[a], waves[b]);
            if (sums.xx > 0 && sums.yy > 0) correlations.push_back(static_cast<float>(std::abs(sums.likeness())));
        }
    std::sort(correlations.begin(), correlations.end());
    return correlations.empty() ? 0 : static_cast<double>(correlations[correlations.size() / 2]);
}

bool spreads_on(const Jerk& jerk, const std::vector<MuscleChannel>& channels, double max_spread_ms) {
    const Time reach = from_seconds(max_spread_ms * 1e-3);
    const Time first = jerk.extent.onset, last = jerk.members.back().burst.extent.onset;
    std::size_t others = 0;
    for (std::size_t c = 0; c < channels.size(); ++c) {
        const auto same = [&](const JerkMember& m) { return channels[m.channel].muscle == channels[c].muscle; };
        if (std::any_of(jerk.members.begin(), jerk.members.end(), same)) continue;
        const std::vector<Burst>& bursts = channels[c].found.bursts;
        for (auto b = burst_at(bursts, first - reach); b != bursts.end() && b->extent.onset <= last + reach; ++b)
            if (b->extent.duration() >= milliseconds(50) && (b->extent.onset < first || b->extent.onset > last)) {
                ++others;
                break;
            }
    }
    return jerk.loose ? others > 0 : 2 * others > jerk.members.size();
}

bool is_of_speech(const Jerk& jerk, const std::vector<MuscleChannel>& channels) {
    float weakest = INFINITY;
    for (const JerkMember& m : jerk.members) {
        if (!is_of_head(channels[m.channel].role)) return false;
        weakest = std::min(weakest, m.burst.peak_uv);
    }
    const Time reach = milliseconds(1500);
    int others = 0;
    for (std::size_t c = 0; c < channels.size(); ++c) {
        if (!is_of_head(channels[c].role)) continue;
        const auto own = std::find_if(jerk.members.begin(), jerk.members.end(), [&](const JerkMember& m) { return m.channel == c; });
        const float least = (own == jerk.members.end() ? weakest : own->burst.peak_uv) / 3;
        const std::vector<Burst>& bursts = channels[c].found.bursts;
        for (auto b = burst_at(bursts, jerk.extent.onset - reach); b != bursts.end() && b->extent.onset < jerk.extent.offset + reach; ++b)
            others += b->peak_uv >= least && !b->extent.overlaps(jerk.extent);
    }
    return others > 2;
}

namespace {

// Two other bursts of one lead of the trunk or more, a third as strong or stronger, within 6 s: hiccups come every 2 to 6 s
// (proposed).
bool hiccups(const Jerk& jerk, const std::vector<MuscleChannel>& channels) {
    const Time reach = seconds(6);
    for (const JerkMember& m : jerk.members) {
        if (channels[m.channel].role != Role::trunk) continue;
        int others = 0;
        const std::vector<Burst>& bursts = channels[m.channel].found.bursts;
        for (auto b = burst_at(bursts, jerk.extent.onset - reach);
             b != bursts.end() && b->extent.onset < jerk.extent.offset + reach; ++b)
            others += 3 * b->peak_uv >= m.burst.peak_uv && !b->extent.overlaps(jerk.extent);
        if (others >= 2) return true;
    }
    return false;
}

}  // namespace

bool is_cough(const Jerk& jerk, const std::vector<MuscleChannel>& channels) {
    const Time lead = milliseconds(10), reach = milliseconds(300);
    std::optional<Time> trunk, head;
    for (const JerkMember& m : jerk.members) {
        if (channels[m.channel].region != Region::axial) return false;
        std::optional<Time>& first = is_of_head(channels[m.channel].role) ? head : trunk;
        if (!first) first = m.burst.extent.onset;
    }
    if (!head) return true;  // leads of the trunk alone
    if (trunk) return *trunk <= *head - lead || hiccups(jerk, channels);
    for (const MuscleChannel& c : channels) {  // a trunk that began too early, or works too long, for the jerk
        if (c.role != Role::trunk) continue;
        const std::vector<Burst>& bursts = c.found.bursts;
        for (auto b = burst_at(bursts, *head - reach); b != bursts.end() && b->extent.onset <= *head - lead; ++b)
            if (b->extent.duration() >= milliseconds(50) && b->extent.offset > *head - milliseconds(100)) return true;
    }
    return false;
}

double chance_per_minute(const Jerk& jerk, const std::vector<std::vector<Time>>& twitches, const Interval& segment,
                         double max_spread_ms) {
    const Time onset = jerk.extent.onset;
    const auto between = [](const std::vector<Time>& t, Time from, Time to) {
        return static_cast<double>(std::lower_bound(t.begin(), t.end(), to) -
                                   std::lower_bound(t.begin(), t.end(), from));
    };
    const auto recorded = [&](Time from, Time to) {
        return std::max(0.0, psg::seconds(std::min(to, segment.offset) - std::max(from, segment.onset)));
    };
    const double around_s = std::max(10.0, recorded(onset - seconds(30), onset - seconds(1)) +
                                               recorded(onset + seconds(1), onset + seconds(30)));
    std::vector<double> rate;  // per second, in the 58 s around: the jerk's own second to either side left out
    double mean = 0;
    for (const std::vector<Time>& t : twitches) {
        rate.push_back((between(t, onset - seconds(30), onset - seconds(1)) + between(t, onset + seconds(1), onset + seconds(30))) / around_s);
        mean += rate.back() / static_cast<double>(twitches.size());
    }
    const std::size_t k = jerk.members.size();
    // of any k channels: the sum over all sets of them of the products of their rates; and of sets like the jerk's own
    std::vector<double> products(k + 1, 0);
    products[0] = 1;
    for (const double r : rate)
        for (std::size_t j = k; j > 0; --j) products[j] += products[j - 1] * r;
    double own = 1;
    for (std::size_t j = 0; j < k; ++j)
        own *= (0.75 * rate[jerk.members[j].channel] + 0.25 * mean) * static_cast<double>(rate.size() - j) / static_cast<double>(j + 1);
    return 60 * std::min(products[k], own) * static_cast<double>(k) * std::pow(max_spread_ms * 1e-3, static_cast<double>(k) - 1);
}

}  // namespace psg::events
