// Windowed sincs.
// SPDX-License-Identifier: BSD-3-Clause
#include "libpsg/signal/fir.hpp"

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <numbers>
#include <numeric>

#include "libpsg/model/error.hpp"

namespace psg::signal {

namespace {

constexpr double hamming_length_factor = 3.3;  // transition width = 3.3 / length (Ifeachor & Jervis, table 7.3)
constexpr double most_taps = 1 << 20;

std::vector<double> low_pass(double pass_hz, double stop_hz, double rate_hz) {
    const double length = std::round(hamming_length_factor * rate_hz / (stop_hz - pass_hz));
    if (!(length < most_taps)) throw UsageError("the edges of a filter are too close to each other");
    const auto half = static_cast<std::ptrdiff_t>(length) / 2;
    const double cutoff = (pass_hz + stop_hz) / rate_hz;  // in half rates
    std::vector<double> taps(static_cast<std::size_t>(2 * half + 1));
    for (std::ptrdiff_t n = -half; n <= half; ++n) {
        const double x = std::numbers::pi * cutoff * static_cast<double>(n);
        const double window =
            half == 0 ? 1
                      : 0.54 + 0.46 * std::cos(std::numbers::pi * static_cast<double>(n) / static_cast<double>(half));
        taps[static_cast<std::size_t>(n + half)] = (n == 0 ? 1 : std::sin(x) / x) * window;
    }
    const double sum = std::accumulate(taps.begin(), taps.end(), 0.0);
    for (double& tap : taps) tap /= sum;
    return taps;
}

}  // namespace

std::vector<double> hamming_band_pass(const BandEdges& e, double rate_hz) {
    if (!(rate_hz > 0 && e.low_stop >= 0 && e.low_stop < e.low_pass && e.low_pass < e.high_pass &&
          e.high_pass < e.high_stop && e.high_stop <= rate_hz / 2))
        throw UsageError("the edges of a band-pass must rise from 0 to half the sampling rate");
    const std::vector<double> to_high = low_pass(e.high_pass, e.high_stop, rate_hz);
    const std::vector<double> to_low = low_pass(e.low_stop, e.low_pass, rate_hz);
    std::vector<double> taps(std::max(to_high.size(), to_low.size()));
    const auto add = [&](const std::vector<double>& part, double sign) {
        const std::size_t offset = (taps.size() - part.size()) / 2;
        for (std::size_t i = 0; i < part.size(); ++i) taps[offset + i] += sign * part[i];
    };
    add(to_high, 1);
    add(to_low, -1);
    return taps;
}

}  // namespace psg::signal
