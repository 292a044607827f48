// Samples of two bytes, nearly all that there are: many at a time.
// SPDX-License-Identifier: BSD-3-Clause
#include <algorithm>
#include <array>
#include <bit>
#include <cstring>

#include "libpsg/io/edf/edf_samples.hpp"
#include "libpsg/model/wide.hpp"

namespace psg::io {

namespace {

static_assert(std::endian::native == std::endian::little, "samples of a file are taken as they are");

std::int16_t as_short(std::int32_t x) { return static_cast<std::int16_t>(std::clamp(x, -32768, 32767)); }

// Limits samples in place; how many were outside.
std::int64_t limit(std::span<std::int16_t> samples, std::int16_t low, std::int16_t high) {
    std::int16_t outside = 0;
    for (std::int16_t& x : samples) {
        const std::int16_t inside = std::min(std::max(x, low), high);
        outside = static_cast<std::int16_t>(outside + (inside != x ? 1 : 0));
        x = inside;
    }
    return outside;
}

}  // namespace

template <>
std::int64_t decode_physical<2>(const unsigned char* bytes, const Calibration& calibration, std::span<float> out) {
    return wide([=] {
        const bool limits = calibration.low > -32768 || calibration.high < 32767;
        const double scale = calibration.scale, offset = calibration.offset;
        std::int64_t limited = 0;
        std::array<std::int16_t, 4096> some;  // few enough for a count in 16 bits
        for (std::size_t from = 0; from < out.size(); from += some.size()) {
            const std::size_t count = std::min(some.size(), out.size() - from);
            std::memcpy(some.data(), bytes + 2 * from, 2 * count);
            if (limits) limited += limit(std::span(some).first(count), as_short(calibration.low), as_short(calibration.high));
            float* const physical = out.data() + from;
            for (std::size_t i = 0; i < count; ++i) physical[i] = static_cast<float>(scale * some[i] + offset);  // as Calibration::physical()
        }
        return limited;
    });
}

template <>
void mark_limits<2>(const unsigned char* bytes, std::int32_t low, std::int32_t high, std::span<std::uint8_t> at_limit) {
    wide([=] {
        const std::int16_t lows = as_short(low), highs = as_short(high);
        const unsigned char* const in = bytes;  // local, since bytes that are written might else be these
        std::uint8_t* const out = at_limit.data();
        const std::size_t count = at_limit.size();
        for (std::size_t i = 0; i < count; ++i) {
            std::int16_t x;
            std::memcpy(&x, in + 2 * i, sizeof x);
            out[i] = static_cast<std::uint8_t>((x <= lows) | (x >= highs));
        }
    });
}

}  // namespace psg::io
