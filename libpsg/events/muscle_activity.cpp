// The activity of all muscles of a night; bursts by hysteresis.
// SPDX-License-Identifier: BSD-3-Clause
#include "libpsg/events/muscle_activity.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdint>
#include <cstring>
#include <limits>
#include <numeric>
#include <optional>
#include <set>

#include "libpsg/events/ecg_beats.hpp"
#include "libpsg/events/jerk_excerpts.hpp"
#include "libpsg/events/jerk_groups.hpp"
#include "libpsg/model/wide.hpp"
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
// together, so that the compiler can take several at a time. `smooth` has a value for each place but `half` at either end.
void smooth_amplitudes(std::span<const float> x, std::size_t half, std::vector<float>& squares, std::vector<float>& smooth) {
    const std::size_t width = 2 * half + 1;
    squares.resize(x.size());
    smooth.resize(x.size() < width ? 0 : x.size() - width + 1);
    wide_by([=, in = x.data(), size = x.size(), square = squares.data(), out = smooth.data(), count = smooth.size()](auto bytes) {
        typedef float Vector __attribute__((vector_size(decltype(bytes)::value)));
        constexpr std::size_t lanes = decltype(bytes)::value / sizeof(float);
        for (std::size_t i = 0; i < size; ++i) square[i] = in[i] * in[i];
        std::size_t i = 0;
        for (; i + lanes <= count; i += lanes) {
            Vector sum, next;
            std::memcpy(&sum, square + i, sizeof sum);
            for (std::size_t k = 1; k < width; ++k) {
                std::memcpy(&next, square + i + k, sizeof next);
                sum += next;
            }
            std::memcpy(out + i, &sum, sizeof sum);
        }
        for (; i < count; ++i) {
            out[i] = square[i];
            for (std::size_t k = 1; k < width; ++k) out[i] += square[i + k];
        }
        for (i = 0; i < count; ++i) out[i] = std::sqrt(out[i] / static_cast<float>(width));
    });
}

// A stretch of an envelope, as it is and smoothed, of which only what is around the last look is held.
class EnvelopeLook {
public:
    EnvelopeLook(const AmplitudeSeries& envelope, std::size_t stretch, std::size_t half)
        : envelope_(envelope), stretch_(stretch), size_(envelope.size(stretch)), half_(half) {}

    std::size_t size() const { return size_; }
    float amplitude(std::size_t i) { return hold(i), amplitudes_[i - from_]; }
    float smooth(std::size_t i) { return hold(i), smooth_[i - begin_]; }
    // Smoothed ones from `i` on, one or more, before `end`.
    std::span<const float> smooth(std::size_t i, std::size_t end) {
        hold(i);
        return std::span<const float>(smooth_).subspan(i - begin_, std::min(end, end_) - i);
    }

private:
    void hold(std::size_t i) {
        if (i >= begin_ && i < end_) return;
        constexpr std::size_t beside = 64, further = 448;  // the way one goes
        const bool back = i < begin_;
        const std::size_t before = back ? further : beside, after = back ? beside : further;
        begin_ = i - std::min(i, before);
        end_ = std::min(size_, i + after);
        from_ = begin_ - std::min(begin_, half_);
        amplitudes_.resize(std::min(size_, end_ + half_) - from_);
        envelope_.read(stretch_, from_, amplitudes_);
        smooth_amplitudes(amplitudes_, half_, squares_, smooth_);
        const std::size_t first = from_ + half_;  // place of smooth_[0]; the ends of the stretch have none
        smooth_.insert(smooth_.begin(), first - std::min(first, begin_), nan_f);
        smooth_.resize(end_ - begin_, nan_f);
    }

    const AmplitudeSeries& envelope_;
    std::size_t stretch_, size_, half_;
    std::size_t begin_ = 0, end_ = 0;  // held
    std::size_t from_ = 0;             // of amplitudes_
    std::vector<float> amplitudes_, squares_, smooth_;
};

// For each level of rest, which is that of `cell` blocks, whether something smoothed over `half` blocks to either side may reach the
// limit there, told by what is highest of all that it is made of: quicker than smoothing, and false of nearly everything.
template <class Limit>
std::vector<char> cells_that_rise(std::span<const std::uint16_t> highest_of_cells, const std::vector<float>& rest, double cell, std::size_t half, Limit limit_of) {
    std::vector<char> rises(rest.size());
    std::vector<float> highest(rest.size());
    decode_amplitudes(highest_of_cells, highest);
    // a mean square, even of one, is no higher than that of threes that cover it, as often as it holds them; but for rounding
    const auto width = static_cast<float>(2 * half + 1), covered = 3 * std::ceil(width / 3);
    const float part = 0.999F * std::sqrt(width / covered);
    const std::size_t reach = half < highest_beside ? 0 : static_cast<std::size_t>(static_cast<double>(half) / cell) + 1;
    const auto may_rise = [&](std::size_t c, std::size_t at) { return !(highest[at] < part * limit_of(c)); };
    for (std::size_t c = 0; c < rest.size(); ++c) {
        bool any = may_rise(c, c);
        for (std::size_t k = c - std::min(c, reach); reach > 0 && k < std::min(rest.size(), c + reach + 1); ++k) any = any || may_rise(c, k);
        rises[c] = any & (rest[c] == rest[c]);
    }
    return rises;
}

// The stretch of a series that holds a moment, or the last one before it; none: nothing.
template <class Stretch>
std::optional<std::size_t> stretch_at(const std::vector<Stretch>& stretches, Time t) {
    const auto next = std::partition_point(stretches.begin(), stretches.end(), [&](const Stretch& s) { return s.start <= t; });
    if (next == stretches.begin()) return std::nullopt;
    return static_cast<std::size_t>(next - stretches.begin()) - 1;
}

// Blocks of an envelope.
struct Blocks {
    std::size_t stretch = 0, first = 0, count = 0;
};

// Those within `extent`, of the stretch that holds its onset.
Blocks blocks_in(const AmplitudeSeries& envelope, const Interval& extent) {
    const auto number = stretch_at(envelope.stretches, extent.onset);
    if (!number) return {};
    const AmplitudeSeries::Stretch& s = envelope.stretches[*number];
    const auto count = static_cast<std::int64_t>(s.codes.size());
    const auto first = std::clamp<std::int64_t>(envelope.rate.index_at(extent.onset - s.start), 0, count);
    const auto end = std::clamp<std::int64_t>(envelope.rate.index_at(extent.offset - s.start), first, count);
    return {*number, static_cast<std::size_t>(first), static_cast<std::size_t>(end - first)};
}

// In lanes, of which none waits for another.
double sum_of_squares(std::span<const float> x) {
    return wide([x] {
        constexpr std::size_t lanes = 8;
        const auto square = [x](std::size_t i) { return static_cast<double>(x[i]) * static_cast<double>(x[i]); };
        std::array<double, lanes> sums{};
        std::size_t i = 0;
        for (; i + lanes <= x.size(); i += lanes)
            for (std::size_t lane = 0; lane < lanes; ++lane) sums[lane] += square(i + lane);
        for (; i < x.size(); ++i) sums[0] += square(i);
        return std::accumulate(sums.begin(), sums.end(), 0.0);
    });
}

// Of the amplitudes that are known; NaN if none is.
float root_mean_square(const AmplitudeSeries& envelope, const Blocks& blocks) {
    std::array<float, 512> decoded;
    double sum = 0;
    std::size_t count = blocks.count;
    for (std::size_t at = 0; at < blocks.count; at += decoded.size()) {
        const auto x = std::span(decoded).first(std::min(blocks.count - at, decoded.size()));
        envelope.read(blocks.stretch, blocks.first + at, x);
        double more = sum_of_squares(x);
        if (std::isnan(more)) {
            const auto unknown = [](float amplitude) { return std::isnan(amplitude); };
            count -= static_cast<std::size_t>(std::count_if(x.begin(), x.end(), unknown));
            std::replace_if(x.begin(), x.end(), unknown, 0.0F);
            more = sum_of_squares(x);
        }
        sum += more;
    }
    return count > 0 ? static_cast<float>(std::sqrt(sum / static_cast<double>(count))) : nan_f;
}

}  // namespace

MuscleActivityScan::MuscleActivityScan(const Night& night) {
    const std::vector<HeartBeat>& beats = beats_of(night, own_beats_);
    for (std::size_t i = 0; i < night.signals.size(); ++i) {
        if (!can_be_used(night.signals[i])) continue;
        signals_.push_back(&night.signals[i].signal);
        meters_.emplace_back(*signals_.back(), i, beats);
    }
}

std::vector<Listener> MuscleActivityScan::listeners() {
    std::vector<Listener> all;
    for (std::size_t i = 0; i < meters_.size(); ++i) all.push_back(listener(*signals_[i], meters_[i]));
    return all;
}

std::vector<MuscleActivity> MuscleActivityScan::finish() {
    std::vector<MuscleActivity> all;
    for (; !meters_.empty(); meters_.pop_front()) all.push_back(meters_.front().finish());  // gives back its memory
    return all;
}

std::vector<MuscleActivity> muscle_activity(const Night& night) {
    MuscleActivityScan scan(night);
    pass_by(scan.listeners());
    return scan.finish();
}

float rest_at(const MuscleActivity& muscle, Time t) {
    const auto number = stretch_at(muscle.rest.stretches, t);
    if (!number || muscle.rest.stretches[*number].samples.empty()) return nan_f;
    const Signal::Stretch& s = muscle.rest.stretches[*number];
    const auto i = static_cast<std::size_t>(std::max<std::int64_t>(0, muscle.rest.rate.index_at(t - s.start)));
    return s.samples[std::min(i, s.samples.size() - 1)];
}

std::vector<float> amplitude_in(const MuscleActivity& muscle, const Interval& extent) {
    const Blocks blocks = blocks_in(muscle.envelope, extent);
    return blocks.count == 0 ? std::vector<float>() : muscle.envelope.part(blocks.stretch, blocks.first, blocks.count);
}

float amplitude_of(const MuscleActivity& muscle, const Interval& extent) { return root_mean_square(muscle.envelope, blocks_in(muscle.envelope, extent)); }

std::vector<MuscleBurst> bursts_of(const MuscleActivity& muscle, const BurstLimits& limits) {
    return bursts_of(muscle, muscle.rest, limits);
}

Signal background_around(const MuscleActivity& muscle, Time reach, const IntervalSet& wanted, Time beside) {
    constexpr double quartile = 25;
    const SampleRate rate = muscle.rest.rate;
    const Time step = rate.time_of(1);
    const auto places = static_cast<std::size_t>(reach / step);
    std::vector<Interval> near = wanted.intervals();
    for (Interval& i : near) i = {i.onset - beside, i.offset + beside};
    const IntervalSet where(std::move(near));
    Signal level = muscle.rest;
    for (Signal::Stretch& s : level.stretches) {
        const std::size_t size = s.samples.size();
        std::fill(s.samples.begin(), s.samples.end(), nan_f);
        const auto place_of = [&](Time t) { return static_cast<std::size_t>(std::clamp<std::int64_t>(rate.index_at(t - s.start), 0, std::ssize(s.samples))); };
        for (const Interval& i : where.intervals()) {
            const std::size_t begin = place_of(i.onset), end = place_of(i.offset);
            if (begin == end) continue;
            const std::size_t first = begin - std::min(begin, places);
            std::vector<float> amplitudes(std::min(size, end + places) - first);
            for (std::size_t k = 0; k < amplitudes.size(); ++k) {
                const Time from = s.start + rate.time_of(static_cast<std::int64_t>(first + k));
                amplitudes[k] = amplitude_of(muscle, {from, from + step});
            }
            const std::vector<float> around = signal::sliding_percentile(amplitudes, places, places, quartile);
            std::copy_n(around.begin() + static_cast<std::ptrdiff_t>(begin - first), end - begin, s.samples.begin() + static_cast<std::ptrdiff_t>(begin));
        }
    }
    return level;
}

std::vector<MuscleBurst> bursts_of(const MuscleActivity& muscle, const Signal& level, const BurstLimits& limits) {
    std::vector<MuscleBurst> bursts;
    const double rate_hz = muscle.envelope.rate.hz();
    const auto half = static_cast<std::size_t>(std::max(0.0, std::round((limits.smoothing_ms * 1e-3 * rate_hz - 1) / 2)));
    const auto patience = static_cast<std::size_t>(std::max(1.0, std::round(limits.join_ms * 1e-3 * rate_hz)));
    // six standard errors: noise alone makes no burst, however few samples a window has
    const double samples = muscle.samples_per_block * static_cast<double>(2 * half + 1);
    const auto on = static_cast<float>(std::max(limits.on_ratio, 1 + 6 / std::sqrt(2 * samples))), off = static_cast<float>(limits.off_ratio);
    const auto least = static_cast<float>(limits.on_uv), part = static_cast<float>(limits.off_peak_fraction);
    for (std::size_t s = 0; s < muscle.envelope.stretches.size(); ++s) {
        EnvelopeLook look(muscle.envelope, s, half);
        const std::vector<float>& rest = level.stretches[s].samples;
        const std::size_t n = look.size();
        const double per_rest = level.rate.hz() / rate_hz;
        const auto cell_of = [&](std::size_t i) { return std::min(rest.size() - 1, static_cast<std::size_t>(static_cast<double>(i) * per_rest)); };
        const auto rest_of = [&](std::size_t i) { return rest[cell_of(i)]; };
        const auto limit_of = [&](std::size_t cell) { return on * rest[cell] >= least ? on * rest[cell] : least; };
        // the end of a rest, to be sure one place less
        const auto end_of = [&](std::size_t cell) {
            return cell + 1 >= rest.size() ? n : std::min(n, static_cast<std::size_t>(std::max(0.0, static_cast<double>(cell + 1) / per_rest - 1)));
        };
        const std::vector<char> rises = cells_that_rise(muscle.highest[s], rest, 1 / per_rest, half, limit_of);
        // the next place from `i` on that is over the threshold of its rest
        const auto next_over = [&](std::size_t i) {
            while (i < n) {
                std::size_t cell = cell_of(i);
                if (!rises[cell]) {
                    cell = static_cast<std::size_t>(std::find(rises.begin() + static_cast<std::ptrdiff_t>(cell) + 1, rises.end(), 1) - rises.begin()) - 1;
                    i = std::max(i + 1, end_of(cell));
                    continue;
                }
                const float limit = limit_of(cell);
                const std::span<const float> smooth = look.smooth(i, std::max(i + 1, end_of(cell)));
                const std::size_t over = signal::first_where(0, smooth.size(), [smooth, limit](std::size_t k) { return smooth[k] >= limit; });
                i += over;
                if (over < smooth.size()) return i;
            }
            return n;
        };
        for (std::size_t i = next_over(0); i < n; i = next_over(i + 1)) {
            const float r = rest_of(i);
            // the rise before the threshold was reached, then on to where it stays down
            std::size_t begin = i, end = i + 1, k = i + 1;
            while (begin > 0 && look.smooth(begin - 1) >= off * r) --begin;
            float peak = look.smooth(i);
            for (std::size_t quiet = 0; k < n && quiet < patience; ++k) {
                const float here = look.smooth(k);
                peak = std::max(peak, here);
                if (here >= std::max(off * r, part * peak))
                    quiet = 0, end = k + 1;
                else
                    ++quiet;
                if (std::isnan(here)) break;
            }
            const bool complete = begin > half && k + half < n && !std::isnan(look.smooth(begin - 1)) && !std::isnan(look.smooth(k));
            // the mean reaches half a window too far to either side
            const auto active = [&](std::size_t j) { return look.amplitude(j) >= std::max(off * r, part * peak); };
            while (begin < end && !active(begin)) ++begin;
            while (end > begin && !active(end - 1)) --end;
            const std::size_t next = std::max(k, i + 1);
            if (complete && begin < end) {
                MuscleBurst b{{muscle.envelope.time_of(s, begin), muscle.envelope.time_of(s, end)}, peak, 0, r};
                const double length_ms = seconds(b.extent.duration()) * 1e3;
                if (length_ms >= limits.min_ms && length_ms <= limits.max_ms) {
                    b.mean_uv = root_mean_square(muscle.envelope, {s, begin, end - begin});
                    bursts.push_back(b);
                }
            }
            i = next - 1;
        }
    }
    return bursts;
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
    for (const Muscle& m : muscles_) set = set.united(m.activity->visible);
    return set;
}

std::string Muscles::lacked() const {
    std::string text = unusable_;
    for (const Muscle& m : muscles_)
        if (m.activity->visible.empty())
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
