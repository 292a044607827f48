// What lies around the edge of the band that a lower sampling rate can hold, cut as sharply as a recording is long.
// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

namespace psg::signal {

/// A resampler by Fourier transform lets pass what is below half the new rate, and nothing above. A part of a recording
/// cannot be cut that sharply. Here the surroundings of the cut are taken out of the whole recording by a low-pass that is
/// shifted to the cut, sampled at a low rate, and cut there; the parts then need only what the low-pass has left.
///
/// A unit is `in_unit` samples of the old rate and `out_unit`, fewer, of the new; the low rate has one sample per unit.
class BandEdge {
public:
    BandEdge(std::size_t in_unit, std::size_t out_unit);

    /// The low-pass: taps at the old rate, an odd number, symmetric. It passes 0.075 of the low rate and stops half of it.
    std::span<const double> taps() const { return taps_; }

    /// The next samples are those of another recording.
    void begin();
    /// Samples that follow those before; finite ones.
    void add(std::span<const float> samples);

    /// u, such that (-1)^n u(n / out_unit) is sample n at the new rate of what passes the low-pass around the cut and lies
    /// below it. Before its beginning and after its end the recording goes on mirrored at its first and last sample, to a
    /// power of two of samples or a little more, and then begins again; so does u: its value at unit i < 0 is
    /// u[u.size() + i]. Empty without samples.
    ///
    /// A minute of samples is held at each end. Further from the recording its mirror image is made of what the low-pass left.
    std::vector<double> around_cut();

private:
    struct Phasor {
        float real = 0, imaginary = 0;
    };
    void forget(std::size_t kept);
    Phasor low_pass(const float* x, std::int64_t unit) const;
    std::int64_t first_of(std::int64_t unit) const;
    Phasor on_circle(std::int64_t unit, std::int64_t units, std::int64_t before) const;

    std::size_t in_unit_, out_unit_;
    std::vector<double> taps_;
    std::vector<float> cosine_, sine_;  // the taps shifted to the cut, and zeros to a multiple of 16

    std::vector<float> front_, back_;  // the first samples; the last, from number back_from_ on
    std::int64_t back_from_ = 0, size_ = 0;
    std::vector<Phasor> low_;  // what the low-pass left at each unit, shifted to frequency 0 relative to unit 0
};

}  // namespace psg::signal
