// Butterworth filters as second-order sections: bilinear transform with prewarped edges.
// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include "libpsg/signal/biquad.hpp"

namespace psg::signal {

/// Filters of order 1 to 16 whose response is 1/sqrt(2) at the edges; edges must lie strictly between 0 and half the
/// sampling rate, in order (UsageError otherwise).
BiquadCascade butterworth_low_pass(int order, double edge_hz, double rate_hz);
BiquadCascade butterworth_high_pass(int order, double edge_hz, double rate_hz);
/// `order` slopes on either side: 2 * order poles in all, as in scipy.signal.butter(order, [low, high], "bandpass").
BiquadCascade butterworth_band_pass(int order, double low_hz, double high_hz, double rate_hz);

}  // namespace psg::signal
