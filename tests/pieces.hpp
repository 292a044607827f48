// A series cut into pieces in several ways: what is made of a stream may not depend on the cuts.
// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <algorithm>
#include <cstddef>
#include <random>
#include <span>

namespace psg {

enum class Cut { whole, single_samples, short_pieces, long_pieces };
inline constexpr Cut all_cuts[]{Cut::whole, Cut::single_samples, Cut::short_pieces, Cut::long_pieces};

/// Calls add(piece) for one piece after another: all of it, single samples, 0 to 20, or 0 to 5000 at random.
template <class Add>
void add_in_pieces(std::span<const float> samples, Cut cut, Add add) {
    std::mt19937 random(7);
    const std::size_t longest = cut == Cut::short_pieces ? 20 : 5000;
    while (!samples.empty()) {
        const std::size_t length = cut == Cut::whole ? samples.size() : cut == Cut::single_samples ? 1 : random() % (longest + 1);
        const auto piece = samples.first(std::min(length, samples.size()));
        add(piece);
        samples = samples.subspan(piece.size());
    }
}

}  // namespace psg
