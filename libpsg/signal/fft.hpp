// Fourier transform of real samples: the only door to KissFFT.
// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <complex>
#include <cstddef>
#include <memory>
#include <span>

namespace psg::signal {

/// Whether no prime factor of `n` is above 13: KissFFT's time grows with it. `n` > 0.
bool small_factors(std::size_t n);

/// What a window of `length` samples is continued to by zeros before it is transformed: the first even length not below it that has no
/// prime factor above 7. KissFFT has code of their own for 2 to 5; 7 takes up to three times as long, 13 four times, 509 a hundred times.
std::size_t transform_length(std::size_t length);

/// A plan for real transforms of one length, in single or double precision. Not to be shared between threads (it holds
/// scratch memory).
template <class Sample>
class RealFftOf {
public:
    /// `length` must be even and in 2 ... 2^24, or UsageError.
    explicit RealFftOf(std::size_t length);
    ~RealFftOf();
    RealFftOf(RealFftOf&&) noexcept;
    RealFftOf& operator=(RealFftOf&&) noexcept;

    std::size_t length() const { return length_; }
    std::size_t bins() const { return length_ / 2 + 1; }

    /// out[k] = sum over n of in[n] exp(-2 pi i k n / length), k = 0 ... length/2. Sizes must be length() and bins().
    void forward(std::span<const Sample> in, std::span<std::complex<Sample>> out);

    /// out[n] = sum over k of in[k] exp(2 pi i k n / length), k = 0 ... length - 1, where in[length - k] is the conjugate
    /// of in[k]: `length` times the samples whose forward transform `in` is. The imaginary parts of in[0] and
    /// in[length/2] are taken as 0. Sizes must be bins() and length().
    void inverse(std::span<const std::complex<Sample>> in, std::span<Sample> out);

private:
    struct Plan;
    std::size_t length_;
    std::unique_ptr<Plan> plan_;
};

using RealFft = RealFftOf<float>;  ///< samples are 16 or 24 bits wide
using ExactFft = RealFftOf<double>;  ///< where signs of small differences are counted

}  // namespace psg::signal
