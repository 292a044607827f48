// Samples of one channel, a stretch per recorded segment: in memory, or read from a source when they are looked at.
// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "libpsg/model/interval_set.hpp"
#include "libpsg/model/rate.hpp"
#include "libpsg/model/time.hpp"

namespace psg {

class SampleSource;

/// Borrowed samples of one uninterrupted segment. Cheap to copy; the owner must outlive it.
struct SignalView {
    std::span<const float> samples;
    SampleRate rate;
    Time start{0};  ///< moment of samples[0]

    /// Moment of a sample, counted from `samples[0]`.
    Time time_of(std::size_t index) const { return start + rate.time_of(static_cast<std::int64_t>(index)); }
    Interval extent() const { return {start, time_of(samples.size())}; }
};

/// Samples outside the declared digital range, which were limited to it.
struct LimitedSamples {
    int part = 0;                 ///< file of a joined recording, from 0
    std::int64_t count = 0;
    std::int64_t first_byte = 0;  ///< where the first of them stands in that file
};

/// One channel's samples in `unit`, a stretch per recorded segment, in order of time. Nothing is ever filtered or
/// detected across the border of two stretches.
struct Signal {
    struct Stretch {
        Time start{0};
        std::vector<float> samples;  ///< empty if the source has them
        std::size_t stored = 0;      ///< how many the source has; 0: they are in memory
        std::size_t size() const { return stored > 0 ? stored : samples.size(); }
    };

    int channel = -1;   ///< index in the recording's list of channels
    std::string label;  ///< as in the file
    std::string unit;   ///< "uV" for voltages
    SampleRate rate;
    double step = 0;    ///< one digital step in `unit`; 0 if unknown
    std::vector<LimitedSamples> limited;  ///< at most one per file; empty: none
    std::vector<Stretch> stretches;
    std::shared_ptr<const SampleSource> source = nullptr;  ///< of the samples that are not in memory

    Interval extent(std::size_t i) const {
        const Stretch& s = stretches[i];
        return {s.start, s.start + rate.time_of(static_cast<std::int64_t>(s.size()))};
    }
    /// A stretch that is in memory; std::logic_error if it is not: see part() and pass_by() (sample_source.hpp).
    SignalView view(std::size_t i) const;
    /// A copy of samples [first, first + count) of a stretch, which must be there. DataError if they cannot be read.
    std::vector<float> part(std::size_t i, std::size_t first, std::size_t count) const;
};

}  // namespace psg
