// Filter sections that run along samples piece by piece, in either direction, and go on where they stopped.
// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <array>
#include <cstddef>
#include <span>
#include <vector>

#include "libpsg/signal/biquad.hpp"

namespace psg::signal {

/// A cascade with its state. Long pieces are run as parts side by side, many times as fast as one after the other: each part but
/// the first starts settling() samples early. Parts are computed in single precision where that leaves errors of about a millionth
/// (poles far enough from 1: a high-pass of 20 Hz up to some 1,000 samples per second), else in double precision, in which short
/// pieces always are. So the last digits depend on how samples are cut into pieces; where they must not, cut at places that are
/// counted from the start.
class Recursion {
public:
    /// No section may have b0 = 0 (no Butterworth filter does).
    explicit Recursion(const BiquadCascade& sections);

    /// Samples after which the state is exact to 1e-9 (in single precision to 1e-7), whatever it was before; a multiple of 4.
    std::size_t settling() const { return settling_; }
    /// Length of a piece that is quick, as little of it is run twice.
    std::size_t block() const { return lanes_ * 6 * settling_; }
    /// The state in which `x` had always been there.
    void start(float x);
    /// Filters from the first sample to the last one, into `out`, which is as long.
    void forwards(std::span<const float> piece, std::span<float> out) { run<true>(piece, out, {}); }
    /// The same in place.
    void forwards(std::span<float> piece) { run<true>(piece, piece, {}); }
    /// Filters in place, from the last sample to the first one.
    void backwards(std::span<float> piece) { run<false>(piece, piece, {}); }
    /// The same into `out`, which is as long, after a start at the last of settling() samples that follow on `piece`.
    void backwards(std::span<const float> piece, std::span<float> out, std::span<const float> ahead);

    enum class Zeros { any, both_ends, at_zero };  ///< of all sections; (1 - 1/z^2) and (1 - 1/z)^2 need fewer products

private:
    struct Section {
        double b1 = 0, b2 = 0, a1 = 0, a2 = 0;  // b0 is 1
    };
    struct State {
        double one = 0, two = 0;  // the last value of what enters a section, or leaves the last one, and the value before
    };
    static constexpr std::size_t group = 3;  // sections that are run together
    static double steady_gain(const Section& q);
    template <std::size_t N, Zeros zeros, class Value>
    class Kernel;
    template <bool ahead>
    void run(std::span<const float> piece, std::span<float> out, std::span<const float> settle);
    template <bool ahead, std::size_t N, Zeros zeros, class Value>
    void run_kernel(std::size_t first, std::span<const float> piece, std::span<float> out, std::span<const float> settle);
    std::size_t groups() const { return (sections_.size() + group - 1) / group; }
    // Length of the parts of a piece; 0 if it is too short for them.
    std::size_t part_of(std::size_t piece) const {
        const std::size_t part = piece / lanes_ / 4 * 4;
        return part >= 2 * settling_ ? part : 0;
    }

    std::vector<Section> sections_;
    std::vector<State> states_;
    double gain_ = 1;  // of all sections together, before the first
    Zeros zeros_ = Zeros::any;
    bool single_ = true;  // parts in single precision
    std::size_t settling_ = 0, lanes_ = 1;
};

/// A zero-phase filter (filter_zero_phase() of biquad.hpp) for a stretch that comes in blocks: backwards over a block as soon
/// as the next one is there, which it needs for settling.
class ZeroPhaseFilter {
public:
    explicit ZeroPhaseFilter(const BiquadCascade& sections);

    /// Length of every block but the last.
    std::size_t block() const { return block_; }
    void begin();
    /// Takes the next whole block; gives the one before, filtered, or nothing after the first. What is given is valid until
    /// the next call. Every sample must be finite.
    std::span<const float> next(std::span<const float> block);
    /// The same into `out`, which is as long as what is given.
    void next(std::span<const float> block, std::span<float> out);
    /// Length of what next() will give.
    std::size_t waiting() const { return pending_.size(); }
    /// Takes what is left, less than a block (or nothing), and gives the rest.
    std::span<const float> finish(std::span<const float> rest);

private:
    Recursion ahead_, back_;
    std::size_t pad_, block_;
    bool first_ = true;
    std::vector<float> pending_, done_;  // filtered ahead; both ways
    std::vector<float> tail_;  // the last samples as they came, for the reflection

    void lead_in(std::span<const float> block);
};

}  // namespace psg::signal
