// Change of the sampling rate by a rational factor: out[m] = sum over k of h(m * down/up - k) in[k].
// SPDX-License-Identifier: BSD-3-Clause
#include "libpsg/signal/resample.hpp"

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <numbers>
#include <numeric>

#include "libpsg/model/error.hpp"
#include "libpsg/signal/dot.hpp"
#include "libpsg/signal/window.hpp"

namespace psg::signal {

namespace {

__extension__ typedef __int128 Wide;

constexpr double zero_crossings = 10;  // to each side, and
constexpr double kaiser_beta = 5;      // the window: defaults of SciPy's resample_poly
constexpr std::int64_t most_phases = 4096;

// up/down = to/from in lowest terms, or as near as 62 bits allow (with which the products below fit 128).
struct Ratio {
    std::int64_t up, down;
};

Ratio ratio_of(SampleRate from, SampleRate to) {
    Wide up = Wide(to.samples()) * from.nanoseconds();
    Wide down = Wide(from.samples()) * to.nanoseconds();
    Wide a = up, b = down;
    while (b != 0) {
        const Wide rest = a % b;
        a = b;
        b = rest;
    }
    up /= a;
    down /= a;
    while (up > (Wide(1) << 62) || down > (Wide(1) << 62)) {
        up = std::max<Wide>(up / 2, 1);
        down = std::max<Wide>(down / 2, 1);
    }
    return {static_cast<std::int64_t>(up), static_cast<std::int64_t>(down)};
}

}  // namespace

std::vector<float> resample(std::span<const float> samples, SampleRate from, SampleRate to) {
    const auto [up, down] = ratio_of(from, to);
    if (up == down) return {samples.begin(), samples.end()};
    const double step = static_cast<double>(down) / static_cast<double>(up);  // input samples per output sample
    if (step > 1e4 || step < 1e-4)
        throw UsageError("the sampling rate cannot be changed by more than a factor of 10000");

    // The filter reaches `reach` input samples to each side; phase p of `phases` lies p/phases of a sample after an
    // input sample, and its taps are for the inputs -half+1 ... half around that sample.
    const double reach = zero_crossings * std::max(1.0, step);
    const auto half = static_cast<std::int64_t>(std::ceil(reach));
    const std::int64_t taps = 2 * half + 1;
    const std::int64_t phases = std::min({up, most_phases, std::max<std::int64_t>(64, (std::int64_t(1) << 20) / taps)});
    std::vector<double> table(static_cast<std::size_t>(phases * taps));
    for (std::int64_t p = 0; p < phases; ++p)
        for (std::int64_t j = 0; j < taps; ++j) {
            const double place = static_cast<double>(p) / static_cast<double>(phases) - static_cast<double>(j - half);
            const double x = std::numbers::pi * place / std::max(1.0, step);
            const double sinc = x == 0 ? 1 : std::sin(x) / x;
            table[static_cast<std::size_t>(p * taps + j)] = sinc * kaiser(place / reach, kaiser_beta);
        }
    const double sum = std::accumulate(table.begin(), table.end(), 0.0);
    const double gain = static_cast<double>(phases) / sum;  // 1 at frequency 0
    for (double& h : table) h *= gain;

    const auto n = static_cast<std::int64_t>(samples.size());
    const auto count = static_cast<std::int64_t>((Wide(n) * up + down - 1) / down);
    std::vector<float> out(static_cast<std::size_t>(count));
    std::int64_t sample = 0, rest = 0;  // output m lies at sample + rest / up
    for (std::int64_t m = 0; m < count; ++m) {
        std::int64_t centre = sample;
        auto phase = phases == up ? rest : static_cast<std::int64_t>((2 * Wide(rest) * phases + up) / (2 * Wide(up)));  // the nearest
        if (phase == phases) {
            phase = 0;
            ++centre;
        }
        const std::int64_t first = std::max<std::int64_t>(centre - half, 0);
        const std::int64_t last = std::min(centre + half, n - 1);
        if (first <= last) {
            const double* const h = table.data() + phase * taps + half + first - centre;
            const float* const x = samples.data() + first;
            out[static_cast<std::size_t>(m)] = static_cast<float>(
                lane_sum(static_cast<std::size_t>(last - first + 1), [&](auto at) { return at(h) * at(x); }));
        }
        sample += down / up;
        rest += down % up;
        if (rest >= up) {
            rest -= up;
            ++sample;
        }
    }
    return out;
}

}  // namespace psg::signal
