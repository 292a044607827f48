// Sampling rate as an exact ratio: the only place where time becomes a sample index and back.
// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <cstdint>

#include "libpsg/model/time.hpp"

namespace psg {

/// `samples` per `ticks` nanoseconds, reduced to lowest terms. EDF stores samples per record and seconds per record, so
/// 7 samples per 0.7 s or 1 per 30 s are exact here and never rounded to an integer of hertz.
class SampleRate {
public:
    SampleRate() = default;
    /// `samples` > 0 in `nanoseconds` > 0, or UsageError.
    SampleRate(std::int64_t samples, std::int64_t nanoseconds);
    static SampleRate hertz(std::int64_t hz) { return {hz, 1'000'000'000}; }

    double hz() const { return static_cast<double>(samples_) * 1e9 / static_cast<double>(nanoseconds_); }

    /// Moment at which sample `index` was taken, relative to sample 0, rounded once to the microsecond.
    Time time_of(std::int64_t index) const;
    /// First sample at or after `t` (a sample whose rounded time is `t` counts as at `t`).
    std::int64_t index_at(Time t) const;
    /// Number of samples nearest to a length of time (for filter windows and the like), at least 0.
    std::int64_t samples_in(Time length) const;

    std::int64_t samples() const { return samples_; }
    std::int64_t nanoseconds() const { return nanoseconds_; }
    bool operator==(const SampleRate&) const = default;

private:
    std::int64_t samples_ = 1;
    std::int64_t nanoseconds_ = 1'000'000'000;
};

}  // namespace psg
