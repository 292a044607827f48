// Colours that colour-blind readers tell apart: Okabe and Ito (2008, "Color Universal Design"), and viridis for powers.
// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <array>
#include <cstdint>
#include <string>

#include "libpsg/model/hypnogram.hpp"

namespace psg::report {

/// Red, green, blue (0 to 255) and how much covers what lies below (0 to 1).
struct Colour {
    std::uint8_t r = 0, g = 0, b = 0;
    double opacity = 1;
};

inline constexpr Colour ink{27, 31, 36}, soft_ink{89, 99, 110}, grid_line{223, 227, 231}, gap_grey{228, 231, 234}, white{255, 255, 255};
inline constexpr Colour orange{230, 159, 0}, sky_blue{86, 180, 233}, green{0, 158, 115}, blue{0, 114, 178}, vermillion{213, 94, 0}, purple{204, 121, 167},
    light_blue{186, 225, 246}, dark_blue{11, 60, 93};

/// W, N1, N2, N3, R in the order of the stage codes: sleep without REM sleep is blue, the darker the deeper.
inline constexpr std::array<Colour, 5> stage_colours{orange, light_blue, sky_blue, blue, purple};
/// Of the rows of events, in turn. A row has its name beside it; the colour alone tells nothing.
inline constexpr std::array<Colour, 4> lane_colours{blue, vermillion, green, dark_blue};

inline Colour stage_colour(Stage stage) {
    return stage == Stage::unknown ? gap_grey : stage_colours[static_cast<std::size_t>(stage)];
}

/// "#0072b2"
std::string colour_text(const Colour& colour);

/// viridis, from 0 (dark) to 1 (bright).
Colour viridis(double share);

}  // namespace psg::report
