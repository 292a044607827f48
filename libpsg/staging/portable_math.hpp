// exp and log whose last bit does not depend on the C library or the processor, so that training repeats byte for byte.
// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <array>
#include <cmath>
#include <cstdint>
#include <cstring>

namespace psg::staging::portable {

/// One number, or as many as are in a vector of so many bytes.
template <std::size_t bytes>
struct Numbers {
    typedef double Values __attribute__((vector_size(bytes)));
    typedef std::uint64_t Bits __attribute__((vector_size(bytes)));
};
template <>
struct Numbers<sizeof(double)> {
    using Values = double;
    using Bits = std::uint64_t;
};

/// 1 / n!, the coefficients of the Taylor series of e^x.
inline constexpr std::array<double, 14> inverse_factorial = [] {
    std::array<double, 14> inverse{1};
    for (std::size_t n = 1; n < inverse.size(); ++n) inverse[n] = inverse[n - 1] / static_cast<double>(n);
    return inverse;
}();

/// e^x in place of each x, to about 1e-15; 0 below -700, that of 700 above 700.
template <std::size_t bytes>
void exponentiate(double* numbers) {
    using Values = typename Numbers<bytes>::Values;
    Values x, power_of_two;
    typename Numbers<bytes>::Bits bits;
    std::memcpy(&x, numbers, sizeof x);
    constexpr double whole = 0x1.8p52;  // once it is added, the lowest bits are the nearest whole number
    const Values bounded = x > 700 ? Values{} + 700 : x;
    const Values shifted = bounded * 1.4426950408889634 + whole, k = shifted - whole;
    const Values r = (bounded - k * 0.693145751953125) - k * 1.4286068203094172e-6;  // ln 2 in two parts
    Values sum{};
    for (int n = 13; n >= 0; --n) sum = inverse_factorial[static_cast<std::size_t>(n)] + sum * r;  // Taylor, |r| < 0.35
    std::memcpy(&bits, &shifted, sizeof bits);
    bits = (bits + 1023) << 52;
    std::memcpy(&power_of_two, &bits, sizeof bits);
    x = x < -700 ? Values{} : sum * power_of_two;
    std::memcpy(numbers, &x, sizeof x);
}

inline double exp(double x) {
    exponentiate<sizeof x>(&x);
    return x;
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
