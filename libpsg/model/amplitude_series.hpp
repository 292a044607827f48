// Amplitudes over time in little memory: codes of 16 bits, to one part in four thousand.
// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "libpsg/model/code_series.hpp"
#include "libpsg/model/interval_set.hpp"
#include "libpsg/model/rate.hpp"
#include "libpsg/model/time.hpp"

namespace psg {

/// An amplitude as a floating-point number without sign: 5 bits of exponent, 11 of mantissa. Zero and NaN are kept, others are
/// rounded to a relative error of 2^-12 or less, within 0.00013 to 500,000: beyond, the nearest of these is taken.
std::uint16_t amplitude_code(float amplitude);
/// The amplitude of a code.
float decoded_amplitude(std::uint16_t code);
/// The codes of amplitudes, and of the roots of mean squares; as many of both.
void encode_amplitudes(std::span<const float> amplitudes, std::span<std::uint16_t> codes);
void encode_root_mean_squares(std::span<const float> mean_squares, std::span<std::uint16_t> codes);
/// The amplitudes of codes; as many of both.
void decode_amplitudes(std::span<const std::uint16_t> codes, std::span<float> amplitudes);

/// The amplitudes of codes from `first` on, as many as `amplitudes` holds; they must be there.
void read_amplitudes(const CodeSeries& codes, std::size_t first, std::span<float> amplitudes);

/// Amplitudes of a channel, a stretch per recorded segment, in order of time. A night of 8 h at 100 Hz takes some 4.8 MB. They are
/// looked at in parts.
struct AmplitudeSeries {
    struct Stretch {
        Time start{0};
        CodeSeries codes;
    };

    SampleRate rate;
    std::vector<Stretch> stretches;

    std::size_t size(std::size_t stretch) const { return stretches[stretch].codes.size(); }
    /// Moment of an amplitude, counted from the first of its stretch.
    Time time_of(std::size_t stretch, std::size_t index) const {
        return stretches[stretch].start + rate.time_of(static_cast<std::int64_t>(index));
    }
    /// Amplitudes from `first` on, as many as `out` holds; they must be there.
    void read(std::size_t stretch, std::size_t first, std::span<float> out) const { read_amplitudes(stretches[stretch].codes, first, out); }
    std::vector<float> part(std::size_t stretch, std::size_t first, std::size_t count) const {
        std::vector<float> out(count);
        read(stretch, first, out);
        return out;
    }
    /// Calls `look(place of the first, amplitudes)` for one piece after the other, of `piece` amplitudes or less in the last one.
    template <class Look>
    void for_each_piece(std::size_t stretch, std::size_t piece, Look look) const {
        std::vector<float> amplitudes;
        for (std::size_t first = 0; first < size(stretch); first += piece) {
            amplitudes.resize(piece < size(stretch) - first ? piece : size(stretch) - first);
            read(stretch, first, amplitudes);
            look(first, std::span<const float>(amplitudes));
        }
    }
};

}  // namespace psg
