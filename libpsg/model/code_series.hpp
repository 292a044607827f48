// Codes of 16 bits in as few bits as their neighbours need, without loss.
// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

namespace psg {

/// A series of codes, kept in rows of 256: by how much each is above the lowest of its row, in as many bits as the highest needs, sixteen
/// codes side by side. Amplitudes of a muscle at rest take 13 bits and a quarter. The last ones stay as they are for a while, so that
/// they can be changed quickly; all can be changed.
class CodeSeries {
public:
    static constexpr std::size_t row = 256;

    std::size_t size() const { return rows_.size() * row + open_.size(); }
    bool empty() const { return size() == 0; }
    /// How many there will be, at most: growing would take twice as much.
    void reserve(std::size_t count);
    /// Codes that follow those before.
    void add(std::span<const std::uint16_t> codes);
    /// Puts others in the place of those from `first` on, which must be there.
    void put(std::size_t first, std::span<const std::uint16_t> codes);
    /// No more will come, few will change.
    void finish();

    /// Codes from `first` on, as many as `out` holds; they must be there.
    void read(std::size_t first, std::span<std::uint16_t> out) const;
    /// The lowest and the highest code of the row that holds `place`, as far as it is known: told without reading it.
    struct Bounds {
        std::uint16_t lowest = 0, highest = UINT16_MAX;
    };
    Bounds bounds(std::size_t place) const { return place / row < rows_.size() ? rows_[place / row].bounds : Bounds(); }

private:
    static constexpr std::size_t lanes = 16, lines_of_row = row / lanes;
    static constexpr std::size_t most_open = 48 * row, closed_at_once = 32 * row;  // two minutes in blocks of 10 ms, in which heart beats are subtracted
    static constexpr std::size_t lines_of_part = 32768;                            // 1 MiB
    using Line = std::array<std::uint16_t, lanes>;
    struct Row {
        Bounds bounds;
        std::uint32_t place;  // of its first line
    };
    using Packed = std::array<Line, lines_of_row>;

    void close(std::size_t count);
    const Line* lines(const Row& of) const { return parts_[of.place / lines_of_part].data() + of.place % lines_of_part; }
    void read_row(const Row& of, std::size_t first, std::span<std::uint16_t> out) const;
    std::uint32_t keep(const Packed& packed, std::size_t bits);

    std::vector<std::vector<Line>> parts_;  // of a night's length none is copied as it grows, nor is what it does not need yet touched
    std::size_t lines_expected_ = 0;        // after those in parts_
    std::vector<Row> rows_;
    std::vector<std::uint16_t> open_;
};

}  // namespace psg
