// The moments of the heart beats: rate by stage, breathing, slow waves, rises after events.
// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <deque>

#include "libpsg/simulate/random.hpp"
#include "libpsg/simulate/render.hpp"

namespace psg::simulate {

/// Every copy of one night gives the same beats, so that the ECG and its pick-up in a leg agree.
class HeartBeats {
public:
    explicit HeartBeats(const Plan& plan);
    /// R waves, in seconds from the start of `second`, between 1 s before it and 1 s after it.
    const std::vector<double>& around(std::int64_t second);

private:
    double next_interval(double now);

    const Plan& plan_;
    StateCursor states_;
    std::size_t next_rise_ = 0;
    std::vector<const HeartRise*> rises_;
    Random random_;
    double base_hz_ = 1.1, slow_ = 0, breath_ = 0;
    std::deque<double> beats_{0.4};  ///< seconds since the start of the night
    std::vector<double> around_;
};

}  // namespace psg::simulate
