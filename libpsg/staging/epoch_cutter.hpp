// The 30-s epochs of a recording, cut out of samples that pass by.
// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <span>
#include <vector>

#include "libpsg/model/interval_set.hpp"
#include "libpsg/model/rate.hpp"
#include "libpsg/model/time.hpp"

namespace psg::staging {

/// Length of an epoch (AASM manual; Rechtschaffen & Kales 1968).
inline constexpr Time epoch_length = std::chrono::seconds(30);

/// Epochs that lie in [0, duration) as a whole.
std::size_t whole_epochs(Time duration);

/// Whether an epoch of a recording lies in a stretch as a whole.
bool holds_epoch(Interval stretch);

/// Cuts the stretches of a channel, whose samples pass by in pieces of any length, at the borders of the epochs [30 s * i,
/// 30 s * (i + 1)) of the recording. Memory: at most one epoch of samples.
class EpochCutter {
public:
    /// Gets each epoch that lies in one stretch; one sample may be lacking where the stretch ends.
    using Consume = std::function<void(std::size_t epoch, std::span<const float> samples)>;

    EpochCutter(SampleRate rate, std::size_t epochs) : rate_(rate), epochs_(epochs), epoch_(epochs) {}

    /// Moment of the first sample of the next stretch, since the start of the recording.
    void begin_stretch(Time start);
    void add(std::span<const float> samples, const Consume& consume);
    void end_stretch(const Consume& consume);

private:
    void find_epoch(std::size_t epoch);

    SampleRate rate_;
    std::size_t epochs_;             // of the recording
    Time start_{0};                  // of the stretch
    std::size_t epoch_;              // the next one; epochs_: none
    std::int64_t begin_ = 0, end_ = 0;  // its samples, counted from the beginning of the stretch
    std::int64_t at_ = 0;            // samples of the stretch so far
    std::vector<float> held_;        // of the epoch so far
};

}  // namespace psg::staging
