// Power of the EEG's alpha and fast activity over time, in which arousals are looked for.
// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <array>
#include <cstddef>
#include <span>
#include <vector>

#include "libpsg/model/rate.hpp"
#include "libpsg/signal/block_means.hpp"
#include "libpsg/signal/blocks.hpp"
#include "libpsg/signal/window_power.hpp"

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
    // What a quarter of a second adds to the spectrum of the windows that it is part of, at the bins of both bands and their neighbours.
    static constexpr std::size_t lanes = 32;  // of which 28 are used
    struct Quarter {
        std::array<float, lanes> re{}, im{};
        bool finite = false, flat = false;
        float first = 0;
    };
    void make_sinusoids();
    void add_quarter(std::span<const float> samples, double late_s);
    void add_uneven(Quarter& quarter, std::span<const float> rest, double late_s) const;
    void end_window(const std::array<float, EegPowers::bands>& powers, bool usable);
    void add_window(std::span<const float> samples);

    SampleRate rate_;
    std::size_t length_;
    std::array<std::pair<std::size_t, std::size_t>, EegPowers::bands> bins_;
    signal::WindowPower power_;
    std::vector<float> hann_, tapered_;
    signal::History recent_;  // samples from the next window or quarter on
    std::size_t next_ = 0;    // where it begins
    bool even_;               // quarters are a whole number of samples
    std::size_t quarter_;     // samples of any quarter; those that are not even have one or two more at times
    signal::WholeBlocks quarters_;
    std::vector<float> cosines_, sines_;      // by sample of half a quarter, then by lane; empty: windows are transformed
    std::array<std::array<float, lanes>, 2> rest_re_{}, rest_im_{};  // of each lane's sinusoid behind a quarter's samples
    std::array<float, lanes> middle_re_{}, middle_im_{};            // of each lane's sinusoid in the middle of a quarter
    std::array<float, lanes> turn_re_{}, turn_im_{}, half_turn_{};  // of each lane's sinusoid in a quarter and in half a second
    std::array<Quarter, 4> last_;             // the last ones, that of number i at i modulo 4
    std::size_t quarter_count_ = 0;
    float level_ = 0;                         // the first sample of the stretch, taken off all
    std::vector<EegPowers> made_;
};

}  // namespace psg::events
