// Samples of two bytes, nearly all that there are: eight at a time.
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

typedef std::int16_t Shorts __attribute__((vector_size(16)));
constexpr std::size_t lanes = 8;

Shorts shorts_at(const unsigned char* bytes) {
    Shorts x;
    std::memcpy(&x, bytes, sizeof x);
    return x;
}

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
    typedef std::int8_t Marks __attribute__((vector_size(8)));
    const Shorts lows = Shorts{} + as_short(low), highs = Shorts{} + as_short(high);
    std::size_t i = 0;
    for (; i + lanes <= at_limit.size(); i += lanes) {
        const Shorts x = shorts_at(bytes + 2 * i);
        const Marks marks = -__builtin_convertvector((x <= lows) | (x >= highs), Marks);
        std::memcpy(&at_limit[i], &marks, sizeof marks);
    }
    for (; i < at_limit.size(); ++i) {
        const std::int32_t digital = decode_sample<2>(bytes + 2 * i);
        at_limit[i] = digital <= low || digital >= high;
    }
}

}  // namespace psg::io
