// Samples of several channels as they pass by, side by side, in bounded memory.
// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <cstdint>
#include <functional>
#include <span>
#include <string>
#include <vector>

#include "libpsg/io/edf/edf_reader.hpp"

namespace psg::io {

/// Consecutive samples of the wanted channels from the same time; channels of one rate have as many.
struct SampleBlock {
    struct Samples {
        std::span<const float> values;            ///< in the working unit
        std::span<const std::uint8_t> at_limit;   ///< 1 where the digital value is at or beyond a digital limit; empty: nowhere
    };
    std::size_t segment = 0;  ///< index in Recording::segments
    /// Those of a channel, by its place among the wanted ones, until the next call: decoded when they are asked for, and so
    /// still in the processor's cache when they are looked at.
    std::function<Samples(std::size_t place)> decode;
};
using SampleConsumer = std::function<void(const SampleBlock&)>;

/// What else a pass is to find out.
struct PassReport {
    std::vector<std::string> sha256;                   ///< of each file, in order of time: read whole, then
    std::vector<std::vector<LimitedSamples>> limited;  ///< by channel as asked for, at most one per file
};

/// One pass over the recording. `channels` are Channel::index values; an uncalibrated one is a UsageError. Limits are those
/// that the header declares (where they are out of order: those of the format); without `with_limits` none are told.
/// `done` is told the pieces "read" and "hash".
void stream_samples(const EdfReader& reader, std::span<const int> channels, const SampleConsumer& consume, bool with_limits = true,
                    PassReport* report = nullptr, const StepObserver& done = {});

}  // namespace psg::io
