// Trains of bursts: chains of onsets at the right distance, alike in strength, steady enough.
// SPDX-License-Identifier: BSD-3-Clause
#include "libpsg/events/leg_trains.hpp"

#include <algorithm>
#include <chrono>
#include <cmath>
#include <map>
#include <optional>
#include <set>

#include "libpsg/events/jerk_excerpts.hpp"
#include "libpsg/events/regions_active.hpp"
#include "libpsg/signal/statistics.hpp"

namespace psg::events {

using namespace std::chrono_literals;

namespace {

double median_of(std::vector<float> values) { return signal::median(values); }

// All bursts of a muscle, with edges that take in what is weak or, `sharp`, none of it; those that are too long end a train, and so do strong ones that are too short (see chains()).
std::vector<TrainBurst> bursts_in(const Muscles& muscles, std::size_t m, const TrainRules& rules, bool sharp) {
    BurstLimits limits;
    limits.on_ratio = rules.on_ratio;
    limits.off_ratio = std::min(1.5, rules.on_ratio);
    limits.off_peak_fraction = 0.1;
    limits.smoothing_ms = 30;  // fast trains have pauses of a tenth of a second
    limits.join_ms = 30;
    limits.min_ms = std::min(30.0, rules.min_burst_ms);
    if (sharp) {  // pauses of less than a tenth of a second, between bursts that do not end at once
        limits.off_peak_fraction = 0.25;
        limits.smoothing_ms = 20;
        limits.join_ms = 10;
    }
    std::vector<TrainBurst> list;
    for (const MuscleBurst& b : bursts_of(*muscles.all()[m].activity, limits))
        if (b.peak_uv >= b.rest_uv + static_cast<float>(rules.on_uv)) list.push_back({b, m, side_of(muscles.all()[m].role)});
    if (sharp) {  // what a burst fades into, or rises from
        std::vector<TrainBurst> kept;
        for (std::size_t i = 0; i < list.size(); ++i) {
            const MuscleBurst& b = list[i].burst;
            const auto part_of = [&](const MuscleBurst& other, Time pause) { return pause < 50ms && static_cast<double>(b.peak_uv) < 2 * limits.off_peak_fraction * static_cast<double>(other.peak_uv); };
            if ((i > 0 && part_of(list[i - 1].burst, b.extent.onset - list[i - 1].burst.extent.offset)) ||
                (i + 1 < list.size() && part_of(list[i + 1].burst, list[i + 1].burst.extent.onset - b.extent.offset)))
                continue;
            kept.push_back(list[i]);
        }
        list = std::move(kept);
    }
    return list;
}

double interval_s(const TrainBurst& a, const TrainBurst& b) { return seconds(b.burst.extent.onset - a.burst.extent.onset); }

bool steady(const std::vector<TrainBurst>& chain, double max_cv) {
    double sum = 0, squares = 0;
    for (std::size_t i = 1; i < chain.size(); ++i) {
        const double s = interval_s(chain[i - 1], chain[i]);
        sum += s;
        squares += s * s;
    }
    const double n = static_cast<double>(chain.size() - 1), mean = sum / n;
    // four bursts are steady by chance more easily than seven
    return std::sqrt(std::max(0.0, squares / n - mean * mean)) <= max_cv * mean * std::min(1.0, n / 6);
}

// Takes the bursts out that are unlike the others; false if too few are left.
bool alike(std::vector<TrainBurst>& chain, const TrainRules& rules) {
    std::vector<float> strength;
    for (const TrainBurst& b : chain) strength.push_back(b.burst.peak_uv);
    const double middle = median_of(strength);
    std::erase_if(chain, [&](const TrainBurst& b) {
        const auto uv = static_cast<double>(b.burst.peak_uv);
        return uv > rules.max_unlike * middle || uv * rules.max_unlike < middle;
    });
    return chain.size() >= static_cast<std::size_t>(rules.min_bursts);
}

// Cuts a list of bursts into chains wherever `linked` does not hold between neighbours. A short chain beside which the muscle
// goes on faster than `max_hz` is no train of discrete bursts (proposed: fewer than one and a half times `min_bursts`): of a
// faster rhythm some bursts run together.
template <class Linked>
std::vector<Train> chains(const std::vector<TrainBurst>& list, const TrainRules& rules, Linked linked) {
    std::vector<Train> trains;
    std::vector<TrainBurst> chain;
    std::optional<TrainBurst> brief;  // the last one that is too short, and strong
    bool crowded = false;
    const auto close = [&](bool faster) {
        const bool cut = (crowded || faster) && 2 * chain.size() < 3 * static_cast<std::size_t>(rules.min_bursts);
        if (!cut && chain.size() >= static_cast<std::size_t>(rules.min_bursts) && alike(chain, rules) && steady(chain, rules.max_cv))
            trains.push_back({chain});
        chain.clear();
        crowded = faster;
    };
    for (const TrainBurst& b : list) {
        const double ms = seconds(b.burst.extent.duration()) * 1e3;
        const bool near = !chain.empty() && interval_s(chain.back(), b) * rules.max_hz < 1;
        if (ms > rules.max_burst_ms) {
            close(false);
            continue;
        }
        if (ms < rules.min_burst_ms) {  // too weak ones do not matter
            if (chain.empty() || b.muscle != chain.back().muscle || 2 * b.burst.peak_uv < chain.back().burst.peak_uv) continue;
            if (near) close(true);
            brief = b;
            continue;
        }
        if (!chain.empty() && brief && brief->muscle == b.muscle && interval_s(*brief, b) * rules.max_hz < 1) close(true);
        brief.reset();
        if (!chain.empty() && !linked(chain.back(), b)) close(near && b.muscle == chain.back().muscle);
        chain.push_back(b);
    }
    close(false);
    return trains;
}

// Discrete bursts have pauses between them: no muscle is active all the time.
bool has_pauses(const Train& train, double max_filled) {
    std::map<std::size_t, Time> active;
    for (const TrainBurst& b : train.bursts) active[b.muscle] += b.burst.extent.duration();
    return std::all_of(active.begin(), active.end(),
                       [&](const auto& a) { return seconds(a.second) <= max_filled * seconds(train.extent().duration()); });
}

// What is left of heart beats after their mean is taken away, where they begin or change (proposed): bursts as short as a QRS
// complex, smoothed, three quarters of them at an R wave.
bool of_the_heart(const Train& train, const Signal* ecg) {
    std::vector<float> lengths;
    for (const TrainBurst& b : train.bursts) lengths.push_back(static_cast<float>(seconds(b.burst.extent.duration())));
    if (!ecg || median_of(lengths) > 0.15) return false;
    const Interval extent = train.extent();
    const std::vector<Time> beats = heart_beats(*ecg, {extent.onset - 1s, extent.offset + 1s});
    const auto on_beat = std::count_if(train.bursts.begin(), train.bursts.end(), [&](const TrainBurst& b) {
        const Time onset = b.burst.extent.onset;
        return std::any_of(beats.begin(), beats.end(), [&](Time beat) { return beat >= onset - 50ms && beat <= onset + 100ms; });
    });
    return 4 * static_cast<std::size_t>(on_beat) >= 3 * train.bursts.size();
}

// Fragmentary myoclonus has no rhythm, but where its potentials come several times a minute some of them are steady by chance. So
// these are none (proposed): bursts as short as potentials, slower than 2 Hz, with three more beside them, a third as strong or
// stronger, within half a minute.
bool of_myoclonus(const Train& train, const std::vector<TrainBurst>& all) {
    constexpr float longest_s = 0.2F, slowest_s = 0.5F;  // a potential of 150 ms with its edges
    std::vector<float> lengths, intervals, peaks;
    for (std::size_t i = 0; i < train.bursts.size(); ++i) {
        lengths.push_back(static_cast<float>(seconds(train.bursts[i].burst.extent.duration())));
        peaks.push_back(train.bursts[i].burst.peak_uv);
        if (i > 0) intervals.push_back(static_cast<float>(interval_s(train.bursts[i - 1], train.bursts[i])));
    }
    if (median_of(lengths) > longest_s || median_of(intervals) <= slowest_s) return false;
    const Interval extent = train.extent(), around{extent.onset - 30s, extent.offset + 30s};
    const auto strong = static_cast<float>(median_of(peaks) / 3);
    return std::count_if(all.begin(), all.end(), [&](const TrainBurst& b) {
               return around.contains(b.burst.extent.onset) && !extent.overlaps(b.burst.extent) &&
                      b.burst.peak_uv >= strong && static_cast<float>(seconds(b.burst.extent.duration())) <= longest_s;
           }) >= 3;
}

// Leaves out trains of something else. A channel that swings against its limit shows a train of edges: a third of its bursts
// looks like no muscle, or half of them lie where the channel is told to show none.
void drop_artificial(std::vector<Train>& trains, const Muscles& muscles, const Night& night, const TrainRules& rules) {
    std::vector<IntervalSet> hidden;
    for (const Muscles::Muscle& m : muscles.all()) hidden.push_back(hidden_in(night, m.signal->label));
    std::erase_if(trains, [&](const Train& train) {
        std::size_t alike = 0, told = 0;
        for (const TrainBurst& b : train.bursts) {
            alike += is_artefact(*muscles.all()[b.muscle].signal, b.burst.extent);
            told += hidden[b.muscle].overlaps(b.burst.extent);
        }
        return 3 * alike >= train.bursts.size() || 2 * told >= train.bursts.size() || !has_pauses(train, rules.max_filled) ||
               of_the_heart(train, night.find(Role::ecg));
    });
}

// Leaves out what is done at will: two parts of it or more move along that are not in the train (those of the legs do not count
// beside a leg).
void drop_voluntary(std::vector<Train>& trains, const Muscles& muscles, const Night& night) {
    if (trains.empty()) return;
    Findings ignored;
    const Muscles body(night, muscle_roles(), "", ignored);
    std::erase_if(trains, [&](const Train& train) {
        std::set<Part> in_train;
        for (const TrainBurst& b : train.bursts) in_train.insert(part_of(muscles.all()[b.muscle].role));
        const bool legs = std::all_of(in_train.begin(), in_train.end(), is_leg);
        std::set<Part> others = moving_parts(body, train.extent());
        std::erase_if(others, [&](Part p) { return in_train.count(p) > 0 || (legs && is_leg(p)); });
        return others.size() >= (legs ? enough_parts(body) : 2);
    });
}

bool onset_order(const TrainBurst& a, const TrainBurst& b) {
    return a.burst.extent.onset != b.burst.extent.onset ? a.burst.extent.onset < b.burst.extent.onset : a.muscle < b.muscle;
}

}  // namespace

Interval Train::extent() const {
    Interval all = bursts.front().burst.extent;
    for (const TrainBurst& b : bursts) all.offset = std::max(all.offset, b.burst.extent.offset);
    return all;
}

std::vector<Train> trains_of_each(const Muscles& muscles, const Night& night, const TrainRules& rules) {
    std::vector<Train> all;
    const auto trains = [&](const std::vector<TrainBurst>& bursts, const TrainRules& r) {
        return chains(bursts, r, [&](const TrainBurst& a, const TrainBurst& b) {
            const double s = interval_s(a, b);
            return s * r.min_hz <= 1 && s * r.max_hz >= 1;
        });
    };
    for (std::size_t m = 0; m < muscles.all().size(); ++m) {
        const std::vector<TrainBurst> bursts = bursts_in(muscles, m, rules, false);
        std::vector<Train> own = trains(bursts, rules);
        std::erase_if(own, [&](const Train& train) { return of_myoclonus(train, bursts); });
        all.insert(all.end(), own.begin(), own.end());
        if (!rules.sharp_hz) continue;
        TrainRules fast = rules;
        fast.min_hz = *rules.sharp_hz;
        for (Train& t : trains(bursts_in(muscles, m, fast, true), fast))
            if (std::none_of(own.begin(), own.end(), [&](const Train& o) { return o.extent().overlaps(t.extent()); })) all.push_back(std::move(t));
    }
    drop_artificial(all, muscles, night, rules);
    std::stable_sort(all.begin(), all.end(),
                     [](const Train& a, const Train& b) { return a.extent().onset < b.extent().onset; });
    std::vector<Train> joined;
    for (Train& t : all) {
        if (!joined.empty() && joined.back().extent().overlaps(t.extent())) {
            std::vector<TrainBurst>& into = joined.back().bursts;
            into.insert(into.end(), t.bursts.begin(), t.bursts.end());
            std::sort(into.begin(), into.end(), onset_order);
        } else {
            joined.push_back(std::move(t));
        }
    }
    drop_voluntary(joined, muscles, night);
    return joined;
}

std::vector<Train> alternating_trains(const Muscles& muscles, const Night& night, const TrainRules& rules) {
    std::vector<TrainBurst> list;
    for (std::size_t m = 0; m < muscles.all().size(); ++m)
        for (const TrainBurst& b : bursts_in(muscles, m, rules, false)) list.push_back(b);
    std::sort(list.begin(), list.end(), onset_order);
    std::vector<Train> trains = chains(list, rules, [&](const TrainBurst& a, const TrainBurst& b) {
        const double s = interval_s(a, b);
        return a.side != b.side && s * rules.min_hz <= 1 && s * rules.max_hz >= 1;
    });
    std::erase_if(trains, [&](const Train& train) { return of_myoclonus(train, list); });
    drop_artificial(trains, muscles, night, rules);
    drop_voluntary(trains, muscles, night);
    return trains;
}

Event event_of(const Train& train, const Muscles& muscles, const std::string& kind) {
    Event e;
    e.kind = kind;
    e.extent = train.extent();
    std::set<std::size_t> used;
    std::vector<float> lengths, intervals, peaks, ratios;
    std::vector<const TrainBurst*> last(muscles.all().size(), nullptr);
    const bool alternating = kind == "alternating_leg_muscle_activation";
    const TrainBurst* before = nullptr;
    for (const TrainBurst& b : train.bursts) {
        used.insert(b.muscle);
        lengths.push_back(static_cast<float>(seconds(b.burst.extent.duration()) * 1e3));
        peaks.push_back(b.burst.peak_uv);
        ratios.push_back(b.burst.peak_uv / b.burst.rest_uv);
        const TrainBurst* from = alternating ? before : last[b.muscle];
        if (from) intervals.push_back(static_cast<float>(interval_s(*from, b)));
        last[b.muscle] = before = &b;
    }
    bool left = false, right = false;
    for (const std::size_t m : used) {
        e.channel += (e.channel.empty() ? "" : "+") + muscles.all()[m].signal->label;
        left = left || side_of(muscles.all()[m].role) == Side::left;
        right = right || side_of(muscles.all()[m].role) == Side::right;
    }
    e.side = left && right ? Side::both : left ? Side::left : right ? Side::right : Side::none;
    double sum = 0, squares = 0;
    for (const float s : intervals) {
        sum += static_cast<double>(s);
        squares += static_cast<double>(s) * static_cast<double>(s);
    }
    const double n = static_cast<double>(intervals.size()), mean = sum / n;
    const auto shown = [](double x) { return std::round(x * 100) / 100; };
    e.measures = {{"bursts", static_cast<double>(train.bursts.size())},
                  {"frequency_hz", shown(1 / median_of(intervals))},
                  {"interval_cv", shown(std::sqrt(std::max(0.0, squares / n - mean * mean)) / mean)},
                  {"burst_length_ms", shown(median_of(lengths))},
                  {"peak_uv", shown(median_of(peaks))},
                  {"strength_ratio", shown(median_of(ratios))}};
    return e;
}

const std::vector<MeasureInfo>& train_measures() {
    static const std::vector<MeasureInfo> list{
        {"bursts", "", "bursts of the train, those of both sides counted"},
        {"frequency_hz", "Hz", "one over the median interval from onset to onset (alternating: from side to side)"},
        {"interval_cv", "", "coefficient of variation of these intervals"},
        {"burst_length_ms", "ms", "median length of the bursts"},
        {"peak_uv", "uV", "median of the bursts' highest amplitude (rms of 50 ms above 20 Hz)"},
        {"strength_ratio", "", "median of the same over the resting level"}};
    return list;
}

void set_up_legs(const Muscles& legs, const Night& night, std::size_t needed, const std::string& detector, Detection& found) {
    std::set<Role> sides;
    IntervalSet all, any;
    for (const Muscles::Muscle& m : legs.all()) {
        const IntervalSet seen = m.activity->visible.without(hidden_in(night, m.signal->label));
        all = sides.empty() ? seen : sides.count(m.role) ? all.united(seen) : all.intersected(seen);
        any = any.united(seen);
        sides.insert(m.role);
    }
    found.at_risk = needed == 2 ? all : any;
    found.ran = sides.size() >= needed && !found.at_risk.empty();
    if (!found.ran) {
        found.at_risk = {};
        found.findings.push_back({FindingCode::DETECTOR_NOT_RUN, detector + ": " +
                                                                     (needed == 2 ? "both legs are" : "a leg channel is") +
                                                                     " needed, with a signal in it" + legs.lacked()});
        return;
    }
    if (needed == 1) found.partly_at_risk = sides.size() == 2 ? any.without(all) : any;
}

bool at_sleep_onset(const Hypnogram& hypnogram, Time t, double before_min) {
    const Stage here = hypnogram.at(t);
    if (here == Stage::N1) return true;
    if (here != Stage::W) return false;
    for (Time later = t; later <= t + from_seconds(60 * before_min); later += hypnogram.epoch)
        if (is_sleep(hypnogram.at(later))) return true;
    return false;
}

}  // namespace psg::events
