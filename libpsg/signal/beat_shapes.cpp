// Leader clustering of waves.
// SPDX-License-Identifier: BSD-3-Clause
#include "libpsg/signal/beat_shapes.hpp"

#include <algorithm>
#include <cmath>

#include "libpsg/signal/dot.hpp"

namespace psg::signal {

namespace {

double length_of(std::span<const float> wave) { return std::sqrt(static_cast<double>(dot(wave, wave)) + 1e-12); }

}  // namespace

int BeatShapes::shape_of(std::span<const float> wave) {
    constexpr std::size_t most_shapes = 12, memory = 40;  // beats that a mean remembers
    unit_.assign((wave.size() + EightSums::lanes - 1) / EightSums::lanes * EightSums::lanes, 0.0F);  // and zeros: nothing is left over of eights
    const std::span<float> unit = std::span(unit_).first(wave.size());
    EightSums sums;
    std::copy(wave.begin(), wave.end(), unit.begin());
    for (std::size_t i = 0; i < unit_.size(); i += EightSums::lanes) sums.add(four_at(&unit_[i]), four_at(&unit_[i + 4]));
    const float mean = sums.total() / static_cast<float>(std::max<std::size_t>(wave.size(), 1));
    for (float& v : unit) v -= mean;
    const float length = std::sqrt(dot(unit_, unit_));
    if (length > 0)
        for (float& v : unit) v /= length;

    std::size_t best = shapes_.size();
    double most = -2;
    for (std::size_t s = 0; s < shapes_.size(); ++s) {
        const double likeness = static_cast<double>(dot(unit_, shapes_[s].mean)) / shapes_[s].length;
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
        shapes_[best] = {number, waves_, unit_, length_of(unit_)};
        return number;
    }
    Shape& shape = shapes_[best];
    shape.last_met = waves_;
    const std::size_t count = ++counts_[static_cast<std::size_t>(shape.number)];
    const float weight = 1 / static_cast<float>(std::min(count, memory));
    for (std::size_t i = 0; i < unit_.size(); ++i) shape.mean[i] += weight * (unit_[i] - shape.mean[i]);
    shape.length = length_of(shape.mean);
    return shape.number;
}

}  // namespace psg::signal
