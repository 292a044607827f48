// The surroundings of a cut in frequency, at a low rate.
// SPDX-License-Identifier: BSD-3-Clause
#include "libpsg/signal/band_edge.hpp"

#include <algorithm>
#include <bit>
#include <cmath>
#include <complex>
#include <cstdint>
#include <cstring>
#include <numbers>
#include <numeric>

#include "libpsg/signal/fft.hpp"
#include "libpsg/signal/window.hpp"

namespace psg::signal {

namespace {

// A Kaiser-windowed sinc (Kaiser 1974); frequencies relative to the low rate.
constexpr double pass = 0.075, stop = 0.5, attenuation_db = 70;
constexpr double kaiser_beta = 0.1102 * (attenuation_db - 8.7);
constexpr double units_long = (attenuation_db - 8) / (2.285 * 2 * std::numbers::pi * (stop - pass));
constexpr std::size_t units_at_a_time = 64;

struct Pair {
    float cosine, sine;
};

// Sums of products with two sets of taps. The order of summation is fixed, in partial sums that the processor's vector
// unit takes four at a time (see dot.hpp).
Pair correlate(const float* x, std::span<const float> cosine, std::span<const float> sine) {
    typedef float Four __attribute__((vector_size(16)));
    const auto load = [](const float* p) {
        Four four;
        std::memcpy(&four, p, sizeof four);
        return four;
    };
    Four c[4] = {}, s[4] = {};
    for (std::size_t i = 0; i < cosine.size(); i += 16)
        for (std::size_t j = 0; j < 4; ++j) {
            const Four four = load(x + i + 4 * j);
            c[j] += four * load(&cosine[i + 4 * j]);
            s[j] += four * load(&sine[i + 4 * j]);
        }
    const auto sum = [](const Four* part) {
        const Four all = (part[0] + part[1]) + (part[2] + part[3]);
        return (all[0] + all[2]) + (all[1] + all[3]);
    };
    return {sum(c), sum(s)};
}

// A recording that goes on mirrored and closes to a circle.
class Circle {
public:
    Circle(std::span<const float> samples, std::size_t length, std::size_t before)
        : samples_(samples),
          length_(static_cast<std::int64_t>(length)),
          before_(static_cast<std::int64_t>(before)),
          size_(static_cast<std::int64_t>(samples.size())) {}

    /// Place of sample 0 within samples of the recording itself, or nothing.
    const float* inside(std::int64_t first, std::size_t count) const {
        const bool fits = first >= 0 && first + static_cast<std::int64_t>(count) <= size_;
        return fits ? samples_.data() + first : nullptr;
    }

    float at(std::int64_t i) const {
        if (i >= length_ - before_) i -= length_;
        if (i < 0) return 2 * samples_.front() - samples_[static_cast<std::size_t>(std::min(-i, size_ - 1))];
        if (i < size_) return samples_[static_cast<std::size_t>(i)];
        return 2 * samples_.back() - samples_[static_cast<std::size_t>(std::max<std::int64_t>(2 * size_ - 2 - i, 0))];
    }

private:
    std::span<const float> samples_;
    std::int64_t length_, before_, size_;
};

}  // namespace

BandEdge::BandEdge(std::size_t in_unit, std::size_t out_unit) : in_unit_(in_unit), out_unit_(out_unit) {
    const double unit = static_cast<double>(in_unit);
    const auto half = static_cast<std::ptrdiff_t>(std::ceil(units_long * unit / 2));
    const double cutoff = (pass + stop) / 2 / unit, shift = 0.5 * static_cast<double>(out_unit) / unit;  // cycles per sample
    double sum = 0;
    for (std::ptrdiff_t n = -half; n <= half; ++n) {
        const double place = static_cast<double>(n), x = 2 * std::numbers::pi * cutoff * place;
        taps_.push_back((n == 0 ? 1 : std::sin(x) / x) * kaiser(place / static_cast<double>(half + 1), kaiser_beta));
        sum += taps_.back();
    }
    for (double& tap : taps_) tap /= sum;
    // An offset may be thousands of times what lies around the cut: nothing of it may pass.
    std::vector<double> cosine, sine;
    for (std::ptrdiff_t n = -half; n <= half; ++n) {
        const double angle = 2 * std::numbers::pi * shift * static_cast<double>(n), tap = taps_[static_cast<std::size_t>(n + half)];
        cosine.push_back(tap * std::cos(angle));
        sine.push_back(-tap * std::sin(angle));
    }
    const double offset = std::accumulate(cosine.begin(), cosine.end(), 0.0) / static_cast<double>(cosine.size());
    for (const double x : cosine) cosine_.push_back(static_cast<float>(x - offset));
    for (const double x : sine) sine_.push_back(static_cast<float>(x));
    cosine_.resize((cosine_.size() + 15) / 16 * 16);
    sine_.resize(cosine_.size());
}

std::vector<double> BandEdge::around_cut(std::span<const float> samples) const {
    if (samples.empty()) return {};
    // MNE-Python's padding: a power of two, at least 200 samples more than there are
    const std::size_t padded = std::bit_ceil(samples.size() + 2 * std::min<std::size_t>(samples.size() / 8, 100));
    std::size_t units = (padded + in_unit_ - 1) / in_unit_;
    while (units % 2 != 0 || !small_factors(units)) ++units;
    const Circle circle(samples, units * in_unit_, (padded - samples.size()) / 2);

    // Shifted to frequency 0 relative to unit 0: where a unit has an odd number of new samples the phase turns by half.
    std::vector<double> real(units), imaginary(units);
    const auto half = static_cast<std::int64_t>(taps_.size() / 2);
    std::vector<float> part;
    for (std::size_t from = 0; from < units; from += units_at_a_time) {
        const std::size_t to = std::min(from + units_at_a_time, units);
        const auto first = static_cast<std::int64_t>(from * in_unit_) - half;
        const std::size_t count = (to - 1 - from) * in_unit_ + cosine_.size();
        const float* x = circle.inside(first, count);
        if (x == nullptr) {
            part.resize(count);
            for (std::size_t i = 0; i < count; ++i) part[i] = circle.at(first + static_cast<std::int64_t>(i));
            x = part.data();
        }
        for (std::size_t i = from; i < to; ++i) {
            const Pair sums = correlate(x + (i - from) * in_unit_, cosine_, sine_);
            const double sign = i % 2 != 0 && out_unit_ % 2 != 0 ? -1 : 1;
            real[i] = sign * double(sums.cosine);
            imaginary[i] = sign * double(sums.sine);
        }
    }

    // Twice the real part of what has frequencies of 0 and below; the cut itself stays, as MNE-Python has it.
    ExactFft fft(units);
    std::vector<std::complex<double>> of_real(fft.bins()), of_imaginary(fft.bins());
    fft.forward(real, of_real);
    fft.forward(imaginary, of_imaginary);
    const double scale = 1 / static_cast<double>(units);
    for (std::size_t k = 1; k < of_real.size(); ++k)
        of_real[k] = scale * std::complex(of_real[k].real() + of_imaginary[k].imag(), of_real[k].imag() - of_imaginary[k].real());
    of_real[0] *= 2 * scale;
    fft.inverse(of_real, real);
    return real;
}

}  // namespace psg::signal
