// Noise within a band of frequencies.
// SPDX-License-Identifier: BSD-3-Clause
#include "libpsg/simulate/noise_band.hpp"

#include <algorithm>
#include <cmath>

#include "libpsg/simulate/elementary.hpp"

namespace psg::simulate {

// Own design and not signal/butterworth: that one uses the C library's tangent, whose last bit depends on the
// processor. Bilinear transform of the second-order Butterworth section; `cut_turns` is the cut-off frequency over the
// rate.
NoiseBand::Biquad NoiseBand::butterworth(double cut_turns, bool high_pass) {
    const double k = sine_of_turns(cut_turns / 2) / cosine_of_turns(cut_turns / 2);
    const double norm = 1 / (1 + std::sqrt(2.0) * k + k * k);
    Biquad q;
    q.b0 = high_pass ? norm : k * k * norm;
    q.b1 = high_pass ? -2 * q.b0 : 2 * q.b0;
    q.b2 = q.b0;
    q.a1 = 2 * (k * k - 1) * norm;
    q.a2 = (1 - std::sqrt(2.0) * k + k * k) * norm;
    return q;
}

NoiseBand::NoiseBand(double low_hz, double high_hz, double rate_hz, Random random) : random_(random) {
    const double high = std::min(high_hz, 0.45 * rate_hz), low = std::min(low_hz, 0.9 * high);
    high_ = butterworth(high / rate_hz, false);
    low_ = butterworth(low / rate_hz, true);
    // The variance of filtered white noise is the energy of the impulse response, here over 10 periods of the lower
    // edge.
    Biquad a = high_, b = low_;
    double energy = 0;
    const auto length = static_cast<int>(10 * rate_hz / low) + 100;
    for (int i = 0; i < length; ++i) {
        const double h = b.step(a.step(i == 0 ? 1.0 : 0.0));
        energy += h * h;
    }
    gain_ = 1 / std::sqrt(energy);
    for (int i = 0; i < length; ++i) next();  // past the transient
}

}  // namespace psg::simulate
