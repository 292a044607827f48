// Values of either sign in 16 bits.
// SPDX-License-Identifier: BSD-3-Clause
#include "libpsg/model/stepped_series.hpp"

#include <algorithm>
#include <cmath>
#include <stdexcept>

#include "libpsg/model/wide.hpp"

namespace psg {

void SteppedSeries::reserve(std::size_t count) {
    codes_.reserve(count);
    steps_.reserve(count / in_a_row + 1);
}

void SteppedSeries::add(std::span<const float> values) {
    if (codes_.size() % in_a_row != 0) throw std::logic_error("a series of steps goes on in the middle of a row");
    const std::size_t known = codes_.size();
    codes_.resize(known + values.size());
    for (std::size_t from = 0; from < values.size(); from += in_a_row)
        steps_.push_back(wide([x = values.data() + from, codes = codes_.data() + known + from, count = std::min(in_a_row, values.size() - from)] {
            float largest = 0;
            for (std::size_t i = 0; i < count; ++i) {
                const float size = std::abs(x[i]) < INFINITY ? std::abs(x[i]) : 0;
                largest = size > largest ? size : largest;
            }
            const float step = largest > 1e-30F ? largest / INT16_MAX : 0, in_a_unit = step > 0 ? 1 / step : 0;
            for (std::size_t i = 0; i < count; ++i) {
                const bool finite = std::abs(x[i]) < INFINITY;
                const float steps = finite ? x[i] * in_a_unit : 0;
                const std::int32_t nearest = static_cast<std::int32_t>(steps + (steps < 0 ? -0.5F : 0.5F));
                codes[i] = static_cast<std::int16_t>(finite ? nearest : no_number);
            }
            return step;
        }));
}

}  // namespace psg
