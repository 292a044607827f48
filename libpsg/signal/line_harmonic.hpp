// One sinusoid of mains hum whose strength and phase move slowly: followed and subtracted.
// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <complex>
#include <cstddef>
#include <span>
#include <utility>
#include <vector>

namespace psg::signal {

/// Blocks over which hum must cohere: 5 s of blocks of 0.1 s.
inline constexpr std::size_t segment_blocks = 50;

/// Sum of squares by length, of one sample or more.
float mean_square(std::span<const float> x);

/// cos and -sin of one frequency over one block, and the inverse of their matrix of products (a block need not be a
/// whole number of periods).
struct Sinusoid {
    std::size_t length;               // samples of a block
    std::vector<float> cosine, sine;  // and zeros up to a multiple of eight
    std::vector<float> count;  // 0, 1, 2, ...
    double advance_rad;        // phase from one block to the next
    double cc, cs, ss;

    Sinusoid(double frequency_hz, double rate_hz, std::size_t length);
    /// Least squares: x is nearest to re * cosine + im * sine.
    std::complex<double> fit(std::span<const float> x) const;
    /// The same by the sums of products of x with cosine and sine.
    std::complex<double> fit(float with_cosine, float with_sine) const;
    /// exp(-j w t) at the beginning of block k.
    std::complex<double> start(std::size_t k) const;
};

/// What was subtracted of one harmonic from blocks that follow each other, so that it can be subtracted again from a few of their samples.
struct HarmonicRun {
    std::size_t first_block = 0;
    /// Of the block before the first one, of each block and of the block after the last: phases count from where the samples began.
    std::vector<std::complex<float>> amplitudes;

    std::size_t end_block() const { return first_block + amplitudes.size() - 2; }
};

/// Subtracts the hum at the sinusoid's frequency (off by up to 0.6 Hz) where it is present, as remove_line_noise() tells. `power` is
/// the mean square of each block and is kept up to date; there are `segment_blocks` or more. Returns what was subtracted.
std::vector<HarmonicRun> subtract_harmonic(std::span<float> samples, std::span<float> power, const Sinusoid& table);

/// Subtracts the same from `samples` again, those from place `first` on of where subtract_harmonic() began.
void subtract_again(const HarmonicRun& run, const Sinusoid& table, std::size_t first, std::span<float> samples);

}  // namespace psg::signal
