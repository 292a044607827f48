// Rows and columns of small blocks of floats.
// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <cstddef>
#include <cstring>

#include "libpsg/signal/dot.hpp"

namespace psg::signal {

typedef float Eight __attribute__((vector_size(32)));

/// Rows become columns.
[[gnu::always_inline]] inline void transpose(Four (&row)[4]) {
    const Four low01 = __builtin_shufflevector(row[0], row[1], 0, 4, 1, 5), high01 = __builtin_shufflevector(row[0], row[1], 2, 6, 3, 7);
    const Four low23 = __builtin_shufflevector(row[2], row[3], 0, 4, 1, 5), high23 = __builtin_shufflevector(row[2], row[3], 2, 6, 3, 7);
    row[0] = __builtin_shufflevector(low01, low23, 0, 1, 4, 5), row[1] = __builtin_shufflevector(low01, low23, 2, 3, 6, 7);
    row[2] = __builtin_shufflevector(high01, high23, 0, 1, 4, 5), row[3] = __builtin_shufflevector(high01, high23, 2, 3, 6, 7);
}

/// The same of two blocks side by side.
[[gnu::always_inline]] inline void transpose(Eight (&row)[4]) {
    const Eight low01 = __builtin_shufflevector(row[0], row[1], 0, 8, 1, 9, 4, 12, 5, 13), high01 = __builtin_shufflevector(row[0], row[1], 2, 10, 3, 11, 6, 14, 7, 15);
    const Eight low23 = __builtin_shufflevector(row[2], row[3], 0, 8, 1, 9, 4, 12, 5, 13), high23 = __builtin_shufflevector(row[2], row[3], 2, 10, 3, 11, 6, 14, 7, 15);
    row[0] = __builtin_shufflevector(low01, low23, 0, 1, 8, 9, 4, 5, 12, 13), row[1] = __builtin_shufflevector(low01, low23, 2, 3, 10, 11, 6, 7, 14, 15);
    row[2] = __builtin_shufflevector(high01, high23, 0, 1, 8, 9, 4, 5, 12, 13), row[3] = __builtin_shufflevector(high01, high23, 2, 3, 10, 11, 6, 7, 14, 15);
}

/// total_of_eight() of four sums at once.
template <class Vector, std::size_t vectors>
[[gnu::always_inline]] inline void totals_of_eight(const Vector (&sums)[4][vectors], Four& totals) {
    Four rows[4];
    for (std::size_t b = 0; b < 4; ++b) {
        static_assert(sizeof sums[b] == EightSums::lanes * sizeof(float));
        Four halves[2];
        std::memcpy(halves, sums[b], sizeof halves);
        rows[b] = halves[0] + halves[1];
    }
    transpose(rows);
    totals = (rows[0] + rows[2]) + (rows[1] + rows[3]);
}

/// Four values from a place on of four series, or of eight: row i is what they hold at the place + i. And back, which uses up the rows.
[[gnu::always_inline]] inline void load(const float* const* series, std::size_t at, Four (&row)[4]) {
    for (std::size_t i = 0; i < 4; ++i) row[i] = four_at(series[i] + at);
    transpose(row);
}
[[gnu::always_inline]] inline void load(const float* const* series, std::size_t at, Eight (&row)[4]) {
    for (std::size_t i = 0; i < 4; ++i) row[i] = __builtin_shufflevector(four_at(series[i] + at), four_at(series[i + 4] + at), 0, 1, 2, 3, 4, 5, 6, 7);
    transpose(row);
}
[[gnu::always_inline]] inline void store(Four (&row)[4], float* const* series, std::size_t at) {
    transpose(row);
    for (std::size_t i = 0; i < 4; ++i) std::memcpy(series[i] + at, &row[i], sizeof(Four));
}
[[gnu::always_inline]] inline void store(Eight (&row)[4], float* const* series, std::size_t at) {
    transpose(row);
    for (std::size_t i = 0; i < 4; ++i) {
        const Four low = __builtin_shufflevector(row[i], row[i], 0, 1, 2, 3), high = __builtin_shufflevector(row[i], row[i], 4, 5, 6, 7);
        std::memcpy(series[i] + at, &low, sizeof low);
        std::memcpy(series[i + 4] + at, &high, sizeof high);
    }
}

}  // namespace psg::signal
