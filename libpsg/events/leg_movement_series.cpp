// Rules from single-leg movements to periodic leg movements.
// SPDX-License-Identifier: BSD-3-Clause
#include "libpsg/events/leg_movement_series.hpp"

#include <algorithm>
#include <utility>

#include "libpsg/model/night.hpp"

namespace psg::events {

namespace {

constexpr Time tick{1};  // one microsecond turns a closed border into a half-open one

// A movement of one leg after the same-leg join.
struct Joined {
    Interval extent;
    Side side;
    std::vector<std::size_t> members;
};

// Position of the segment that holds `t`; -1 for the time before the first, so that every gap separates.
std::ptrdiff_t segment_of(const std::vector<Interval>& segments, Time t) {
    return std::upper_bound(segments.begin(), segments.end(), t,
                            [](Time time, const Interval& s) { return time < s.onset; }) -
           segments.begin() - 1;
}

// Why one movement of a list is no candidate. One that was scored for both legs together has the limit of both.
const char* too_long(const Interval& extent, Side side, const SeriesRules& rules) {
    const bool both = side == Side::both;
    if (extent.duration() <= from_seconds(both ? rules.max_bilateral_s : rules.max_monolateral_s)) return "";
    return both ? "bilateral_too_long" : "monolateral_too_long";
}

bool by_onset(const Interval& a, const Interval& b) {
    return a.onset != b.onset ? a.onset < b.onset : a.offset < b.offset;
}

// Removes from a list what there is a reason for, and keeps the reason.
template <class Movements, class Reason>
void drop(Movements& list, std::vector<DroppedMovement>* dropped, Reason reason) {
    std::erase_if(list, [&](const auto& m) {
        const std::string why = reason(m);
        if (!why.empty() && dropped) dropped->push_back({m.members, m.extent, why});
        return !why.empty();
    });
}

// Same leg: join what is less than `join_gap_s` apart, then drop what is too short.
std::vector<Joined> join_legs(const std::vector<LegMovement>& movements, const SeriesRules& rules,
                              const std::vector<Interval>& segments, std::vector<DroppedMovement>* dropped) {
    std::vector<std::size_t> order(movements.size());
    for (std::size_t i = 0; i < order.size(); ++i) order[i] = i;
    std::stable_sort(order.begin(), order.end(), [&](std::size_t a, std::size_t b) {
        const LegMovement &x = movements[a], &y = movements[b];
        return x.side != y.side ? x.side < y.side : by_onset(x.extent, y.extent);
    });
    const Time gap = from_seconds(rules.join_gap_s);
    std::vector<Joined> joined;
    for (std::size_t i : order) {
        const LegMovement& m = movements[i];
        if (!joined.empty() && joined.back().side == m.side && gap > Time(0) &&
            m.extent.onset < joined.back().extent.offset + gap &&
            segment_of(segments, m.extent.onset) == segment_of(segments, joined.back().extent.onset)) {
            joined.back().extent.offset = std::max(joined.back().extent.offset, m.extent.offset);
            joined.back().members.push_back(i);
        } else {
            joined.push_back({m.extent, m.side, {i}});
        }
    }
    const Time shortest = from_seconds(rules.min_duration_s);
    drop(joined, dropped, [&](const Joined& j) { return j.extent.duration() < shortest ? "too_short" : ""; });
    if (rules.long_movements == "drop")
        drop(joined, dropped, [&](const Joined& j) { return too_long(j.extent, j.side, rules); });
    std::stable_sort(joined.begin(), joined.end(), [](const Joined& a, const Joined& b) {
        return a.extent != b.extent ? by_onset(a.extent, b.extent) : a.side < b.side;
    });
    return joined;
}

// Both legs: one movement out of a chain ("offset to onset" may go on, "onset to onset" makes pairs of one movement of each
// leg: the third of three is a movement of its own).
std::vector<CombinedMovement> combine(const std::vector<Joined>& joined, const SeriesRules& rules,
                                      const std::vector<Interval>& segments, std::vector<DroppedMovement>* dropped) {
    const Time gap = from_seconds(rules.combine_gap_s);
    const Time max_both = from_seconds(rules.max_bilateral_s);
    std::vector<CombinedMovement> combined;
    for (const Joined& j : joined) {
        const std::string why_not = too_long(j.extent, j.side, rules);
        bool absorbed = false;
        if (!combined.empty() && rules.combine != "none") {
            CombinedMovement& last = combined.back();
            const bool near = rules.combine == "chain"
                                  ? j.extent.onset < last.extent.offset + gap
                                  : j.extent.onset < last.extent.onset + gap && last.member_count == 1 && j.side != last.side;
            if (near && segment_of(segments, j.extent.onset) == segment_of(segments, last.extent.onset)) {
                last.extent.offset = std::max(last.extent.offset, j.extent.offset);
                if (j.side != last.side) last.side = Side::both;
                last.members.insert(last.members.end(), j.members.begin(), j.members.end());
                ++last.member_count;
                if (last.candidate) last.why_not = why_not;
                last.candidate = last.why_not.empty();
                absorbed = true;
            }
        }
        if (absorbed) continue;
        CombinedMovement m;
        m.extent = j.extent;
        m.side = j.side;
        m.members = j.members;
        m.candidate = why_not.empty();
        m.why_not = why_not;
        combined.push_back(std::move(m));
    }
    for (CombinedMovement& m : combined) {
        if (m.member_count < 2 || !m.candidate) continue;
        if (rules.max_members > 0 && m.member_count > rules.max_members)
            m.why_not = "too_many_members";
        else if (m.extent.duration() > max_both)
            m.why_not = "bilateral_too_long";
        m.candidate = m.why_not.empty();
    }
    if (rules.long_movements == "drop") drop(combined, dropped, [](const CombinedMovement& m) { return m.why_not; });
    return combined;
}

// Time in which a movement counts as respiratory; borders belong to it.
IntervalSet respiratory_windows(const EventList& events, const SeriesRules& rules) {
    const Time before = from_seconds(rules.respiratory_before_s), after = from_seconds(rules.respiratory_after_s);
    std::vector<Interval> windows;
    for (const Event& e : events) {
        const bool apnoea = e.kind.find("pnea") != std::string::npos || e.kind.find("pnoea") != std::string::npos;
        if (!apnoea && !rules.respiratory_arousals) continue;
        const Time from = rules.respiratory == "after" ? e.extent.offset : e.extent.onset;
        windows.push_back({from - before, e.extent.offset + after + tick});
    }
    return IntervalSet(std::move(windows));
}

// Time that a movement must touch to be associated with an arousal.
IntervalSet arousal_windows(const EventList& events, const SeriesRules& rules) {
    const Time gap = from_seconds(rules.arousal_gap_s);
    const Time open = rules.arousal_gap_inclusive ? Time(0) : tick;
    std::vector<Interval> windows;
    for (const Event& e : events) windows.push_back({e.extent.onset - gap + open, e.extent.offset + gap + tick - open});
    return IntervalSet(std::move(windows));
}

// Longest uninterrupted wake between two moments.
Time longest_wake(const Hypnogram& hypnogram, Time from, Time to) {
    Time longest{0};
    const IntervalSet wake = hypnogram.where([](Stage s) { return s == Stage::W; }).intersected(IntervalSet({{from, to}}));
    for (const Interval& i : wake.intervals()) longest = std::max(longest, i.duration());
    return longest;
}

// Was somebody there to see what happened between two movements?
bool interval_is_known(const CombinedMovement& before, const CombinedMovement& m, const SeriesRules& rules,
                       const SeriesContext& context) {
    const Time from = before.extent.onset, to = m.extent.onset, most = from_seconds(rules.unscorable_ends_s);
    if (rules.gap_ends && segment_of(context.segments, from) != segment_of(context.segments, to)) return false;
    return !(most > Time(0) && longest_unscorable(context, from, to) >= most);
}

// Where one pass writes its results: the pass over all movements, or the one without respiratory candidates.
struct Fields {
    std::optional<Time> CombinedMovement::*interval;
    int CombinedMovement::*series;
    int CombinedMovement::*position;
    int CombinedMovement::*length;
    bool CombinedMovement::*passed_over;
};

void find_series(std::vector<CombinedMovement*> list, const SeriesRules& rules, const SeriesContext& context,
                 const Fields& fields) {
    if (!rules.noncandidates_break)
        std::erase_if(list, [&](CombinedMovement* m) { return m->*fields.passed_over = !m->candidate; });
    const Time shortest = from_seconds(rules.min_interval_s), longest = from_seconds(rules.max_interval_s);
    if (rules.short_interval == "skip") {  // drop, and measure the next interval from the movement before
        std::vector<CombinedMovement*> kept;
        for (CombinedMovement* m : list)
            if (!m->candidate || kept.empty() || !kept.back()->candidate || !interval_is_known(*kept.back(), *m, rules, context) ||
                m->extent.onset - kept.back()->extent.onset >= shortest)
                kept.push_back(m);
            else
                m->*fields.passed_over = true;
        list = std::move(kept);
    }

    std::vector<CombinedMovement*> run;
    int series = 0;
    const auto close = [&] {
        if (static_cast<int>(run.size()) >= rules.min_movements) {
            ++series;
            for (std::size_t i = 0; i < run.size(); ++i) {
                run[i]->*fields.series = series;
                run[i]->*fields.position = static_cast<int>(i) + 1;
                run[i]->*fields.length = static_cast<int>(run.size());
            }
        }
        run.clear();
    };
    const CombinedMovement* previous = nullptr;
    for (CombinedMovement* m : list) {
        const CombinedMovement* before = std::exchange(previous, m);
        if (!m->candidate) {
            close();
            continue;
        }
        const bool known = before && interval_is_known(*before, *m, rules, context);
        if (known && before->candidate) m->*fields.interval = m->extent.onset - before->extent.onset;
        // an interval to a movement that is no candidate is undefined: it is not short
        const bool short_before = known && before->candidate && m->extent.onset - before->extent.onset < shortest;
        const bool may_start = rules.short_interval != "end" || !short_before;
        const auto& interval = m->*fields.interval;
        const bool periodic =
            interval && *interval >= shortest && (rules.max_interval_inclusive ? *interval <= longest : *interval < longest) &&
            !(rules.sleep_only && context.hypnogram &&
              longest_wake(*context.hypnogram, before->extent.onset, m->extent.onset) >= from_seconds(rules.max_wake_s));
        if (!run.empty() && periodic) {
            run.push_back(m);
            continue;
        }
        close();
        if (may_start) run.push_back(m);
    }
    close();
}

}  // namespace

SeriesContext series_context(const Night& night, const IntervalSet& at_risk) {
    return {&night.hypnogram, night.respiratory ? &*night.respiratory : nullptr, night.arousals ? &*night.arousals : nullptr,
            night.segments, IntervalSet(night.segments).without(at_risk)};
}

Time longest_unscorable(const SeriesContext& context, Time from, Time to) {
    const std::vector<Interval>& holes = context.unscorable.intervals();
    auto hole = std::upper_bound(holes.begin(), holes.end(), from, [](Time t, const Interval& h) { return t < h.offset; });
    Time longest{0};
    for (; hole != holes.end() && hole->onset < to; ++hole)
        longest = std::max(longest, std::min(to, hole->offset) - std::max(from, hole->onset));
    return longest;
}

std::vector<CombinedMovement> score_series(const std::vector<LegMovement>& movements, const SeriesRules& rules,
                                           const SeriesContext& context, std::vector<DroppedMovement>* dropped) {
    auto list = combine(join_legs(movements, rules, context.segments, dropped), rules, context.segments, dropped);
    const IntervalSet respiratory = context.respiratory && rules.respiratory != "none"
                                        ? respiratory_windows(*context.respiratory, rules)
                                        : IntervalSet();
    const IntervalSet arousals = context.arousals ? arousal_windows(*context.arousals, rules) : IntervalSet();
    for (CombinedMovement& m : list) {
        const Interval closed{m.extent.onset, m.extent.offset + tick};
        m.respiratory = respiratory.overlaps(closed);
        m.arousal = arousals.overlaps(closed);
        if (context.hypnogram) m.stage = context.hypnogram->at(m.extent.onset);
        m.scored = !(rules.sleep_only && !is_sleep(m.stage)) && !(rules.respiratory == "around" && m.respiratory);
    }
    std::vector<CombinedMovement*> all, without_respiratory;
    for (CombinedMovement& m : list) {
        if (!m.scored) continue;
        all.push_back(&m);
        if (!(m.candidate && m.respiratory)) without_respiratory.push_back(&m);
    }
    using C = CombinedMovement;
    find_series(std::move(all), rules, context, {&C::interval, &C::series, &C::position, &C::length, &C::passed_over});
    find_series(std::move(without_respiratory), rules, context,
                {&C::interval_nr, &C::series_nr, &C::position_nr, &C::length_nr, &C::passed_over_nr});
    return list;
}

}  // namespace psg::events
