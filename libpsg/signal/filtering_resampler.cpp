// Resampling and zero-phase filtering in one.
// SPDX-License-Identifier: BSD-3-Clause
#include "libpsg/signal/filtering_resampler.hpp"

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <numbers>
#include <numeric>

#include "libpsg/model/error.hpp"
#include "libpsg/signal/resample.hpp"

namespace psg::signal {

namespace {

constexpr double block_s = 1920;  // about: the cut at half the rate is as sharp as a block is long
constexpr double fade_s = 8;     // to each side beyond the filter's reach, so that a block does not ring from its ends
constexpr std::size_t most_in = std::size_t(1) << 22;
constexpr std::size_t largest_prime = 13;  // KissFFT's time grows with it

bool small_factors(std::size_t n) {
    for (std::size_t p = 2; p <= largest_prime; ++p)
        while (n % p == 0) n /= p;
    return n == 1;
}

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
    const auto out_unit = static_cast<std::size_t>(up), in_unit = static_cast<std::size_t>(down);
    if (!small_factors(out_unit) || !small_factors(in_unit)) return {};
    const double unit_s = static_cast<double>(out_unit) / to.hz();
    const auto units = [&](double seconds) { return static_cast<std::size_t>(std::ceil(seconds / unit_s)); };
    const std::size_t margin = units(static_cast<double>(taps / 2) / to.hz() + fade_s);
    std::size_t n = std::max(units(block_s), 4 * margin);
    while (n % 2 != 0 || !small_factors(n)) ++n;
    if (n * in_unit > most_in || n * out_unit > most_in) return {};
    return Block{n * in_unit, n * out_unit, margin * in_unit, margin * out_unit};
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
      in_fft_(block_.in),
      out_fft_(block_.out),
      response_(std::min(in_fft_.bins(), out_fft_.bins())),
      in_(block_.in),
      out_(block_.out),
      in_spectrum_(in_fft_.bins()),
      out_spectrum_(out_fft_.bins()) {
    // The taps around time 0 of a block; their spectrum is real.
    for (std::size_t i = 0; i < taps.size(); ++i)
        out_[(i + block_.out - taps.size() / 2) % block_.out] += static_cast<float>(taps[i]);
    out_fft_.forward(out_, out_spectrum_);
    for (std::size_t k = 0; k < response_.size(); ++k)
        response_[k] = out_spectrum_[k].real() / static_cast<float>(block_.in);
    double sum = 0, magnitude = 0;
    for (const double tap : taps) {
        sum += tap;
        magnitude += std::abs(tap);
    }
    passes_offset_ = std::abs(sum) > 1e-9 * magnitude;
    const double reach = std::ceil(static_cast<double>(taps.size() / 2) / to.hz() * from_.hz());
    const double fade = static_cast<double>(block_.in_margin) - reach;
    for (double i = 0.5; i < fade; ++i)
        fade_.push_back(static_cast<float>(0.5 - 0.5 * std::cos(std::numbers::pi * i / fade)));
    if (block_.in > block_.out) response_.back() *= 2;  // both signs of half the rate fall on it
}

std::size_t FilteringResampler::output_size(std::size_t count) const {
    return static_cast<std::size_t>(std::llround(static_cast<double>(count) * (to_.hz() / given_.hz())));
}

void FilteringResampler::run(std::span<const float> samples,
                             const std::function<void(std::span<const float>)>& consume) {
    if (samples.empty()) return;
    const std::size_t count = output_size(samples.size());
    if (from_ == given_)
        blocks(samples, count, consume);
    else
        blocks(resample(samples, given_, from_), count, consume);
}

void FilteringResampler::filter_spectrum(std::span<const std::complex<float>> spectrum, float scale) {
    std::fill(out_spectrum_.begin(), out_spectrum_.end(), 0.F);
    for (std::size_t k = 0; k < response_.size(); ++k) out_spectrum_[k] = spectrum[k] * (response_[k] * scale);
    out_fft_.inverse(out_spectrum_, out_);
}

// The mirror stands at the last sample of the new rate, whose time and value differ from those of the old one: resample
// first, mirror, filter.
void FilteringResampler::mirror_end(std::size_t end) {
    std::fill(out_spectrum_.begin(), out_spectrum_.end(), 0.F);
    const auto scale = 1 / static_cast<float>(block_.in);
    for (std::size_t k = 0; k < response_.size(); ++k) out_spectrum_[k] = in_spectrum_[k] * scale;
    if (block_.in > block_.out) out_spectrum_.back() *= 2;
    out_fft_.inverse(out_spectrum_, out_);
    for (std::size_t i = end + 1; i < out_.size(); ++i) out_[i] = 2 * out_[end] - out_[i <= 2 * end ? 2 * end - i : 0];
    out_fft_.forward(out_, out_spectrum_);
    const std::vector<std::complex<float>> spectrum = out_spectrum_;
    filter_spectrum(spectrum, static_cast<float>(block_.in) / static_cast<float>(block_.out));
}

void FilteringResampler::blocks(std::span<const float> samples, std::size_t count,
                                const std::function<void(std::span<const float>)>& consume) {
    const auto size = static_cast<std::int64_t>(samples.size());
    const auto at = [&](std::int64_t i) {
        if (i < 0) return 2.0 * samples.front() - samples[static_cast<std::size_t>(std::min(-i, size - 1))];
        if (i >= size)
            return 2.0 * samples.back() -
                   samples[static_cast<std::size_t>(std::max<std::int64_t>(2 * size - 2 - i, 0))];
        return static_cast<double>(samples[static_cast<std::size_t>(i)]);
    };
    const std::size_t out_step = block_.out - 2 * block_.out_margin, in_step = block_.in - 2 * block_.in_margin;
    std::int64_t first = -static_cast<std::int64_t>(block_.in_margin);
    for (std::size_t done = 0; done < count; done += out_step, first += static_cast<std::int64_t>(in_step)) {
        double mean = 0;
        double last = 0;
        for (std::size_t i = 0; i < in_.size(); ++i) {
            const double x = at(first + static_cast<std::int64_t>(i));
            if (std::isfinite(x)) last = x;
            in_[i] = static_cast<float>(last);
            mean += last;
        }
        // An offset would cost digits: it is taken out, and given back as the filter passes it.
        mean /= static_cast<double>(in_.size());
        for (float& x : in_) x = static_cast<float>(x - mean);
        for (std::size_t i = 0; i < fade_.size(); ++i) {
            in_[i] *= fade_[i];
            in_[in_.size() - 1 - i] *= fade_[i];
        }
        in_fft_.forward(in_, in_spectrum_);
        const std::size_t end = count - 1 - done + block_.out_margin;  // place of the last sample in the block
        if (end < block_.out - block_.out_margin / 2)
            mirror_end(end);
        else
            filter_spectrum(in_spectrum_, 1);
        const auto passed = static_cast<float>(mean * double(response_[0]) * static_cast<double>(block_.in));
        for (float& y : out_) y += passed;
        const auto piece = std::span(out_).subspan(block_.out_margin, std::min(out_step, count - done));
        if (!passes_offset_) {  // where a mirror stands nothing is left, and rounding must not give it a sign
            if (done == 0) piece.front() = 0;
            if (done + piece.size() == count) piece.back() = 0;
        }
        consume(piece);
    }
}

}  // namespace psg::signal
