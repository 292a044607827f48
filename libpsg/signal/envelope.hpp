// Amplitude over time: moving mean and moving root mean square, centred, so that they do not lag.
// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <cstddef>
#include <span>
#include <vector>

namespace psg::signal {

/// Mean over `before` samples before and `after` behind each sample (shorter at the ends). O(n), sums in double.
/// Every sample must be finite.
std::vector<float> moving_mean(std::span<const float> samples, std::size_t before, std::size_t after);

/// The same of the rectified samples: the mean rectified value.
std::vector<float> moving_mean_rectified(std::span<const float> samples, std::size_t before, std::size_t after);

/// Root of the mean square in the same window.
std::vector<float> moving_rms(std::span<const float> samples, std::size_t before, std::size_t after);

}  // namespace psg::signal
