// Integrals of evenly spaced values.
// SPDX-License-Identifier: BSD-3-Clause
#include "libpsg/signal/integrate.hpp"

#include <cstddef>

namespace psg::signal {

double trapezoid(std::span<const double> values, double step) {
    if (values.size() < 2) return 0;
    double sum = (values.front() + values.back()) / 2;
    for (std::size_t i = 1; i + 1 < values.size(); ++i) sum += values[i];
    return step * sum;
}

double simpson(std::span<const double> values, double step) {
    if (values.size() < 2) return 0;
    if (values.size() % 2 == 0) {
        const auto but_last = values.first(values.size() - 1), but_first = values.last(values.size() - 1);
        return (simpson(but_last, step) + trapezoid(values.last(2), step) + trapezoid(values.first(2), step) +
                simpson(but_first, step)) /
               2;
    }
    double sum = values.front() + values.back();
    for (std::size_t i = 1; i + 1 < values.size(); ++i) sum += (i % 2 == 0 ? 2 : 4) * values[i];
    return step / 3 * sum;
}

}  // namespace psg::signal
