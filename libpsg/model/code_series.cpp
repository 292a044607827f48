// Codes in rows of 256, sixteen side by side.
// SPDX-License-Identifier: BSD-3-Clause
#include "libpsg/model/code_series.hpp"

#include <algorithm>
#include <bit>
#include <cstring>
#include <limits>
#include <stdexcept>

#include "libpsg/model/wide.hpp"

namespace psg {

namespace {

typedef std::uint16_t Sixteen __attribute__((vector_size(32)));
constexpr std::size_t lanes = 16, word = 16;  // bits

std::size_t bits_of(CodeSeries::Bounds bounds) { return static_cast<std::size_t>(std::bit_width(static_cast<unsigned>(bounds.highest - bounds.lowest))); }

CodeSeries::Bounds bounds_of(std::span<const std::uint16_t, CodeSeries::row> codes) {
    return wide([x = codes.data()] {
        std::uint16_t low = UINT16_MAX, high = 0;
        for (std::size_t i = 0; i < CodeSeries::row; ++i) low = x[i] < low ? x[i] : low, high = x[i] > high ? x[i] : high;
        return CodeSeries::Bounds{low, high};
    });
}

// Each line of codes follows the one before it, bit by bit, in sixteen rows of words.
void pack(const std::uint16_t* codes, std::uint16_t lowest, std::size_t bits, std::uint16_t* words) {
    wide([=] {
        Sixteen now{};
        std::size_t shift = 0;
        std::uint16_t* to = words;
        for (std::size_t line = 0; line < CodeSeries::row / lanes; ++line) {
            Sixteen code;
            std::memcpy(&code, codes + line * lanes, sizeof code);
            code -= lowest;
            now |= code << static_cast<int>(shift);
            shift += bits;
            if (shift < word) continue;
            std::memcpy(to, &now, sizeof now);
            to += lanes;
            shift -= word;
            now = shift > 0 ? code >> static_cast<int>(bits - shift) : Sixteen{};
        }
    });
}

// Lines [first, end) of codes.
void unpack(const std::uint16_t* words, std::uint16_t lowest, std::size_t bits, std::size_t first, std::size_t end, std::uint16_t* codes) {
    wide([=] {
        const auto mask = static_cast<std::uint16_t>((1U << bits) - 1);
        const std::uint16_t *from = words + first * bits / word * lanes, *const last = words + bits * lanes;
        std::size_t shift = first * bits % word;
        Sixteen here{};
        std::memcpy(&here, from, sizeof here);
        for (std::uint16_t* to = codes; to < codes + (end - first) * lanes; to += lanes) {
            Sixteen code = here >> static_cast<int>(shift);
            shift += bits;
            if (shift >= word) {
                shift -= word;
                if ((from += lanes) < last) std::memcpy(&here, from, sizeof here);
                if (shift > 0) code |= here << static_cast<int>(bits - shift);
            }
            code = (code & mask) + lowest;
            std::memcpy(to, &code, sizeof code);
        }
    });
}

}  // namespace

void CodeSeries::reserve(std::size_t count) {
    rows_.reserve(count / row);
    lines_expected_ = count / lanes;
}

void CodeSeries::add(std::span<const std::uint16_t> codes) {
    while (!codes.empty()) {
        const auto some = codes.first(std::min(codes.size(), most_open + closed_at_once - open_.size()));
        if (open_.capacity() < open_.size() + some.size()) open_.reserve(std::min(most_open + closed_at_once, 2 * (open_.size() + some.size())));
        open_.insert(open_.end(), some.begin(), some.end());
        codes = codes.subspan(some.size());
        if (open_.size() == most_open + closed_at_once) close(closed_at_once);
    }
}

// The first `count` of the open ones, whole rows.
void CodeSeries::close(std::size_t count) {
    Packed packed;
    for (std::size_t first = 0; first < count; first += row) {
        const auto codes = std::span(open_).subspan(first).first<row>();
        const Bounds bounds = bounds_of(codes);
        const std::size_t bits = bits_of(bounds);
        pack(codes.data(), bounds.lowest, bits, packed.front().data());
        rows_.push_back({bounds, keep(packed, bits)});
    }
    open_.erase(open_.begin(), open_.begin() + static_cast<std::ptrdiff_t>(count));
}

// As many lines as there are bits; the place of the first. A row lies in one part; one of equal codes has no lines, and no place.
std::uint32_t CodeSeries::keep(const Packed& packed, std::size_t bits) {
    if (bits == 0) return 0;
    if (parts_.empty() || parts_.back().size() + bits > lines_of_part) {
        parts_.emplace_back();
        parts_.back().reserve(std::min(lines_expected_, lines_of_part));
    }
    const std::size_t place = (parts_.size() - 1) * lines_of_part + parts_.back().size();
    if (place > std::numeric_limits<std::uint32_t>::max()) throw std::length_error("too many codes for one series");
    parts_.back().insert(parts_.back().end(), packed.begin(), packed.begin() + static_cast<std::ptrdiff_t>(bits));
    lines_expected_ -= std::min(lines_expected_, lines_of_row);
    return static_cast<std::uint32_t>(place);
}

void CodeSeries::put(std::size_t first, std::span<const std::uint16_t> codes) {
    while (!codes.empty() && first < rows_.size() * row) {
        Row& here = rows_[first / row];
        std::array<std::uint16_t, row> all;
        read_row(here, 0, all);
        const auto some = codes.first(std::min(codes.size(), row - first % row));
        std::copy(some.begin(), some.end(), all.begin() + static_cast<std::ptrdiff_t>(first % row));
        const std::size_t room = bits_of(here.bounds);
        here.bounds = bounds_of(all);
        Packed packed;
        const std::size_t bits = bits_of(here.bounds);
        pack(all.data(), here.bounds.lowest, bits, packed.front().data());
        if (bits > room)
            here.place = keep(packed, bits);  // its old place is lost
        else if (bits > 0)
            std::copy_n(packed.begin(), bits, parts_[here.place / lines_of_part].begin() + here.place % lines_of_part);
        first += some.size();
        codes = codes.subspan(some.size());
    }
    if (!codes.empty()) std::copy(codes.begin(), codes.end(), open_.begin() + static_cast<std::ptrdiff_t>(first - rows_.size() * row));
}

void CodeSeries::finish() {
    close(open_.size() / row * row);
    open_.shrink_to_fit();
    if (!parts_.empty()) parts_.back().shrink_to_fit();
}

void CodeSeries::read_row(const Row& of, std::size_t first, std::span<std::uint16_t> out) const {
    const std::size_t bits = bits_of(of.bounds);
    if (bits == 0) return std::fill(out.begin(), out.end(), of.bounds.lowest);
    const std::size_t from = first / lanes, to = (first + out.size() + lanes - 1) / lanes;
    const std::uint16_t* const words = lines(of)->data();
    if (first % lanes == 0 && out.size() % lanes == 0) return unpack(words, of.bounds.lowest, bits, from, to, out.data());
    std::array<std::uint16_t, row> codes;
    unpack(words, of.bounds.lowest, bits, from, to, codes.data());
    std::copy_n(codes.begin() + static_cast<std::ptrdiff_t>(first % lanes), out.size(), out.begin());
}

void CodeSeries::read(std::size_t first, std::span<std::uint16_t> out) const {
    for (; !out.empty() && first < rows_.size() * row;) {
        const auto some = out.first(std::min(out.size(), row - first % row));
        read_row(rows_[first / row], first % row, some);
        first += some.size();
        out = out.subspan(some.size());
    }
    if (!out.empty()) std::copy_n(open_.begin() + static_cast<std::ptrdiff_t>(first - rows_.size() * row), out.size(), out.begin());
}

}  // namespace psg
