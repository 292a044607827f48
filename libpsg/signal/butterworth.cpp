// Butterworth filters: poles of the analogue prototype, moved, warped and paired into sections of unit gain.
// SPDX-License-Identifier: BSD-3-Clause
#include "libpsg/signal/butterworth.hpp"

#include <cmath>
#include <complex>
#include <numbers>

#include "libpsg/model/error.hpp"

namespace psg::signal {

namespace {

using Pole = std::complex<double>;

void check(int order, double edge_hz, double rate_hz) {
    if (order < 1 || order > 16) throw UsageError("a Butterworth filter must have an order from 1 to 16");
    if (!(edge_hz > 0 && edge_hz < rate_hz / 2))
        throw UsageError("a filter edge must lie between 0 and half the sampling rate");
}

// Analogue frequency that the bilinear transform (with unit step) brings to `edge_hz`.
double prewarped(double edge_hz, double rate_hz) {
    return 2 * std::tan(std::numbers::pi * edge_hz / rate_hz);
}

Pole bilinear(Pole analogue) {
    return (2.0 + analogue) / (2.0 - analogue);
}

// Pole k of the low-pass prototype with edge 1; k from 0 to order - 1, conjugate pairs are k and order - 1 - k.
Pole prototype(int order, int k) {
    const double angle = std::numbers::pi * (2 * k + 1 + order) / (2.0 * order);
    return std::polar(1.0, angle);
}

// A section with poles p and q (conjugate or both real) and the given zeros, scaled to magnitude 1 at `unit_hz`.
Biquad section(Pole p, Pole q, double b1, double b2, double unit_hz, double rate_hz) {
    Biquad s{1, b1, b2, -(p + q).real(), (p * q).real()};
    const double gain = 1 / magnitude_at({s}, unit_hz, rate_hz);
    s.b0 *= gain;
    s.b1 *= gain;
    s.b2 *= gain;
    return s;
}

// Low-pass (zeros at -1, unit gain at 0) or high-pass (zeros at +1, unit gain at half the rate).
BiquadCascade one_sided(int order, double edge_hz, double rate_hz, bool high) {
    check(order, edge_hz, rate_hz);
    const double edge = prewarped(edge_hz, rate_hz);
    const double zero = high ? -2 : 2, unit_hz = high ? rate_hz / 2 : 0;
    BiquadCascade sections;
    for (int k = 0; k < order / 2; ++k) {
        const Pole p = bilinear(high ? edge / prototype(order, k) : edge * prototype(order, k));
        sections.push_back(section(p, std::conj(p), zero, 1, unit_hz, rate_hz));
    }
    if (order % 2) sections.push_back(section(bilinear(-edge), 0, zero / 2, 0, unit_hz, rate_hz));
    return sections;
}

}  // namespace

BiquadCascade butterworth_low_pass(int order, double edge_hz, double rate_hz) {
    return one_sided(order, edge_hz, rate_hz, false);
}

BiquadCascade butterworth_high_pass(int order, double edge_hz, double rate_hz) {
    return one_sided(order, edge_hz, rate_hz, true);
}

BiquadCascade butterworth_band_pass(int order, double low_hz, double high_hz, double rate_hz) {
    check(order, low_hz, rate_hz);
    check(order, high_hz, rate_hz);
    if (!(low_hz < high_hz)) throw UsageError("the edges of a band-pass filter must be in order");
    const double low = prewarped(low_hz, rate_hz), high = prewarped(high_hz, rate_hz);
    const double centre_squared = low * high, half_width = (high - low) / 2;
    const double centre_hz = rate_hz / std::numbers::pi * std::atan(std::sqrt(centre_squared) / 2);
    BiquadCascade sections;
    for (int k = 0; k < (order + 1) / 2; ++k) {
        const bool real = order % 2 && k == order / 2;
        const Pole middle = real ? Pole(-half_width) : half_width * prototype(order, k);
        const Pole offset = std::sqrt(middle * middle - centre_squared);
        const Pole p = bilinear(middle + offset), q = bilinear(middle - offset);
        if (real) {
            sections.push_back(section(p, q, 0, -1, centre_hz, rate_hz));
        } else {
            sections.push_back(section(p, std::conj(p), 0, -1, centre_hz, rate_hz));
            sections.push_back(section(q, std::conj(q), 0, -1, centre_hz, rate_hz));
        }
    }
    return sections;
}

}  // namespace psg::signal
