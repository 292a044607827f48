// Jumps of an electrode, and steps that a high-pass made short.
// SPDX-License-Identifier: BSD-3-Clause
//
// Looked for in one channel as its samples come, like the other slow artefacts (slow_artefacts.hpp).
#pragma once

#include <cstdint>
#include <functional>
#include <span>
#include <vector>

#include "libpsg/events/slow_artefacts.hpp"
#include "libpsg/model/signal.hpp"
#include "libpsg/signal/block_means.hpp"
#include "libpsg/signal/blocks.hpp"

namespace psg::events {

/// A jump from which the signal takes longer than 100 ms to come back; `brief`: less, but without swinging to and fro, as behind a
/// high-pass of 3 Hz or more.
struct ElectrodePop {
    Time middle{0};
    Interval extent;
    bool brief = false;
};

/// Looks for electrode pops. The usual change in 20 ms, the median of all, is known to a part in two thousand.
class ElectrodePops {
public:
    ElectrodePops(SampleRate rate, const SlowArtefactRules& rules);
    void begin(Time start);
    void add(std::span<const float> samples);
    /// All of the stretch in order, those that lie within others, too.
    std::vector<ElectrodePop> finish();

private:
    struct Jump {
        std::size_t place, end;  // blocks
        float uv;
        bool brief;
    };
    void count_jumps(std::size_t from);
    void make_room(std::size_t bin);
    void look_at(std::size_t count, bool ended);
    float usual() const;

    SampleRate rate_;
    std::size_t block_;
    float least_uv_, ratio_;
    signal::BlockMeans block_means_;
    Time start_{0};
    signal::History means_;                // of 10 ms
    std::vector<std::size_t> candidates_;  // blocks with a jump, to be looked at
    std::vector<Jump> found_;
    std::vector<std::uint32_t> counts_;    // jumps by size, those below least_uv_ / ratio_ together, as far as there are any
};

/// Extents of those for which `counts` is true, which is asked in order of time; those within another one do not.
std::vector<Interval> counted_pops(const std::vector<ElectrodePop>& pops, const std::function<bool(const ElectrodePop&)>& counts);

/// Does a muscle channel show a step at `t` that a high-pass of 3 to 20 Hz made short: there within 4 ms or two samples, by
/// `least_uv` or more, down to a third after 8 ms or later, without coming back? No motor unit rises faster than it falls.
bool fades_like_a_step(const SignalView& view, Time t, double least_uv);

}  // namespace psg::events
