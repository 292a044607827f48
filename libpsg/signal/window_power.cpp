// Power spectrum of windows of any length.
// SPDX-License-Identifier: BSD-3-Clause
#include "libpsg/signal/window_power.hpp"

#include <algorithm>
#include <cmath>

#include "libpsg/model/error.hpp"

namespace psg::signal {

WindowPower::WindowPower(std::size_t length)
    : length_(length), fft_(length > 0 && length % 2 == 0 ? transform_length(length) : length), spectrum_(fft_.bins()) {
    if (fft_.length() == length) return;
    continued_.resize(fft_.length());
    // In bins of the transform, each as wide as half way to its neighbours. At 0 and half the rate one half is the other's mirror image.
    const double width = static_cast<double>(fft_.length()) / static_cast<double>(length), end = static_cast<double>(fft_.length() / 2);
    for (std::size_t k = 0; k < bins(); ++k) {
        const double low = std::max((static_cast<double>(k) - 0.5) * width, 0.0), high = std::min((static_cast<double>(k) + 0.5) * width, end);
        // less than two wide, so that there are never more than three
        Shares shares{std::min(static_cast<std::uint32_t>(std::lround(low)), static_cast<std::uint32_t>(fft_.bins() - 3)), {}};
        for (std::size_t i = 0; i < shares.share.size(); ++i) {
            const double middle = shares.first + static_cast<double>(i);
            const double inside = std::min(high, middle + 0.5) - std::max(low, middle - 0.5);
            shares.share[i] = static_cast<float>(std::max(inside, 0.0) / (high - low));
        }
        shares_.push_back(shares);
    }
}

void WindowPower::transform(std::span<const float> tapered) {
    if (continued_.empty()) return fft_.forward(tapered, spectrum_);
    if (tapered.size() != length_) throw UsageError("samples do not have the length of the window");
    std::copy(tapered.begin(), tapered.end(), continued_.begin());
    fft_.forward(continued_, spectrum_);
}

}  // namespace psg::signal
