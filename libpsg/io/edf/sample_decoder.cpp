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

std::int16_t sample_at(const unsigned char* bytes, std::size_t i) {
    std::int16_t x;
    std::memcpy(&x, bytes + 2 * i, sizeof x);
    return x;
}

// Samples within limits, few enough for a count in 16 bits; how many were outside.
std::int64_t limited(const unsigned char* bytes, std::int16_t low, std::int16_t high, std::span<std::int16_t> out) {
    std::int16_t outside = 0;
    for (std::size_t i = 0; i < out.size(); ++i) {
        const std::int16_t x = sample_at(bytes, i), not_below = x < low ? low : x, inside = not_below > high ? high : not_below;
        outside = static_cast<std::int16_t>(outside + (inside != x ? 1 : 0));
        out[i] = inside;
    }
    return outside;
}

}  // namespace

template <>
std::int64_t decode_physical<2>(const unsigned char* bytes, const Calibration& calibration, std::span<float> out) {
    return wide([=] {
        const double scale = calibration.scale, offset = calibration.offset;
        const auto convert = [scale, offset](auto sample, std::size_t count, float* physical) {
            for (std::size_t i = 0; i < count; ++i) physical[i] = static_cast<float>(scale * sample(i) + offset);  // as Calibration::physical()
        };
        std::int64_t outside = 0;
        if (calibration.low <= -32768 && calibration.high >= 32767) {
            convert([bytes](std::size_t i) { return sample_at(bytes, i); }, out.size(), out.data());
            return outside;
        }
        std::array<std::int16_t, 4096> some;
        for (std::size_t from = 0; from < out.size(); from += some.size()) {
            const std::size_t count = std::min(some.size(), out.size() - from);
            outside += limited(bytes + 2 * from, as_short(calibration.low), as_short(calibration.high), std::span(some).first(count));
            convert([in = some.data()](std::size_t i) { return in[i]; }, count, out.data() + from);
        }
        return outside;
    });
}

template <>
bool any_at_limit<2>(const unsigned char* bytes, std::int32_t low, std::int32_t high, std::size_t samples) {
    return wide([=] {
        std::int16_t least = 32767, most = -32768;
        for (std::size_t i = 0; i < samples; ++i) {
            const std::int16_t x = sample_at(bytes, i);
            least = x < least ? x : least;
            most = x > most ? x : most;
        }
        return samples > 0 && (least <= as_short(low) || most >= as_short(high));
    });
}

}  // namespace psg::io
