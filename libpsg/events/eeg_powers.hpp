// Power of the EEG's alpha and fast activity over time, in which arousals are looked for.
// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <array>
#include <complex>
#include <cstddef>
#include <span>
#include <vector>

#include "libpsg/model/rate.hpp"
#include "libpsg/signal/blocks.hpp"
#include "libpsg/signal/fft.hpp"

namespace psg::events {

/// Power from 8 to 11 and from 16 to 32 Hz at each step of a stretch: of a window of a second from there on. NaN where samples are
/// missing or flat.
struct EegPowers {
    static constexpr std::size_t bands = 2;
    static constexpr double window_s = 1, step_s = 0.25;
    Time start{0};
    std::array<std::vector<float>, bands> band;
};

/// Makes them as the samples of an EEG come, in pieces of any length.
class EegPowerMeter {
public:
    /// 70 samples per second or more.
    explicit EegPowerMeter(SampleRate rate);

    void begin_stretch(Time start);
    void add(std::span<const float> samples);
    /// One entry per stretch.
    std::vector<EegPowers> finish();

private:
    void add_window(std::span<const float> samples);

    SampleRate rate_;
    std::size_t length_;
    std::array<std::pair<std::size_t, std::size_t>, EegPowers::bands> bins_;
    signal::RealFft fft_;
    std::vector<float> hann_, tapered_;
    std::vector<std::complex<float>> spectrum_;
    signal::History recent_;  // samples from the next window on
    std::size_t next_ = 0;    // where it begins
    std::vector<EegPowers> made_;
};

}  // namespace psg::events
