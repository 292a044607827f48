// Change of the sampling rate by a rational factor: out[m] = sum over k of h(m * down/up - k) in[k].
// SPDX-License-Identifier: BSD-3-Clause
#include "libpsg/signal/resample.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdint>
#include <cstring>
#include <numbers>
#include <numeric>
#include <tuple>
#include <utility>

#include "libpsg/model/error.hpp"
#include "libpsg/model/wide.hpp"
#include "libpsg/signal/transpose.hpp"
#include "libpsg/signal/window.hpp"

namespace psg::signal {

namespace {

__extension__ typedef __int128 Wide;

constexpr double zero_crossings = 10;  // to each side, and
constexpr double kaiser_beta = 5;      // the window: defaults of SciPy's resample_poly
constexpr std::int64_t most_phases = 4096;
constexpr std::size_t piece = 8192;  // samples that are copied at a time

// up/down = to/from in lowest terms, or as near as 62 bits allow (with which the products below fit 128).
struct Ratio {
    std::int64_t up, down;
};

Ratio ratio_of(SampleRate from, SampleRate to) {
    Wide up = Wide(to.samples()) * from.nanoseconds();
    Wide down = Wide(from.samples()) * to.nanoseconds();
    Wide a = up, b = down;
    while (b != 0) {
        const Wide rest = a % b;
        a = b;
        b = rest;
    }
    up /= a;
    down /= a;
    while (up > (Wide(1) << 62) || down > (Wide(1) << 62)) {
        up = std::max<Wide>(up / 2, 1);
        down = std::max<Wide>(down / 2, 1);
    }
    return {static_cast<std::int64_t>(up), static_cast<std::int64_t>(down)};
}

}  // namespace

Resampler::Resampler(SampleRate from, SampleRate to) {
    const auto [up, down] = ratio_of(from, to);
    up_ = up;
    down_ = down;
    if (up == down) return;
    const double step = static_cast<double>(down) / static_cast<double>(up);  // input samples per output sample
    if (step > 1e4 || step < 1e-4)
        throw UsageError("the sampling rate cannot be changed by more than a factor of 10000");

    // The filter reaches `reach` input samples to each side; phase p of `phases` lies p/phases of a sample after an
    // input sample, and its taps are for the inputs -half+1 ... half around that sample.
    const double reach = zero_crossings * std::max(1.0, step);
    half_ = static_cast<std::int64_t>(std::ceil(reach));
    const std::int64_t taps = 2 * half_ + 1;
    phases_ = std::min({up, most_phases, std::max<std::int64_t>(64, (std::int64_t(1) << 20) / taps)});
    std::vector<double> table(static_cast<std::size_t>(phases_ * taps));
    for (std::int64_t p = 0; p < phases_; ++p)
        for (std::int64_t j = 0; j < taps; ++j) {
            const double place = static_cast<double>(p) / static_cast<double>(phases_) - static_cast<double>(j - half_);
            const double x = std::numbers::pi * place / std::max(1.0, step);
            const double sinc = x == 0 ? 1 : std::sin(x) / x;
            table[static_cast<std::size_t>(p * taps + j)] = sinc * kaiser(place / reach, kaiser_beta);
        }
    const double sum = std::accumulate(table.begin(), table.end(), 0.0);
    const double gain = static_cast<double>(phases_) / sum;  // 1 at frequency 0
    const auto of_phase = static_cast<std::size_t>(taps);
    taps_ = (of_phase + 7) / 8 * 8;
    table_.resize(static_cast<std::size_t>(phases_) * taps_);
    for (std::size_t i = 0; i < table.size(); ++i)
        table_[i / of_phase * taps_ + i % of_phase] = static_cast<float>(table[i] * gain);
    begin_stretch();
}

void Resampler::begin_stretch() {
    held_.assign(static_cast<std::size_t>(half_), 0.f);
    held_from_ = -half_;
    samples_ = sample_ = rest_ = 0;
}

namespace {

// What is multiplied for an output: taps and samples, as many of both.
struct Factors {
    const float *taps, *samples;
};

constexpr std::size_t together = 4;  // outputs whose sums do not wait for one another

// dot() of whole eights of values for four outputs, in vectors of so many bytes: the same partial sums.
template <std::size_t bytes>
Four dots_of_eights(const std::array<Factors, together>& of, std::size_t n) {
    typedef float Vector __attribute__((vector_size(bytes)));
    constexpr std::size_t each = bytes / sizeof(float), vectors = EightSums::lanes / each;
    Vector sums[together][vectors];
    for (auto& of_output : sums)
        for (Vector& sum : of_output) sum = Vector{};
    for (std::size_t i = 0; i < n; i += EightSums::lanes)
        for (std::size_t o = 0; o < together; ++o)
            for (std::size_t v = 0; v < vectors; ++v) {
                Vector x, y;
                std::memcpy(&x, of[o].taps + i + v * each, sizeof x);
                std::memcpy(&y, of[o].samples + i + v * each, sizeof y);
                sums[o][v] += x * y;
            }
    Four dots;
    totals_of_eight(sums, dots);
    return dots;
}

}  // namespace

// Every output whose taps all lie on samples that are held.
void Resampler::put_out(std::vector<float>& out) {
    const std::int64_t most = held_from_ + static_cast<std::int64_t>(held_.size()) + half_ - static_cast<std::int64_t>(taps_);  // centre
    const std::int64_t skip = down_ / up_, skip_rest = down_ % up_;
    std::tie(sample_, rest_) = wide_by([=, &out, up = up_, phases = phases_, samples = samples_, n = taps_, first_sample = sample_, first_rest = rest_,
                                        table = table_.data(), held = held_.data(), held_from = half_ + held_from_](auto bytes) {
        std::int64_t sample = first_sample, rest = first_rest;
        std::array<Factors, together> of;
        of.fill({table, table});
        std::size_t count;
        do {
            for (count = 0; count < together; ++count) {
                const auto phase = phases == up ? rest : static_cast<std::int64_t>((2 * Wide(rest) * phases + up) / (2 * Wide(up)));  // the nearest
                const bool next = phase == phases;
                const std::int64_t centre = next ? sample + 1 : sample;
                if (sample >= samples || centre > most) break;
                of[count] = {table + (next ? 0 : static_cast<std::size_t>(phase) * n), held + (centre - held_from)};
                sample += skip;
                rest += skip_rest;
                if (rest >= up) {
                    rest -= up;
                    ++sample;
                }
            }
            const Four dots = dots_of_eights<bytes()>(of, n);
            for (std::size_t o = 0; o < count; ++o) out.push_back(dots[o]);
        } while (count == together);
        return std::pair(sample, rest);
    });
}

void Resampler::add(std::span<const float> samples, std::vector<float>& out) {
    if (up_ == down_) {
        out.insert(out.end(), samples.begin(), samples.end());
        return;
    }
    while (!samples.empty()) {
        const auto part = samples.first(std::min(samples.size(), piece));
        samples = samples.subspan(part.size());
        held_.insert(held_.end(), part.begin(), part.end());
        samples_ += static_cast<std::int64_t>(part.size());
        put_out(out);
        const std::int64_t done = std::min(sample_ - half_ - held_from_, static_cast<std::int64_t>(held_.size()));
        held_.erase(held_.begin(), held_.begin() + std::max<std::int64_t>(done, 0));
        held_from_ += std::max<std::int64_t>(done, 0);
    }
}

void Resampler::end_stretch(std::vector<float>& out) {
    if (up_ == down_) return;
    held_.resize(held_.size() + static_cast<std::size_t>(half_) + 9);  // zeros; one sample is where rounding may lead
    put_out(out);
}

std::vector<float> resample(std::span<const float> samples, SampleRate from, SampleRate to) {
    Resampler resampler(from, to);
    std::vector<float> out;
    resampler.add(samples, out);
    resampler.end_stretch(out);
    return out;
}

}  // namespace psg::signal
