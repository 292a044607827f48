// Resampling and zero-phase filtering in one.
// SPDX-License-Identifier: BSD-3-Clause
#include "libpsg/signal/filtering_resampler.hpp"

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <numbers>
#include <numeric>
#include <utility>

#include "libpsg/model/error.hpp"
#include "libpsg/signal/resample.hpp"
#include "libpsg/signal/statistics.hpp"

namespace psg::signal {

namespace {

constexpr double block_s = 128;  // about
constexpr double fade_s = 8;     // to each side beyond the filter's reach, so that a block does not ring from its ends
constexpr std::size_t edge_margin = 12, edge_fade = 8;  // units: beyond the filter's reach where there is a BandEdge
constexpr double edge_unit_s = 0.25;                    // about: it looks at 2 Hz to each side of the cut
constexpr std::size_t piece = 16384;                    // samples that are taken at a time
constexpr std::size_t most_in = std::size_t(1) << 22;

// A rate that always has blocks, not below `from` unless that is very high.
SampleRate round_rate(SampleRate from) {
    return SampleRate::hertz(
        std::clamp<std::int64_t>(static_cast<std::int64_t>(std::ceil(from.hz() / 100)) * 100, 200, 1000));
}

void check_taps(std::span<const double> taps) {
    bool fine = taps.size() % 2 == 1 && taps.size() <= (std::size_t(1) << 15);
    for (std::size_t i = 0; fine && i < taps.size() / 2; ++i)
        fine = std::abs(taps[i] - taps[taps.size() - 1 - i]) <= 1e-12 * std::abs(taps[i]) + 1e-15;
    if (!fine) throw UsageError("a zero-phase filter needs an odd number of symmetric taps, at most 32768");
}

}  // namespace

std::optional<FilteringResampler::Block> FilteringResampler::block_for(SampleRate from, SampleRate to,
                                                                       std::size_t taps) {
    __extension__ typedef __int128 Wide;
    Wide up = Wide(to.samples()) * from.nanoseconds(), down = Wide(from.samples()) * to.nanoseconds();
    for (Wide a = up, b = down; b != 0;) {  // lowest terms
        const Wide rest = a % b;
        a = b;
        b = rest;
        if (b == 0) {
            up /= a;
            down /= a;
        }
    }
    if (up > Wide(most_in) || down > Wide(most_in)) return {};
    Block block{static_cast<std::size_t>(down), static_cast<std::size_t>(up), 0, 0, false};
    if (!small_factors(block.out_unit) || !small_factors(block.in_unit)) return {};
    double unit_s = static_cast<double>(block.out_unit) / to.hz();
    block.has_edge = up < down && unit_s < 1.2 * edge_unit_s;
    if (block.has_edge) {
        auto times = std::max<std::size_t>(static_cast<std::size_t>(edge_unit_s / unit_s * (1 + 1e-9)), 1);
        while (!small_factors(times)) --times;
        block.in_unit *= times;
        block.out_unit *= times;
        unit_s *= static_cast<double>(times);
    }
    const auto units = [&](double seconds) { return static_cast<std::size_t>(std::ceil(seconds / unit_s)); };
    const double reach_s = static_cast<double>(taps / 2) / to.hz();
    block.margin = block.has_edge ? units(reach_s) + edge_margin : units(reach_s + fade_s);
    block.units = std::max(units(block_s), 4 * block.margin);
    while (block.units % 2 != 0 || !small_factors(block.units)) ++block.units;
    if (block.in() > most_in || block.out() > most_in) return {};
    return block;
}

FilteringResampler::FilteringResampler(SampleRate from, SampleRate to, std::span<const double> taps)
    : given_(from),
      from_(block_for(from, to, taps.size()) ? from : round_rate(from)),
      to_(to),
      block_([&] {
          check_taps(taps);
          const auto block = block_for(from_, to, taps.size());
          if (!block) throw UsageError("the sampling rate cannot be changed that way");
          return *block;
      }()),
      reach_(taps.size() / 2),
      in_fft_(block_.in()),
      out_fft_(block_.out()),
      kept_(std::min(in_fft_.bins(), out_fft_.bins()), 1 / static_cast<double>(block_.in())),
      in_(block_.in()),
      out_(block_.out()),
      in_spectrum_(in_fft_.bins()),
      out_spectrum_(out_fft_.bins()) {
    // Symmetric taps around time 0 of a block have a real spectrum.
    const auto response = [](std::span<const double> of, ExactFft& fft, std::vector<double>& block,
                             std::vector<std::complex<double>>& spectrum) {
        for (std::size_t i = 0; i < of.size(); ++i) block[(i + block.size() - of.size() / 2) % block.size()] += of[i];
        fft.forward(block, spectrum);
        std::vector<double> real;
        for (const std::complex<double>& z : spectrum) real.push_back(z.real());
        return real;
    };
    response_ = response(taps, out_fft_, out_, out_spectrum_);
    if (block_.has_edge) {
        edge_.emplace(block_.in_unit, block_.out_unit);
        edge_fft_.emplace(block_.units);
        edge_part_.resize(block_.units);
        edge_spectrum_.resize(edge_fft_->bins());
        const std::vector<double> low_pass = response(edge_->taps(), in_fft_, in_, in_spectrum_);
        // further from the cut than half the low rate the ripple of the low-pass is not in what the edge gives back
        for (std::size_t k = 0; k <= std::min(block_.units / 2, kept_.size() - 1); ++k)
            kept_[kept_.size() - 1 - k] *= 1 - low_pass[k];
    } else {
        const double reach = std::ceil(static_cast<double>(reach_) / to.hz() * from_.hz());
        const double fade = static_cast<double>(block_.margin * block_.in_unit) - reach;
        for (double i = 0.5; i < fade; ++i) fade_.push_back(0.5 - 0.5 * std::cos(std::numbers::pi * i / fade));
    }
    if (block_.in() > block_.out()) kept_.back() *= 2;  // both signs of half the rate fall on it
    double sum = 0, magnitude = 0;
    for (const double tap : taps) {
        sum += tap;
        magnitude += std::abs(tap);
    }
    passes_offset_ = std::abs(sum) > 1e-9 * magnitude;
    if (from_ != given_) resampler_.emplace(given_, from_);
}

std::size_t FilteringResampler::output_size(std::size_t count) const {
    return static_cast<std::size_t>(std::llround(static_cast<double>(count) * (to_.hz() / given_.hz())));
}

void FilteringResampler::begin_stretch() {
    given_samples_ = unknown_ = held_from_ = done_ = 0;
    last_.reset();
    held_.clear();
    waiting_.clear();
    if (resampler_) resampler_->begin_stretch();
    if (edge_) edge_->begin();
}

void FilteringResampler::add(std::span<const float> samples, const Consume& consume) {
    given_samples_ += samples.size();
    while (!samples.empty()) {
        const auto part = samples.first(std::min(samples.size(), piece));
        samples = samples.subspan(part.size());
        if (last_ && all_finite(part)) {
            last_ = part.back();
            take(part, consume);
            continue;
        }
        repaired_.clear();
        for (const float x : part) {
            if (!std::isfinite(x) && !last_) {
                ++unknown_;
                continue;
            }
            if (std::isfinite(x)) last_ = x;
            for (; unknown_ > 0; --unknown_) {
                if (repaired_.size() == piece) {
                    take(repaired_, consume);
                    repaired_.clear();
                }
                repaired_.push_back(*last_);
            }
            repaired_.push_back(*last_);
        }
        take(repaired_, consume);
    }
}

void FilteringResampler::end_stretch(const Consume& consume) {
    if (!last_ && unknown_ > 0) {  // no sample is a number: as many zeros
        last_ = 0.f;
        repaired_.clear();
        for (; unknown_ > 0; unknown_ -= repaired_.size()) {
            repaired_.assign(std::min(unknown_, piece), 0.f);
            take(repaired_, consume);
        }
    }
    if (resampler_) {
        resampled_.clear();
        resampler_->end_stretch(resampled_);
        hold(resampled_);
    }
    const std::size_t count = output_size(given_samples_);
    while (done_ < count && !held_.empty()) filter_block(count, consume);
    if (!edge_) return;
    const std::vector<double> edge = edge_->around_cut();
    std::size_t done = 0;
    for (std::vector<float>& block : waiting_) {
        std::fill(out_spectrum_.begin(), out_spectrum_.end(), 0.0);
        add_edge(edge, first_unit(done));
        respond(done, count);
        for (std::size_t i = 0; i < block.size(); ++i) block[i] = static_cast<float>(block[i] + out_[block_.margin * block_.out_unit + i]);
        hand_out(std::exchange(block, {}), done, count, consume);
        done += step();
    }
}

void FilteringResampler::run(std::span<const float> samples, const Consume& consume) {
    begin_stretch();
    add(samples, consume);
    end_stretch(consume);
}

void FilteringResampler::hold(std::span<const float> samples) {
    held_.insert(held_.end(), samples.begin(), samples.end());
    if (edge_) edge_->add(samples);
}

// Samples that are finite, of the rate given_.
void FilteringResampler::take(std::span<const float> samples, const Consume& consume) {
    if (resampler_) {
        resampled_.clear();
        resampler_->add(samples, resampled_);
        samples = resampled_;
    }
    hold(samples);
    // a block of which the stretch's end is out of sight
    const std::size_t beyond = block_.out() - 2 * block_.margin * block_.out_unit + reach_ + 1;
    const auto ready = [&] {
        const std::int64_t end = first_unit(done_) * static_cast<std::int64_t>(block_.in_unit) + static_cast<std::int64_t>(block_.in());
        const auto so_far = static_cast<double>(held_from_ + held_.size()) * (to_.hz() / from_.hz());
        return static_cast<std::int64_t>(held_from_ + held_.size()) >= end && so_far >= static_cast<double>(done_ + beyond + 1);
    };
    while (ready()) filter_block({}, consume);
}

std::int64_t FilteringResampler::first_unit(std::size_t done) const {
    return static_cast<std::int64_t>(done / block_.out_unit) - static_cast<std::int64_t>(block_.margin);
}

// The next block, of a stretch of which `count` samples will come out, if that is known.
void FilteringResampler::filter_block(std::optional<std::size_t> count, const Consume& consume) {
    fill();
    in_fft_.forward(in_, in_spectrum_);
    std::fill(out_spectrum_.begin(), out_spectrum_.end(), 0.0);
    for (std::size_t k = 0; k < kept_.size(); ++k) out_spectrum_[k] = in_spectrum_[k] * kept_[k];
    respond(done_, count);
    const std::size_t size = count ? std::min(step(), *count - done_) : step();
    std::vector<float> block(size);
    const double* const filtered = out_.data() + block_.margin * block_.out_unit;
    for (std::size_t i = 0; i < size; ++i) block[i] = static_cast<float>(filtered[i]);
    if (edge_)
        waiting_.push_back(std::move(block));
    else
        hand_out(std::move(block), done_, count, consume);
    done_ += size;
    const std::int64_t first = first_unit(done_) * static_cast<std::int64_t>(block_.in_unit);
    const auto old = static_cast<std::size_t>(std::clamp<std::int64_t>(first - static_cast<std::int64_t>(held_from_), 0, static_cast<std::int64_t>(held_.size())));
    held_.erase(held_.begin(), held_.begin() + static_cast<std::ptrdiff_t>(old));
    held_from_ += old;
}

void FilteringResampler::hand_out(std::vector<float> block, std::size_t done, std::optional<std::size_t> count, const Consume& consume) const {
    if (!passes_offset_) {  // where a mirror stands nothing is left, and rounding must not give it a sign
        if (done == 0) block.front() = 0;
        if (done + block.size() == count) block.back() = 0;
    }
    consume(block);
}

// The samples of the next block.
void FilteringResampler::fill() {
    const auto from = static_cast<std::int64_t>(held_from_), size = from + static_cast<std::int64_t>(held_.size());
    const auto held = [&](std::int64_t i) { return held_[static_cast<std::size_t>(std::clamp(i, from, size - 1) - from)]; };
    std::int64_t at = first_unit(done_) * static_cast<std::int64_t>(block_.in_unit);
    auto x = in_.begin();
    for (; x != in_.end() && at < 0; ++x, ++at) *x = 2.0 * held_.front() - held(-at);
    const std::int64_t inside = std::clamp<std::int64_t>(size - at, 0, in_.end() - x);
    if (inside > 0) x = std::copy_n(held_.begin() + (at - from), inside, x);
    for (at += inside; x != in_.end(); ++x, ++at) *x = 2.0 * held_.back() - held(2 * size - 2 - at);
    for (std::size_t i = 0; i < fade_.size(); ++i) {
        in_[i] *= fade_[i];
        in_[in_.size() - 1 - i] *= fade_[i];
    }
}

// Gives the spectrum of a block what the BandEdge found in it, its ends faded as a block of its own.
void FilteringResampler::add_edge(std::span<const double> edge, std::int64_t first_unit) {
    const auto size = static_cast<std::int64_t>(edge.size());
    for (std::size_t i = 0; i < edge_part_.size(); ++i) {
        const std::int64_t at = (first_unit + static_cast<std::int64_t>(i)) % size;
        edge_part_[i] = edge[static_cast<std::size_t>(at < 0 ? at + size : at)];
    }
    for (std::size_t i = 0; i < edge_fade; ++i) {
        const double fade = 0.5 - 0.5 * std::cos(std::numbers::pi * (static_cast<double>(i) + 0.5) / edge_fade);
        edge_part_[i] *= fade;
        edge_part_[edge_part_.size() - 1 - i] *= fade;
    }
    edge_fft_->forward(edge_part_, edge_spectrum_);
    const bool odd = first_unit % 2 != 0 && block_.out_unit % 2 != 0;
    const double scale = (odd ? -1 : 1) / static_cast<double>(block_.units);
    for (std::size_t k = 0; k + 1 < edge_spectrum_.size(); ++k)
        out_spectrum_[out_spectrum_.size() - 1 - k] += scale * std::conj(edge_spectrum_[k]);
}

// The mirrors stand at the first and the last sample of the new rate (the block's places `begin` and `end`), whose values, and
// the last one's time, differ from those of the old one: resample first, mirror, filter.
void FilteringResampler::mirror_ends(std::size_t begin, std::size_t end) {
    out_fft_.inverse(out_spectrum_, out_);
    for (std::size_t i = 0; i < begin; ++i) out_[i] = 2 * out_[begin] - out_[std::min(2 * begin - i, end)];
    for (std::size_t i = end + 1; i < out_.size(); ++i) out_[i] = 2 * out_[end] - out_[i <= 2 * end ? 2 * end - i : 0];
    out_fft_.forward(out_, out_spectrum_);
    for (std::complex<double>& z : out_spectrum_) z /= static_cast<double>(block_.out());
}

// Filters the spectrum of the block after `done` samples, mirrored where the stretch begins and where it ends.
void FilteringResampler::respond(std::size_t done, std::optional<std::size_t> count) {
    const std::size_t margin = block_.margin * block_.out_unit, last = block_.out() - 1;
    const std::size_t end = count ? *count - 1 - done + margin : last;  // place of the last sample in the block
    const bool ends = end < block_.out() - margin + reach_;
    if (done == 0 || ends) mirror_ends(done == 0 ? margin : 0, ends ? end : last);
    for (std::size_t k = 0; k < out_spectrum_.size(); ++k) out_spectrum_[k] *= response_[k];
    out_fft_.inverse(out_spectrum_, out_);
}

}  // namespace psg::signal
