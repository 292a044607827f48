// The resting level of a muscle: what remains of the amplitude when movements are taken away.
// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <cstddef>
#include <functional>
#include <span>
#include <vector>

namespace psg::signal {

/// How the resting level is found.
struct RestingOptions {
    double longest_movement_s = 90;  ///< a rise that lasts longer is a new resting level
    double smoothing_s = 20;         ///< the level is the median of what is at rest in this window
};

/// Mean square of consecutive blocks of `block` samples; what is left over at the end is not used.
std::vector<float> block_power(std::span<const float> samples, std::size_t block);
/// The same, for as many blocks as `power` has place for.
void block_power(std::span<const float> samples, std::size_t block, std::span<float> power);

/// Resting level (root mean square) at each block, from the blocks' mean squares; NaN blocks are left out, and the
/// result is NaN where there is nothing to go by.
///
/// 1. The level of each half second is the median power of the second around it: spikes (ECG) and bursts
/// shorter
///    than half a second do not move it, and a step stays a step.
/// 2. A morphological opening (running minimum, then running maximum, over `longest_movement_s`) removes what rises
/// above
///    its surroundings for a shorter time. What stays up longer is kept, edge included, so that a step of the noise
///    raises the level at once and neither before nor after, and a ramp is followed without lag.
/// 3. Around the opened level, which is a lower bound, the median of the levels at rest is taken (within -25 and +40
/// %),
///    and turned into a root mean square by the ratio of mean to median power at rest.
/// 4. Where it steps, the higher side holds for half a second longer.
/// Proposed; the opening generalises the "minimum of the last minute" of Huang 2015 (MATPLM) to both directions of
/// time.
struct RestingLevel {
    std::vector<float> cells;    ///< one for each half second
    double blocks_per_cell = 1;
    float at(std::size_t block) const { return cell_at(block).level; }
    /// The blocks [begin, end) of a cell, and its level.
    struct Cell {
        std::size_t begin = 0, end = 0;
        float level = 0;
    };
    Cell cell_at(std::size_t block) const;
};
RestingLevel resting_cells(std::span<const float> power, double blocks_per_s, const RestingOptions& options = {});
/// The same of `blocks` mean squares that are read when they are looked at: `read` fills `power` from a block on.
using ReadPower = std::function<void(std::size_t first, std::span<float> power)>;
RestingLevel resting_cells(std::size_t blocks, const ReadPower& read, double blocks_per_s, const RestingOptions& options = {});
/// The same for each block.
std::vector<float> resting_level(std::span<const float> power, double blocks_per_s, const RestingOptions& options = {});

}  // namespace psg::signal
