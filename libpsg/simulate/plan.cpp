// The plan of a simulated night: running the planners, finding places, finishing the truth.
// SPDX-License-Identifier: BSD-3-Clause
#include "libpsg/simulate/plan.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <functional>
#include <set>

#include "libpsg/simulate/elementary.hpp"
#include "libpsg/simulate/planners.hpp"

namespace psg::simulate {

using namespace std::chrono_literals;

namespace {

/// AASM: the stage that holds most of the epoch.
Hypnogram hypnogram_of(const std::vector<StatePiece>& states, Time duration) {
    Hypnogram h;
    h.source = "simulated";
    std::size_t first = 0;
    for (Time onset = 0s; onset + h.epoch <= duration; onset += h.epoch) {
        std::array<Time, 5> held{};
        while (states[first].extent.offset <= onset) ++first;
        for (std::size_t i = first; i < states.size() && states[i].extent.onset < onset + h.epoch; ++i)
            held[static_cast<std::size_t>(states[i].stage)] +=
                std::min(states[i].extent.offset, onset + h.epoch) - std::max(states[i].extent.onset, onset);
        const auto most = std::max_element(held.begin(), held.end()) - held.begin();
        h.stages.push_back(static_cast<Stage>(most));
    }
    return h;
}

/// Rows name the channels of the file: leads that are not recorded are counted instead, and a row of which nothing is
/// recorded is dropped.
void name_recorded(Draft& draft) {
    std::erase_if(draft.truth, [&](Event& event) {
        std::string kept;
        int missing = 0;
        for (std::size_t at = 0; at < event.channel.size();) {
            const std::size_t end = std::min(event.channel.find('+', at), event.channel.size());
            const std::string label = event.channel.substr(at, end - at);
            const auto is_it = [&](const Lead& lead) { return lead.label == label; };
            if (std::any_of(draft.leads.begin(), draft.leads.end(), is_it))
                kept += (kept.empty() ? "" : "+") + label;
            else
                ++missing;
            at = end + 1;
        }
        if (missing == 0) return false;
        event.channel = kept;
        event.measures.push_back({"missing_leads", static_cast<double>(missing)});
        return kept.empty();
    });
}

template <class Action>
void sort_actions(std::vector<Action>& actions) {
    std::stable_sort(actions.begin(), actions.end(),
                     [](const Action& a, const Action& b) { return a.extent.onset < b.extent.onset; });
}

}  // namespace

Plan make_plan(const SimulationOptions& options) {
    check(options);
    Draft draft;
    draft.options = options;
    draft.leads = leads_of(options);
    draft.duration = std::chrono::seconds(static_cast<std::int64_t>(std::floor(options.hours * 3600 + 0.5)));
    const auto run = [&](const char* name, void (*plan)(Draft&, Random&)) {
        Random random(options.seed, name);
        plan(draft, random);
    };
    run("stages", plan_stages);
    if (options.events) {
#define PSG_RUN_PLANNER(name) run(#name, plan_##name);
        PSG_PLANNERS(PSG_RUN_PLANNER)
#undef PSG_RUN_PLANNER
    }
    run("sleep_waves", plan_sleep_waves);
    run("lights", plan_lights);

    name_recorded(draft);
    draft.hypnogram = hypnogram_of(draft.states, draft.duration);
    sort_events(draft.truth);
    number_events(draft.truth);
    for (Event& event : draft.truth) event.stage = draft.hypnogram.at(event.extent.onset);
    sort_actions(draft.bursts);
    sort_actions(draft.waves);
    sort_actions(draft.accelerations);
    sort_actions(draft.heart_rises);
    sort_actions(draft.interferences);
    sort_actions(draft.faults);
    sort_actions(draft.breath_changes);
    return draft;
}

Interval Draft::usable() const {
    return {20s, duration - 30s};
}

bool Draft::recorded(Muscle muscle) const {
    return std::any_of(leads.begin(), leads.end(),
                       [&](const Lead& l) { return l.kind == Lead::Kind::muscle && l.muscle == muscle; });
}

std::vector<Burst> Draft::seen(std::vector<Burst> together) const {
    const auto is_recorded = [&](const Burst& b) { return recorded(b.muscle); };
    if (std::any_of(together.begin(), together.end(), is_recorded)) std::erase_if(together, std::not_fn(is_recorded));
    return together;
}

Pattern Draft::pattern(const std::vector<Burst>& together) const {
    std::vector<Burst> ordered = seen(together);
    std::stable_sort(ordered.begin(), ordered.end(), [](const Burst& a, const Burst& b) { return a.extent.onset < b.extent.onset; });
    Pattern p;
    p.first = ordered.front().muscle;
    p.extent = ordered.front().extent;
    std::set<Muscle> named;
    for (const Burst& b : ordered) {
        const double after_ms = 1000 * seconds(b.extent.onset - p.extent.onset);
        p.extent.offset = std::max(p.extent.offset, b.extent.offset);
        p.spread_ms = after_ms;
        p.rms_uv = std::max(p.rms_uv, b.rms_uv);
        if (named.insert(b.muscle).second)
            p.order += fmt::format("{}{} {:.4g}", p.order.empty() ? "" : ", ", muscle_label(b.muscle), after_ms);
    }
    return p;
}

std::vector<Muscle> muscles_of(const std::vector<Burst>& bursts) {
    std::vector<Muscle> muscles;
    for (const Burst& b : bursts)
        if (!std::count(muscles.begin(), muscles.end(), b.muscle)) muscles.push_back(b.muscle);
    return muscles;
}

std::string Draft::labels(const std::vector<Muscle>& muscles, bool head) const {
    std::string text;
    const auto name = [&](const std::string& label) { text += (text.empty() ? "" : "+") + label; };
    if (head)
        for (const Lead& lead : leads)
            if (lead.on_head()) name(lead.label);
    for (int m = 0; m < muscle_count; ++m)
        if (std::count(muscles.begin(), muscles.end(), static_cast<Muscle>(m))) name(muscle_label(static_cast<Muscle>(m)));
    return text;
}

Stage Draft::state_at(Time t) const {
    const auto after = std::upper_bound(states.begin(), states.end(), t,
                                        [](Time moment, const StatePiece& p) { return moment < p.extent.onset; });
    return after == states.begin() ? Stage::unknown : std::prev(after)->stage;
}

void Draft::set_state(Interval interval, Stage stage, bool eyes_open) {
    interval.offset = std::min(interval.offset, duration);
    if (interval.duration() <= 0s) return;
    std::vector<StatePiece> result;
    bool placed = false;
    const auto keep = [&](StatePiece piece, Interval part) {
        piece.extent = part;
        if (part.duration() > 0s) result.push_back(piece);
    };
    for (const StatePiece& piece : states) {
        keep(piece, {piece.extent.onset, std::min(piece.extent.offset, interval.onset)});
        if (!placed && piece.extent.offset > interval.onset) {
            result.push_back({interval, stage, eyes_open});
            placed = true;
        }
        keep(piece, {std::max(piece.extent.onset, interval.offset), piece.extent.offset});
    }
    states = std::move(result);
}

void Draft::awaken(Interval wake) {
    set_state(wake, Stage::W);
    if (state_at(wake.offset) != Stage::W) set_state({wake.offset, wake.offset + 40s}, Stage::N1);
}

bool Draft::arouse(Random& random, Interval extent, Interval own) {
    const double gain = random.uniform(0.08, 0.2);
    const IntervalSet asleep = where([](const StatePiece& p) { return is_sleep(p.stage); });
    const IntervalSet others = booked.without(IntervalSet({own}));
    if (!asleep.covers({extent.onset - 12s, extent.offset + 1s}) ||
        others.overlaps({extent.onset - 12s, extent.offset + 12s}))
        return false;
    add_truth("arousal", extent, groups);
    accelerations.push_back({extent});
    heart_rises.push_back({{extent.onset, extent.onset + 20s}, gain});
    booked.add(extent);
    quiet_eeg.add({extent.onset - 2s, extent.offset + 2s});
    return true;
}

std::optional<Time> Draft::place(Random& random, const IntervalSet& candidates, Time length, Time margin,
                                 bool legs) const {
    // All onsets that fit, then one of them by its position in their total length.
    std::vector<Interval> fitting;
    for (const Interval& c : candidates.intervals()) fitting.push_back({c.onset, c.offset - length});
    const auto blocked = [&](const IntervalSet& set, Time distance) {
        std::vector<Interval> around;
        for (const Interval& b : set.intervals()) around.push_back({b.onset - distance - length, b.offset + distance});
        return IntervalSet(std::move(around));
    };
    IntervalSet onsets = IntervalSet(std::move(fitting)).without(blocked(booked, margin));
    if (legs) onsets = onsets.without(blocked(leg_activity, 95s));
    if (onsets.empty()) return std::nullopt;
    // whole milliseconds: a truth table that people can read
    Time rest(static_cast<std::int64_t>(random.uniform() * static_cast<double>(onsets.total().count())) / 1000 * 1000);
    for (const Interval& o : onsets.intervals()) {
        if (rest < o.duration()) return o.onset + rest;
        rest -= o.duration();
    }
    return std::nullopt;
}

int Draft::count(double per_hour, Time of) const {
    return static_cast<int>(std::ceil(per_hour * hours(of) - 1e-9));
}

double Draft::strength(Random& random, double median_uv, double spread, double low_uv, double high_uv) const {
    if (options.style == "default") return std::clamp(random.log_normal(median_uv, spread), low_uv, high_uv);
    return exponential(random.uniform(logarithm(low_uv), logarithm(high_uv)));
}

Event& Draft::add_truth(const char* kind, Interval extent, int group, const char* channel, Side side) {
    Event event;
    event.kind = kind;
    event.extent = extent;
    event.channel = channel;
    event.side = side;
    event.measures.push_back({"group", static_cast<double>(group)});
    truth.push_back(std::move(event));
    return truth.back();
}

}  // namespace psg::simulate
