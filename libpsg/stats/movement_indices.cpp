// Indices of leg movements.
// SPDX-License-Identifier: BSD-3-Clause
#include "libpsg/stats/movement_indices.hpp"

#include <algorithm>
#include <cmath>
#include <limits>

#include "libpsg/stats/movement_list.hpp"

namespace psg::stats {

namespace {

constexpr double nan_value = std::numeric_limits<double>::quiet_NaN();
constexpr Time around_rem{600'000'000}, rem_pause{900'000'000};

// Some time of the night under a name, and how much of it is asked for.
struct Group {
    std::string name;
    IntervalSet when;
    bool full = true;  // false: rates of CLM and PLM only
};

std::vector<Group> groups_of(const MovementNight& night) {
    const auto stages = [&](const char* name, bool (*wanted)(Stage)) {
        return Group{name, night.hypnogram.where(wanted).intersected(night.window)};
    };
    std::vector<Group> groups{{"all", night.window},
                              stages("sleep", [](Stage s) { return is_sleep(s); }),
                              stages("W", [](Stage s) { return s == Stage::W; }),
                              stages("NREM", [](Stage s) { return is_nrem(s); }),
                              stages("N1", [](Stage s) { return s == Stage::N1; }),
                              stages("N2", [](Stage s) { return s == Stage::N2; }),
                              stages("N3", [](Stage s) { return s == Stage::N3; }),
                              stages("R", [](Stage s) { return s == Stage::R; })};
    const IntervalSet sleep = groups[1].when, rem = groups[7].when;
    if (night.window.empty()) return groups;
    const Time begin = night.window.intervals().front().onset, end = night.window.intervals().back().offset;
    for (int third = 0; third < 3; ++third)
        groups.push_back({"third_" + std::to_string(third + 1),
                          sleep.intersected(IntervalSet(
                              {{begin + (end - begin) * third / 3, begin + (end - begin) * (third + 1) / 3}}))});
    for (const auto& [name, when] : night.positions) groups.push_back({"position " + name, sleep.intersected(when)});

    std::vector<Interval> periods;  // of REM, less than 15 min apart: one
    for (const Interval& r : rem.intervals())
        if (!periods.empty() && r.onset - periods.back().offset < rem_pause)
            periods.back().offset = r.offset;
        else
            periods.push_back(r);
    std::vector<Interval> before, start;
    for (const Interval& p : periods) {
        before.push_back({p.onset - around_rem, p.onset});
        start.push_back({p.onset, std::min(p.offset, p.onset + around_rem)});
    }
    groups.push_back({"before_R", IntervalSet(before).intersected(night.window), false});
    groups.push_back({"start_R", IntervalSet(start).intersected(night.window), false});
    for (std::size_t i = 0; i < periods.size(); ++i) {
        const std::string number = std::to_string(i + 1);
        groups.push_back({"before_R_" + number, IntervalSet({before[i]}).intersected(night.window), false});
        groups.push_back({"start_R_" + number, IntervalSet({start[i]}).intersected(night.window), false});
    }
    return groups;
}

// Mean and standard deviation (n - 1) of logarithms or durations.
struct Moments {
    int count = 0;
    double mean = nan_value, sd = nan_value, least = nan_value, most = nan_value;
    explicit Moments(const std::vector<double>& v) : count(static_cast<int>(v.size())) {
        if (v.empty()) return;
        double sum = 0, squares = 0;
        for (const double x : v) sum += x;
        mean = sum / static_cast<double>(v.size());
        for (const double x : v) squares += (x - mean) * (x - mean);
        if (v.size() > 1) sd = std::sqrt(squares / static_cast<double>(v.size() - 1));
        least = *std::min_element(v.begin(), v.end());
        most = *std::max_element(v.begin(), v.end());
    }
};

using Holds = bool (*)(const Movement&);
struct Class {
    const char* name;
    Holds holds;
    bool needs_respiratory, needs_arousals;
};

constexpr Class classes[] = {
    {"clm", [](const Movement& m) { return m.candidate && m.scored; }, false, false},
    {"clm_r", [](const Movement& m) { return m.candidate && m.respiratory; }, true, false},
    {"clm_nr", [](const Movement& m) { return m.candidate && m.scored && !m.respiratory; }, true, false},
    {"plm", [](const Movement& m) { return m.plm; }, false, false},
    {"plm_a", [](const Movement& m) { return m.plm && m.arousal; }, false, true},
    {"plm_nr", [](const Movement& m) { return m.plm_nr; }, true, false},
    {"plm_nr_a", [](const Movement& m) { return m.plm_nr && m.arousal; }, true, true},
    {"nonclm", [](const Movement& m) { return !m.candidate && m.scored; }, false, false},
    {"nonclm_r", [](const Movement& m) { return !m.candidate && m.respiratory; }, true, false},
    {"nonclm_nr", [](const Movement& m) { return !m.candidate && m.scored && !m.respiratory; }, true, false},
    {"clm_nonperiodic", [](const Movement& m) { return m.candidate && m.scored && !m.plm; }, false, false},
    {"clm_short_interval",
     [](const Movement& m) { return m.scored && m.after_short_interval(); }, false, false},
    {"clm_isolated",
     [](const Movement& m) { return m.candidate && m.scored && !m.plm && !m.after_short_interval(); }, false, false}};

struct SideChoice {
    const char* name;
    bool (*holds)(Side);
};
constexpr SideChoice sides[] = {{"", [](Side) { return true; }},
                                {"L", [](Side s) { return s == Side::left; }},
                                {"R", [](Side s) { return s == Side::right; }},
                                {"B", [](Side s) { return s == Side::both; }},
                                {"M", [](Side s) { return s == Side::left || s == Side::right; }}};

class Counter {
public:
    Counter(const MovementNight& night, std::vector<MovementIndex>& rows)
        : night_(night), rows_(rows), all_(read_movements(night.movements)) {}

    void count(const Group& group) {
        group_ = &group;
        minutes_ = static_cast<double>(group.when.intersected(night_.at_risk).total().count()) / 6e7;
        here_.clear();
        for (const Movement& m : all_)
            if (group.when.contains(m.onset)) here_.push_back(&m);
        for (const Class& c : classes)
            for (const SideChoice& side : sides)
                if (group.full || (side.name[0] == 0 && (&c == &classes[0] || &c == &classes[3]))) add_class(c, side);
        if (!group.full) return;
        add("pi", number(classes[0]) > 0 ? double(number(classes[3])) / number(classes[0]) : nan_value, "",
            number(classes[3]));
        const bool nr = night_.respiratory.has_value();
        add("pi_nr", nr && number(classes[2]) > 0 ? double(number(classes[5])) / number(classes[2]) : nan_value, "",
            nr ? number(classes[5]) : 0);
        add_intervals("", &Movement::interval, &Movement::ferri, true);
        add_intervals("_nr", &Movement::interval_nr, &Movement::ferri_nr, nr);
        add_transitions();
        add_respiratory();
        const IntervalSet one = group.when.intersected(night_.one_leg);
        add("one_leg", static_cast<double>(one.total().count()) / 6e7, "min", 0);
    }

private:
    void add(const std::string& name, double value, const char* unit, int count, const char* side = "") {
        rows_.push_back({name, group_->name, side, value, unit, count, minutes_});
    }
    bool known(const Class& c) const {
        return (!c.needs_respiratory || night_.respiratory) && (!c.needs_arousals || night_.arousals_scored);
    }
    int number(const Class& c) const {
        return static_cast<int>(
            std::count_if(here_.begin(), here_.end(), [&](const Movement* m) { return c.holds(*m); }));
    }

    void add_class(const Class& c, const SideChoice& side) {
        std::vector<double> durations;
        if (known(c))
            for (const Movement* m : here_)
                if (c.holds(*m) && side.holds(m->side)) durations.push_back(m->duration_s);
        const Moments moments(durations);
        add(c.name, known(c) && minutes_ > 0 ? 60 * moments.count / minutes_ : nan_value, "1/h", moments.count,
            side.name);
        if (!group_->full) return;
        const std::string name = std::string(c.name) + "_duration_";
        add(name + "mean", moments.mean, "s", moments.count, side.name);
        add(name + "sd", moments.sd, "s", moments.count, side.name);
        add(name + "min", moments.least, "s", moments.count, side.name);
        add(name + "max", moments.most, "s", moments.count, side.name);
    }

    void add_intervals(const std::string& end, std::optional<Time> Movement::*interval, bool Movement::*mark,
                       bool is_known) {
        int by_class[3] = {0, 0, 0}, in_sequence = 0;
        std::vector<double> logs, periodic_logs;
        if (is_known)
            for (const Movement* m : here_) {
                const auto& t = m->*interval;
                if (!t) continue;
                ++by_class[class_of(*t)];
                in_sequence += m->*mark;
                if (*t > Time(0)) logs.push_back(std::log(seconds(*t)));
                if (is_periodic(*t)) periodic_logs.push_back(logs.back());
            }
        const int all = by_class[0] + by_class[1] + by_class[2];
        const char* names[] = {"short", "periodic", "long"};
        for (int i = 0; i < 3; ++i)
            add("imi_" + std::string(names[i]) + end, is_known && minutes_ > 0 ? by_class[i] : nan_value, "", by_class[i]);
        const auto log_normal = [&](const std::string& name, const Moments& m) {
            add(name + "_geometric_mean" + end, std::exp(m.mean), "s", m.count);
            add(name + "_log_sd" + end, m.sd, "", m.count);
            add(name + "_geometric_sd" + end, std::exp(m.sd), "", m.count);
        };
        log_normal("imi", Moments(logs));
        log_normal("imi_10_90", Moments(periodic_logs));
        add("pi_ferri2006" + end, all > 0 ? double(in_sequence) / all : nan_value, "", in_sequence);
    }

    void add_transitions() {
        int counts[3][3] = {};
        for (const Movement* m : here_)
            if (m->from >= 0 && m->to >= 0) ++counts[m->from][m->to];
        const char* names[] = {"short", "periodic", "long"};
        for (int a = 0; a < 3; ++a) {
            const int from = counts[a][0] + counts[a][1] + counts[a][2];
            for (int b = 0; b < 3; ++b)
                add("transition_" + std::string(names[a]) + "_" + names[b],
                    from > 0 ? double(counts[a][b]) / from : nan_value, "", counts[a][b]);
        }
    }

    void add_respiratory() {
        int events = 0, with = 0;
        if (night_.respiratory)
            for (const Event& e : *night_.respiratory) {
                const bool apnoea =
                    e.kind.find("pnea") != std::string::npos || e.kind.find("pnoea") != std::string::npos;
                if (!group_->when.contains(e.extent.onset) || (night_.apnoeas_only && !apnoea)) continue;
                ++events;
                const Time from =
                    (night_.respiratory_from_end ? e.extent.offset : e.extent.onset) - night_.respiratory_before;
                const Time to = e.extent.offset + night_.respiratory_after;
                with += std::any_of(all_.begin(), all_.end(), [&](const Movement& m) {
                    return m.candidate && m.onset <= to && m.onset + from_seconds(m.duration_s) >= from;
                });
            }
        add("respiratory_events", night_.respiratory && minutes_ > 0 ? 60 * events / minutes_ : nan_value, "1/h",
            events);
        add("respiratory_events_with_clm", events > 0 ? 100.0 * with / events : nan_value, "%", with);
    }

    const MovementNight& night_;
    std::vector<MovementIndex>& rows_;
    std::vector<Movement> all_;
    std::vector<const Movement*> here_;
    const Group* group_ = nullptr;
    double minutes_ = 0;
};

}  // namespace

std::vector<MovementIndex> movement_indices(const MovementNight& night) {
    std::vector<MovementIndex> rows;
    Counter counter(night, rows);
    std::vector<Group> groups = groups_of(night);
    const IntervalSet sleep = night.hypnogram.where(is_sleep);
    if (night.sleep_only)
        for (Group& group : groups) group.when = group.when.intersected(sleep);
    for (Group& group : groups) counter.count(group);
    return rows;
}

std::vector<IntervalBin> interval_histogram(const MovementNight& night) {
    std::vector<IntervalBin> bins;
    for (int i = 0; i < 45; ++i) bins.push_back({"linear", 2.0 * i, 2.0 * i + 2});
    bins.push_back({"linear", 90, std::numeric_limits<double>::infinity()});
    for (int i = 0; i < 45; ++i) bins.push_back({"log", std::exp(0.1 * i), std::exp(0.1 * (i + 1))});
    const std::vector<Movement> list = read_movements(night.movements);
    for (const Movement& m : list) {
        if (!night.window.contains(m.onset)) continue;
        const Stage stage = night.hypnogram.at(m.onset);
        for (IntervalBin& b : bins) {
            const auto inside = [&](const std::optional<Time>& t) {
                return t && seconds(*t) >= b.lower_s && seconds(*t) < b.upper_s;
            };
            if (inside(m.interval)) {
                ++b.all;
                b.sleep += is_sleep(stage);
                b.wake += stage == Stage::W;
            }
            if (night.respiratory && inside(m.interval_nr)) {
                ++b.all_nr;
                b.sleep_nr += is_sleep(stage);
                b.wake_nr += stage == Stage::W;
            }
        }
    }
    return bins;
}

}  // namespace psg::stats
