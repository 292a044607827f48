// The series rules of leg movements a second time, slow and simple.
// SPDX-License-Identifier: BSD-3-Clause
#include "tests/events/naive_series.hpp"

#include <algorithm>

namespace psg::test {

namespace {

using events::CombinedMovement;
using events::SeriesContext;
using events::SeriesRules;

Time in_us(double s) {
    return from_seconds(s);
}

bool gap_between(const SeriesContext& context, Time a, Time b) {
    for (const Interval& s : context.segments)
        if ((s.onset > a && s.onset <= b) || (s.onset > b && s.onset <= a)) return true;
    return false;
}

struct Piece {
    Interval extent;
    Side side = Side::none;
    int count = 1;
    bool has_long = false;
};

// Merges pairs that `belong` together until there is none.
template <class Belong>
void merge_all(std::vector<Piece>& pieces, Belong belong) {
    for (bool changed = true; changed;) {
        changed = false;
        for (std::size_t i = 0; i < pieces.size() && !changed; ++i)
            for (std::size_t j = 0; j < pieces.size() && !changed; ++j) {
                if (i == j || pieces[i].extent.onset > pieces[j].extent.onset || !belong(pieces[i], pieces[j]))
                    continue;
                pieces[i].extent.offset = std::max(pieces[i].extent.offset, pieces[j].extent.offset);
                if (pieces[i].side != pieces[j].side) pieces[i].side = Side::both;
                pieces[i].count += pieces[j].count;
                pieces[i].has_long = pieces[i].has_long || pieces[j].has_long;
                pieces.erase(pieces.begin() + static_cast<std::ptrdiff_t>(j));
                changed = true;
            }
    }
}

void sort(std::vector<Piece>& pieces) {
    std::sort(pieces.begin(), pieces.end(), [](const Piece& a, const Piece& b) {
        if (a.extent.onset != b.extent.onset) return a.extent.onset < b.extent.onset;
        if (a.extent.offset != b.extent.offset) return a.extent.offset < b.extent.offset;
        return a.side < b.side;
    });
}

std::vector<Piece> combine(std::vector<Piece> pieces, const SeriesRules& rules, const SeriesContext& context) {
    const Time gap = in_us(rules.combine_gap_s);
    if (rules.combine == "chain") {
        merge_all(pieces, [&](const Piece& a, const Piece& b) {
            return b.extent.onset - a.extent.offset < gap && !gap_between(context, a.extent.onset, b.extent.onset);
        });
    } else if (rules.combine == "onset") {
        sort(pieces);
        // Every piece looks for one partner of the other leg: the next piece, if that is near and still alone.
        std::vector<Piece> pairs;
        for (std::size_t i = 0; i < pieces.size(); ++i) {
            Piece a = pieces[i];
            const bool has_next = i + 1 < pieces.size();
            if (has_next && pieces[i + 1].side != a.side && pieces[i + 1].extent.onset - a.extent.onset < gap &&
                !gap_between(context, a.extent.onset, pieces[i + 1].extent.onset)) {
                const Piece& b = pieces[++i];
                a = {{a.extent.onset, std::max(a.extent.offset, b.extent.offset)}, Side::both, 2, a.has_long || b.has_long};
            }
            pairs.push_back(a);
        }
        pieces = pairs;
    }
    sort(pieces);
    return pieces;
}

bool is_respiratory(const Interval& m, const SeriesRules& rules, const SeriesContext& context) {
    if (!context.respiratory || rules.respiratory == "none") return false;
    for (const Event& e : *context.respiratory) {
        const bool breath = e.kind == "hypopnea" || e.kind == "obstructive_apnea";
        if (!breath && !rules.respiratory_arousals) continue;
        const Time lo =
            (rules.respiratory == "after" ? e.extent.offset : e.extent.onset) - in_us(rules.respiratory_before_s);
        const Time hi = e.extent.offset + in_us(rules.respiratory_after_s);
        const auto inside = [&](Time t) { return lo <= t && t <= hi; };
        if (inside(m.onset) || inside(m.offset) || (m.onset < lo && m.offset > hi)) return true;
    }
    return false;
}

bool has_arousal(const Interval& m, const SeriesRules& rules, const SeriesContext& context) {
    if (!context.arousals) return false;
    for (const Event& e : *context.arousals) {
        const Time apart = std::max(e.extent.onset - m.offset, m.onset - e.extent.offset);
        if (apart < in_us(rules.arousal_gap_s) || (rules.arousal_gap_inclusive && apart == in_us(rules.arousal_gap_s)))
            return true;
    }
    return false;
}

// Longest wake between two moments, epoch by epoch.
Time wake_between(const SeriesContext& context, Time from, Time to) {
    Time longest{0}, now{0};
    for (std::size_t i = 0; i < context.hypnogram->stages.size(); ++i) {
        const Interval e = context.hypnogram->epoch_extent(i);
        if (context.hypnogram->stages[i] != Stage::W) {
            now = Time(0);
            continue;
        }
        now += std::max(Time(0), std::min(to, e.offset) - std::max(from, e.onset));
        longest = std::max(longest, now);
    }
    return longest;
}

struct Answer {
    std::optional<Time> interval;
    int series = 0, position = 0, length = 0;
    bool passed_over = false;
};

std::vector<Answer> series_of(const std::vector<CombinedMovement>& all, std::vector<std::size_t> list,
                              const SeriesRules& rules, const SeriesContext& context) {
    std::vector<Answer> answers(all.size());
    const auto apart = [&](std::size_t a, std::size_t b) { return all[b].extent.onset - all[a].extent.onset; };
    const auto known = [&](std::size_t a, std::size_t b) {
        const Time from = all[a].extent.onset, to = all[b].extent.onset, most = in_us(rules.unscorable_ends_s);
        if (rules.gap_ends && gap_between(context, from, to)) return false;
        for (const Interval& hole : context.unscorable.intervals())
            if (most > Time(0) && std::min(hole.offset, to) - std::max(hole.onset, from) >= most) return false;
        return true;
    };
    const Time least = in_us(rules.min_interval_s), most = in_us(rules.max_interval_s);
    if (!rules.noncandidates_break)
        for (const std::size_t i : list) answers[i].passed_over = !all[i].candidate;
    if (!rules.noncandidates_break)
        list.erase(std::remove_if(list.begin(), list.end(), [&](std::size_t i) { return !all[i].candidate; }),
                   list.end());
    if (rules.short_interval == "skip")
        for (std::size_t k = 1; k < list.size();) {
            const std::size_t a = list[k - 1], b = list[k];
            if (all[a].candidate && all[b].candidate && known(a, b) && apart(a, b) < least) {
                answers[b].passed_over = true;
                list.erase(list.begin() + static_cast<std::ptrdiff_t>(k));
            } else
                ++k;
        }
    const auto linked = [&](std::size_t k) {  // list[k - 1] and list[k]
        if (k == 0 || k >= list.size()) return false;
        const std::size_t a = list[k - 1], b = list[k];
        if (!all[a].candidate || !all[b].candidate || !known(a, b)) return false;
        if (apart(a, b) < least || apart(a, b) > most || (apart(a, b) == most && !rules.max_interval_inclusive))
            return false;
        return !(rules.sleep_only && context.hypnogram &&
                 wake_between(context, all[a].extent.onset, all[b].extent.onset) >= in_us(rules.max_wake_s));
    };
    int number = 0;
    for (std::size_t k = 0; k < list.size(); ++k) {
        const std::size_t i = list[k];
        if (k > 0 && all[i].candidate && all[list[k - 1]].candidate && known(list[k - 1], i))
            answers[i].interval = apart(list[k - 1], i);
        if (!all[i].candidate || linked(k)) continue;  // begins nothing
        std::size_t end = k + 1, begin = k;
        while (linked(end)) ++end;
        if (rules.short_interval == "end" && k > 0 && all[list[k - 1]].candidate && known(list[k - 1], i) && apart(list[k - 1], i) < least) ++begin;
        const int length = static_cast<int>(end) - static_cast<int>(begin);
        if (length < rules.min_movements || length <= 0) continue;
        ++number;
        for (std::size_t j = begin; j < end; ++j) {
            answers[list[j]].series = number;
            answers[list[j]].position = static_cast<int>(j - begin) + 1;
            answers[list[j]].length = length;
        }
    }
    return answers;
}

}  // namespace

std::vector<CombinedMovement> naive_series(const std::vector<events::LegMovement>& movements, const SeriesRules& rules,
                                           const SeriesContext& context) {
    std::vector<Piece> pieces;
    for (const Side side : {Side::left, Side::right, Side::both}) {
        std::vector<Piece> leg;
        for (const events::LegMovement& m : movements)
            if (m.side == side) leg.push_back({m.extent, side});
        sort(leg);
        if (rules.join_gap_s > 0)
            merge_all(leg, [&](const Piece& a, const Piece& b) {
                return b.extent.onset - a.extent.offset < in_us(rules.join_gap_s) &&
                       !gap_between(context, a.extent.onset, b.extent.onset);
            });
        for (Piece p : leg) {
            p.count = 1;
            p.has_long = p.extent.duration() > in_us(p.side == Side::both ? rules.max_bilateral_s : rules.max_monolateral_s);
            if (p.extent.duration() >= in_us(rules.min_duration_s) && !(p.has_long && rules.long_movements == "drop"))
                pieces.push_back(p);
        }
    }
    std::vector<CombinedMovement> all;
    for (const Piece& p : combine(pieces, rules, context)) {
        CombinedMovement m;
        m.extent = p.extent;
        m.side = p.side;
        m.member_count = p.count;
        m.candidate = !p.has_long && (p.count == 1 || ((rules.max_members == 0 || p.count <= rules.max_members) &&
                                                       p.extent.duration() <= in_us(rules.max_bilateral_s)));
        if (!m.candidate && rules.long_movements == "drop") continue;
        m.respiratory = is_respiratory(m.extent, rules, context);
        m.arousal = has_arousal(m.extent, rules, context);
        if (context.hypnogram) m.stage = context.hypnogram->at(m.extent.onset);
        if (rules.sleep_only && (m.stage == Stage::W || m.stage == Stage::unknown)) m.scored = false;
        if (rules.respiratory == "around" && m.respiratory) m.scored = false;
        all.push_back(m);
    }
    std::vector<std::size_t> with, without;
    for (std::size_t i = 0; i < all.size(); ++i)
        if (all[i].scored) {
            with.push_back(i);
            if (!all[i].respiratory || !all[i].candidate) without.push_back(i);
        }
    const auto a = series_of(all, with, rules, context), b = series_of(all, without, rules, context);
    for (std::size_t i = 0; i < all.size(); ++i) {
        all[i].interval = a[i].interval;
        all[i].series = a[i].series;
        all[i].position = a[i].position;
        all[i].length = a[i].length;
        all[i].passed_over = a[i].passed_over;
        all[i].passed_over_nr = b[i].passed_over;
        all[i].interval_nr = b[i].interval;
        all[i].series_nr = b[i].series;
        all[i].position_nr = b[i].position;
        all[i].length_nr = b[i].length;
    }
    return all;
}

}  // namespace psg::test
