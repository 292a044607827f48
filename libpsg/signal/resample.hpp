// Change of the sampling rate by a rational factor.
// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "libpsg/model/rate.hpp"

namespace psg::signal {

/// Resamples stretches as their samples pass by: polyphase filter with a Kaiser-windowed sinc
/// (beta 5, cutoff at the lower of the two Nyquist frequencies, 10 zero crossings to each side, zeros beyond the ends),
/// as SciPy's `resample_poly`; sample 0 stays where it is, and ceil(n * to / from) samples come out of n. How the stretch is cut
/// into pieces changes no bit. The filter is computed at every phase that occurs,
/// but at no more than 4,096 (the nearest is then taken: an error in time below 1/8192 of a sample), so that awkward
/// rates cost bounded memory. Non-finite samples spread over the filter's length.
class Resampler {
public:
    /// A ratio beyond 10,000 either way is a UsageError.
    Resampler(SampleRate from, SampleRate to);

    /// The next samples are those of another stretch.
    void begin_stretch();
    /// Samples that follow those before. What can be told by now is appended to `out`.
    void add(std::span<const float> samples, std::vector<float>& out);
    /// Appends what remains of the stretch.
    void end_stretch(std::vector<float>& out);

private:
    void put_out(std::vector<float>& out);

    std::int64_t up_, down_;   // to / from in lowest terms
    std::int64_t half_ = 0;    // the filter reaches so many input samples to each side
    std::int64_t phases_ = 1;
    std::size_t taps_ = 0;     // of a phase, with zeros to a multiple of eight
    std::vector<float> table_;
    std::vector<float> held_;  // the last samples, from number held_from_ on
    std::int64_t held_from_ = 0, samples_ = 0;  // counted from the beginning of the stretch
    std::int64_t sample_ = 0, rest_ = 0;                   // the next output lies at sample_ + rest_ / up_
};

/// One stretch as a whole.
std::vector<float> resample(std::span<const float> samples, SampleRate from, SampleRate to);

}  // namespace psg::signal
