// Places of samples at moments of a steady step, one after another.
// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <cstddef>
#include <cstdint>

#include "libpsg/model/rate.hpp"

namespace psg::signal {

/// next() is rate.index_at(k * step) for k = 0, 1, 2 ...: by additions, for those who ask a million times. `step` > 0, of a minute
/// at most; rates of a microsecond per sample at most.
class SteadyPlaces {
public:
    SteadyPlaces(SampleRate rate, Time step) : divisor_(2 * rate.nanoseconds()) {
        // index_at(t) is (2 t - 1) * samples / (2 nanoseconds) rounded up, t in nanoseconds
        __extension__ typedef __int128 Wide;
        const Wide growth = Wide(2000) * step.count() * rate.samples();
        whole_ = static_cast<std::int64_t>(growth / divisor_);
        part_ = static_cast<std::int64_t>(growth % divisor_);
        place_ = rate.index_at(Time(0));
        rest_ = divisor_ - 1 - 1000 * rate.samples() - place_ * divisor_;
    }
    std::size_t next() {
        const std::int64_t here = place_;
        place_ += whole_;
        rest_ += part_;
        if (rest_ >= divisor_) rest_ -= divisor_, ++place_;
        return static_cast<std::size_t>(here);
    }

private:
    std::int64_t divisor_, whole_ = 0, part_ = 0;
    std::int64_t place_ = 0, rest_ = 0;  // the exact place, rounded up: place_, and what was over in the division
};

}  // namespace psg::signal
