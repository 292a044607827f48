// The activity of one muscle, made from samples that come in pieces.
// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <memory>
#include <span>
#include <vector>

#include "libpsg/model/night.hpp"
#include "libpsg/signal/beat_shapes.hpp"

namespace psg::events {

/// Blocks to either side of those of a resting level that MuscleActivity::highest takes in, too.
inline constexpr std::size_t highest_beside = 6;

/// Makes the envelope and the resting level of an EMG channel (muscle_activity.hpp), block by block of some seconds; the result
/// does not depend on how the samples are cut into pieces. Memory for what it makes, and the surroundings of some heart beats.
class MuscleMeter {
public:
    /// For `signal`, number `place` of the night, whose stretches must be known; its samples are not looked at. `beats` are those
    /// of the night (beats_of() of ecg_beats.hpp), none without an ECG.
    MuscleMeter(const Signal& signal, std::size_t place, const std::vector<signal::HeartBeat>& beats);
    ~MuscleMeter();
    MuscleMeter(MuscleMeter&&) noexcept;
    MuscleMeter& operator=(MuscleMeter&&) noexcept;

    /// The next sample is the first one of the stretch that begins at `start`; what came before has ended.
    void begin_stretch(Time start);
    void add(std::span<const float> samples);
    MuscleActivity finish();

private:
    class Maker;
    std::unique_ptr<Maker> maker_;
};

}  // namespace psg::events
