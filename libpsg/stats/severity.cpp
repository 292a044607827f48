// How often, how strong, how long, how clustered, what followed, and what was published about it.
// SPDX-License-Identifier: BSD-3-Clause
#include "libpsg/stats/severity.hpp"

#include <algorithm>
#include <chrono>
#include <cmath>
#include <functional>
#include <limits>
#include <map>

#include "libpsg/stats/agreement.hpp"
#include "libpsg/stats/intervals.hpp"

namespace psg::stats {

namespace {

using namespace std::chrono_literals;

constexpr double nan_value = std::numeric_limits<double>::quiet_NaN();
constexpr Time cluster_gap = 10s;   // proposed, as of hypnic jerks
constexpr Time arousal_gap = 500ms; // WASM 2016: less than half a second apart
constexpr Time breath_gap = 500ms;  // WASM 2016: from 0.5 s before a respiratory event to 0.5 s after it
constexpr Time wake_after = 15s;    // proposed, as of large movements: the epoch at this time after the end is wake

Quartiles quartiles_of(std::vector<double> values) {
    std::erase_if(values, [](double v) { return std::isnan(v); });
    if (values.empty()) return {nan_value, nan_value, nan_value};
    std::sort(values.begin(), values.end());
    return {quantile(values, 0.25), quantile(values, 0.5), quantile(values, 0.75)};
}

// Share of those of which it is known.
double share(const std::vector<double>& flags) {
    double yes = 0, known = 0;
    for (const double f : flags)
        if (!std::isnan(f)) {
            ++known;
            yes += f > 0;
        }
    return known > 0 ? yes / known : nan_value;
}

bool is_leg(const Event& e) { return e.kind == "leg_movement" || e.kind == "long_leg_movement"; }
bool is_combined(const Event& e) { return e.kind == "periodic_leg_movement" || e.kind == "nonperiodic_leg_movement"; }
bool counts(const Event& e) { return e.number("scored") != 0; }

// What is known of one event.
struct Facts {
    const Event* event = nullptr;
    double ratio = nan_value, uv = nan_value, burst_ms = nan_value;
    std::string ratio_of, uv_of;
    double clustered = nan_value, woke = nan_value, aroused = nan_value, respiratory = nan_value;
};

class Observer {
public:
    explicit Observer(const SeverityNight& night) : night_(night) {
        for (const Event& e : night.events) {
            if (is_leg(e)) legs_.push_back(&e);
            if (counts(e)) same_[{e.kind, e.channel}].push_back(e.extent.onset);
            if (e.kind == "periodic_leg_movement") periodic_.add(e.extent);
        }
        for (auto& [key, onsets] : same_) std::sort(onsets.begin(), onsets.end());
        if (night.arousals)
            for (const Event& a : *night.arousals) aroused_.add({a.extent.onset - arousal_gap, a.extent.offset + arousal_gap});
        if (night.respiratory)
            for (const Event& r : *night.respiratory) breathing_.add({r.extent.onset - breath_gap, r.extent.offset + breath_gap});
    }

    Facts look(const Event& e) const {
        Facts f;
        f.event = &e;
        strength(e, f);
        f.burst_ms = e.number("burst_length_ms");
        f.clustered = clustered(e);
        f.woke = woke(e);
        f.aroused = aroused(e);
        f.respiratory = respiratory(e);
        return f;
    }

private:
    static void take_strength(const Event& e, Facts& f) {
        const auto first = [&](std::initializer_list<const char*> names, double& value, std::string& of) {
            for (const char* name : names)
                if (const double v = e.number(name); !std::isnan(v)) {
                    value = v;
                    of = name;
                    return;
                }
        };
        first({"strength_ratio", "power_ratio"}, f.ratio, f.ratio_of);
        first({"peak_uv", "amplitude_uv", "stripe_uv"}, f.uv, f.uv_of);
        // leg movements tell rest and rise above it
        if (const double rest = e.number("resting_uv"), rise = e.number("rise_uv"); is_leg(e) && rest > 0 && !std::isnan(rise)) {
            f.ratio = (rest + rise) / rest;
            f.ratio_of = "(resting_uv + rise_uv) / resting_uv";
        }
    }

    // A combined movement is as strong as the strongest movement of one leg that lies in it.
    void strength(const Event& e, Facts& f) const {
        if (!is_combined(e)) return take_strength(e, f);
        for (const Event* leg : legs_) {
            if (leg->extent.onset >= e.extent.offset) break;
            if (leg->extent.onset < e.extent.onset || leg->extent.offset > e.extent.offset) continue;
            Facts one;
            take_strength(*leg, one);
            if (!(one.ratio <= f.ratio) && !std::isnan(one.ratio)) f.ratio = one.ratio, f.ratio_of = one.ratio_of + " of the strongest leg movement in it";
            if (!(one.uv <= f.uv) && !std::isnan(one.uv)) f.uv = one.uv, f.uv_of = one.uv_of + " of the strongest leg movement in it";
        }
    }

    double clustered(const Event& e) const {
        if (is_combined(e)) return e.number("series") > 0;
        if (is_leg(e)) return periodic_.overlaps(e.extent);
        if (e.kind == "hypnic_jerk" && !std::isnan(e.number("cluster_size")))
            return e.number("cluster_size") > 1 || e.number("in_series") == 1;
        const auto& onsets = same_.at({e.kind, e.channel});
        const auto here = std::lower_bound(onsets.begin(), onsets.end(), e.extent.onset);
        return (here != onsets.begin() && e.extent.onset - *(here - 1) <= cluster_gap) ||
               (here + 1 < onsets.end() && *(here + 1) - e.extent.onset <= cluster_gap);
    }

    double woke(const Event& e) const {
        if (!is_sleep(e.stage)) return nan_value;
        if (e.kind == "hypnic_jerk") return e.number("woke");
        const Stage after = night_.hypnogram.at(e.extent.offset + wake_after);
        return after == Stage::unknown ? nan_value : double(after == Stage::W);
    }

    double aroused(const Event& e) const {
        if (!is_sleep(e.stage) || e.kind == "arousal" || e.kind == "awakening") return nan_value;
        for (const char* own : {"arousal", "aroused"})
            if (const double v = e.number(own); !std::isnan(v)) return v;
        const bool seen = night_.arousals && (!night_.arousals_at_risk || night_.arousals_at_risk->contains(e.extent.onset));
        return seen ? double(aroused_.overlaps(e.extent)) : nan_value;
    }

    double respiratory(const Event& e) const {
        if (const double own = e.number("respiratory"); !std::isnan(own)) return own;
        return night_.respiratory ? double(breathing_.overlaps(e.extent)) : nan_value;
    }

    const SeverityNight& night_;
    std::vector<const Event*> legs_;
    std::map<std::pair<std::string, std::string>, std::vector<Time>> same_;  // onsets by class and channel
    IntervalSet periodic_, aroused_, breathing_;
};

// Wake that sleep follows within `before`.
IntervalSet wake_before_sleep(const Hypnogram& h, Time before) {
    IntervalSet set;
    for (std::size_t i = 0; i < h.stages.size(); ++i) {
        if (h.stages[i] != Stage::W) continue;
        for (std::size_t k = i + 1; k < h.stages.size() && h.epoch_extent(k).onset - h.epoch_extent(i).onset <= before; ++k)
            if (is_sleep(h.stages[k])) {
                set.add(h.epoch_extent(i));
                break;
            }
    }
    return set;
}

bool looks_at_sleep_onset(const std::string& kind) {
    return kind == "hypnic_jerk" || kind == "hypnagogic_foot_tremor" || kind == "propriospinal_myoclonus";
}

// Stages and groups of a class, with their time.
std::vector<std::pair<std::string, IntervalSet>> groups_of(const std::string& kind, const SeverityNight& night) {
    const Hypnogram& h = night.hypnogram;
    std::vector<std::pair<std::string, IntervalSet>> groups;
    for (const Stage s : scored_stages) groups.emplace_back(stage_name(s), h.where([s](Stage x) { return x == s; }));
    groups.emplace_back("NREM", h.where(is_nrem));
    groups.emplace_back("sleep", h.where(is_sleep));
    groups.emplace_back("all", h.where([](Stage) { return true; }));
    if (looks_at_sleep_onset(kind)) {
        const IntervalSet before = wake_before_sleep(h, night.before_sleep);
        groups.emplace_back("wake_before_sleep", before);
        groups.emplace_back("sleep_onset", before.united(h.where([](Stage s) { return s == Stage::N1; })));
    }
    return groups;
}

template <class F>
auto collect(const std::vector<const Facts*>& facts, F value) {
    std::vector<double> values;
    for (const Facts* f : facts) values.push_back(value(*f));
    return values;
}

SeverityRow row_of(const std::string& kind, const std::string& stage, double minutes, const std::vector<const Facts*>& facts) {
    SeverityRow r;
    r.name = kind;
    r.stage = stage;
    r.count = static_cast<int>(facts.size());
    r.minutes = minutes;
    r.rate = minutes > 0 ? 60 * r.count / minutes : nan_value;
    const Estimate rate = poisson_rate(r.count, minutes / 60);
    r.rate_low = rate.low, r.rate_high = rate.high;
    r.ratio = quartiles_of(collect(facts, [](const Facts& f) { return f.ratio; }));
    r.uv = quartiles_of(collect(facts, [](const Facts& f) { return f.uv; }));
    for (const Facts* f : facts) {
        if (r.ratio_of.empty()) r.ratio_of = f->ratio_of;
        if (r.uv_of.empty()) r.uv_of = f->uv_of;
    }
    r.length_s = quartiles_of(collect(facts, [](const Facts& f) { return seconds(f.event->extent.duration()); }));
    r.burst_ms = quartiles_of(collect(facts, [](const Facts& f) { return f.burst_ms; }));
    r.clustered = share(collect(facts, [](const Facts& f) { return f.clustered; }));
    r.woke = share(collect(facts, [](const Facts& f) { return f.woke; }));
    r.aroused = share(collect(facts, [](const Facts& f) { return f.aroused; }));
    r.respiratory = share(collect(facts, [](const Facts& f) { return f.respiratory; }));
    return r;
}

double value_of(const Norm& norm, const SeverityRow& row, const std::vector<const Facts*>& facts, const SeverityNight& night) {
    if (norm.of == "rate") return row.rate;
    if (norm.of == "count") return row.count;
    if (norm.of == "length_median") return row.length_s.median;
    if (norm.of == "burst_median") return row.burst_ms.median;
    if (norm.of == "uv_median") return row.uv.median;
    if (norm.of == "leg_uv_median")
        return quartiles_of(collect(facts, [&](const Facts& f) {
                   return night.leg_channels.count(f.event->channel) ? f.uv : nan_value;
               })).median;
    for (const NightIndex& i : night.indices)
        if (i.name == norm.of && i.stage == norm.stage) return i.value;
    return nan_value;
}

// Of the events of a class that count.
std::vector<Facts> facts_of(const std::string& kind, const SeverityNight& night, const Observer& observer) {
    std::vector<Facts> all;
    for (const Event& e : night.events)
        if (e.kind == kind && counts(e) && night.window.contains(e.extent.onset)) all.push_back(observer.look(e));
    return all;
}

std::vector<const Facts*> facts_in(const std::vector<Facts>& all, const IntervalSet& time) {
    std::vector<const Facts*> some;
    for (const Facts& f : all)
        if (time.contains(f.event->extent.onset)) some.push_back(&f);
    return some;
}

double minutes_of(const IntervalSet& time) { return static_cast<double>(time.total().count()) / 6e7; }

// The verdict, unless there was too little time for one.
NormVerdict verdict_of(const Norm& norm, double value, double minutes, const SeverityNight& night) {
    const NormVerdict verdict = compare(norm, value);
    if (norm.aspect != "frequency") return verdict;
    const bool adds_up = norm.unit == "1/night" || norm.unit == "min";
    if (adds_up && minutes < night.night_needs_min) return verdict.flag == "outside the published range" ? verdict : NormVerdict{};
    return !adds_up && minutes < night.rate_needs_min ? NormVerdict{} : verdict;
}

}  // namespace

Severity severity(const SeverityNight& night) {
    Severity result;
    const Observer observer(night);
    for (const ClassAtRisk& c : night.classes) {
        const std::vector<Facts> all = facts_of(c.name, night, observer);
        const IntervalSet at_risk = c.at_risk.intersected(night.window);
        for (const auto& [stage, time] : groups_of(c.name, night)) {
            const auto facts = facts_in(all, time);
            const double minutes = minutes_of(at_risk.intersected(time));
            result.rows.push_back(row_of(c.name, stage, minutes, facts));
            for (const Norm& norm : norms())
                if (norm.kind == c.name && norm.stage == stage) {
                    const double value = value_of(norm, result.rows.back(), facts, night);
                    result.norms.push_back({&norm, value, verdict_of(norm, value, minutes, night)});
                }
        }
    }
    return result;
}

std::vector<PartRow> severity_by_part(const SeverityNight& night, const std::vector<NightPart>& parts) {
    const Hypnogram& h = night.hypnogram;
    const std::vector<std::pair<std::string, IntervalSet>> groups{{"W", h.where([](Stage s) { return s == Stage::W; })},
                                                                  {"sleep", h.where(is_sleep)},
                                                                  {"all", h.where([](Stage) { return true; })}};
    std::vector<PartRow> rows;
    const Observer observer(night);
    for (const ClassAtRisk& c : night.classes) {
        const std::vector<Facts> all = facts_of(c.name, night, observer);
        const IntervalSet at_risk = c.at_risk.intersected(night.window);
        for (const NightPart& part : parts)
            for (const auto& [stage, time] : groups) {
                const IntervalSet there = time.intersected(part.time);
                rows.push_back({part.division, part.name, row_of(c.name, stage, minutes_of(at_risk.intersected(there)), facts_in(all, there))});
            }
    }
    return rows;
}

std::string aspect_flag(const Severity& severity, const SeverityRow& row, const std::string& aspect) {
    std::string flag;
    const auto rank = [](const std::string& f) { return f.empty() ? 0 : f == "usual" ? 1 : f == "depends on age" ? 2 : 3; };
    for (const SeverityNorm& n : severity.norms)
        if (n.norm->kind == row.name && n.norm->stage == row.stage && n.norm->aspect == aspect && rank(n.verdict.flag) > rank(flag))
            flag = n.verdict.flag;
    return flag;
}

}  // namespace psg::stats
