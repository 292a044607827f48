// What one pass over samples tells to all who ask the same of them.
// SPDX-License-Identifier: BSD-3-Clause
#include "libpsg/signal/sample_look.hpp"

#include <algorithm>
#include <cstdint>
#include <cstring>

#include "libpsg/model/wide.hpp"

namespace psg::signal {

namespace {

// Of all but the last sample; the extremes tell of infinite ones.
template <std::size_t bytes>
SampleLook look_by(std::span<const float> samples) {
    typedef float Vector __attribute__((vector_size(bytes)));
    typedef std::int32_t Marks __attribute__((vector_size(bytes)));
    constexpr std::size_t each = bytes / sizeof(float), vectors = 2;  // of which none waits for the other
    const float* const x = samples.data();
    const std::size_t last = samples.size() - 1;
    Vector low[vectors], high[vectors];
    Marks equal[vectors] = {}, no_number[vectors] = {};
    for (std::size_t k = 0; k < vectors; ++k) low[k] = Vector{} + INFINITY, high[k] = Vector{} - INFINITY;
    std::size_t i = 0;
    for (; i + vectors * each <= last; i += vectors * each)
        for (std::size_t k = 0; k < vectors; ++k) {
            Vector here, next;
            std::memcpy(&here, x + i + k * each, sizeof here);
            std::memcpy(&next, x + i + k * each + 1, sizeof next);
            low[k] = here < low[k] ? here : low[k];
            high[k] = here > high[k] ? here : high[k];
            equal[k] -= here == next;
            no_number[k] |= here != here;
        }
    SampleLook all;
    float lows[vectors * each], highs[vectors * each];
    std::int32_t equals[vectors * each], no_numbers[vectors * each];
    std::memcpy(lows, low, sizeof low), std::memcpy(highs, high, sizeof high);
    std::memcpy(equals, equal, sizeof equal), std::memcpy(no_numbers, no_number, sizeof no_number);
    for (std::size_t k = 0; k < vectors * each; ++k) {
        all.lowest = std::min(all.lowest, lows[k]);
        all.highest = std::max(all.highest, highs[k]);
        all.equal += static_cast<std::size_t>(equals[k]);
        all.finite = all.finite && no_numbers[k] == 0;
    }
    for (; i < last; ++i) {
        all.lowest = x[i] < all.lowest ? x[i] : all.lowest;
        all.highest = x[i] > all.highest ? x[i] : all.highest;
        all.equal += x[i] == x[i + 1];
        all.finite = all.finite && x[i] == x[i];
    }
    return all;
}

}  // namespace

SampleLook look_at(std::span<const float> samples) {
    if (samples.empty()) return {};
    SampleLook all = wide_by([samples](auto bytes) { return look_by<bytes()>(samples); });
    all.finite = all.finite && (samples.size() == 1 || (all.lowest > -INFINITY && all.highest < INFINITY)) && std::isfinite(samples.back());
    return all;
}

}  // namespace psg::signal
