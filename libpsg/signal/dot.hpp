// Sums of products of samples, four at a time.
// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <cstddef>
#include <cstring>
#include <span>

namespace psg::signal {

/// Sum of a[i] * b[i] over the length of `a` (`b` must be as long). The order of summation is fixed, in eight partial
/// sums that the processor's vector unit takes four at a time; the compiler may not reorder floating-point sums by
/// itself, and the plain loop is four times slower.
inline float dot(std::span<const float> a, std::span<const float> b) {
    typedef float Four __attribute__((vector_size(16)));
    const auto load = [](const float* p) {
        Four four;
        std::memcpy(&four, p, sizeof four);
        return four;
    };
    Four even{}, odd{};
    std::size_t i = 0;
    for (; i + 8 <= a.size(); i += 8) {
        even += load(&a[i]) * load(&b[i]);
        odd += load(&a[i + 4]) * load(&b[i + 4]);
    }
    even += odd;
    float sum = (even[0] + even[2]) + (even[1] + even[3]);
    for (; i < a.size(); ++i) sum += a[i] * b[i];
    return sum;
}

}  // namespace psg::signal
