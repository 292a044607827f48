// The heart beats of a night, to be subtracted from muscles.
// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <optional>
#include <span>
#include <vector>

#include "libpsg/model/night.hpp"
#include "libpsg/signal/blocks.hpp"
#include "libpsg/signal/heart_beats.hpp"

namespace psg::events {

/// Beats of the electrocardiogram (signal/heart_beats), their places in seconds from the start of the recording; none if
/// it has fewer than 50 samples per second. Made as samples come, in pieces of any length.
class EcgBeats {
public:
    explicit EcgBeats(SampleRate rate);
    void begin_stretch(Time start);
    void add(std::span<const float> samples);
    std::vector<signal::HeartBeat> finish();

private:
    void end_stretch();

    SampleRate rate_;
    signal::FilledBlocks blocks_;
    std::optional<signal::BeatFinder> finder_;  // of a stretch
    Time start_{0};
    std::vector<signal::HeartBeat> beats_;
};

/// The same for a channel of the night, which is read once for it.
std::vector<signal::HeartBeat> beats_of(const Signal& ecg);
/// Those of the night: Night::beats, or found for the caller in `own`; none without an ECG. Not a copy: a day has 100,000.
const std::vector<signal::HeartBeat>& beats_of(const Night& night, std::vector<signal::HeartBeat>& own);

/// Those within a stretch of another channel, their places in its samples. `beats` must outlive them.
signal::BeatPlaces beats_within(const std::vector<signal::HeartBeat>& beats, const Interval& stretch, SampleRate rate);

}  // namespace psg::events
