// Sleep architecture from a hypnogram.
// SPDX-License-Identifier: BSD-3-Clause
#include "libpsg/stats/sleep_architecture.hpp"

#include <algorithm>
#include <limits>

namespace psg::stats {

namespace {

using namespace std::chrono_literals;

constexpr double nan_value = std::numeric_limits<double>::quiet_NaN();
constexpr Time persistent_sleep = 10min;  // Luna's LPS
constexpr Time shortest_nrem = 15min;     // Feinberg & Floyd 1979
constexpr Time shortest_rem = 5min;       // the same; not asked of the first cycle
constexpr Time rem_interruption = 15min;  // shorter ones do not end a REM period
constexpr Time skipped_rem = 15min;       // as much W or N1 ends a NREM period without REM

double minutes(Time t) { return seconds(t) / 60; }
double percent(double part, double whole) { return whole > 0 ? 100 * part / whole : nan_value; }

// Epochs that begin in `in_bed`.
struct Window {
    std::size_t first = 0, end = 0;
};
Window window_of(const Hypnogram& h, const Interval& in_bed) {
    Window w{h.stages.size(), h.stages.size()};
    for (std::size_t i = 0; i < h.stages.size(); ++i) {
        const bool inside = in_bed.contains(h.epoch_extent(i).onset);
        if (inside && w.first == h.stages.size()) w.first = i;
        if (!inside && w.first < i && w.end == h.stages.size()) w.end = i;
    }
    return w;
}

// A night of which nobody scored an epoch: no minutes of sleep is not what is known of it.
SleepArchitecture unscored_night(const SleepArchitecture& counted) {
    SleepArchitecture a;
    a.time_in_bed = counted.time_in_bed;
    a.unscored = counted.unscored;
    a.unscored_outside = counted.unscored_outside;
    for (double* x : {&a.total_sleep_time, &a.sleep_period_time, &a.waso_aasm, &a.waso_spt, &a.sleep_onset_latency,
                      &a.persistent_sleep_latency, &a.rem_latency, &a.sleep_efficiency, &a.sleep_maintenance, &a.awakenings,
                      &a.stage_shifts, &a.fragmentation_index, &a.cycles, &a.stability})
        *x = nan_value;
    for (auto* list : {&a.stage_minutes, &a.percent_of_tst, &a.percent_of_spt}) list->fill(nan_value);
    return a;
}

}  // namespace

std::vector<Bout> bouts(const Hypnogram& h, const Interval& in_bed) {
    std::vector<Bout> list;
    const Window w = window_of(h, in_bed);
    for (std::size_t i = w.first; i < w.end; ++i) {
        const Interval epoch = h.epoch_extent(i);
        if (list.empty() || list.back().stage != h.stages[i])
            list.push_back({h.stages[i], epoch});
        else
            list.back().extent.offset = epoch.offset;
    }
    return list;
}

std::array<BoutSummary, 5> summarise_bouts(const std::vector<Bout>& all) {
    std::array<BoutSummary, 5> summary;
    for (Stage stage : scored_stages) {
        std::vector<double> lengths;
        for (const Bout& b : all)
            if (b.stage == stage) lengths.push_back(minutes(b.extent.duration()));
        std::sort(lengths.begin(), lengths.end());
        const std::size_t n = lengths.size();
        double sum = 0;
        for (double l : lengths) sum += l;
        summary[static_cast<std::size_t>(stage)] =
            n == 0 ? BoutSummary{0, nan_value, nan_value, nan_value}
                   : BoutSummary{static_cast<int>(n), sum / static_cast<double>(n),
                                 (lengths[(n - 1) / 2] + lengths[n / 2]) / 2, lengths.back()};
    }
    return summary;
}

namespace {

// REM bouts that less than 15 min of anything else part, with the R in them.
struct RemPeriod {
    Interval extent;
    Time rem{0};
};
std::vector<RemPeriod> rem_periods(const std::vector<Bout>& all) {
    std::vector<RemPeriod> periods;
    for (const Bout& b : all) {
        if (b.stage != Stage::R) continue;
        if (periods.empty() || b.extent.onset - periods.back().extent.offset >= rem_interruption)
            periods.push_back({b.extent});
        periods.back().extent.offset = b.extent.offset;
        periods.back().rem += b.extent.duration();
    }
    return periods;
}

// NREM periods between two moments, from NREM to NREM: a long stretch without N2, N3 and R parts them.
std::vector<Interval> nrem_periods(const std::vector<Bout>& all, const Interval& between) {
    std::vector<Interval> periods;
    Time light{0};  // W, N1 and unscored time in a row
    bool open = false;
    for (const Bout& b : all) {
        if (b.extent.onset < between.onset || b.extent.onset >= between.offset) continue;
        const bool deep = b.stage == Stage::N2 || b.stage == Stage::N3 || b.stage == Stage::R;
        light = deep ? Time(0) : light + b.extent.duration();
        if (light >= skipped_rem) open = false;
        if (!is_nrem(b.stage) || (!deep && light >= skipped_rem)) continue;
        if (!open) periods.push_back(b.extent);
        periods.back().offset = b.extent.offset;
        open = true;
    }
    return periods;
}

}  // namespace

std::vector<SleepCycle> sleep_cycles(const Hypnogram& h, const Interval& in_bed) {
    const auto all = bouts(h, in_bed);
    std::vector<SleepCycle> cycles;
    if (all.empty()) return cycles;
    Time from = all.front().extent.onset;
    auto closing = rem_periods(all);
    closing.push_back({{all.back().extent.offset, all.back().extent.offset}, Time(0)});  // the end of the night
    for (const RemPeriod& r : closing) {
        const bool is_end = r.rem == Time(0);
        if (!is_end && !cycles.empty() && r.rem < shortest_rem) continue;  // too short to close a cycle
        auto nrem = nrem_periods(all, {from, r.extent.onset});
        if (!is_end && !nrem.empty()) nrem.back().offset = r.extent.onset;
        for (const Interval& n : nrem) {
            const bool last = &n == &nrem.back();
            if (n.duration() >= shortest_nrem) cycles.push_back({n, last && !is_end ? r.extent : Interval{n.offset, n.offset}});
        }
        from = r.extent.offset;
    }
    return cycles;
}

SleepArchitecture sleep_architecture(const Hypnogram& h, const Interval& in_bed) {
    SleepArchitecture a;
    const Window w = window_of(h, in_bed);
    const double epoch = minutes(h.epoch);
    a.time_in_bed = in_bed.duration() > Time(0) ? minutes(in_bed.duration()) : nan_value;
    std::size_t first = w.end, last = w.end, first_rem = w.end;
    bool any_scored = false;
    double asleep_in_bed = 0;  // an epoch that lights on cut counts by its part
    for (std::size_t i = 0; i < h.stages.size(); ++i)
        if ((i < w.first || i >= w.end) && h.stages[i] == Stage::unknown) a.unscored_outside += epoch;
    for (std::size_t i = w.first; i < w.end; ++i) {
        const Stage s = h.stages[i];
        if (s == Stage::unknown) {
            a.unscored += epoch;
            continue;
        }
        any_scored = true;
        a.stage_minutes[static_cast<std::size_t>(s)] += epoch;
        if (is_sleep(s)) {
            a.total_sleep_time += epoch;
            asleep_in_bed += minutes(std::min(h.epoch_extent(i).offset, in_bed.offset) - h.epoch_extent(i).onset);
            if (first == w.end) first = i;
            last = i;
        }
        if (s == Stage::R && first_rem == w.end) first_rem = i;
        if (i > w.first && h.stages[i - 1] != Stage::unknown)
            ++a.transitions[static_cast<std::size_t>(h.stages[i - 1])][static_cast<std::size_t>(s)];
    }
    if (!any_scored) return unscored_night(a);
    const bool slept = first < w.end;
    const auto from_lights_off = [&](std::size_t i) { return minutes(h.epoch_extent(i).onset - in_bed.onset); };
    a.sleep_period_time = slept ? minutes(h.epoch_extent(last).offset - h.epoch_extent(first).onset) : 0;
    a.sleep_onset_latency = slept ? from_lights_off(first) : nan_value;
    a.rem_latency = first_rem < w.end ? minutes(h.epoch_extent(first_rem).onset - h.epoch_extent(first).onset) : nan_value;
    if (!slept) a.waso_aasm = a.waso_spt = nan_value;
    for (std::size_t i = first; i < w.end; ++i) {
        const Stage s = h.stages[i];
        if (s == Stage::W) a.waso_aasm += epoch;
        if (s == Stage::W && i <= last) a.waso_spt += epoch;
        if (i == first || i > last || s == Stage::unknown) continue;
        const Stage before = h.stages[i - 1];
        if (is_sleep(before) && s == Stage::W) ++a.awakenings;
        if (is_sleep(before) && is_sleep(s) && before != s) ++a.stage_shifts;
    }
    a.persistent_sleep_latency = nan_value;
    for (std::size_t i = w.first, run = 0; i < w.end; ++i) {
        run = is_sleep(h.stages[i]) ? run + 1 : 0;
        if (h.epoch * static_cast<std::int64_t>(run) >= persistent_sleep) {
            a.persistent_sleep_latency = from_lights_off(i + 1 - run);
            break;
        }
    }
    a.sleep_efficiency = percent(asleep_in_bed, a.time_in_bed);
    a.sleep_maintenance = percent(a.total_sleep_time, a.sleep_period_time);
    for (std::size_t s = 0; s < 5; ++s) {
        a.percent_of_tst[s] = s == 0 ? nan_value : percent(a.stage_minutes[s], a.total_sleep_time);
        a.percent_of_spt[s] = percent(s == 0 ? a.waso_spt : a.stage_minutes[s], a.sleep_period_time);
    }
    a.fragmentation_index =
        a.total_sleep_time > 0 ? (a.awakenings + a.stage_shifts) / (a.total_sleep_time / 60) : nan_value;
    a.cycles = static_cast<double>(sleep_cycles(h, in_bed).size());
    for (Stage s : {Stage::N2, Stage::N3, Stage::R}) {
        const auto& row = a.transitions[static_cast<std::size_t>(s)];
        int sum = 0;
        for (int n : row) sum += n;
        a.stability += sum > 0 ? row[static_cast<std::size_t>(s)] / static_cast<double>(sum) / 3 : nan_value;
    }
    return a;
}

std::vector<SleepMeasure> sleep_measures(const SleepArchitecture& a) {
    std::vector<SleepMeasure> list{
        {"tib", "min", "lights on - lights off", a.time_in_bed},
        {"unscored", "min", "time of epochs of unknown stage in tib: in no minutes or share of a stage, but in times from one moment to another (tib, spt, latencies) and in what is divided by these", a.unscored},
        {"unscored_outside", "min", "time of epochs of unknown stage before and after tib: without marks of lights tib is the first to the end of the last scored epoch", a.unscored_outside},
        {"tst", "min", "N1 + N2 + N3 + R", a.total_sleep_time},
        {"spt", "min", "first to end of last epoch of sleep", a.sleep_period_time},
        {"sol", "min", "lights off to the first epoch of sleep", a.sleep_onset_latency},
        {"lps", "min", "lights off to the first 10 min of uninterrupted sleep", a.persistent_sleep_latency},
        {"rem_latency", "min", "first epoch of sleep to the first R", a.rem_latency},
        {"waso_aasm", "min", "W after the first epoch of sleep, to lights on", a.waso_aasm},
        {"waso_spt", "min", "W inside spt", a.waso_spt},
        {"se", "%", "100 tst / tib", a.sleep_efficiency},
        {"sme", "%", "100 tst / spt", a.sleep_maintenance}};
    const char* names[] = {"w", "n1", "n2", "n3", "r"};
    for (std::size_t s = 0; s < 5; ++s) list.push_back({std::string(names[s]) + "_min", "min", "minutes in tib", a.stage_minutes[s]});
    for (std::size_t s = 1; s < 5; ++s) list.push_back({std::string(names[s]) + "_tst", "%", "100 minutes / tst", a.percent_of_tst[s]});
    for (std::size_t s = 0; s < 5; ++s) list.push_back({std::string(names[s]) + "_spt", "%", "100 minutes inside spt / spt", a.percent_of_spt[s]});
    list.insert(list.end(), {{"awakenings", "", "changes from sleep to W inside spt", a.awakenings},
                             {"stage_shifts", "", "changes between stages of sleep", a.stage_shifts},
                             {"sfi", "1/h", "(awakenings + stage_shifts) / tst", a.fragmentation_index},
                             {"stability", "", "mean probability to stay in N2, N3, R", a.stability},
                             {"cycles", "", "NREM-REM cycles", a.cycles}});
    return list;
}

}  // namespace psg::stats
