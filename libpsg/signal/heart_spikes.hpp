// Finding heart beats in a muscle channel that picks them up, where no electrocardiogram was recorded.
// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <cstddef>
#include <functional>
#include <map>
#include <span>
#include <vector>

#include "libpsg/signal/beat_shapes.hpp"
#include "libpsg/signal/blocks.hpp"

namespace psg::signal {

/// Spikes of a muscle channel (high-pass filtered) that recur like heart beats: shorter than 0.3 s, alone, one every
/// 0.3 to 1.7 s, each of a shape that eight or more have; the rhythm may be irregular. Then those that stand in or
/// beside a movement and look like these. Every sample must be finite. Proposed.
///
/// The samples come in pieces. What is kept of them are 0.12 s of each lone spike; those between beats are asked for again.
class SpikeFinder {
public:
    /// `block`: samples of 25 ms.
    SpikeFinder(double rate_hz, std::size_t block);

    /// Looks at what has come: `power` of the blocks that follow (block_power() of baseline.hpp); `window` holds samples of the stretch
    /// from `first` on, from first_needed() or before to the end of these blocks or beyond.
    void look(std::span<const float> window, std::size_t first, std::span<const float> power);
    std::size_t first_needed() const;
    /// Samples [begin, end) as they were, valid until the next call.
    using Read = std::function<std::span<const float>(std::size_t begin, std::size_t end)>;
    /// The stretch ends with `window`.
    std::vector<HeartBeat> finish(std::span<const float> window, std::size_t first, const Read& read);

private:
    struct Lone {
        HeartBeat beat;
        std::size_t number;  // its wave
    };
    struct Mean {
        std::vector<float> wave;
        double energy = 0;
        std::size_t beats = 0;
    };
    std::size_t start_of(std::size_t second) const;
    std::span<const float> wave_of(const Lone& one) const { return std::span(waves_).subspan(one.number * 2 * half_, 2 * half_); }
    void find_lone(std::span<const float> window, std::size_t first, std::size_t seconds, std::size_t last);
    void try_lone(std::span<const float> window, std::size_t first, float rest);
    void keep_alike();
    void keep_company();
    std::map<int, Mean> means() const;
    static HeartBeat likest(std::span<const float> x, double here, std::size_t places, const std::map<int, Mean>& means);
    void add_hidden(std::vector<HeartBeat>& beats, std::size_t count, const Read& read) const;

    double rate_hz_;
    std::size_t block_, half_;
    History power_;
    std::size_t second_ = 0;  // that is looked at next, a stretch of 40 blocks
    std::size_t next_;        // block
    float rest_ = 0;          // power
    BeatShapes shapes_;
    std::vector<Lone> lone_;
    std::vector<float> waves_;  // of all lone spikes
};

/// The same for samples that are there already.
std::vector<HeartBeat> find_spikes_like_beats(std::span<const float> emg, double rate_hz);

}  // namespace psg::signal
