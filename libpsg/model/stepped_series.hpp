// Values of either sign in little memory: 16 bits each, with a common step for some in a row.
// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

namespace psg {

/// A series of which every 64 values in a row share a step: a 32767th of the largest of them, sign aside, so that none is off by more
/// than half of that. What is not finite becomes NaN.
class SteppedSeries {
public:
    static constexpr std::size_t in_a_row = 64;

    std::size_t size() const { return codes_.size(); }
    bool empty() const { return codes_.empty(); }
    float operator[](std::size_t i) const { return codes_[i] == no_number ? not_a_number() : steps_[i / in_a_row] * static_cast<float>(codes_[i]); }
    /// Growing would take twice as much.
    void reserve(std::size_t count);
    /// Values that follow those before, of which there is a multiple of 64.
    void add(std::span<const float> values);

private:
    static constexpr std::int16_t no_number = INT16_MIN;
    static constexpr float not_a_number() { return __builtin_nanf(""); }

    std::vector<std::int16_t> codes_;
    std::vector<float> steps_;
};

}  // namespace psg
