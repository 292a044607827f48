// Amplitudes in 16 bits.
// SPDX-License-Identifier: BSD-3-Clause
#include "libpsg/model/amplitude_series.hpp"

#include <algorithm>
#include <array>
#include <bit>
#include <cmath>

#include "libpsg/model/wide.hpp"

namespace psg {

namespace {

// A code is the upper bits of a float, counted from those of 2^-13 on, which stands for zero.
constexpr unsigned dropped = 12;                         // bits of a float's mantissa
constexpr std::uint32_t origin = (127U - 13) << (23 - dropped);
constexpr std::uint32_t not_a_number = 0xffff, highest = 0xfffe;

inline std::uint16_t code_of(float amplitude) {
    const auto bits = std::bit_cast<std::uint32_t>(amplitude);
    const std::uint32_t rounded = (bits + (1U << (dropped - 1))) >> dropped;
    const std::uint32_t above = rounded > origin + 1 ? rounded : origin + 1;
    const std::uint32_t code = (above < origin + highest ? above : origin + highest) - origin;
    const std::uint32_t unless_above = amplitude == amplitude ? 0 : not_a_number;
    return static_cast<std::uint16_t>(amplitude > 0 ? code : unless_above);
}

}  // namespace

std::uint16_t amplitude_code(float amplitude) { return code_of(amplitude); }

void encode_amplitudes(std::span<const float> amplitudes, std::span<std::uint16_t> codes) {
    wide([in = amplitudes.data(), out = codes.data(), count = codes.size()] {
        for (std::size_t i = 0; i < count; ++i) out[i] = code_of(in[i]);
    });
}

void encode_root_mean_squares(std::span<const float> mean_squares, std::span<std::uint16_t> codes) {
    wide([in = mean_squares.data(), out = codes.data(), count = codes.size()] {
        for (std::size_t i = 0; i < count; ++i) out[i] = code_of(std::sqrt(in[i]));
    });
}

float decoded_amplitude(std::uint16_t code) {
    float amplitude = 0;
    decode_amplitudes({&code, 1}, {&amplitude, 1});
    return amplitude;
}

void decode_amplitudes(std::span<const std::uint16_t> codes, std::span<float> amplitudes) {
    wide([in = codes.data(), out = amplitudes.data(), count = amplitudes.size()] {
        for (std::size_t i = 0; i < count; ++i) {
            const std::uint32_t code = in[i];
            const std::uint32_t known = (code + origin) << dropped, nan = code == not_a_number ? 0x7fc00000U : 0U;
            out[i] = std::bit_cast<float>(code == 0 ? 0U : known | nan);
        }
    });
}

void read_amplitudes(const CodeSeries& codes, std::size_t first, std::span<float> amplitudes) {
    std::array<std::uint16_t, 2 * CodeSeries::row> some;
    while (!amplitudes.empty()) {  // to the end of a row
        const std::size_t count = std::min(amplitudes.size(), some.size() - first % CodeSeries::row);
        codes.read(first, std::span(some).first(count));
        decode_amplitudes(std::span(some).first(count), amplitudes.first(count));
        amplitudes = amplitudes.subspan(count);
        first += count;
    }
}

}  // namespace psg
