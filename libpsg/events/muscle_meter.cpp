// Envelopes of muscles: high-pass, root mean square in short blocks, again where heart beats were taken away; the resting level.
// SPDX-License-Identifier: BSD-3-Clause
#include "libpsg/events/muscle_meter.hpp"

#include <algorithm>
#include <array>
#include <bit>
#include <cmath>
#include <limits>
#include <optional>

#include "libpsg/events/ecg_beats.hpp"
#include "libpsg/model/wide.hpp"
#include "libpsg/signal/artefacts.hpp"
#include "libpsg/signal/baseline.hpp"
#include "libpsg/signal/blocks.hpp"
#include "libpsg/signal/butterworth.hpp"
#include "libpsg/signal/ecg_removal.hpp"
#include "libpsg/signal/recursion.hpp"
#include "libpsg/signal/samples_in.hpp"

namespace psg::events {

namespace {

constexpr double high_pass_hz = 20, block_s = 0.01, rest_step_s = 0.5, flat_s = 5;
constexpr double least_stretch_s = 2;
constexpr float nan_f = std::numeric_limits<float>::quiet_NaN();
constexpr float least_rest_uv = 0.01F;  // proposed: no amplifier is quieter, so the channel says nothing

// One rate for a block of samples: exact, as the rate itself is.
SampleRate rate_of_blocks(SampleRate rate, std::size_t block) {
    return {rate.samples(), rate.nanoseconds() * static_cast<std::int64_t>(block)};
}

std::size_t samples_per_block(const Signal& s) { return signal::samples_in(block_s, s.rate.hz()); }

// No electrode on a skin and no amplifier is as quiet as this (rms above 20 Hz, proposed): a lead that is not connected.
constexpr float dead_uv = 0.05F;

// Where amplitudes are above it, nearly always all of them, which the bounds of their codes tell.
std::vector<signal::Run> active_runs(const AmplitudeSeries& envelope, std::size_t stretch) {
    static const std::uint16_t unknown = amplitude_code(nan_f);  // the highest of all codes
    const std::uint16_t nearest = amplitude_code(dead_uv);
    const auto least = static_cast<std::uint16_t>(decoded_amplitude(nearest) > dead_uv ? nearest : nearest + 1);
    const CodeSeries& codes = envelope.stretches[stretch].codes;
    std::array<std::uint16_t, CodeSeries::row> some;
    std::vector<signal::Run> runs;
    const auto add = [&](std::size_t begin, std::size_t end) {
        if (!runs.empty() && runs.back().end == begin)
            runs.back().end = end;
        else
            runs.push_back({begin, end});
    };
    for (std::size_t from = 0; from < codes.size(); from += some.size()) {
        const auto part = std::span(some).first(std::min(some.size(), codes.size() - from));
        if (const auto [lowest, highest] = codes.bounds(from); lowest >= least && highest < unknown) {
            add(from, from + part.size());
            continue;
        }
        codes.read(from, part);
        for (const signal::Run& run : signal::runs_where(part.size(), [&](std::size_t i) { return part[i] >= least && part[i] != unknown; }))
            add(from + run.begin, from + run.end);
    }
    return runs;
}

IntervalSet visible_in(const AmplitudeSeries& envelope) {
    IntervalSet set;
    const auto gap = static_cast<std::size_t>(std::max(1.0, 0.2 * envelope.rate.hz()));
    for (std::size_t s = 0; s < envelope.stretches.size(); ++s) {
        for (const signal::Run& run : signal::bridged(active_runs(envelope, s), gap))
            if (run.size() > gap) set.add({envelope.time_of(s, run.begin), envelope.time_of(s, run.end)});
    }
    return set;
}

// Of three blocks in a row among those of each level of rest, which are `cell`, and those beside them. What is unknown is higher than
// all else, as the bits of a float without sign.
std::vector<std::uint16_t> highest_of(const CodeSeries& codes, std::size_t cell) {
    constexpr std::size_t at_once = 64;  // cells
    const std::size_t cells = (codes.size() + cell - 1) / cell;
    std::vector<std::uint16_t> highest(cells);
    std::vector<float> power, three, high_three(at_once);
    for (std::size_t from = 0; from < cells; from += at_once) {
        const std::size_t to = std::min(cells, from + at_once), first = from * cell - std::min(from * cell, highest_beside);
        power.resize(std::min(codes.size(), to * cell + highest_beside) - first);
        three.resize(power.size() - std::min<std::size_t>(power.size(), 2));
        read_amplitudes(codes, first, power);
        wide([=, power = power.data(), blocks = power.size(), three = three.data(), count = three.size(), high_three = high_three.data()] {
            for (std::size_t i = 0; i < blocks; ++i) power[i] *= power[i];
            for (std::size_t i = 0; i < count; ++i) three[i] = (power[i] + power[i + 1] + power[i + 2]) / 3;
            for (std::size_t c = from; c < to; ++c) {
                const std::size_t begin = c * cell - first - std::min(c * cell - first, highest_beside), end = std::min(blocks, (c + 1) * cell + highest_beside - first);
                std::uint32_t bits = 0;
                for (std::size_t k = begin; k + 2 < end; ++k) {
                    const auto here = std::bit_cast<std::uint32_t>(three[k]);
                    bits = here > bits ? here : bits;
                }
                high_three[c - from] = std::bit_cast<float>(bits);
            }
        });
        encode_root_mean_squares(std::span(high_three).first(to - from), std::span(highest).subspan(from, to - from));
    }
    return highest;
}

}  // namespace

class MuscleMeter::Maker {
public:
    Maker(const Signal& signal, std::size_t place, const std::vector<signal::HeartBeat>& beats)
        : signal_(signal),
          beats_(beats),
          block_(samples_per_block(signal)),
          filter_(signal::butterworth_high_pass(2, high_pass_hz, signal.rate.hz())),
          flat_(static_cast<std::size_t>(std::ceil(flat_s * signal.rate.hz()))),
          blocks_((filter_.block() / block_ + 1) * block_) {
        muscle_.signal = place;
        muscle_.samples_per_block = static_cast<double>(block_);
        muscle_.envelope.rate = rate_of_blocks(signal.rate, block_);
        rest_blocks_ = static_cast<std::size_t>(std::lround(muscle_.envelope.rate.hz() * rest_step_s));
        muscle_.rest.channel = signal.channel;
        muscle_.rest.label = signal.label;
        muscle_.rest.unit = signal.unit;
        muscle_.rest.rate = rate_of_blocks(muscle_.envelope.rate, rest_blocks_);
    }

    void begin_stretch(Time start) {
        end_stretch();
        const auto s = std::find_if(signal_.stretches.begin(), signal_.stretches.end(), [&](const Signal::Stretch& one) { return one.start == start; });
        if (s == signal_.stretches.end()) return;
        if (static_cast<double>(s->size()) < least_stretch_s * signal_.rate.hz()) return;
        open_ = true;
        start_ = start;
        at_ = 0;
        blocks_.begin();
        flat_.begin();
        missing_.clear();
        codes_ = {};
        codes_.reserve(s->size() / block_);
        beats_here_.reset();
        if (const auto places = beats_within(beats_, signal_.extent(static_cast<std::size_t>(s - signal_.stretches.begin())), signal_.rate); !places.empty())
            beats_here_.emplace(signal_.rate.hz(), places, block_, [this](std::size_t begin, std::span<const float> samples) { make_power(begin, samples); });
    }

    void add(std::span<const float> samples) {
        if (open_) blocks_.add(samples, [this](auto raw, auto filled) { take(raw, filled); });
    }

    MuscleActivity finish() {
        end_stretch();
        muscle_.visible = visible_in(muscle_.envelope);
        return std::move(muscle_);
    }

private:
    // The amplitudes of whole blocks from sample `begin` on, a multiple of their length.
    void make_power(std::size_t begin, std::span<const float> samples) {
        const std::size_t first = begin / block_, count = samples.size() / block_;
        power_.resize(count);
        of_power_.resize(count);
        signal::block_power(samples, block_, power_);
        encode_root_mean_squares(power_, of_power_);
        if (first == codes_.size())
            codes_.add(of_power_);
        else
            codes_.put(first, of_power_);
    }

    void take(std::span<const float> raw, std::span<const float> filled) {
        if (filled.empty()) return;
        flat_.add(raw);
        if (raw.data() != filled.data())
            for (const signal::Run& run : signal::runs_where(raw.size(), [&](std::size_t i) { return !std::isfinite(raw[i]); }))
                missing_.push_back({at_ + run.begin, at_ + run.end});
        if (at_ == 0) filter_.start(filled.front());
        work_.resize(filled.size());
        filter_.forwards(filled, work_);
        make_power(at_, work_);
        if (beats_here_) beats_here_->add(work_);
        at_ += work_.size();
    }

    void end_stretch() {
        if (!open_) return;
        open_ = false;
        blocks_.finish([this](auto raw, auto filled) { take(raw, filled); });
        if (beats_here_) beats_here_->finish();
        flat_.finish();
        missing_.insert(missing_.end(), flat_.runs().begin(), flat_.runs().end());
        for (const signal::Run& run : missing_) {
            const std::size_t first = std::min(codes_.size(), run.begin / block_), end = std::min(codes_.size(), (run.end - 1) / block_ + 1);
            codes_.put(first, std::vector<std::uint16_t>(end - first, amplitude_code(nan_f)));
        }
        codes_.finish();
        const auto read_power = [&](std::size_t first, std::span<float> out) {
            read_amplitudes(codes_, first, out);
            for (float& x : out) x *= x;
        };
        const signal::RestingLevel rest = signal::resting_cells(codes_.size(), read_power, signal_.rate.hz() / static_cast<double>(block_));
        const auto step_noise = static_cast<float>(signal_.step / std::sqrt(12.0));  // rms of a value between two steps
        Signal::Stretch level{start_, {}};
        level.samples.reserve((codes_.size() + rest_blocks_ - 1) / rest_blocks_);
        for (std::size_t k = 0; k < codes_.size(); k += rest_blocks_) {
            const float uv = rest.at(k);
            level.samples.push_back(uv > least_rest_uv ? std::max(uv, step_noise) : nan_f);
        }
        muscle_.highest.push_back(highest_of(codes_, rest_blocks_));
        muscle_.envelope.stretches.push_back({start_, std::move(codes_)});
        muscle_.rest.stretches.push_back(std::move(level));
        codes_ = {};
    }

    const Signal& signal_;
    const std::vector<signal::HeartBeat>& beats_;
    std::size_t block_, rest_blocks_ = 1;
    signal::Recursion filter_;
    signal::EqualRuns flat_;
    signal::FilledBlocks blocks_;
    MuscleActivity muscle_;

    bool open_ = false;
    Time start_{0};
    std::size_t at_ = 0;
    std::vector<signal::Run> missing_;  // samples that are no numbers
    std::vector<float> work_, power_;
    std::vector<std::uint16_t> of_power_;
    CodeSeries codes_;  // of the amplitudes
    std::optional<signal::BeatSubtraction> beats_here_;
};

MuscleMeter::MuscleMeter(const Signal& signal, std::size_t place, const std::vector<signal::HeartBeat>& beats)
    : maker_(std::make_unique<Maker>(signal, place, beats)) {}
MuscleMeter::~MuscleMeter() = default;
MuscleMeter::MuscleMeter(MuscleMeter&&) noexcept = default;
MuscleMeter& MuscleMeter::operator=(MuscleMeter&&) noexcept = default;

void MuscleMeter::begin_stretch(Time start) { maker_->begin_stretch(start); }
void MuscleMeter::add(std::span<const float> samples) { maker_->add(samples); }
MuscleActivity MuscleMeter::finish() { return maker_->finish(); }

}  // namespace psg::events
