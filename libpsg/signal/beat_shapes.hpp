// Sorting heart beats by the shape of their waves, so that ectopic beats are averaged with their like.
// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <cstddef>
#include <span>
#include <vector>

#include "libpsg/model/heart_beat.hpp"

namespace psg::signal {

using psg::HeartBeat;  ///< its place a sample index

/// Beats of a stretch of samples, without a copy: a list whose places are made sample indices as they are asked for.
struct BeatPlaces {
    std::span<const HeartBeat> beats;         ///< in order; they must outlive it
    double start = 0, samples_per_unit = 1;   ///< where the stretch begins, in the unit of their places

    std::size_t size() const { return beats.size(); }
    bool empty() const { return beats.empty(); }
    double place(std::size_t i) const { return (beats[i].place - start) * samples_per_unit; }
};

/// Sorts waves, one at a time, by their correlation with the means of those seen before (leader clustering; proposed).
/// Means follow slow changes. Twelve shapes are remembered: for a new one the one that was not met for longest is
/// forgotten.
class BeatShapes {
public:
    /// Waves are of one shape if they correlate with its mean by `least_likeness` (0 to 1) or more.
    explicit BeatShapes(double least_likeness) : least_likeness_(least_likeness) {}
    /// The shape of `wave`, counted from 0 on; all waves must be of one length. Its mean is taken off.
    int shape_of(std::span<const float> wave);
    /// Waves sorted into a shape.
    std::size_t count(int shape) const { return counts_[static_cast<std::size_t>(shape)]; }

private:
    struct Shape {
        int number;
        std::size_t last_met;
        std::vector<float> mean;  // of waves of unit power
        double length;            // of the mean: root of its energy
    };
    double least_likeness_;
    std::size_t waves_ = 0;
    std::vector<Shape> shapes_;  // those remembered
    std::vector<std::size_t> counts_;
    std::vector<float> unit_;
};

}  // namespace psg::signal
