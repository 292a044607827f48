// Samples of two bytes, nearly all that there are: eight at a time.
// SPDX-License-Identifier: BSD-3-Clause
#include <algorithm>
#include <bit>
#include <cstring>

#include "libpsg/io/edf/edf_samples.hpp"

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

// Always inline: made for the processor of whoever calls it. The operations are those of Calibration::physical().
[[gnu::always_inline]] inline std::int64_t decode(const unsigned char* bytes, const Calibration& c, std::span<float> out) {
    typedef std::int16_t FourShorts __attribute__((vector_size(8)));
    typedef std::int32_t Ints __attribute__((vector_size(16)));
    typedef double Doubles __attribute__((vector_size(32)));
    typedef float Floats __attribute__((vector_size(16)));
    const Shorts low = Shorts{} + as_short(c.low), high = Shorts{} + as_short(c.high);
    const Doubles scale = Doubles{} + c.scale, offset = Doubles{} + c.offset;
    std::int64_t limited = 0;
    std::size_t i = 0;
    while (i + lanes <= out.size()) {
        constexpr std::size_t most = 4096;  // before a count could leave 16 bits
        const std::size_t end = i + std::min(most, (out.size() - i) / lanes) * lanes;
        Shorts outside{};
        for (; i < end; i += lanes) {
            const Shorts x = shorts_at(bytes + 2 * i);
            Shorts inside = x < low ? low : x;
            inside = inside > high ? high : inside;
            outside -= inside != x;
            for (const std::size_t half : {0, 4}) {
                FourShorts four;
                std::memcpy(&four, reinterpret_cast<const char*>(&inside) + 2 * half, sizeof four);
                const Doubles physical = scale * __builtin_convertvector(__builtin_convertvector(four, Ints), Doubles) + offset;
                const Floats samples = __builtin_convertvector(physical, Floats);
                std::memcpy(&out[i + half], &samples, sizeof samples);
            }
        }
        for (std::size_t lane = 0; lane < lanes; ++lane) limited += outside[lane];
    }
    for (; i < out.size(); ++i) {
        const std::int32_t digital = decode_sample<2>(bytes + 2 * i);
        limited += digital < c.low || digital > c.high;
        out[i] = static_cast<float>(c.physical(digital));
    }
    return limited;
}

#if defined(__x86_64__)
[[gnu::target("avx2")]] std::int64_t decode_wide(const unsigned char* bytes, const Calibration& c, std::span<float> out) { return decode(bytes, c, out); }
#endif

}  // namespace

template <>
std::int64_t decode_physical<2>(const unsigned char* bytes, const Calibration& calibration, std::span<float> out) {
    const Calibration c = calibration;  // a copy: nothing aliases the output
#if defined(__x86_64__)
    static const bool wide = __builtin_cpu_supports("avx2");
    if (wide) return decode_wide(bytes, c, out);
#endif
    return decode(bytes, c, out);
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
