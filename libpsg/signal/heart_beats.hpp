// Finding heart beats in an electrocardiogram.
// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <array>
#include <cstddef>
#include <span>
#include <vector>

#include "libpsg/signal/beat_shapes.hpp"
#include "libpsg/signal/block_means.hpp"
#include "libpsg/signal/blocks.hpp"
#include "libpsg/signal/statistics.hpp"

namespace psg::signal {

/// Beats of an electrocardiogram of either polarity: the steepest slope over 20 ms that exceeds half of what the
/// neighbouring half minute reaches; between these, for the wide beats of a ventricle, over 40 ms and four tenths of it
/// on either flank; at most one per 0.25 s. Mains hum is averaged out. Every sample must be finite. Noise gives beats
/// too; nothing comes of them in subtract_beats() of ecg_removal.hpp.
///
/// Samples come in pieces of any length. Which flank is the steeper one is known at the end only: beats are looked for on both.
/// Memory for a minute of samples, and the beats.
class BeatFinder {
public:
    explicit BeatFinder(double rate_hz);
    void add(std::span<const float> ecg);
    /// All have come.
    std::vector<HeartBeat> finish();

private:
    // What is looked for on one flank. Places are hops of 10 ms.
    struct Flank {
        explicit Flank(float sign);
        float sign;
        std::vector<float> steepest;    // slope of each window of 2 s
        SlidingPercentile typical_of, typical_size_of;
        std::vector<float> typical, typical_size;  // by window
        std::size_t next = 0;           // where the search for narrow beats goes on
        std::vector<std::size_t> hops;  // of the narrow beats that the search for wide ones has not come to
        std::vector<float> sizes;       // of narrow beats by window, as wide slopes
        std::size_t sized = 0;          // windows whose size went into typical_size_of
        std::size_t next_wide = 0;
        std::vector<double> narrow, wide;  // places of beats whose shape is not known yet
        BeatShapes shapes;
        std::vector<HeartBeat> beats;
    };
    void add_hops(std::span<const float> whole);
    void end_window(std::size_t end);
    void look(bool ended);
    void look_for_narrow(Flank& flank, bool ended);
    void look_for_wide(Flank& flank, bool ended);
    void sort_by_shape(Flank& flank, bool ended);
    float wide_slope(std::size_t k) const;
    double steepest_near(std::size_t k, std::size_t length, float sign, bool ended) const;

    std::size_t hop_;
    WholeBlocks hops_;
    std::vector<float> sums_;      // of the last three hops, fewer at the start, and then of those that have come
    std::size_t count_ = 0;        // hops
    History samples_, slopes_;
    std::size_t window_begin_ = 0;
    std::array<Flank, 2> flanks_;
    std::vector<float> wave_;
};

/// The same for samples that are there already.
std::vector<HeartBeat> find_beats(std::span<const float> ecg, double rate_hz);

}  // namespace psg::signal
