// Power spectrum of windows of any length, in a time that does not depend on the length's prime factors.
// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <array>
#include <complex>
#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "libpsg/signal/fft.hpp"

namespace psg::signal {

/// |sum over n of x[n] exp(-2 pi i k n / length)|^2, k = 0 ... length/2, where transform_length() is the window's own. Else the window
/// is continued by zeros, which makes a finer spectrum of the same density, and a bin has the mean of it between the borders to its
/// neighbours: bins and bands are where they would be, the power of all bins is the window's energy, and noise of any colour has
/// the power that it would have. What differs is how a tone is shared between neighbours, and the chance in a bin of noise.
class WindowPower {
public:
    /// `length` of a window in samples, as RealFft takes them, or UsageError.
    explicit WindowPower(std::size_t length);

    std::size_t length() const { return length_; }
    std::size_t bins() const { return length_ / 2 + 1; }

    /// A window of length() samples, tapered, whose powers at() gives from then on.
    void transform(std::span<const float> tapered);
    /// Power in the bin `k` < bins().
    template <class Real>
    Real at(std::size_t k) const {
        const auto transformed = [this](std::size_t i) {
            const Real real = spectrum_[i].real(), imaginary = spectrum_[i].imag();
            return real * real + imaginary * imaginary;
        };
        if (shares_.empty()) return transformed(k);
        const Shares& of = shares_[k];
        return of.share[0] * transformed(of.first) + of.share[1] * transformed(of.first + 1) + of.share[2] * transformed(of.first + 2);
    }

private:
    // Of three bins of the transform, the first and those behind it, in the mean that a bin has.
    struct Shares {
        std::uint32_t first;
        std::array<float, 3> share;
    };

    std::size_t length_;
    RealFft fft_;
    std::vector<float> continued_;  // by zeros; empty if that is not needed
    std::vector<Shares> shares_;    // of each bin; the same
    std::vector<std::complex<float>> spectrum_;
};

}  // namespace psg::signal
