// Design of linear-phase filters as windowed sincs.
// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <vector>

namespace psg::signal {

/// Edges of a band in Hz: nothing below `low_stop`, all from `low_pass` to `high_pass`, nothing above `high_stop`.
struct BandEdges {
    double low_stop, low_pass, high_pass, high_stop;
};

/// Symmetric taps (an odd number) of a band-pass: the difference of two low-passes, each a sinc with its -6-dB point in
/// the middle of its edges under a Hamming window (53 dB) of 3.3 rate / width taps, made odd, and scaled to a gain of 1
/// at 0 Hz (Ifeachor & Jervis 2002, "Digital signal processing", ch. 7; the design of MNE-Python). The gain at 0 Hz is
/// exactly 0. Edges must rise from 0 to half the rate and give fewer than 2^20 taps, or UsageError.
std::vector<double> hamming_band_pass(const BandEdges& edges, double rate_hz);

}  // namespace psg::signal
