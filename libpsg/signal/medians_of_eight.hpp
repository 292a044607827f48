// Medians of short lists, eight at a time.
// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <limits>
#include <span>
#include <utility>

#include "libpsg/model/wide.hpp"
#include "libpsg/signal/transpose.hpp"

namespace psg::signal {

/// Comparisons of Batcher's odd-even merge sort, as far as `Most` values and those that end at the ranks from `Low` to `High` need
/// them.
template <std::size_t Most, std::size_t Low, std::size_t High>
constexpr auto sorting_network() {
    constexpr std::size_t size = 64;  // a power of 2
    static_assert(Most <= size);
    std::array<std::pair<std::uint8_t, std::uint8_t>, size * 9> list{}, needed{};
    std::size_t length = 0;
    for (std::size_t p = 1; p < size; p *= 2)
        for (std::size_t k = p; k >= 1; k /= 2)
            for (std::size_t j = k % p; j + k < size; j += 2 * k)
                for (std::size_t i = j; i < std::min(j + k, size - k); ++i)
                    if (i / (2 * p) == (i + k) / (2 * p) && i + k < Most) list[length++] = {static_cast<std::uint8_t>(i), static_cast<std::uint8_t>(i + k)};
    std::array<bool, size> asked{};
    for (std::size_t rank = Low; rank <= High; ++rank) asked[rank] = true;
    std::size_t count = 0;
    while (length-- > 0) {
        const auto [a, b] = list[length];
        if (!asked[a] && !asked[b]) continue;
        asked[a] = asked[b] = true;
        needed[count++] = {a, b};
    }
    std::reverse(needed.begin(), needed.begin() + count);
    return std::pair{needed, count};
}

/// The values of rank size / 2 of eight lists at a time, by comparisons that depend on nothing.
class MediansOfEight {
public:
    static constexpr std::size_t fewest = 16, most = 64, lists_at_once = 8;  // of values that pay

    /// Whether a list of this many values can be taken.
    static bool can_take(std::size_t count) { return count >= fewest && count <= most; }
    /// Takes the next list; `done(list number, median)` is called for all of them as soon as there are eight.
    template <class Done>
    void add(std::span<const float> values, std::size_t number, Done done) {
        lists_[count_].fill(std::numeric_limits<float>::infinity());
        std::copy(values.begin(), values.end(), lists_[count_].begin());
        size_[count_] = values.size();
        number_[count_++] = number;
        if (count_ == lists_at_once) finish(done);
    }
    template <class Done>
    void finish(Done done) {
        if (count_ == 0) return;
        const auto within = [&](std::size_t low, std::size_t high) {
            return std::all_of(size_.begin(), size_.begin() + static_cast<std::ptrdiff_t>(count_), [&](std::size_t n) { return n >= low && n <= high; });
        };
        if (within(48, 52))  // a second in blocks of 10 ms
            sort<52, 24, 26>();
        else if (within(40, 44))
            sort<44, 20, 22>();
        else if (within(16, 24))  // ... of 25 ms
            sort<24, 8, 12>();
        else
            sort<most, fewest / 2, most / 2>();
        for (std::size_t list = 0; list < count_; ++list) done(number_[list], rows_[size_[list] / 2][list]);
        count_ = 0;
    }

private:
    template <std::size_t Most, std::size_t Low, std::size_t High>
    void sort() {
        static constexpr auto network = sorting_network<Most, Low, High>();
        wide_by([lists = lists_.data(), rows = rows_.data()](auto bytes) {
            for (std::size_t list = 0; list < lists_at_once; list += 4) {
                const float* const series[] = {lists[list].data(), lists[list + 1].data(), lists[list + 2].data(), lists[list + 3].data()};
                for (std::size_t i = 0; i < Most; i += 4) {
                    Four row[4];
                    load(series, i, row);
                    for (std::size_t k = 0; k < 4; ++k) std::memcpy(rows[i + k].data() + list, &row[k], sizeof(Four));
                }
            }
            typedef float Vector __attribute__((vector_size(decltype(bytes)::value)));
            constexpr std::size_t each = decltype(bytes)::value / sizeof(float);
            for (std::size_t i = 0; i < network.second; ++i)
                for (std::size_t k = 0; k < lists_at_once; k += each) {
                    float *a = rows[network.first[i].first].data() + k, *b = rows[network.first[i].second].data() + k;
                    Vector x, y;
                    std::memcpy(&x, a, sizeof x);
                    std::memcpy(&y, b, sizeof y);
                    const Vector low = x < y ? x : y, high = x > y ? x : y;  // one instruction each
                    std::memcpy(a, &low, sizeof low);
                    std::memcpy(b, &high, sizeof high);
                }
        });
    }
    std::array<std::array<float, most>, lists_at_once> lists_{};
    std::array<std::array<float, lists_at_once>, most> rows_{};  // of the values of one rank of all lists
    std::array<std::size_t, lists_at_once> size_{}, number_{};
    std::size_t count_ = 0;
};

}  // namespace psg::signal
