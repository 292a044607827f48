// Steps of axes, and names beside plots.
// SPDX-License-Identifier: BSD-3-Clause
#include "libpsg/report/figure_axes.hpp"

#include <cmath>

namespace psg::report {

std::vector<double> round_steps(double from, double to, int count) {
    if (!(to > from)) return {from};
    double step = std::pow(10, std::floor(std::log10((to - from) / count)));
    for (const double factor : {2.0, 2.5, 2.0})
        if ((to - from) / step > count) step *= factor;
    std::vector<double> steps;
    for (double k = std::ceil(from / step - 1e-9); k * step <= to + 1e-9 * step; ++k) steps.push_back(k * step);
    return steps;
}

std::vector<double> time_steps(double duration_s, double start_clock_s, int count) {
    double step = 86400;
    for (const double s : {1.0, 2.0, 5.0, 10.0, 15.0, 30.0, 60.0, 120.0, 300.0, 600.0, 900.0, 1800.0, 3600.0, 7200.0, 14400.0, 28800.0})
        if (duration_s / s <= count) {
            step = s;
            break;
        }
    std::vector<double> steps;
    const double offset = std::fmod(start_clock_s, step);
    for (double k = offset > 0 ? 1 : 0; k * step - offset <= duration_s; ++k) steps.push_back(k * step - offset);
    return steps;
}

void draw_name(Canvas& canvas, const Box& plot, double gutter, const std::string& name, const std::string& words) {
    canvas.text({plot.x - gutter, plot.y + 9}, canvas.fitting(name, 8, gutter - 26), 8, ink, Align::left, true);
    if (!words.empty()) canvas.text({plot.x - gutter, plot.y + 19}, canvas.fitting(words, 6.5, gutter - 26), 6.5, soft_ink);
}

}  // namespace psg::report
