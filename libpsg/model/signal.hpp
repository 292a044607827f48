// Samples of one channel: owned per recorded segment, lent out one segment at a time.
// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "libpsg/model/interval_set.hpp"
#include "libpsg/model/rate.hpp"
#include "libpsg/model/time.hpp"

namespace psg {

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
        std::vector<float> samples;
    };

    int channel = -1;   ///< index in the recording's list of channels
    std::string label;  ///< as in the file
    std::string unit;   ///< "uV" for voltages
    SampleRate rate;
    double step = 0;    ///< one digital step in `unit`; 0 if unknown
    std::vector<LimitedSamples> limited;  ///< at most one per file; empty: none
    std::vector<Stretch> stretches;

    SignalView view(std::size_t i) const { return {stretches[i].samples, rate, stretches[i].start}; }
};

}  // namespace psg
