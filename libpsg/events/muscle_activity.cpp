// The activity of all muscles of a night; bursts by hysteresis.
// SPDX-License-Identifier: BSD-3-Clause
#include "libpsg/events/muscle_activity.hpp"

#include <algorithm>
#include <cmath>
#include <deque>
#include <limits>
#include <optional>
#include <set>

#include "libpsg/events/ecg_beats.hpp"
#include "libpsg/events/jerk_excerpts.hpp"
#include "libpsg/events/jerk_groups.hpp"
#include "libpsg/events/muscle_meter.hpp"
#include "libpsg/model/sample_source.hpp"
#include "libpsg/signal/artefacts.hpp"
#include "libpsg/signal/butterworth.hpp"
#include "libpsg/signal/line_noise.hpp"
#include "libpsg/signal/statistics.hpp"

namespace psg::events {

namespace {

constexpr double high_pass_hz = 20;
constexpr double coarsest_step_uv = 5;  // proposed: half of the least amplitude of a hypnic jerk, as there
constexpr float nan_f = std::numeric_limits<float>::quiet_NaN();

// Why no muscle can be seen in a channel; empty if it can.
std::string obstacle(const Signal& s) {
    return s.unit != "uV"                      ? "its unit is no voltage"
           : s.rate.hz() < min_burst_rate_hz   ? "fewer than 100 samples per second"
           : s.step > coarsest_step_uv         ? "a step of more than 5 uV"
                                               : "";
}

bool can_be_used(const RoleSignal& s) { return region_of(s.role).has_value() && obstacle(s.signal).empty(); }

// Root mean squares over the window of `half` values to either side, NaN if one is missing. Sums are made for all places
// together, so that the compiler can take several at a time.
std::vector<float> smoothed(std::span<const float> x, std::size_t half) {
    const std::size_t n = x.size();
    std::vector<float> smooth(n, nan_f);
    if (n <= 2 * half) return smooth;
    const std::size_t width = 2 * half + 1, piece = 1024;
    std::vector<float> squares(piece + width);
    for (std::size_t from = 0; from + width <= n; from += piece) {
        const std::size_t count = std::min(piece, n - width + 1 - from);
        const float* in = x.data() + from;
        float* sum = smooth.data() + from + half;
        for (std::size_t i = 0; i < count + width - 1; ++i) squares[i] = in[i] * in[i];
        std::copy_n(squares.begin(), count, sum);
        for (std::size_t k = 1; k < width; ++k)
            for (std::size_t i = 0; i < count; ++i) sum[i] += squares[i + k];
        for (std::size_t i = 0; i < count; ++i) sum[i] = std::sqrt(sum[i] / static_cast<float>(width));
    }
    return smooth;
}

const Signal::Stretch* stretch_at(const Signal& signal, Time t, std::size_t& number) {
    const auto next = std::partition_point(signal.stretches.begin(), signal.stretches.end(),
                                           [&](const Signal::Stretch& s) { return s.start <= t; });
    if (next == signal.stretches.begin()) return nullptr;
    number = static_cast<std::size_t>(next - signal.stretches.begin()) - 1;
    return &signal.stretches[number];
}

}  // namespace

std::vector<MuscleActivity> muscle_activity(const Night& night) {
    std::deque<MuscleMeter> meters;
    std::vector<Listener> listeners;
    std::vector<signal::HeartBeat> beats;
    for (std::size_t i = 0; i < night.signals.size(); ++i) {
        const RoleSignal& s = night.signals[i];
        if (!can_be_used(s)) continue;
        if (const Signal* ecg = night.find(Role::ecg); ecg && meters.empty()) beats = beats_of(*ecg);
        listeners.push_back(listener(s.signal, meters.emplace_back(s.signal, i, beats)));
    }
    pass_by(listeners);
    std::vector<MuscleActivity> all;
    for (MuscleMeter& meter : meters) all.push_back(meter.finish());
    return all;
}

float rest_at(const MuscleActivity& muscle, Time t) {
    std::size_t number = 0;
    const Signal::Stretch* s = stretch_at(muscle.rest, t, number);
    if (!s || s->samples.empty()) return nan_f;
    const auto i = static_cast<std::size_t>(std::max<std::int64_t>(0, muscle.rest.rate.index_at(t - s->start)));
    return s->samples[std::min(i, s->samples.size() - 1)];
}

std::span<const float> amplitude_in(const MuscleActivity& muscle, const Interval& extent) {
    std::size_t number = 0;
    const Signal::Stretch* s = stretch_at(muscle.envelope, extent.onset, number);
    if (!s) return {};
    const auto count = static_cast<std::int64_t>(s->samples.size());
    const auto first = std::clamp<std::int64_t>(muscle.envelope.rate.index_at(extent.onset - s->start), 0, count);
    const auto end = std::clamp<std::int64_t>(muscle.envelope.rate.index_at(extent.offset - s->start), first, count);
    return std::span(s->samples).subspan(static_cast<std::size_t>(first), static_cast<std::size_t>(end - first));
}

float amplitude_of(const MuscleActivity& muscle, const Interval& extent) {
    double sum = 0;
    std::size_t count = 0;
    for (const float x : amplitude_in(muscle, extent)) {
        if (std::isnan(x)) continue;
        sum += static_cast<double>(x) * static_cast<double>(x);
        ++count;
    }
    return count > 0 ? static_cast<float>(std::sqrt(sum / static_cast<double>(count))) : nan_f;
}

std::vector<MuscleBurst> bursts_of(const MuscleActivity& muscle, const BurstLimits& limits) {
    std::vector<MuscleBurst> bursts;
    const double rate_hz = muscle.envelope.rate.hz();
    const auto half = static_cast<std::size_t>(std::max(0.0, std::round((limits.smoothing_ms * 1e-3 * rate_hz - 1) / 2)));
    const auto patience = static_cast<std::size_t>(std::max(1.0, std::round(limits.join_ms * 1e-3 * rate_hz)));
    // six standard errors: noise alone makes no burst, however few samples a window has
    const double samples = muscle.samples_per_block * static_cast<double>(2 * half + 1);
    const auto on = static_cast<float>(std::max(limits.on_ratio, 1 + 6 / std::sqrt(2 * samples))), off = static_cast<float>(limits.off_ratio);
    const auto least = static_cast<float>(limits.on_uv), part = static_cast<float>(limits.off_peak_fraction);
    for (std::size_t s = 0; s < muscle.envelope.stretches.size(); ++s) {
        const SignalView view = muscle.envelope.view(s);
        const std::vector<float>& rest = muscle.rest.stretches[s].samples;
        const std::size_t n = view.samples.size();
        const double per_rest = muscle.rest.rate.hz() / rate_hz;
        const std::vector<float> smooth = smoothed(view.samples, half);
        const auto rest_of = [&](std::size_t i) {
            return rest[std::min(rest.size() - 1, static_cast<std::size_t>(static_cast<double>(i) * per_rest))];
        };
        // the next place from `i` on that is over the threshold of its rest
        const auto next_over = [&](std::size_t i) {
            while (i < n) {
                const float limit = on * rest_of(i);
                // to the end of this rest, to be sure one place less
                const auto step = static_cast<std::size_t>(static_cast<double>(i) * per_rest) + 1;
                const auto estimate = static_cast<std::size_t>(std::max(0.0, static_cast<double>(step) / per_rest - 1));
                const std::size_t end = std::clamp(estimate, i + 1, std::max(n, i + 1));
                const float both = limit >= least ? limit : least;
                if (std::isnan(limit)) {
                    i = end;
                    continue;
                }
                // many are looked at together: nearly all are below
                std::int32_t over = 0;
                for (std::size_t k = i; k < end; ++k) over += smooth[k] >= both ? 1 : 0;
                for (; over > 0 && i < end; ++i)
                    if (smooth[i] >= both) return i;
                i = end;
            }
            return n;
        };
        for (std::size_t i = next_over(0); i < n; i = next_over(i + 1)) {
            const float r = rest_of(i);
            // the rise before the threshold was reached, then on to where it stays down
            std::size_t begin = i, end = i + 1, k = i + 1;
            while (begin > 0 && smooth[begin - 1] >= off * r) --begin;
            float peak = smooth[i];
            for (std::size_t quiet = 0; k < n && quiet < patience; ++k) {
                peak = std::max(peak, smooth[k]);
                if (smooth[k] >= std::max(off * r, part * peak))
                    quiet = 0, end = k + 1;
                else
                    ++quiet;
                if (std::isnan(smooth[k])) break;
            }
            const bool complete = begin > half && k + half < n && !std::isnan(smooth[begin - 1]) && !std::isnan(smooth[k]);
            // the mean reaches half a window too far to either side
            const auto active = [&](std::size_t j) { return view.samples[j] >= std::max(off * r, part * peak); };
            while (begin < end && !active(begin)) ++begin;
            while (end > begin && !active(end - 1)) --end;
            const std::size_t next = std::max(k, i + 1);
            if (complete && begin < end) {
                MuscleBurst b{{view.time_of(begin), view.time_of(end)}, peak, 0, r};
                double sum = 0;
                for (std::size_t j = begin; j < end; ++j)
                    sum += static_cast<double>(view.samples[j]) * static_cast<double>(view.samples[j]);
                b.mean_uv = static_cast<float>(std::sqrt(sum / static_cast<double>(end - begin)));
                const double length_ms = seconds(b.extent.duration()) * 1e3;
                if (length_ms >= limits.min_ms && length_ms <= limits.max_ms) bursts.push_back(b);
            }
            i = next - 1;
        }
    }
    return bursts;
}

// No electrode on a skin and no amplifier is as quiet as this (rms above 20 Hz, proposed): a lead that is not connected.
constexpr float dead_uv = 0.05F;

// Where values are above it, nearly always all of them: many are looked at together.
static std::vector<signal::Run> active_runs(std::span<const float> x) {
    constexpr std::size_t piece = 256;
    std::vector<signal::Run> runs;
    const auto add = [&](std::size_t begin, std::size_t end) {
        if (!runs.empty() && runs.back().end == begin)
            runs.back().end = end;
        else
            runs.push_back({begin, end});
    };
    for (std::size_t from = 0; from < x.size(); from += piece) {
        const auto part = x.subspan(from, std::min(piece, x.size() - from));
        std::int32_t active = 0;
        for (const float v : part) active += v > dead_uv ? 1 : 0;
        if (active == static_cast<std::int32_t>(part.size())) {
            add(from, from + part.size());
            continue;
        }
        for (const signal::Run& run : signal::runs_where(part.size(), [&](std::size_t i) { return part[i] > dead_uv; }))
            add(from + run.begin, from + run.end);
    }
    return runs;
}

IntervalSet visible(const MuscleActivity& muscle) {
    IntervalSet set;
    const auto gap = static_cast<std::size_t>(std::max(1.0, 0.2 * muscle.envelope.rate.hz()));
    for (std::size_t s = 0; s < muscle.envelope.stretches.size(); ++s) {
        const SignalView view = muscle.envelope.view(s);
        for (const signal::Run& run : signal::bridged(active_runs(view.samples), gap))
            if (run.size() > gap) set.add({view.time_of(run.begin), view.time_of(run.end)});
    }
    return set;
}

Muscles::Muscles(const Night& night, const std::vector<Role>& roles, const std::string& detector, Findings& findings) {
    if (night.activity.empty()) own_ = muscle_activity(night);
    const std::vector<MuscleActivity>& all = night.activity.empty() ? own_ : night.activity;
    for (const Role role : roles) {
        bool there = false;
        for (std::size_t i = 0; i < night.signals.size(); ++i) {
            const RoleSignal& s = night.signals[i];
            if (s.role != role) continue;
            there = true;
            const auto activity =
                std::find_if(all.begin(), all.end(), [&](const MuscleActivity& a) { return a.signal == i; });
            if (activity != all.end()) {
                muscles_.push_back({role, &s.signal, &*activity});
                continue;
            }
            const std::string why = obstacle(s.signal);
            const bool coarse = s.signal.step > coarsest_step_uv;
            findings.push_back({coarse ? FindingCode::RESOLUTION_COARSE : FindingCode::CHANNEL_UNUSABLE,
                                "no " + detector + " can be seen in channel " + s.signal.label + ": " + why, "left out",
                                std::string(role_name(role)), s.signal.channel, s.signal.label});
            unusable_ += (unusable_.empty() ? "" : "; ") + std::string(role_name(role)) + " '" + s.signal.label + "': " + why;
        }
        if (!there) unusable_ += (unusable_.empty() ? "" : "; ") + std::string(role_name(role)) + ": no channel";
        if (!there)
            findings.push_back({FindingCode::CHANNEL_NOT_FOUND,
                                detector + ": no channel was found for " + std::string(role_meaning(role)), {},
                                std::string(role_name(role))});
    }
}

IntervalSet Muscles::visible_in_any() const {
    IntervalSet set;
    for (const Muscle& m : muscles_) set = set.united(visible(*m.activity));
    return set;
}

std::string Muscles::lacked() const {
    std::string text = unusable_;
    for (const Muscle& m : muscles_)
        if (visible(*m.activity).empty())
            text += (text.empty() ? "" : "; ") + std::string(role_name(m.role)) + " '" + m.signal->label + "': no signal";
    return text.empty() ? "" : " (" + text + ")";
}

bool is_artefact(const Signal& signal, const Interval& extent) {
    const Time middle = extent.onset + extent.duration() / 2, reach = std::chrono::seconds(1);
    Excerpt part = excerpt(signal, middle, {std::max(extent.onset, middle - reach), std::min(extent.offset, middle + reach)});
    const double rate_hz = signal.rate.hz();
    if (static_cast<double>(part.samples.size()) < 0.1 * rate_hz) return false;
    std::size_t held = 0;
    for (const signal::Run& run : signal::held_runs(part.samples, rate_hz)) held += run.size();
    if (10 * held > part.samples.size()) return true;
    if (static_cast<double>(part.samples.size()) < 0.8 * rate_hz) return false;  // too short to tell a tone from a burst
    signal::filter_zero_phase(signal::butterworth_high_pass(2, high_pass_hz, rate_hz), part.samples);
    return signal::line_share(part.samples, rate_hz) > 0.5;
}

Peaks peaks_of(const Signal& signal, const Interval& extent) {
    using namespace std::chrono_literals;
    Excerpt part = excerpt(signal, extent.onset, {extent.onset - 200ms, extent.offset + 50ms});
    Peaks peaks;
    if (part.samples.size() < 8) return peaks;
    signal::filter_causal(signal::butterworth_high_pass(2, high_pass_hz, signal.rate.hz()), part.samples);
    const SignalView view = part.view();
    const auto inside = [&](std::size_t i) { return view.time_of(i) >= extent.onset - 10ms && view.time_of(i) < extent.offset + 10ms; };
    float low = 0, high = 0;
    for (std::size_t i = 0; i < part.samples.size(); ++i) {
        if (!inside(i)) continue;
        low = std::min(low, part.samples[i]);
        high = std::max(high, part.samples[i]);
    }
    peaks.peak_uv = static_cast<double>(std::max(high, -low));
    peaks.peak_to_peak_uv = static_cast<double>(high - low);
    const float level = 0.1F * std::max(high, -low);
    std::optional<std::size_t> first;
    for (std::size_t i = 0, last = 0; i < part.samples.size(); ++i) {
        if (!inside(i) || !(std::abs(part.samples[i]) >= level)) continue;
        if (!first) first = i;
        bool swung = peaks.phases == 0;
        for (std::size_t k = last; k < i && !swung; ++k) swung = part.samples[k] * part.samples[i] < 0;
        peaks.phases += swung;
        last = i;
        peaks.span = view.time_of(i) - view.time_of(*first);
    }
    return peaks;
}

IntervalSet hidden_in(const Night& night, const std::string& label) {
    static const std::set<std::string> reasons{"", "lead_off", "clipping", "mains", "cable", "electrical", "electrode_pop", "heart_beats"};
    std::vector<Interval> hidden;
    for (const Event& e : night.events)
        if ((e.kind == "leg_artefact" || (e.kind == "artefact" && reasons.count(e.text("reason")))) && concerns(e, label)) hidden.push_back(e.extent);
    return IntervalSet(std::move(hidden));
}

bool concerns(const Event& event, const std::string& label) {
    return event.channel.empty() || ("+" + event.channel + "+").find("+" + label + "+") != std::string::npos;
}

Side side_of(Role role) {
    if (role == Role::leg_left || role == Role::arm_left) return Side::left;
    if (role == Role::leg_right || role == Role::arm_right) return Side::right;
    return Side::none;
}

}  // namespace psg::events
