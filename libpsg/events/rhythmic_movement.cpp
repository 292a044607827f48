// Detector of rhythmic movements: head or body swings at 0.5 to 2 Hz, in the muscles or in the leads of the head.
// SPDX-License-Identifier: BSD-3-Clause
//
// AASM (from memory, unverified): four movements or more at 0.5 to 2 Hz, amplitude twice the background or more, seen on
// video. Without video, all proposed: trains of bursts that neck, trunk or arms take part in, or a swing that the
// leads of the head have in common and that repeats itself, with the neck where it is recorded. The jaw alone is bruxism, the legs alone are leg movements.
#include <algorithm>
#include <array>
#include <cmath>
#include <map>
#include <optional>
#include <set>
#include <span>

#include "libpsg/events/head_motion.hpp"
#include "libpsg/events/jerk_groups.hpp"
#include "libpsg/events/leg_trains.hpp"
#include "libpsg/signal/paired_sums.hpp"
#include "libpsg/signal/percentile_near.hpp"
#include "libpsg/signal/runs.hpp"
#include "libpsg/signal/statistics.hpp"

namespace psg::events {

namespace {

using namespace std::chrono_literals;

struct Options : TrainRules {
    double swing_uv = 35, swing_ratio = 2, likeness = 0.6, common = 0.7, max_irregular = 0.1;
    Options() {
        min_hz = 0.5;
        max_hz = 2;
        max_burst_ms = 1500;
        max_cv = 0.15;  // what is repeated at will varies more
        max_unlike = 2.5;
        max_filled = 1;  // what rocks is never quite at rest
    }
};

const std::vector<OptionSpec<Options>>& specs() {
    static const auto list = [] {
        auto all = train_specs<Options>("AASM (unverified); lengths proposed");
        const std::string proposed = "proposed";
        all.push_back({{"max_irregular", "", "", proposed, "... nor do those of all its muscles (median absolute deviation over median, as of a normal distribution): what is repeated at will varies more", {}, 0.01, 10}, &Options::max_irregular});
        all.push_back({{"swing_uv", "uV", "", proposed, "the leads of the head swing by this (standard deviation of their mean in 4 s)", {}, 1, 1000}, &Options::swing_uv});
        all.push_back({{"swing_ratio", "", "", "AASM (unverified)", "... and this many times what is usual in the four minutes around", {}, 1, 100}, &Options::swing_ratio});
        all.push_back({{"likeness", "", "", proposed, "... and repeat themselves: least autocorrelation at one period", {}, 0.1, 1}, &Options::likeness});
        all.push_back({{"common", "", "", proposed, "... all alike: least part of the leads' power that they share", {}, 0, 1}, &Options::common});
        return all;
    }();
    return list;
}

// How irregular the muscles of a train are: the spread of the intervals of each, told by the median so that a burst that was
// missed does not matter, as a standard deviation over the median.
double irregularity(const Train& train) {
    std::map<std::size_t, Time> last;
    std::vector<float> intervals;
    for (const TrainBurst& b : train.bursts) {
        const auto before = last.find(b.muscle);
        if (before != last.end()) intervals.push_back(static_cast<float>(seconds(b.burst.extent.onset - before->second)));
        last[b.muscle] = b.burst.extent.onset;
    }
    const double usual = signal::median(intervals);
    for (float& s : intervals) s = std::abs(s - static_cast<float>(usual));
    return 1.4826 * signal::median(intervals) / usual;
}

// Coughs come in a rhythm, too, for some seconds: the trunk works and then, 10 to 300 ms later, the jaw, with three quarters of the bursts
// of the muscle that has most of them, and no limb (proposed). Who rocks keeps his jaw still.
bool coughs(const Train& train, const Muscles& muscles) {
    BurstLimits limits;
    limits.on_ratio = 3;
    limits.on_uv = 8;
    limits.off_peak_fraction = 0.1;
    limits.smoothing_ms = 30;
    std::vector<Time> trunk, jaw;
    for (const Muscles::Muscle& m : muscles.all())
        if (m.role == Role::trunk || m.role == Role::chin || m.role == Role::masseter)
            for (const MuscleBurst& b : bursts_of(*m.activity, limits))
                if (b.extent.overlaps({train.extent().onset - 500ms, train.extent().offset + 500ms})) (m.role == Role::trunk ? trunk : jaw).push_back(b.extent.onset);
    std::map<std::size_t, std::vector<Time>> onsets;
    for (const TrainBurst& b : train.bursts) {
        const Role role = muscles.all()[b.muscle].role;
        if (*region_of(role) != Region::axial) return false;
        onsets[b.muscle].push_back(b.burst.extent.onset);
    }
    const auto most = std::max_element(onsets.begin(), onsets.end(), [](const auto& a, const auto& b) { return a.second.size() < b.second.size(); });
    const auto cough = std::count_if(most->second.begin(), most->second.end(), [&](Time at) {
        return std::any_of(trunk.begin(), trunk.end(), [&](Time t) {
            return std::chrono::abs(at - t) <= 300ms && std::any_of(jaw.begin(), jaw.end(), [&](Time j) { return j >= t + 10ms && j <= t + 300ms; });
        });
    });
    return 4 * static_cast<std::size_t>(cough) >= 3 * most->second.size();
}

// Part of the leads' power that they have in common.
double shared(const HeadMotion& m, std::size_t begin, std::size_t end) {
    double common = 0, own = 0;
    for (std::size_t i = begin; i < std::min(end, m.mean.size()); ++i) {
        common += static_cast<double>(m.mean[i]) * static_cast<double>(m.mean[i]);
        const auto apart = static_cast<double>(decoded_amplitude(m.apart[i]));
        own += apart * apart;
    }
    return common > 0 ? common / (common + own) : 0;
}

// The longest row of swings to and fro that keep their time: as many as a train of bursts needs, as steady.
std::optional<signal::Run> longest_rhythm(std::span<const float> x, double step_s, const Options& options) {
    double sum = 0, squares = 0;
    for (const float v : x) sum += static_cast<double>(v), squares += static_cast<double>(v) * static_cast<double>(v);
    const auto n = static_cast<double>(x.size());
    const double mean = sum / n, half = 0.5 * std::sqrt(std::max(0.0, squares / n - mean * mean));
    std::vector<std::size_t> rises;
    bool low = false;
    for (std::size_t i = 0; i < x.size(); ++i) {
        const double v = static_cast<double>(x[i]) - mean;
        if (v < -half) low = true;
        if (low && v > half) {
            rises.push_back(i);
            low = false;
        }
    }
    // neighbours may differ by jitter; a period half as long again is another rhythm
    std::optional<signal::Run> best;
    for (std::size_t from = 0; from < rises.size();) {
        std::size_t to = from;
        while (to + 1 < rises.size()) {
            const double period_s = step_s * static_cast<double>(rises[to + 1] - rises[to]);
            if (period_s * options.max_hz * 1.2 < 1 || period_s * options.min_hz > 1.2) break;
            ++to;
        }
        const std::size_t count = to - from;  // intervals
        if (count + 1 >= static_cast<std::size_t>(options.min_bursts)) {
            double s = 0, ss = 0;
            for (std::size_t i = from; i < to; ++i) {
                const double period_s = step_s * static_cast<double>(rises[i + 1] - rises[i]);
                s += period_s, ss += period_s * period_s;
            }
            const double k = static_cast<double>(count), usual_s = s / k;
            const auto quarter = static_cast<std::size_t>(usual_s / step_s / 4);
            if (std::sqrt(std::max(0.0, ss / k - usual_s * usual_s)) <= options.max_cv * usual_s * std::min(1.0, k / 6)) {
                const signal::Run run{rises[from] - std::min(rises[from], quarter), std::min(x.size(), rises[to] + 3 * quarter)};
                if (!best || run.size() > best->size()) best = run;
            }
        }
        from = to + 1;
    }
    return best;
}

// A stretch in which the leads of the head swing in a rhythm, with what decides it: the largest in a window, `common` of all.
struct Swing {
    Interval extent;
    double sd_uv = 0, likeness = 0, common = 0;
};

std::vector<Swing> swings(const HeadMotion& m, const Options& options) {
    constexpr std::size_t thin = 2, window = 100;  // 40 ms, 4 s
    const double step_s = head_step_s * thin;
    const std::size_t count = m.mean.size() / thin;
    std::vector<float> x;  // means of 40 ms within [begin, end)
    const auto look_at = [&](std::size_t begin, std::size_t end) {
        x.resize(end - begin);
        for (std::size_t i = 0; i < x.size(); ++i) x[i] = (m.mean[(begin + i) * thin] + m.mean[(begin + i) * thin + 1]) / 2;
    };
    constexpr std::size_t hop = window / 8;
    const std::size_t shortest = static_cast<std::size_t>(1 / options.max_hz / step_s),
                      longest = std::min(static_cast<std::size_t>(1 / options.min_hz / step_s), window / 2);
    // How like itself a window is after a period.
    const auto likeness = [&](std::span<const float> part, double mean) {
        std::vector<double> swing(part.begin(), part.end());
        for (double& v : swing) v -= mean;
        double best = 0;
        bool crossed = false;  // a slow drift is like itself at any lag: it must have been unlike itself before
        for (std::size_t lag = 1; lag <= longest; ++lag) {
            const double r = signal::paired_sums<double>(swing, std::span(swing).subspan(lag)).likeness();
            crossed = crossed || r < -0.1;
            if (crossed && lag >= shortest) best = std::max(best, r);
        }
        return static_cast<float>(best);
    };
    std::vector<float> sd, like;
    // sums of four means, of which all windows are made: hop and window are multiples of four
    constexpr std::size_t at_once = 32, unit = 4, units = window / unit;
    static_assert(window % unit == 0 && hop % unit == 0);
    std::array<double, units + (at_once - 1) * hop / unit> sums{}, squares{};
    for (std::size_t k = 0; k + window <= count; k += at_once * hop) {
        look_at(k, std::min(count, k + (at_once - 1) * hop + window));
        const std::size_t windows = (x.size() - window) / hop + 1;
        for (std::size_t u = 0; u < units + (windows - 1) * hop / unit; ++u) {
            const auto a = static_cast<double>(x[u * unit]), b = static_cast<double>(x[u * unit + 1]), c = static_cast<double>(x[u * unit + 2]), d = static_cast<double>(x[u * unit + 3]);
            sums[u] = (a + b) + (c + d);
            squares[u] = (a * a + b * b) + (c * c + d * d);
        }
        for (std::size_t w = 0; w < windows; ++w) {
            double sum = 0, square = 0;
            for (std::size_t u = w * hop / unit; u < w * hop / unit + units; ++u) sum += sums[u], square += squares[u];
            const double mean = sum / window, variance = square / window - mean * mean;
            sd.push_back(static_cast<float>(std::sqrt(std::max(0.0, variance))));
            like.push_back(sd.back() >= static_cast<float>(options.swing_uv) ? likeness(std::span(x).subspan(w * hop, window), mean) : 0);
        }
    }
    const auto in_rhythm = [&](std::size_t k) {
        return like[k] >= static_cast<float>(options.likeness) && sd[k] >= static_cast<float>(options.swing_ratio) * signal::percentile_near(sd, k, 240, 240, 50);
    };
    std::vector<Swing> list;
    const auto at = [&](std::size_t i) { return m.start + from_seconds(step_s * static_cast<double>(i)); };
    for (const signal::Run& run : signal::bridged(signal::runs_where(sd.size(), in_rhythm), 4)) {
        const std::size_t begin = run.begin * hop, end = (run.end - 1) * hop + window;
        const double common = shared(m, begin * thin, end * thin);
        if (common < options.common) continue;
        look_at(begin, end);
        const auto largest = [&](const std::vector<float>& of) {
            return static_cast<double>(*std::max_element(of.begin() + static_cast<std::ptrdiff_t>(run.begin), of.begin() + static_cast<std::ptrdiff_t>(run.end)));
        };
        if (const auto cycles = longest_rhythm(x, step_s, options))
            list.push_back({{at(begin + cycles->begin), at(begin + cycles->end)}, largest(sd), largest(like), common});
    }
    return list;
}

// The head is shaken, too, while several regions of the body work without a rhythm: a large or voluntary movement (proposed:
// two regions at three times their resting level).
bool moves_at_will(const Muscles& muscles, const Interval& extent) {
    std::set<Region> regions;
    for (const Muscles::Muscle& m : muscles.all())
        if (amplitude_of(*m.activity, extent) >= 3 * rest_at(*m.activity, extent.onset)) regions.insert(*region_of(m.role));
    return regions.size() >= 2;
}

// Where the neck can be seen it moves the head (proposed: twice its resting level, as the AASM asks of the amplitude).
bool neck_rests(const Muscles& muscles, const Interval& extent) {
    bool seen = false;
    for (const Muscles::Muscle& m : muscles.all()) {
        if (m.role != Role::neck || !m.activity->visible.covers(extent)) continue;
        if (amplitude_of(*m.activity, extent) >= 2 * rest_at(*m.activity, extent.onset)) return false;
        seen = true;
    }
    return seen;
}

double shown(double x) { return std::round(x * 1000) / 1000; }

const std::vector<MeasureInfo>& measures() {
    static const std::vector<MeasureInfo> list = [] {
        std::vector<MeasureInfo> all = train_measures();
        all.push_back({"irregularity", "", "spread of the intervals of each muscle over their median (by medians, as of a normal distribution)"});
        all.push_back({"swing_uv", "uV", "the head's leads: largest standard deviation of their mean in 4 s"});
        all.push_back({"likeness", "", "... largest autocorrelation at one period"});
        all.push_back({"common", "", "... part of the leads' power that they share"});
        return all;
    }();
    return list;
}

bool is_jaw(Role r) { return r == Role::chin || r == Role::masseter; }
bool is_leg(Role r) { return r == Role::leg_left || r == Role::leg_right; }

Detection run(const Night& night, const OptionValues& values) {
    const Options options = parse_options(specs(), values);
    Detection found;
    Findings about;
    const Muscles muscles(night, {Role::chin, Role::masseter, Role::neck, Role::trunk, Role::arm_left, Role::arm_right, Role::leg_left, Role::leg_right},
                          "rhythmic movements", about);
    for (Finding& f : about)  // any will do
        if (f.code != FindingCode::CHANNEL_NOT_FOUND) found.findings.push_back(std::move(f));
    std::vector<HeadMotion> own;
    const std::vector<HeadMotion>& motions = head_motion(night, own);
    for (const HeadMotion& m : motions)
        found.at_risk.add({m.start, m.start + from_seconds(head_step_s * static_cast<double>(m.mean.size()))});
    for (const Muscles::Muscle& m : muscles.all())
        if (!is_jaw(m.role) && !is_leg(m.role)) found.at_risk = found.at_risk.united(m.activity->visible);
    found.ran = !found.at_risk.empty();
    if (!found.ran) {
        found.findings.push_back({FindingCode::DETECTOR_NOT_RUN, "rhythmic movements: EMG of neck, trunk or arms, or two leads of eeg, eog_left and eog_right, one of them eeg, are needed" + muscles.lacked()});
        return found;
    }
    for (const Train& train : trains_of_each(muscles, night, options)) {
        const bool body = std::any_of(train.bursts.begin(), train.bursts.end(), [&](const TrainBurst& b) {
            return !is_jaw(muscles.all()[b.muscle].role) && !is_leg(muscles.all()[b.muscle].role);
        });
        const double irregular = irregularity(train);
        if (!body || !(irregular <= options.max_irregular) || coughs(train, muscles)) continue;
        found.events.push_back(event_of(train, muscles, "rhythmic_movement"));
        found.events.back().measures.push_back({"irregularity", shown(irregular)});
    }
    IntervalSet cables;  // what swings in many channels at once is no head
    for (const Event& e : night.events)
        if (e.kind == "artefact" && e.text("reason") == "cable") cables.add(e.extent);
    for (const HeadMotion& m : motions)
        for (const Swing& swing : swings(m, options)) {
            const Interval& extent = swing.extent;
            if (cables.overlaps(extent)) continue;
            if (night.hypnogram.at(extent.onset) == Stage::N3) continue;  // slow waves swing, too
            const auto same = std::find_if(found.events.begin(), found.events.end(), [&](const Event& e) { return e.extent.overlaps(extent); });
            if (same != found.events.end() || moves_at_will(muscles, extent) || neck_rests(muscles, extent)) continue;
            Event e;
            e.kind = "rhythmic_movement";
            e.extent = extent;
            e.channel = m.channels;
            e.measures = {{"swing_uv", shown(swing.sd_uv)}, {"likeness", shown(swing.likeness)}, {"common", shown(swing.common)}};
            found.events.push_back(std::move(e));
        }
    // one movement that pauses in one muscle goes on in another
    sort_events(found.events);
    EventList joined;
    for (Event& e : found.events) {
        if (!joined.empty() && e.extent.onset - joined.back().extent.offset < 3s)
            joined.back().extent.offset = std::max(joined.back().extent.offset, e.extent.offset);
        else
            joined.push_back(std::move(e));
    }
    found.events = std::move(joined);
    return found;
}

}  // namespace

extern const Detector rhythmic_movement_detector;
const Detector rhythmic_movement_detector{
    "rhythmic_movement",
    "rhythmic movements of head or body at 0.5 to 2 Hz",
    "AASM from memory; proposed rule without video, checked on simulated signals",
    "EMG of neck, trunk or arms in uV, or EEG and EOG (the swing of the head); hypnogram",
    {{"rhythmic_movement", "four or more movements of head or body at 0.5 to 2 Hz (proposed rule, checked on simulated signals)",
      measures()}},
    describe(specs()),
    [](const OptionValues& values) { return option_values(specs(), parse_options(specs(), values)); },
    run};

}  // namespace psg::events
