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
        return static_cast<std::int32_t>((static_cast<std::uint32_t>(p[0]) << 8) | (static_cast<std::uint32_t>(p[1]) << 16) |
                                         (static_cast<std::uint32_t>(p[2]) << 24)) >> 8;
}

/// Decodes `out.size()` samples of `sample_bytes` bytes each into the working unit. The sum is made in double and rounded
/// once to float, so that 24-bit values keep their last digit as far as a float can hold it.
inline void decode_physical(const unsigned char* bytes, int sample_bytes, const Calibration& calibration, std::span<float> out) {
    const double scale = calibration.scale, offset = calibration.offset;
    if (sample_bytes == 2)
        for (std::size_t i = 0; i < out.size(); ++i)
            out[i] = static_cast<float>(scale * decode_sample<2>(bytes + 2 * i) + offset);
    else
        for (std::size_t i = 0; i < out.size(); ++i)
            out[i] = static_cast<float>(scale * decode_sample<3>(bytes + 3 * i) + offset);
}

inline void decode_digital(const unsigned char* bytes, int sample_bytes, std::span<std::int32_t> out) {
    if (sample_bytes == 2)
        for (std::size_t i = 0; i < out.size(); ++i) out[i] = decode_sample<2>(bytes + 2 * i);
    else
        for (std::size_t i = 0; i < out.size(); ++i) out[i] = decode_sample<3>(bytes + 3 * i);
}

}  // namespace psg::io
