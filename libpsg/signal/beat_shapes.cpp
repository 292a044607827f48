// Leader clustering of waves.
// SPDX-License-Identifier: BSD-3-Clause
#include "libpsg/signal/beat_shapes.hpp"

#include <algorithm>
#include <cmath>

#include "libpsg/signal/dot.hpp"

namespace psg::signal {

int BeatShapes::shape_of(std::span<const float> wave) {
    constexpr std::size_t most_shapes = 12, memory = 40;  // beats that a mean remembers
    unit_.assign(wave.begin(), wave.end());
    float mean = 0;
    for (const float v : unit_) mean += v;
    mean /= static_cast<float>(std::max<std::size_t>(unit_.size(), 1));
    for (float& v : unit_) v -= mean;
    const float length = std::sqrt(dot(unit_, unit_));
    if (length > 0)
        for (float& v : unit_) v /= length;

    std::size_t best = shapes_.size();
    double most = -2;
    for (std::size_t s = 0; s < shapes_.size(); ++s) {
        const auto& m = shapes_[s].mean;
        const double likeness = static_cast<double>(dot(unit_, m)) / std::sqrt(static_cast<double>(dot(m, m)) + 1e-12);
        if (likeness > most) most = likeness, best = s;
    }
    ++waves_;
    if (most < least_likeness_) {
        const int number = static_cast<int>(counts_.size());
        counts_.push_back(1);
        if (shapes_.size() < most_shapes)
            best = shapes_.size(), shapes_.emplace_back();
        else
            best = static_cast<std::size_t>(
                std::min_element(shapes_.begin(), shapes_.end(),
                                 [](const Shape& a, const Shape& b) { return a.last_met < b.last_met; }) -
                shapes_.begin());
        shapes_[best] = {number, waves_, unit_};
        return number;
    }
    Shape& shape = shapes_[best];
    shape.last_met = waves_;
    const std::size_t count = ++counts_[static_cast<std::size_t>(shape.number)];
    const float weight = 1 / static_cast<float>(std::min(count, memory));
    for (std::size_t i = 0; i < unit_.size(); ++i) shape.mean[i] += weight * (unit_[i] - shape.mean[i]);
    return shape.number;
}

}  // namespace psg::signal
