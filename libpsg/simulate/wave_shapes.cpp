// The course in time of single deflections, trains, bursts of activity and heart beats.
// SPDX-License-Identifier: BSD-3-Clause
#include "libpsg/simulate/wave_shapes.hpp"

#include <algorithm>
#include <cmath>

#include "libpsg/simulate/elementary.hpp"

namespace psg::simulate {

namespace {

double bell(double t, double centre, double width) {
    const double z = (t - centre) / width;
    return z * z > 50 ? 0 : exponential(-0.5 * z * z);
}

/// 0 to 1 and back in a raised cosine.
double hump(double fraction) {
    return 0.5 - 0.5 * cosine_of_turns(fraction);
}

}  // namespace

double wave_value(Wave::Shape shape, double t, double length, double frequency) {
    if (t < 0 || t >= length) return 0;
    switch (shape) {
        case Wave::Shape::spindle:
        case Wave::Shape::slow_eye:
            return hump(t / length) * sine_of_turns(frequency * t);
        case Wave::Shape::sawtooth: {  // slow rise, quick fall
            const double phase = frequency * t - std::floor(frequency * t);
            return hump(t / length) * (phase < 0.75 ? phase / 0.375 - 1 : 1 - (phase - 0.75) / 0.125);
        }
        case Wave::Shape::k_complex:  // a sharp deflection, then a slower and smaller one the other way
            return bell(t, 0.25 * length, 0.07 * length) - 0.6 * bell(t, 0.58 * length, 0.12 * length);
        case Wave::Shape::vertex:
            return bell(t, 0.12, 0.035) - 0.35 * bell(t, 0.25, 0.05);
        case Wave::Shape::saccade:  // 40 ms to the new position, which an AC amplifier forgets
            return (t < 0.04 ? hump(t / 0.08) : 1) * exponential(-t / 0.5) * (1 - t / length);
        case Wave::Shape::rock:  // to and fro once
            return sine_of_turns(t / length);
        case Wave::Shape::stripe:  // up, down and up again, steep enough to look like a vertical stripe on the page
            return hump(t / length) * cosine_of_turns(2 * (t / length - 0.5));
        case Wave::Shape::blink:
        case Wave::Shape::sway:
            return hump(t / length);
        case Wave::Shape::cable:  // 0.12 s up, some tenths of a second down: nothing in the band of muscle activity
            return (t < 0.12 ? hump(t / 0.24) : exponential(-(t - 0.12) / 0.2)) * (1 - t / length);
    }
    return 0;
}

double burst_value(double t, double length, double rise, double fall) {
    if (t < 0 || t >= length) return 0;
    const double shrink = std::min(1.0, 0.9 * length / (rise + fall));
    const double to_start = t / (rise * shrink), to_end = (length - t) / (fall * shrink);
    return (to_start < 1 ? hump(to_start / 2) : 1) * (to_end < 1 ? hump(to_end / 2) : 1);
}

double other_burst_value(double t, double length, double rise, double fall) {
    if (t < 0 || t >= length) return 0;
    const double part = t / length;
    return burst_value(t, length, rise, fall) * (part < 0.25 ? 0.7 + 1.2 * part : 1 - (part - 0.25) / 1.5);
}

double snore_value(double t) {
    double sum = 0;
    for (int k = 1; k <= 4; ++k) sum += sine_of_turns(55 * k * t) / k;
    return sum / 1.6;
}

double heart_rise_value(double t) {
    return t <= 0 ? 0 : t / 4 * exponential(1 - t / 4);
}

double qrs_value(double t) {
    return bell(t, 0, 0.011) - 0.12 * bell(t, -0.03, 0.010) - 0.25 * bell(t, 0.03, 0.012);
}

double heart_beat_mv(double t) {
    if (t < -0.3 || t > 0.5) return 0;
    return 0.12 * bell(t, -0.17, 0.025) + 1.1 * qrs_value(t) + 0.3 * bell(t, 0.28, 0.05);
}

}  // namespace psg::simulate
