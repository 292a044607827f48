// Short blocks of samples that follow each other, eight side by side.
// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <utility>

#include "libpsg/signal/transpose.hpp"

namespace psg::signal {

/// The values at place `i` of eight blocks of `n` values from `x` on, for an odd `n`. Value i of block b is at n b + i, and so in lane
/// (n b + i) % 8 of a vector: another one for each block. All that is needed are the right vector for each lane, and an exchange of lanes.
template <std::size_t n, std::size_t i>
[[gnu::always_inline]] inline void column_of_odd(const Eight (&x)[n], Eight& column) {
    typedef std::int32_t Lanes __attribute__((vector_size(32)));
    column = x[0];
    const auto take = [&]<std::size_t v>(std::integral_constant<std::size_t, v>) {
        constexpr auto from = [](std::int32_t lane) {  // the lane of x[v] if that holds what is wanted
            for (std::size_t b = 0; b < 8; ++b)
                if (n * b + i == 8 * v + static_cast<std::size_t>(lane)) return lane + 8;
            return lane;
        };
        column = __builtin_shufflevector(column, x[v], from(0), from(1), from(2), from(3), from(4), from(5), from(6), from(7));
    };
    [&]<std::size_t... v>(std::index_sequence<v...>) { (take(std::integral_constant<std::size_t, v>()), ...); }(std::make_index_sequence<n>());
    constexpr auto lane_of = [](std::size_t b) { return static_cast<std::int32_t>((n * b + i) % 8); };
    column = __builtin_shuffle(column, Lanes{lane_of(0), lane_of(1), lane_of(2), lane_of(3), lane_of(4), lane_of(5), lane_of(6), lane_of(7)});
}

/// Sums of eight blocks of `n` values from `x` on, each from the first value to the last one, of what change(values) makes of a vector
/// of them, in place.
template <std::size_t n, class Change>
[[gnu::always_inline]] inline void sum_eight(const float* x, Eight& sum, Change change) {
    if constexpr (n % 2 == 1) {
        Eight all[n], column;
        const auto load = [x, &change](std::size_t v, Eight& to) {
            Eight here;
            std::memcpy(&here, x + 8 * v, sizeof here);
            change(here);
            to = here;
        };
        [&]<std::size_t... v>(std::index_sequence<v...>) { (load(v, all[v]), ...); }(std::make_index_sequence<n>());
        column_of_odd<n, 0>(all, sum);
        [&]<std::size_t... i>(std::index_sequence<i...>) { ((column_of_odd<n, i + 1>(all, column), sum += column), ...); }(std::make_index_sequence<n - 1>());
    } else {
        for (std::size_t i = 0; i < n; ++i) {
            const float* const from = x + i;
            Eight column{from[0], from[n], from[2 * n], from[3 * n], from[4 * n], from[5 * n], from[6 * n], from[7 * n]};
            change(column);
            sum = i == 0 ? column : sum + column;
        }
    }
}

}  // namespace psg::signal
