// REM atonia index: mean rectified amplitudes by second, the noise of the minute around subtracted.
// SPDX-License-Identifier: BSD-3-Clause
#include "libpsg/events/rem_atonia_index.hpp"

#include <algorithm>
#include <cmath>
#include <limits>

#include "libpsg/signal/butterworth.hpp"
#include "libpsg/signal/recursion.hpp"
#include "libpsg/signal/statistics.hpp"

namespace psg::events {

namespace {

constexpr std::size_t reach = 30;    // seconds to either side
constexpr std::size_t at_once = 60;  // seconds that are read and filtered together
constexpr double low_hz = 10, high_hz = 100;

}  // namespace

AtoniaIndex rem_atonia_index(const Signal& chin, const IntervalSet& rem, int rectify_gain) {
    const double rate_hz = chin.rate.hz();
    AtoniaIndex index{std::numeric_limits<double>::quiet_NaN(), 0};
    if (rate_hz < 50) return index;
    const auto sections = signal::butterworth_band_pass(2, low_hz, std::min(high_hz, 0.45 * rate_hz), rate_hz);
    double silent = 0, between = 0, all = 0;
    for (std::size_t s = 0; s < chin.stretches.size(); ++s) {
        const Interval stretch = chin.extent(s);
        const auto count = static_cast<std::size_t>(seconds(stretch.duration()));
        const auto place = [&](std::size_t second) {
            return std::min(chin.stretches[s].size(), static_cast<std::size_t>(chin.rate.index_at(std::chrono::seconds(second))));
        };
        const auto extent = [&](std::size_t second) {
            return Interval{stretch.onset + std::chrono::seconds(second), stretch.onset + std::chrono::seconds(second + 1)};
        };
        // only what is near REM sleep is filtered
        for (std::size_t first = 0; first < count;) {
            if (!rem.overlaps(extent(first))) {
                ++first;
                continue;
            }
            std::size_t end = first + 1;
            for (std::size_t k = first; k < count && k < end + 2 * reach; ++k)
                if (rem.overlaps(extent(k))) end = k + 1;
            const std::size_t from = first > reach + 1 ? first - reach - 1 : 0, to = std::min(count, end + reach);
            std::vector<double> mean;
            signal::Recursion filter(sections);
            float last = 0;
            for (std::size_t begin = from; begin < to; begin += at_once) {
                const std::size_t stop = std::min(to, begin + at_once);
                std::vector<float> x = chin.part(s, place(begin), place(stop) - place(begin));
                if (begin > from && !std::isfinite(x[0])) x[0] = last;
                signal::fill_nonfinite(x);
                last = x.back();
                if (begin == from) filter.start(x[0]);
                filter.forwards(x);
                for (std::size_t k = begin; k < stop; ++k) {
                    double sum = 0;
                    const std::size_t here = place(k) - place(begin), next = place(k + 1) - place(begin);
                    for (std::size_t i = here; i < next; ++i) sum += std::abs(static_cast<double>(x[i]));
                    mean.push_back(rectify_gain * sum / static_cast<double>(std::max<std::size_t>(1, next - here)));
                }
            }
            for (std::size_t k = first; k < end; ++k) {
                if (!rem.covers(extent(k))) continue;
                const std::size_t i = k - from;
                const auto begin = mean.begin() + static_cast<std::ptrdiff_t>(i > reach ? i - reach : 0);
                const auto stop = mean.begin() + static_cast<std::ptrdiff_t>(std::min(mean.size(), i + reach + 1));
                const double amplitude = mean[i] - *std::min_element(begin, stop);
                ++all;
                silent += amplitude <= 1;
                between += amplitude > 1 && amplitude <= 2;
            }
            first = end;
        }
    }
    index.seconds = static_cast<int>(all);
    if (all > between) index.value = silent / (all - between);
    return index;
}

}  // namespace psg::events
