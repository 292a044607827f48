// The percentile of what is around one place: selected anew each time.
// SPDX-License-Identifier: BSD-3-Clause
#include "libpsg/signal/percentile_near.hpp"

#include <algorithm>
#include <cmath>
#include <iterator>
#include <limits>
#include <vector>

namespace psg::signal {

float percentile_near(std::span<const float> values, std::size_t place, std::size_t before, std::size_t after, double p) {
    const std::size_t begin = place - std::min(place, before), end = place + 1 + std::min(values.size() - place - 1, after);
    std::vector<float> window;
    window.reserve(end - begin);
    std::copy_if(values.begin() + static_cast<std::ptrdiff_t>(begin), values.begin() + static_cast<std::ptrdiff_t>(end), std::back_inserter(window), [](float x) { return std::isfinite(x); });
    if (window.empty()) return std::numeric_limits<float>::quiet_NaN();
    const auto rank = window.begin() + static_cast<std::ptrdiff_t>(std::round(std::clamp(p, 0.0, 100.0) / 100 * static_cast<double>(window.size() - 1)));
    std::nth_element(window.begin(), rank, window.end());
    return *rank;
}

}  // namespace psg::signal
