// Elementary functions from + - * / alone: range reduction, then a Taylor series that is exact to the last bits.
// SPDX-License-Identifier: BSD-3-Clause
#include "libpsg/simulate/elementary.hpp"

#include <cmath>
#include <limits>

namespace psg::simulate {

namespace {

constexpr double pi = 3.14159265358979323846;

/// sin(2 pi t) for |t| <= 1/8.
double sine_near_zero(double t) {
    const double x = 2 * pi * t, square = x * x;
    double term = x, sum = x;
    for (int k = 2; k <= 16; k += 2) {
        term *= -square / (k * (k + 1));
        sum += term;
    }
    return sum;
}

/// cos(2 pi t) for |t| <= 1/8.
double cosine_near_zero(double t) {
    const double x = 2 * pi * t, square = x * x;
    double term = 1, sum = 1;
    for (int k = 1; k <= 17; k += 2) {
        term *= -square / (k * (k + 1));
        sum += term;
    }
    return sum;
}

}  // namespace

double exponential(double x) {
    if (x < -700) return 0;
    if (x > 700) return std::numeric_limits<double>::infinity();
    // x = k ln 2 + r with |r| <= ln 2 / 2; ln 2 in two parts, the first with few enough bits that k times it is exact.
    constexpr double ln2_high = 0x1.62e42fee00000p-1, ln2_low = 0x1.a39ef35793c76p-33;
    const double k = std::floor(x / (ln2_high + ln2_low) + 0.5);
    const double r = (x - k * ln2_high) - k * ln2_low;
    double term = 1, sum = 1;
    for (int n = 1; n <= 14; ++n) {
        term *= r / n;
        sum += term;
    }
    return std::ldexp(sum, static_cast<int>(k));  // exact: only the exponent changes
}

double logarithm(double x) {
    constexpr double ln2 = 0.69314718055994530942, root_half = 0.70710678118654752440;
    int exponent = 0;
    double m = std::frexp(x, &exponent);  // exact
    if (m < root_half) {
        m *= 2;
        --exponent;
    }
    // log m = 2 artanh s with s = (m - 1) / (m + 1), |s| < 0.172
    const double s = (m - 1) / (m + 1), square = s * s;
    double power = s, sum = s;
    for (int n = 3; n <= 23; n += 2) {
        power *= square;
        sum += power / n;
    }
    return 2 * sum + exponent * ln2;
}

double sine_of_turns(double t) {
    t -= std::floor(t + 0.5);  // exact: -1/2 <= t <= 1/2
    if (t > 0.375) return sine_near_zero(0.5 - t);
    if (t < -0.375) return -sine_near_zero(0.5 + t);
    if (t > 0.125) return cosine_near_zero(t - 0.25);
    if (t < -0.125) return -cosine_near_zero(t + 0.25);
    return sine_near_zero(t);
}

double cosine_of_turns(double t) {
    t -= std::floor(t + 0.5);
    if (t > 0.375 || t < -0.375) return -cosine_near_zero(t > 0 ? 0.5 - t : 0.5 + t);
    if (t > 0.125) return -sine_near_zero(t - 0.25);
    if (t < -0.125) return sine_near_zero(t + 0.25);
    return cosine_near_zero(t);
}

}  // namespace psg::simulate
