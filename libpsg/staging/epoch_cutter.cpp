// The 30-s epochs of a recording, cut out of samples that pass by.
// SPDX-License-Identifier: BSD-3-Clause
#include "libpsg/staging/epoch_cutter.hpp"

#include <algorithm>

namespace psg::staging {

std::size_t whole_epochs(Time duration) {
    return static_cast<std::size_t>(std::max<std::int64_t>(duration / epoch_length, 0));
}

// The first epoch that does not begin before `start`.
static std::size_t first_epoch(Time start) {
    return static_cast<std::size_t>(std::max<std::int64_t>((start + epoch_length - Time(1)) / epoch_length, 0));
}

bool holds_epoch(Interval stretch) {
    return epoch_length * (static_cast<std::int64_t>(first_epoch(stretch.onset)) + 1) <= stretch.offset;
}

void EpochCutter::find_epoch(std::size_t epoch) {
    epoch_ = epoch;
    const Time onset = epoch_length * static_cast<std::int64_t>(epoch) - start_;
    begin_ = rate_.index_at(onset);
    end_ = rate_.index_at(onset + epoch_length);
    held_.clear();
}

void EpochCutter::begin_stretch(Time start) {
    start_ = start;
    at_ = 0;
    find_epoch(std::min(first_epoch(start), epochs_));
}

void EpochCutter::add(std::span<const float> samples, const Consume& consume) {
    while (epoch_ < epochs_ && !samples.empty()) {
        const auto skipped = static_cast<std::size_t>(std::clamp<std::int64_t>(begin_ - at_, 0, static_cast<std::int64_t>(samples.size())));
        samples = samples.subspan(skipped);
        at_ += static_cast<std::int64_t>(skipped);
        const auto part = samples.first(std::min(samples.size(), static_cast<std::size_t>(end_ - at_)));
        samples = samples.subspan(part.size());
        at_ += static_cast<std::int64_t>(part.size());
        if (at_ < end_ || !held_.empty()) held_.insert(held_.end(), part.begin(), part.end());
        if (at_ < end_) return;
        consume(epoch_, held_.empty() ? part : held_);
        find_epoch(epoch_ + 1);
    }
}

void EpochCutter::end_stretch(const Consume& consume) {
    if (epoch_ < epochs_ && at_ + 1 == end_ && !held_.empty()) consume(epoch_, held_);
    epoch_ = epochs_;
}

}  // namespace psg::staging
