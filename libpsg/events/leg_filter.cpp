// High-pass without delay, hum, held samples, heart beats: each step looks at what the one before has settled.
// SPDX-License-Identifier: BSD-3-Clause
#include "libpsg/events/leg_filter.hpp"

#include <algorithm>
#include <cmath>
#include <utility>

#include "libpsg/signal/baseline.hpp"
#include "libpsg/signal/butterworth.hpp"
#include "libpsg/signal/samples_in.hpp"
#include "libpsg/signal/statistics.hpp"

namespace psg::events {

using signal::Run;

namespace {

constexpr double block_s = 0.025;
constexpr std::size_t together = 2400;  // blocks that are filtered again together

}  // namespace

LegFilter::LegFilter(double rate_hz, const LegMovementOptions& options)
    : rate_hz_(rate_hz),
      options_(options),
      block_(signal::samples_in(block_s, rate_hz)),
      second_(signal::samples_in(1, rate_hz)),
      flat_length_(static_cast<std::size_t>(std::ceil(options.flat_s * rate_hz))),
      beside_(second_ / 4),
      high_pass_(signal::butterworth_high_pass(2, options.high_pass_hz, rate_hz)),
      blocks_(high_pass_.block()),
      flat_(flat_length_),
      held_runs_(rate_hz) {}

void LegFilter::begin(Read read, std::size_t count, const std::optional<signal::BeatPlaces>& beats) {
    read_ = std::move(read);
    blocks_.begin();
    high_pass_.begin();
    flat_.begin();
    held_runs_.begin();
    hum_.emplace(rate_hz_);
    beat_subtraction_.reset();
    spikes_.reset();
    if (options_.subtract_ecg && beats) beat_subtraction_ = subtraction_of(*beats);
    if (options_.subtract_ecg && !beats) spikes_.emplace(rate_hz_, block_);
    ended_ = false;
    x_.clear();
    raw_count_ = hum_settled_ = concealed_ = next_held_ = measured_ = beats_subtracted_ = 0;
    hum_s_ = 0;
    for (auto* list : {&hums_, &concealed_runs_, &held_, &humming_}) list->clear();
    for (auto* list : {&with_hum_, &without_, &again_}) list->clear();
    amplitudes_.clear();
    derived_ = {};
    amplitudes_.reserve(count / block_);  // growing would take twice as much
}

signal::BeatSubtraction LegFilter::subtraction_of(const signal::BeatPlaces& beats) {
    return {rate_hz_, beats, block_, [this](std::size_t begin, std::span<const float> samples) { keep_amplitudes(begin, samples); }, true};
}

void LegFilter::add(std::span<const float> samples) {
    blocks_.add(samples, [this](auto raw, auto filled) {
        look_for_held(raw);
        high_pass_.next(filled, x_.extend(high_pass_.waiting()));
        take();
    });
}

void LegFilter::finish() {
    blocks_.finish([this](auto raw, auto filled) {
        look_for_held(raw);
        if (filled.size() < blocks_.length())
            x_.add(high_pass_.finish(filled));
        else
            high_pass_.next(filled, x_.extend(high_pass_.waiting()));
        take();
    });
    ended_ = true;
    flat_.finish();
    held_ = held_runs_.finish();
    std::erase_if(held_, [&](const Run& run) { return run.size() >= flat_length_; });
    if (options_.subtract_mains) hum_->finish(window(), x_.first());
    pass_on();
    if (options_.subtract_mains) {
        for (const signal::LineComponent& c : hum_->found()) hum_s_ = std::max(hum_s_, c.seconds);
        if (hum_s_ > 0) humming_ = signal::humming_seconds(with_hum_, without_, second_);
    }
    if (beat_subtraction_) {
        beat_subtraction_->finish();
        beats_subtracted_ = beat_subtraction_->beats();
    }
    if (spikes_) subtract_spikes();
}

void LegFilter::look_for_held(std::span<const float> raw) {
    flat_.add(raw);
    held_runs_.add(raw);
    raw_count_ += raw.size();
}

// What is new in x_ goes through all other steps.
void LegFilter::take() {
    if (options_.subtract_mains) hum_->look(window(), x_.first());
    pass_on();
}

// The steps after the filter.
void LegFilter::pass_on() {
    settle_hum();
    conceal();
    measure();
    // what is concealed is taken from as far away as it is long
    const std::size_t mirrored = flat_length_ + 4 * beside_;
    const std::size_t asked = options_.subtract_mains ? std::min(hum_->first_needed(), without_.size() * second_) : x_.end();
    const std::size_t looked_at = spikes_ ? std::min(measured_, spikes_->first_needed()) : measured_;
    x_.forget_before(std::min({looked_at, concealed_ - std::min(concealed_, mirrored), asked}));
}

void LegFilter::settle_hum() {
    if (!options_.subtract_mains) {
        hum_settled_ = x_.end();
        return;
    }
    const auto powers_of = [&](std::size_t begin, std::size_t end, std::vector<float>& powers) {  // seconds
        powers.resize(end);
        signal::block_power(x_.part(begin * second_, end * second_), second_, std::span(powers).subspan(begin));
    };
    powers_of(with_hum_.size(), x_.end() / second_, with_hum_);
    while (const auto part = hum_->next(x_.end())) {
        if (part->hums) {
            hum_->subtract(*part, x_.change(part->run.begin, part->until));
            hums_.push_back(part->run);
        }
        hum_settled_ = part->run.end;
    }
    while ((without_.size() + 1) * second_ <= hum_settled_) {
        const std::size_t second = without_.size(), begin = second * second_;
        bool changed = false;
        for (auto run = hums_.rbegin(); run != hums_.rend() && run->end > begin; ++run) changed = changed || run->begin < begin + second_;
        without_.push_back(with_hum_[second]);
        if (changed) powers_of(second, second + 1, without_);
    }
}

// Conceals the held runs that have ended, where samples enough are there on either side.
void LegFilter::conceal() {
    const std::vector<Run>& runs = held_runs_.all();
    for (; next_held_ < runs.size(); ++next_held_) {
        const Run run = runs[next_held_];
        if (run.size() >= flat_length_ || !held_runs_.tells(next_held_)) continue;
        const std::size_t last = run.end + run.size() + 4 * beside_;
        if (hum_settled_ < (ended_ ? x_.end() : last)) break;
        const std::size_t first = x_.first();
        signal::conceal(x_.change(first, hum_settled_), {{run.begin - first, run.end - first}}, rate_hz_);
        concealed_runs_.push_back(run);
    }
    // nothing before this will be concealed
    std::size_t free = ended_ ? hum_settled_ : held_runs_.open();
    if (!ended_ && raw_count_ - free >= flat_length_) free = raw_count_;  // flat, and so not concealed
    if (next_held_ < runs.size()) free = std::min(free, runs[next_held_].begin);
    concealed_ = std::max(concealed_, std::min(hum_settled_, ended_ ? free : free - std::min(free, beside_)));
}

// Of whole blocks, from sample `begin` on.
void LegFilter::keep_amplitudes(std::size_t begin, std::span<const float> samples) {
    const std::size_t first = begin / block_, count = samples.size() / block_;
    if (amplitudes_.size() < first + count) amplitudes_.resize(first + count);
    power_.resize(count);
    signal::block_power(samples, block_, power_);
    encode_root_mean_squares(power_, std::span(amplitudes_).subspan(first, count));
}

void LegFilter::measure() {
    const std::size_t end = concealed_ / block_ * block_;
    if (end > measured_) {
        const std::span<const float> samples = x_.part(measured_, end);
        keep_amplitudes(measured_, samples);
        if (spikes_) spikes_->look(x_.part(x_.first(), end), x_.first(), power_);
        if (beat_subtraction_) beat_subtraction_->add(samples);
        measured_ = end;
    }
    if (ended_ && beat_subtraction_ && x_.end() > measured_) beat_subtraction_->add(x_.part(measured_, x_.end()));
}

// Around beats samples are filtered again: in most nights there are few, or none.
void LegFilter::subtract_spikes() {
    spike_beats_ = spikes_->finish(window(), x_.first(), [this](std::size_t begin, std::size_t end) { return samples(begin, end); });
    if (spike_beats_.empty()) return;
    signal::BeatSubtraction subtraction = subtraction_of({spike_beats_});
    std::size_t done = 0;
    const auto pass = [&](std::size_t begin, std::size_t end) {
        begin = std::max(done, begin / block_ * block_);
        end = std::min(raw_count_, (end + block_ - 1) / block_ * block_);
        if (begin > done) subtraction.skip_to(begin);
        for (std::size_t next = 0; begin < end; begin = next) {
            next = std::min(end, begin + together * block_);
            subtraction.add(samples(begin, next));
        }
        done = end;
    };
    Run around{0, 0};  // beats that are less than two seconds apart
    for (const signal::HeartBeat& beat : spike_beats_) {
        const auto place = static_cast<std::size_t>(beat.place), begin = place - std::min(place, second_), end = place + second_;
        if (begin > around.end) pass(around.begin, around.end), around.begin = begin;
        around.end = end;
    }
    pass(around.begin, around.end);
    subtraction.finish();
    beats_subtracted_ = subtraction.beats();
    beat_subtraction_ = std::move(subtraction);
    derived_ = {};  // from now on without beats
}

std::span<const float> LegFilter::samples(std::size_t begin, std::size_t end) {
    if (begin < derived_.begin || end > derived_.end) derive(begin - std::min(begin, beside_), std::min(raw_count_, end + beside_));
    return std::span<const float>(again_).subspan(begin - again_first_, end - begin);
}

// Does again with samples [begin, end) and what is around them what was done with all of them.
void LegFilter::derive(std::size_t begin, std::size_t end) {
    derived_ = {begin, end};
    const std::size_t reach = 2 * flat_length_ + 8 * beside_;  // of what is concealed
    if (std::any_of(concealed_runs_.begin(), concealed_runs_.end(), [&](const Run& run) { return run.begin < end + reach && run.end + reach > begin; })) {
        begin -= std::min(begin, reach);
        end = std::min(raw_count_, end + reach);
    }
    const signal::BiquadCascade high_pass = signal::butterworth_high_pass(2, options_.high_pass_hz, rate_hz_);
    const std::size_t settled = signal::settling_samples(high_pass) + hum_->reach();
    const std::size_t first = begin - std::min(begin, settled), last = std::min(raw_count_, end + settled);
    again_ = read_(first, last - first);
    signal::fill_nonfinite(again_);
    signal::filter_zero_phase(high_pass, again_);
    const std::span<float> x(again_);
    hum_->repeat(first, x);
    for (const Run& run : concealed_runs_)
        if (run.begin >= begin && run.end <= end) signal::conceal(x, {{run.begin - first, run.end - first}}, rate_hz_);
    if (beat_subtraction_) beat_subtraction_->repeat(first, x);
    again_first_ = first;
}

}  // namespace psg::events
