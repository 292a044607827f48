// exp and log whose last bit does not depend on the C library or the processor, so that training repeats byte for byte.
// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <cmath>

namespace psg::staging::portable {

/// e^x to about 1e-15; 0 below -700, that of 700 above 700.
inline double exp(double x) {
    if (std::isnan(x)) return x;
    if (x < -700) return 0;
    if (x > 700) x = 700;
    const double k = std::nearbyint(x * 1.4426950408889634);
    const double r = (x - k * 0.693145751953125) - k * 1.4286068203094172e-6;  // ln 2 in two parts
    double sum = 1;
    for (int n = 13; n > 0; --n) sum = 1 + sum * r / n;  // Taylor, |r| < 0.35
    return std::ldexp(sum, static_cast<int>(k));
}

/// Natural logarithm to about 1e-15; what std::log says where x is not positive or not finite.
inline double log(double x) {
    if (!(x > 0) || std::isinf(x)) return std::log(x);
    int exponent = 0;
    double m = std::frexp(x, &exponent);
    if (m < 0.7071067811865476) {
        m *= 2;
        --exponent;
    }
    const double s = (m - 1) / (m + 1), square = s * s;  // log m = 2 artanh s, |s| < 0.172
    double sum = 0;
    for (int n = 21; n > 0; n -= 2) sum = sum * square + 1.0 / n;
    return exponent * 0.6931471805599453 + 2 * s * sum;
}

inline double pow(double x, double y) {
    return exp(y * log(x));
}

}  // namespace psg::staging::portable
