// The surroundings of a cut in frequency, at a low rate.
// SPDX-License-Identifier: BSD-3-Clause
#include "libpsg/signal/band_edge.hpp"

#include <algorithm>
#include <bit>
#include <cmath>
#include <complex>
#include <cstdint>
#include <numbers>
#include <numeric>

#include "libpsg/signal/dot.hpp"
#include "libpsg/signal/fft.hpp"
#include "libpsg/signal/window.hpp"

namespace psg::signal {

namespace {

// A Kaiser-windowed sinc (Kaiser 1974); frequencies relative to the low rate.
constexpr double pass = 0.075, stop = 0.5, attenuation_db = 70;
constexpr double kaiser_beta = 0.1102 * (attenuation_db - 8.7);
constexpr double units_long = (attenuation_db - 8) / (2.285 * 2 * std::numbers::pi * (stop - pass));
constexpr std::size_t units_held = 240;  // at each end: about a minute
constexpr std::size_t piece = 16384;

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

// From sample first_of(unit) on. The order of summation is fixed, in partial sums that the processor's vector unit takes four at
// a time (see dot.hpp).
BandEdge::Phasor BandEdge::low_pass(const float* x, std::int64_t unit) const {
    Four c[4] = {}, s[4] = {};
    for (std::size_t i = 0; i < cosine_.size(); i += 16)
        for (std::size_t j = 0; j < 4; ++j) {
            const Four four = four_at(x + i + 4 * j);
            c[j] += four * four_at(&cosine_[i + 4 * j]);
            s[j] += four * four_at(&sine_[i + 4 * j]);
        }
    const auto sum = [](const Four* part) {
        const Four all = (part[0] + part[1]) + (part[2] + part[3]);
        return (all[0] + all[2]) + (all[1] + all[3]);
    };
    // where a unit has an odd number of new samples the phase turns by half
    const float sign = unit % 2 != 0 && out_unit_ % 2 != 0 ? -1.f : 1.f;
    return {sign * sum(c), sign * sum(s)};
}

std::int64_t BandEdge::first_of(std::int64_t unit) const {
    return unit * static_cast<std::int64_t>(in_unit_) - static_cast<std::int64_t>(taps_.size() / 2);
}

void BandEdge::begin() {
    front_.clear();
    back_.clear();
    low_.clear();
    back_from_ = size_ = 0;
}

void BandEdge::add(std::span<const float> samples) {
    const std::size_t kept = units_held * in_unit_ + cosine_.size();
    while (!samples.empty()) {
        const auto part = samples.first(std::min(samples.size(), piece));
        samples = samples.subspan(part.size());
        const auto of_front = part.first(std::min(part.size(), kept - front_.size()));
        front_.insert(front_.end(), of_front.begin(), of_front.end());
        back_.insert(back_.end(), part.begin(), part.end());
        size_ += static_cast<std::int64_t>(part.size());
        for (std::vector<float> mirrored;;) {  // every unit whose samples there are
            const auto unit = static_cast<std::int64_t>(low_.size());
            const std::int64_t first = first_of(unit);
            if (std::max(first, -first) + static_cast<std::int64_t>(cosine_.size()) > size_) break;
            if (first < 0) {
                mirrored.clear();
                for (std::int64_t i = first; i < 0; ++i) mirrored.push_back(2 * front_[0] - front_[static_cast<std::size_t>(-i)]);
                mirrored.insert(mirrored.end(), front_.begin(), front_.begin() + static_cast<std::ptrdiff_t>(cosine_.size()));
            }
            low_.push_back(low_pass(first < 0 ? mirrored.data() : back_.data() + (first - back_from_), unit));
        }
        if (back_.size() > 2 * kept) forget(kept);  // not at every piece, which would move all that is kept
    }
}

// All but the last `kept` samples.
void BandEdge::forget(std::size_t kept) {
    const std::size_t done = back_.size() > kept ? back_.size() - kept : 0;
    back_.erase(back_.begin(), back_.begin() + static_cast<std::ptrdiff_t>(done));
    back_from_ += static_cast<std::int64_t>(done);
}

// At a unit after the recording, on a circle of so many units of which the last samples, `before` of them, are mirrored before it.
BandEdge::Phasor BandEdge::on_circle(std::int64_t unit, std::int64_t units, std::int64_t before) const {
    const auto in_unit = static_cast<std::int64_t>(in_unit_), length = units * in_unit;
    // Number of the sample that is found (mirrored: minus it) at a place, if it is held.
    std::vector<float> x;
    for (std::int64_t place = first_of(unit); x.size() < cosine_.size(); ++place) {
        const std::int64_t i = place >= length - before ? place - length : place;
        const std::int64_t number = i < 0 ? std::min(-i, size_ - 1) : i < size_ ? i : std::max<std::int64_t>(2 * size_ - 2 - i, 0);
        const bool in_front = number < static_cast<std::int64_t>(front_.size());
        if (!in_front && number < back_from_) break;
        const float sample = in_front ? front_[static_cast<std::size_t>(number)] : back_[static_cast<std::size_t>(number - back_from_)];
        x.push_back(i < 0 ? 2 * front_.front() - sample : i < size_ ? sample : 2 * back_.back() - sample);
    }
    if (x.size() == cosine_.size()) return low_pass(x.data(), unit);
    const auto at = [&](std::int64_t i) { return low_[static_cast<std::size_t>(std::clamp<std::int64_t>(i, 0, static_cast<std::int64_t>(low_.size()) - 1))]; };
    if (unit * in_unit >= length - before) {  // z(-t) = -conj z(t)
        const Phasor z = at(units - unit);
        return {-z.real, z.imaginary};
    }
    // of t samples after the last, number e: z(e + t) = -conj z(e - t) exp(-i w 2e), w the cut; between two units in proportion
    const std::int64_t e = size_ - 1, image = std::max<std::int64_t>(2 * e - unit * in_unit, 0);
    const auto share = static_cast<float>(image % in_unit) / static_cast<float>(in_unit);
    const Phasor a = at(image / in_unit), b = at(image / in_unit + 1);
    const std::complex<float> z((1 - share) * a.real + share * b.real, (1 - share) * a.imaginary + share * b.imaginary);
    const auto turns = static_cast<double>(e * static_cast<std::int64_t>(out_unit_) % in_unit) / static_cast<double>(in_unit_);
    const std::complex<float> mirrored = -std::conj(z) * std::complex<float>(std::polar(1.0, -2 * std::numbers::pi * turns));
    return {mirrored.real(), mirrored.imag()};
}

std::vector<double> BandEdge::around_cut() {
    if (size_ == 0) return {};
    forget(units_held * in_unit_ + cosine_.size());  // what is held does not depend on how the samples came
    // MNE-Python's padding: a power of two, at least 200 samples more than there are
    const auto size = static_cast<std::size_t>(size_);
    const std::size_t padded = std::bit_ceil(size + 2 * std::min<std::size_t>(size / 8, 100));
    std::size_t units = (padded + in_unit_ - 1) / in_unit_;
    while (units % 2 != 0 || !small_factors(units)) ++units;
    const auto before = static_cast<std::int64_t>((padded - size) / 2);
    std::vector<double> real, imaginary;
    for (std::size_t i = 0; i < units; ++i) {
        const Phasor z = i < low_.size() ? low_[i] : on_circle(static_cast<std::int64_t>(i), static_cast<std::int64_t>(units), before);
        real.push_back(double(z.real));
        imaginary.push_back(double(z.imaginary));
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
