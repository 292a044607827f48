// Digital values out of the bytes of data records.
// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <cstdint>
#include <span>

#include "libpsg/model/channel.hpp"

namespace psg::io {

/// Little-endian two's complement integer of 2 (EDF) or 3 (BDF) bytes.
template <int Bytes>
inline std::int32_t decode_sample(const unsigned char* p) {
    if constexpr (Bytes == 2)
        return static_cast<std::int16_t>(static_cast<std::uint16_t>(p[0] | (p[1] << 8)));
    else
        return static_cast<std::int32_t>((static_cast<std::uint32_t>(p[0]) << 8) |
                                         (static_cast<std::uint32_t>(p[1]) << 16) |
                                         (static_cast<std::uint32_t>(p[2]) << 24)) >>
               8;
}

/// Decodes `out.size()` samples of `Bytes` bytes each into the working unit and returns how many of them had to be
/// limited to the declared range. The sum is made in double and rounded once to float, so that 24-bit values keep their
/// last digit as far as a float can hold it.
template <int Bytes>
std::int64_t decode_physical(const unsigned char* bytes, const Calibration& calibration, std::span<float> out) {
    const Calibration c = calibration;  // a copy: nothing aliases the output
    std::int64_t limited = 0;
    for (std::size_t i = 0; i < out.size(); ++i) {
        const std::int32_t digital = decode_sample<Bytes>(bytes + Bytes * i);
        limited += digital < c.low || digital > c.high;
        out[i] = static_cast<float>(c.physical(digital));
    }
    return limited;
}

template <>
std::int64_t decode_physical<2>(const unsigned char* bytes, const Calibration& calibration, std::span<float> out);

/// Whether any of some samples is at or beyond one of two limits.
template <int Bytes>
bool any_at_limit(const unsigned char* bytes, std::int32_t low, std::int32_t high, std::size_t samples) {
    for (std::size_t i = 0; i < samples; ++i)
        if (const std::int32_t digital = decode_sample<Bytes>(bytes + Bytes * i); digital <= low || digital >= high) return true;
    return false;
}
template <>
bool any_at_limit<2>(const unsigned char* bytes, std::int32_t low, std::int32_t high, std::size_t samples);

/// at_limit[i]: whether sample i is.
template <int Bytes>
void mark_limits(const unsigned char* bytes, std::int32_t low, std::int32_t high, std::span<std::uint8_t> at_limit) {
    for (std::size_t i = 0; i < at_limit.size(); ++i) {
        const std::int32_t digital = decode_sample<Bytes>(bytes + Bytes * i);
        at_limit[i] = digital <= low || digital >= high;
    }
}
/// How many samples a limit catches, and where the first of them begins.
struct Outside {
    std::int64_t count = 0, first_byte = 0;
};

template <int Bytes>
Outside count_outside(const unsigned char* bytes, const Calibration& calibration, std::size_t samples) {
    const Calibration c = calibration;
    Outside out;
    for (std::size_t i = 0; i < samples; ++i) {
        const std::int32_t digital = decode_sample<Bytes>(bytes + Bytes * i);
        if (digital >= c.low && digital <= c.high) continue;
        if (out.count++ == 0) out.first_byte = static_cast<std::int64_t>(Bytes * i);
    }
    return out;
}

template <int Bytes>
void decode_digital(const unsigned char* bytes, std::span<std::int32_t> out) {
    for (std::size_t i = 0; i < out.size(); ++i) out[i] = decode_sample<Bytes>(bytes + Bytes * i);
}

/// The same of samples of `sample_bytes` bytes each: 2 or 3.
inline void decode_digital(std::int64_t sample_bytes, const unsigned char* bytes, std::span<std::int32_t> out) {
    return sample_bytes == 2 ? decode_digital<2>(bytes, out) : decode_digital<3>(bytes, out);
}
inline std::int64_t decode_physical(std::int64_t sample_bytes, const unsigned char* bytes, const Calibration& calibration, std::span<float> out) {
    return sample_bytes == 2 ? decode_physical<2>(bytes, calibration, out) : decode_physical<3>(bytes, calibration, out);
}

}  // namespace psg::io
