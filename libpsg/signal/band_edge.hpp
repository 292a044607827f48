// What lies around the edge of the band that a lower sampling rate can hold, cut as sharply as a recording is long.
// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <cstddef>
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

    /// u, such that (-1)^n u(n / out_unit) is sample n at the new rate of what passes the low-pass around the cut and lies
    /// below it. Before its beginning and after its end the recording goes on mirrored at its first and last sample, to a
    /// power of two of samples or a little more, and then begins again; so does u: its value at unit i < 0 is
    /// u[u.size() + i]. Samples must be finite.
    std::vector<double> around_cut(std::span<const float> samples) const;

private:
    std::size_t in_unit_, out_unit_;
    std::vector<double> taps_;
    std::vector<float> cosine_, sine_;  // the taps shifted to the cut, and zeros to a multiple of 16
};

}  // namespace psg::signal
