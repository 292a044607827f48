// Detector of EEG arousals: an abrupt shift of the EEG to faster activity for 3 s or more, out of sleep.
// SPDX-License-Identifier: BSD-3-Clause
//
// ASDA 1992 (Sleep 15:174): a shift to theta, alpha or above 16 Hz (no spindles) of 3 s or more after 10 s of sleep or
// more; in REM sleep with a rise of the chin EMG of 1 s or more. "Abrupt shift" is not defined in numbers: proposed here is
// the power in two bands, alpha (8 to 11 Hz) and fast (16 to 32 Hz), over what was usual in the half minute before, mean
// of the derivations. Theta alone is not used: it is a wave of sleep, too.
#include <algorithm>
#include <array>
#include <cmath>
#include <deque>
#include <limits>
#include <numeric>
#include <optional>
#include <span>

#include "libpsg/events/detector.hpp"
#include "libpsg/events/eeg_powers.hpp"
#include "libpsg/events/muscle_activity.hpp"
#include "libpsg/model/sample_source.hpp"
#include "libpsg/signal/runs.hpp"
#include "libpsg/signal/statistics.hpp"

namespace psg::events {

namespace {

using namespace std::chrono_literals;

struct Options {
    double min_duration_s = 3, sleep_before_s = 10, max_duration_s = 15;
    double on_ratio = 2.5, rem_on_ratio = 2, off_ratio = 1.7;
    double pause_s = 1;
    double chin_ratio = 1.5, chin_s = 1;
    double spread = 4;
};

const std::vector<OptionSpec<Options>>& specs() {
    using O = Options;
    static const std::string asda = "ASDA 1992", proposed = "proposed";
    static const std::vector<OptionSpec<O>> list{
        {{"min_duration_s", "s", "", asda, "shortest arousal", {}, 0.5, 60}, &O::min_duration_s},
        {{"sleep_before_s", "s", "", asda, "sleep before it, and between two", {}, 0, 300}, &O::sleep_before_s},
        {{"max_duration_s", "s", "", proposed, "what lasts longer is an awakening if the sleeper is awake then; asleep, what lasts longer than an epoch is another stage of sleep; events are cut to this", {}, 3, 300}, &O::max_duration_s},
        {{"on_ratio", "", "", proposed, "alpha or fast power rises to this many times its median of the half minute before", {}, 1, 100}, &O::on_ratio},
        {{"rem_on_ratio", "", "", proposed, "... in REM sleep, where the chin must rise, too, to this", {}, 1, 100}, &O::rem_on_ratio},
        {{"off_ratio", "", "", proposed, "... and it ends below this", {}, 1, 100}, &O::off_ratio},
        {{"pause_s", "s", "", proposed, "... for this long", {}, 0.5, 10}, &O::pause_s},
        {{"spread", "", "", proposed, "... but for a band that comes and goes by itself: logarithms of its rises are taken over this many times their spread in the night's sleep, where that is more than on_ratio", {}, 0, 20}, &O::spread},
        {{"chin_ratio", "", "", proposed, "REM sleep: the chin EMG rises to this many times its level before", {}, 1, 100}, &O::chin_ratio},
        {{"chin_s", "s", "", asda, "... for this long", {}, 0.1, 10}, &O::chin_s}};
    return list;
}

constexpr double window_s = EegPowers::window_s, step_s = EegPowers::step_s, least_rate_hz = 70;
constexpr std::size_t most_derivations = 3;
constexpr std::size_t history = 120, recent = 8;  // steps: the median of 30 s before the last 2 s
constexpr std::size_t bands = EegPowers::bands;

// Makes of each power its logarithm over the median of the half minute before.
void make_rises(EegPowers& p) {
    for (std::vector<float>& power : p.band) {
        const std::vector<float> usual = signal::sliding_percentile(power, history - 1, 0, 50);
        for (std::size_t i = 0; i < power.size(); ++i)
            power[i] = i < recent + 40 ? std::numeric_limits<float>::quiet_NaN() : std::log(power[i] / usual[i - recent]);
    }
}

bool is_occipital(const RoleSignal* s) { return s->site.starts_with("O"); }

// The chosen ones and, if none of them is occipital, where alpha shows first, the first other one that is.
std::vector<const RoleSignal*> derivations(const Night& night) {
    std::vector<const RoleSignal*> list;
    const auto usable = [](const RoleSignal& s) { return s.role == Role::eeg && s.signal.unit == "uV" && s.signal.rate.hz() >= least_rate_hz; };
    for (const RoleSignal& s : night.signals)
        if (usable(s)) list.push_back(&s);
    if (std::none_of(list.begin(), list.end(), is_occipital))
        for (const RoleSignal& s : night.others)
            if (usable(s) && is_occipital(&s)) {
                list.push_back(&s);
                break;
            }
    const auto place = [](const RoleSignal* s) {  // central, occipital, the rest (ASDA)
        return s->site.starts_with("C") ? 0 : is_occipital(s) ? 1 : 2;
    };
    std::stable_sort(list.begin(), list.end(), [&](auto* a, auto* b) { return place(a) < place(b); });
    if (list.size() > most_derivations) list.resize(most_derivations);
    return list;
}

// How much a band comes and goes by itself in sleep: the spread of its rises over 3 s, told by their median, so that arousals do not
// matter, as a standard deviation.
float usual_spread(const std::vector<EegPowers>& rise, std::size_t band, const IntervalSet& sleep) {
    constexpr std::size_t mean_of = 12;  // steps: 3 s, the length of an arousal
    std::vector<float> sizes;
    for (const EegPowers& p : rise)
        for (std::size_t i = 0; i + mean_of <= p.band[band].size(); i += mean_of) {
            const auto from = p.band[band].begin() + static_cast<std::ptrdiff_t>(i);
            const float mean = std::accumulate(from, from + mean_of, 0.0F) / mean_of;
            if (!std::isnan(mean) && sleep.contains(p.start + from_seconds(step_s * static_cast<double>(i)))) sizes.push_back(std::abs(mean));
        }
    return sizes.empty() ? 0.0F : static_cast<float>(1.4826 * signal::median(sizes));
}

// Does the chin's activity rise during the arousal?
std::optional<bool> chin_rises(const Muscles& muscles, const Interval& arousal, const Options& options) {
    std::optional<bool> any;
    for (const Muscles::Muscle& m : muscles.all()) {
        const float before = amplitude_of(*m.activity, {arousal.onset - 10s, arousal.onset - 1s});
        if (!(before > 0)) continue;
        std::size_t high = 0, longest = 0;
        const auto second = static_cast<std::size_t>(options.chin_s * m.activity->envelope.rate.hz());
        const std::vector<float> x = amplitude_in(*m.activity, {arousal.onset - 500ms, arousal.offset + 500ms});
        const std::size_t tenth = std::max<std::size_t>(1, second / 10);
        for (std::size_t i = 0; i + tenth <= x.size(); i += tenth) {
            float sum = 0;
            for (std::size_t k = i; k < i + tenth; ++k) sum += x[k] * x[k];
            high = std::sqrt(sum / static_cast<float>(tenth)) >= static_cast<float>(options.chin_ratio) * before ? high + tenth : 0;
            longest = std::max(longest, high);
        }
        any = any.value_or(false) || longest + tenth >= second;
    }
    return any;
}

// The epoch in which the sleeper wakes is wake if he sleeps for less than half of it.
bool asleep_before(const Hypnogram& h, Time onset, double sleep_s) {
    const Time before = from_seconds(sleep_s);
    if (is_sleep(h.at(onset))) return is_sleep(h.at(onset - before));
    return h.at(onset) == Stage::W && is_sleep(h.at(onset - std::max(before, h.epoch / 2)));
}

// Is the epoch of wake that follows, or that it lies in?
bool wakes(const Hypnogram& h, const Interval& fast) {
    return h.at(fast.onset) == Stage::W || h.at(fast.onset + h.epoch) == Stage::W || h.at(fast.onset + h.epoch / 2) == Stage::W;
}

// The powers of all derivations, as they pass by.
class ArousalScan : public Scan {
public:
    ArousalScan(const Night& night, const OptionValues& values) : options_(parse_options(specs(), values)) {
        const bool is_scored = !night.hypnogram.stages.empty();  // else it will be, while the samples pass by or later
        if (night.arousals || (is_scored && night.hypnogram.where(is_sleep).empty())) return;
        for (const RoleSignal* s : derivations(night)) {
            signals_.push_back(&s->signal);
            meters_.emplace_back(s->signal.rate);
        }
    }
    std::vector<Listener> listeners() override {
        std::vector<Listener> all;
        for (std::size_t i = 0; i < meters_.size(); ++i) all.push_back(listener(*signals_[i], meters_[i]));
        return all;
    }
    Detection finish(const Night& night) override;

private:
    Options options_;
    std::vector<const Signal*> signals_;
    std::deque<EegPowerMeter> meters_;
};

Detection ArousalScan::finish(const Night& night) {
    const Options& options = options_;
    Detection found;
    if (night.arousals) {
        found.findings.push_back({FindingCode::DETECTOR_NOT_RUN, "arousals were given and are not looked for"});
        return found;
    }
    const auto eeg = derivations(night);
    const IntervalSet sleep = night.hypnogram.where(is_sleep);
    if (eeg.empty() || sleep.empty()) {
        found.findings.push_back({FindingCode::DETECTOR_NOT_RUN,
                                  eeg.empty() ? "arousals: no channel was found for EEG (role eeg) in uV with 70 samples per second or more"
                                              : "arousals: no epoch is sleep"});
        return found;
    }
    const Muscles chin(night, {Role::chin}, "arousals of REM sleep", found.findings);
    // the derivations of one recording have the same stretches, if not the same rate: means by place in time, of those that show EEG
    std::vector<EegPowers> mean;
    std::vector<std::array<std::vector<float>, bands>> counts;  // of the derivations that show EEG
    for (std::size_t d = 0; d < eeg.size(); ++d) {
        const IntervalSet hidden = hidden_in(night, eeg[d]->signal.label);
        for (EegPowers& p : meters_[d].finish()) {
            make_rises(p);
            const auto& rise = p.band;
            const Time start = p.start;
            if (d == 0) {
                const std::vector<float> none(rise[0].size(), 0);
                counts.push_back({none, none});
                mean.push_back({start, {none, none}});
            }
            const auto same = std::partition_point(mean.begin(), mean.end(), [&](const EegPowers& m) { return m.start < start; });
            if (same == mean.end() || same->start != start) continue;
            auto& count = counts[static_cast<std::size_t>(same - mean.begin())];
            for (std::size_t i = 0; i < std::min(count[0].size(), rise[0].size()); ++i) {
                const Time at = start + from_seconds(step_s * static_cast<double>(i));
                if (hidden.overlaps({at, at + from_seconds(window_s)})) continue;
                for (std::size_t b = 0; b < bands; ++b)
                    if (!std::isnan(rise[b][i])) same->band[b][i] += rise[b][i], count[b][i] += 1;
            }
        }
    }
    for (std::size_t s = 0; s < mean.size(); ++s)
        for (std::size_t b = 0; b < bands; ++b)
            for (std::size_t i = 0; i < mean[s].band[b].size(); ++i) mean[s].band[b][i] /= counts[s][b][i];  // no number where none does
    const float on = static_cast<float>(std::log(options.on_ratio)), off = static_cast<float>(std::log(options.off_ratio));
    std::array<float, bands> share;  // of a band's rises in the score
    for (std::size_t b = 0; b < bands; ++b)
        share[b] = std::min(1.0F, on / (static_cast<float>(options.spread) * usual_spread(mean, b, sleep)));
    const auto steps = [](double s) { return static_cast<std::size_t>(std::lround(s / step_s)); };
    Time last = Time::min() / 2;
    for (const EegPowers& p : mean) {
        const std::size_t n = p.band[0].size();
        std::vector<float> faster(n), score(n);  // the larger rise of the two bands, and with each band's share
        for (std::size_t i = 0; i < n; ++i) {
            faster[i] = std::max(p.band[0][i], p.band[1][i]);
            score[i] = std::max(share[0] * p.band[0][i], share[1] * p.band[1][i]);
        }
        for (const signal::Run& seen : signal::runs_where(n, [&](std::size_t i) { return !std::isnan(score[i]); }))
            found.at_risk.add({p.start + from_seconds(step_s * static_cast<double>(seen.begin)),
                               p.start + from_seconds(step_s * static_cast<double>(seen.end) + window_s - step_s)});
        // half of the window is in at the border; what a window tells is true until the next one
        const Time middle = from_seconds(window_s / 2);
        const auto extent_of = [&](const signal::Run& run) {
            return Interval{p.start + from_seconds(step_s * static_cast<double>(run.begin)) + middle, p.start + from_seconds(step_s * static_cast<double>(run.end)) + middle};
        };
        const auto in_rem = [&](const Interval& extent) { return night.hypnogram.at(extent.onset - 5s) == Stage::R; };
        const float on_in_rem = std::log(static_cast<float>(options.rem_on_ratio));
        const auto fast_runs = [&](const std::vector<float>& by, float least_in_rem) {
            auto list = signal::bridged(signal::runs_where(n, [&](std::size_t i) { return by[i] >= off; }), steps(options.pause_s));
            for (signal::Run& run : list) {  // it begins where its mean rise from there on is largest above the limit, and up to a pause before
                const float limit = in_rem(extent_of(run)) ? least_in_rem : on;
                float sum = 0, lowest = 0;
                std::size_t from = run.begin;
                for (std::size_t i = run.begin; i < run.end; ++i) {
                    sum += (std::isnan(by[i]) ? 0.0F : by[i]) - limit;
                    if (sum < lowest) lowest = sum, from = i + 1;
                }
                const std::size_t earliest = from - std::min(from - run.begin, steps(options.pause_s));
                while (from > earliest && by[from - 1] >= off) --from;
                run.begin = std::min(from, run.end - 1);
            }
            std::erase_if(list, [&](const signal::Run& run) {
                const float sum = std::accumulate(by.begin() + static_cast<std::ptrdiff_t>(run.begin), by.begin() + static_cast<std::ptrdiff_t>(run.end), 0.0F);
                const Interval extent = extent_of(run);
                const float least = in_rem(extent) ? least_in_rem : on;
                return seconds(extent.duration()) < options.min_duration_s ||
                       sum < least * static_cast<float>(run.size());
            });
            return list;
        };
        auto runs = fast_runs(score, on_in_rem);
        // where the stages say that the sleeper wakes, no more is asked of long ones than on_ratio
        for (const signal::Run& run : fast_runs(faster, on)) {
            const Interval extent = extent_of(run);
            if (seconds(extent.duration()) <= options.max_duration_s || !wakes(night.hypnogram, extent)) continue;
            std::erase_if(runs, [&](const signal::Run& r) { return r.begin < run.end && run.begin < r.end; });
            runs.insert(std::partition_point(runs.begin(), runs.end(), [&](const signal::Run& r) { return r.begin < run.begin; }), run);
        }
        for (const signal::Run& run : runs) {
            const float top = *std::max_element(faster.begin() + static_cast<std::ptrdiff_t>(run.begin), faster.begin() + static_cast<std::ptrdiff_t>(run.end));
            const Interval extent = extent_of(run);
            const double length_s = seconds(extent.duration());
            if (!asleep_before(night.hypnogram, extent.onset, options.sleep_before_s)) continue;
            if (extent.onset - last < from_seconds(options.sleep_before_s)) {
                last = std::max(last, extent.offset);
                continue;
            }
            const bool is_awake = wakes(night.hypnogram, extent), is_long = is_awake && length_s > options.max_duration_s;
            // another stage of sleep, no arousal; within an epoch's length (proposed) the stages rule that out
            if (!is_awake && length_s > std::max(options.max_duration_s, seconds(night.hypnogram.epoch))) continue;
            const std::optional<bool> rise = chin_rises(chin, extent, options);
            if (in_rem(extent) && !rise.value_or(false) && !is_long) continue;  // wake needs no chin
            last = extent.offset;
            Event e;
            e.kind = is_long ? "awakening" : "arousal";
            e.extent = {extent.onset, std::min(extent.offset, extent.onset + from_seconds(options.max_duration_s))};
            e.channel = "";
            for (const RoleSignal* s : eeg) e.channel += (e.channel.empty() ? "" : "+") + s->signal.label;
            const auto shown = [](double x) { return std::round(x * 100) / 100; };
            e.measures = {{"power_ratio", shown(std::exp(static_cast<double>(top)))},
                          {"lasted_s", shown(length_s)},
                          {"chin", rise ? double(*rise) : std::numeric_limits<double>::quiet_NaN()}};
            found.events.push_back(std::move(e));
        }
    }
    found.at_risk = found.at_risk.intersected(sleep);
    if (chin.empty()) {
        found.findings.push_back({FindingCode::DETECTOR_REDUCED, "arousals: without a chin EMG none are scored in REM sleep"});
        found.at_risk = found.at_risk.without(night.hypnogram.where([](Stage s) { return s == Stage::R; }));
    }
    found.ran = !found.at_risk.empty();
    if (!found.ran) found.findings.push_back({FindingCode::DETECTOR_NOT_RUN, "arousals: the EEG (role eeg) has no signal in sleep"});
    return found;
}

const std::vector<MeasureInfo> measures{
    {"power_ratio", "", "highest alpha or fast power over its median of the half minute before"},
    {"lasted_s", "s", "how long the EEG stayed fast"},
    {"chin", "", "1: the chin EMG rose for a second or more; NaN: not known"}};

std::unique_ptr<Scan> scan(const Night& night, const OptionValues& values) { return std::make_unique<ArousalScan>(night, values); }

IntervalSet when(const Night& night, const OptionValues&) { return night.hypnogram.where(is_sleep); }

}  // namespace

extern const Detector arousals_detector;
const Detector arousals_detector{
    "arousals",
    "EEG arousals: faster EEG for 3 s or more out of sleep; looked for where no scored arousals are given",
    "ASDA 1992 (Sleep 15:174); proposed coding, checked on simulated signals",
    "EEG in uV, hypnogram; chin EMG for REM sleep",
    {{"arousal",
      "shift of the EEG to faster activity for 3 to 15 s after 10 s of sleep (proposed coding, checked on simulated signals)",
      measures},
     {"awakening", "the same for longer, into wake; the event is cut to 15 s (proposed coding, checked on simulated signals)", measures}},
    describe(specs()),
    [](const OptionValues& values) { return option_values(specs(), parse_options(specs(), values)); },
    run_scan<scan>,
    true,  // given arousals come by themselves (Night::arousals), not among the movements
    when,
    nullptr,
    nullptr,
    scan};

}  // namespace psg::events
