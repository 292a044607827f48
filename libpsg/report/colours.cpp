// Colours as text, and the scale of powers.
// SPDX-License-Identifier: BSD-3-Clause
#include "libpsg/report/colours.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

namespace psg::report {

std::string colour_text(const Colour& colour) {
    return fmt::format("#{:02x}{:02x}{:02x}", colour.r, colour.g, colour.b);
}

Colour viridis(double share) {
    // sixteen equidistant colours of the scale (matplotlib, public domain); between them it is close to linear
    static constexpr std::array<Colour, 16> scale{{{68, 1, 84}, {72, 26, 108}, {71, 47, 125}, {65, 68, 135}, {57, 86, 140}, {49, 104, 142}, {42, 120, 142},
                                                   {35, 136, 142}, {31, 152, 139}, {34, 168, 132}, {53, 183, 121}, {84, 197, 104}, {122, 209, 81},
                                                   {165, 219, 54}, {210, 226, 27}, {253, 231, 37}}};
    const double place = std::clamp(share, 0.0, 1.0) * (scale.size() - 1);
    const auto i = std::min(static_cast<std::size_t>(place), scale.size() - 2);
    const double part = place - static_cast<double>(i);
    const auto between = [&](std::uint8_t a, std::uint8_t b) { return static_cast<std::uint8_t>(std::lround(a + part * (b - a))); };
    return {between(scale[i].r, scale[i + 1].r), between(scale[i].g, scale[i + 1].g), between(scale[i].b, scale[i + 1].b)};
}

}  // namespace psg::report
