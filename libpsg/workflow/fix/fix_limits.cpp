// Physical and digital limits that EDFlib can write, for a given calibration.
// SPDX-License-Identifier: BSD-3-Clause
#include <algorithm>
#include <cmath>
#include <cstdlib>

#include "libpsg/workflow/fix/fix_channels.hpp"

namespace psg::workflow {

namespace {

constexpr double tolerance = 1e-6;  // of the range
constexpr std::int64_t most_tries = 1 << 17;

// The digital value nearest to `wanted`, from `from` to `to`, whose physical value on the line has a header text as
// good as `good_enough`; else the best one seen.
struct End {
    std::int32_t digital = 0;
    double physical = 0, error = HUGE_VAL;
};

template <class Line>
End find_end(const Line& line, std::int64_t wanted, std::int64_t from, std::int64_t to, double good_enough) {
    End best;
    wanted = std::clamp(wanted, from, to);
    for (std::int64_t away = 0; away < most_tries; ++away) {
        bool inside = false;
        for (const std::int64_t d : {wanted + away, wanted - away}) {
            if (d < from || d > to) continue;
            inside = true;
            const double exact = line(d);
            const auto text = io::header_limit(exact);
            if (!text) continue;
            const double error = std::abs(*text - exact);
            if (error < best.error) best = {static_cast<std::int32_t>(d), *text, error};
        }
        if (!inside || best.error <= good_enough) break;
    }
    return best;
}

}  // namespace

std::optional<Limits> fit_limits(double p0, double p1, std::int32_t d0, std::int32_t d1, std::int32_t lowest,
                                 std::int32_t highest, int sample_bytes) {
    const std::int64_t top = sample_bytes == 2 ? 32767 : 8388607;
    const double step = (p1 - p0) / (static_cast<double>(d1) - static_cast<double>(d0));
    const auto line = [&](std::int64_t d) {  // the ends themselves are exact
        return d == d0 ? p0 : d == d1 ? p1 : p0 + step * static_cast<double>(d - d0);
    };
    if (lowest >= highest) {  // one value only, or none: any other end will do
        if (highest < top)
            highest = lowest + 1;
        else
            lowest = highest - 1;
    }
    const double range =
        std::abs(step) * static_cast<double>(std::max<std::int64_t>(std::abs(std::int64_t(d1) - d0), 1));
    const double good_enough = 1e-9 * range;
    const End low = find_end(line, std::min(d0, d1), -top - 1, lowest, good_enough);
    const End high = find_end(line, std::max(d0, d1), highest, top, good_enough);
    if (!std::isfinite(low.error) || !std::isfinite(high.error) || low.physical == high.physical) return std::nullopt;
    const double span = std::abs(line(high.digital) - line(low.digital));
    if (low.error + high.error > tolerance * span) return std::nullopt;
    return Limits{low.physical, high.physical, low.digital, high.digital};
}

}  // namespace psg::workflow
