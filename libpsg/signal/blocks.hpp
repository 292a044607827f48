// A stretch that comes in pieces of any length, as blocks of one length and as the window that was last seen of it.
// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <limits>
#include <span>
#include <vector>

#include "libpsg/signal/statistics.hpp"

namespace psg::signal {

/// Gathers pieces into blocks, so that nothing which is made of the blocks depends on how the stretch was cut, and repairs
/// samples that are no numbers as fill_nonfinite() of statistics.hpp does. `use(raw, filled)` is called with each block, in
/// order; both are the same where all samples are finite, and are valid during the call.
class Blocks {
public:
    explicit Blocks(std::size_t length) : length_(length) {}

    std::size_t length() const { return length_; }
    void begin() {
        raw_.clear();
        waiting_ = 0;
        known_ = false;
    }
    template <class Use>
    void add(std::span<const float> piece, Use use) {
        while (!piece.empty()) {
            if (raw_.empty() && piece.size() >= length_) {
                give(piece.first(length_), use);
                piece = piece.subspan(length_);
                continue;
            }
            const auto part = piece.first(std::min(piece.size(), length_ - raw_.size()));
            raw_.insert(raw_.end(), part.begin(), part.end());
            piece = piece.subspan(part.size());
            if (raw_.size() < length_) return;
            give(raw_, use);
            raw_.clear();
        }
    }
    /// Gives what is left: less than a block, or nothing.
    template <class Use>
    void finish(Use use) {
        if (!all_finite(raw_) || waiting_ > 0) known_ = known_ || find_first(raw_);
        if (waiting_ > 0) give_waiting(use);
        known_ = true;  // a stretch without any number is filled by 0
        give(raw_, use);
        begin();
    }

private:
    template <class Use>
    void give(std::span<const float> block, Use use) {
        if (all_finite(block)) {
            if (waiting_ > 0) find_first(block), give_waiting(use);
            known_ = true;
            if (!block.empty()) last_ = block.back();
            use(block, block);
            return;
        }
        if (!known_ && !find_first(block)) {
            ++waiting_;  // what to fill it with is not known yet
            return;
        }
        if (waiting_ > 0) give_waiting(use);
        known_ = true;
        filled_.assign(block.begin(), block.end());
        for (float& x : filled_) x = last_ = std::isfinite(x) ? x : last_;
        use(block, std::span<const float>(filled_));
    }
    bool find_first(std::span<const float> block) {
        const auto first = std::find_if(block.begin(), block.end(), [](float x) { return std::isfinite(x); });
        last_ = first == block.end() ? 0.0F : *first;
        return first != block.end();
    }
    template <class Use>
    void give_waiting(Use use) {
        const std::vector<float> raw(length_, std::numeric_limits<float>::quiet_NaN()), filled(length_, last_);
        for (; waiting_ > 0; --waiting_) use(std::span<const float>(raw), std::span<const float>(filled));
    }

    std::size_t length_;
    std::vector<float> raw_, filled_;
    std::size_t waiting_ = 0;  // blocks before the first number
    bool known_ = false;       // ... which has come
    float last_ = 0;
};

/// The last values of a series, by their place in the whole of it.
class History {
public:
    void clear() {
        values_.clear();
        first_ = dropped_ = 0;
    }
    std::size_t first() const { return first_ + dropped_; }  ///< place of the oldest value that is kept
    std::size_t end() const { return first_ + values_.size(); }
    float operator[](std::size_t place) const { return values_[place - first_]; }
    std::span<const float> part(std::size_t begin, std::size_t end) const {
        return std::span<const float>(values_).subspan(begin - first_, end - begin);
    }
    void add(std::span<const float> values) { values_.insert(values_.end(), values.begin(), values.end()); }
    /// Room for `count` values, to be written by the caller.
    std::span<float> extend(std::size_t count) {
        values_.resize(values_.size() + count);
        return std::span(values_).last(count);
    }
    /// Values before `place` are asked for no more.
    void forget_before(std::size_t place) {
        dropped_ = std::max(first(), std::min(place, end())) - first_;
        if (2 * dropped_ < values_.size()) return;
        values_.erase(values_.begin(), values_.begin() + static_cast<std::ptrdiff_t>(dropped_));
        first_ += dropped_;
        dropped_ = 0;
    }

private:
    std::vector<float> values_;
    std::size_t first_ = 0, dropped_ = 0;
};

}  // namespace psg::signal
