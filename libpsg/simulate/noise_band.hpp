// Noise within a band of frequencies, the raw material of EEG rhythms and muscle activity.
// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include "libpsg/simulate/random.hpp"

namespace psg::simulate {

/// Unit-variance noise between two frequencies: white noise through a second-order Butterworth high-pass and low-pass
/// (12 dB per octave on either side). The upper frequency is lowered to 0.45 of the rate where needed.
class NoiseBand {
public:
    NoiseBand(double low_hz, double high_hz, double rate_hz, Random random);
    double next() { return gain_ * low_.step(high_.step(random_.noise())); }

private:
    struct Biquad {
        double b0 = 1, b1 = 0, b2 = 0, a1 = 0, a2 = 0, s1 = 0, s2 = 0;
        double step(double x) {
            const double y = b0 * x + s1;
            s1 = b1 * x - a1 * y + s2;
            s2 = b2 * x - a2 * y;
            return y;
        }
    };
    static Biquad butterworth(double cut_turns, bool high_pass);

    Random random_;
    Biquad high_, low_;
    double gain_ = 1;
};

}  // namespace psg::simulate
