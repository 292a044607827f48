// Change of the sampling rate by a rational factor.
// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <span>
#include <vector>

#include "libpsg/model/rate.hpp"

namespace psg::signal {

/// Samples of one stretch at another rate, sample 0 staying where it is: polyphase filter with a Kaiser-windowed sinc
/// (beta 5, cutoff at the lower of the two Nyquist frequencies, 10 zero crossings to each side, zeros beyond the ends),
/// as SciPy's `resample_poly`; ceil(n * to / from) samples come out. The filter is computed at every phase that occurs,
/// but at no more than 4,096 (the nearest is then taken: an error in time below 1/8192 of a sample), so that awkward
/// rates cost bounded memory. A ratio beyond 10,000 either way is a UsageError. Non-finite samples spread over the
/// filter's length.
std::vector<float> resample(std::span<const float> samples, SampleRate from, SampleRate to);

}  // namespace psg::signal
