// Axes of the figures of this folder (private to it).
// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "libpsg/report/canvas.hpp"

namespace psg::report {

/// A linear map of values to places.
struct Scale {
    double from = 0, to = 1;        ///< values
    double begin = 0, finish = 1;   ///< their places
    double operator()(double value) const { return begin + (value - from) / (to - from) * (finish - begin); }
};

/// Multiples of 1, 2 or 5 times a power of ten, at most `count` of them between the values.
std::vector<double> round_steps(double from, double to, int count);

/// Whole steps of time (seconds to hours) inside a night, at most `count`, on the clock where it is known.
std::vector<double> time_steps(double duration_s, double start_clock_s, int count);

/// Name at the left of a plot, with smaller words below it.
void draw_name(Canvas& canvas, const Box& plot, double gutter, const std::string& name, const std::string& words = {});

}  // namespace psg::report
