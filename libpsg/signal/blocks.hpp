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

/// The last values of a series, by their place in the whole of it.
class History {
public:
    void clear() { restart(0); }
    /// Nothing is kept; the next value is that at `place`.
    void restart(std::size_t place) {
        first_ = place;
        begin_ = count_ = 0;
    }
    std::size_t first() const { return first_; }  ///< place of the oldest value that is kept
    std::size_t end() const { return first_ + count_; }
    float operator[](std::size_t place) const { return values_[begin_ + place - first_]; }
    std::span<const float> part(std::size_t begin, std::size_t end) const {
        return std::span<const float>(values_).subspan(begin_ + begin - first_, end - begin);
    }
    std::span<float> change(std::size_t begin, std::size_t end) { return std::span(values_).subspan(begin_ + begin - first_, end - begin); }
    /// Room for so many values from the first one that is kept on: growing would take twice as much, and a copy.
    void reserve(std::size_t count) {
        if (count > values_.size()) values_.resize(count);
    }
    void add(std::span<const float> values) {
        const std::span<float> to = extend(values.size());
        std::copy(values.begin(), values.end(), to.begin());
    }
    /// Room for `count` values, to be written by the caller.
    std::span<float> extend(std::size_t count) {
        if (begin_ + count_ + count > values_.size()) {
            const auto kept = values_.begin() + static_cast<std::ptrdiff_t>(begin_);
            if (begin_ >= count_ && count_ + count <= values_.size()) {  // half of what is there is asked for no more
                std::copy_n(kept, count_, values_.begin());
            } else {
                std::vector<float> more(2 * count_ + count);
                std::copy_n(kept, count_, more.begin());
                values_.swap(more);
            }
            begin_ = 0;
        }
        count_ += count;
        return std::span(values_).subspan(begin_ + count_ - count, count);
    }
    /// Values before `place` are asked for no more.
    void forget_before(std::size_t place) {
        const std::size_t dropped = std::clamp(place, first_, end()) - first_;
        first_ += dropped;
        begin_ += dropped;
        count_ -= dropped;
        if (count_ == 0) begin_ = 0;
    }

private:
    std::vector<float> values_;  // room; kept are `count_` from `begin_` on
    std::size_t first_ = 0, begin_ = 0, count_ = 0;
};

/// What has come of a series, but for what was forgotten: most of it is asked for while it is still in the piece that passes, so that
/// little is copied.
class Recent {
public:
    std::size_t end() const { return end_; }
    /// A copy of the values from place `begin` to `end`, none of which may have been forgotten.
    std::vector<float> part(std::size_t begin, std::size_t end) const {
        std::vector<float> values;
        values.reserve(end - begin);
        const auto add = [&values](std::span<const float> more) { values.insert(values.end(), more.begin(), more.end()); };
        const std::size_t middle = std::clamp(kept_.end(), begin, end);
        if (begin < middle) add(kept_.part(begin, middle));
        if (middle < end) add(passing_.subspan(middle - passing_from_, end - middle));
        return values;
    }
    /// Values before `place` are asked for no more.
    void forget_before(std::size_t place) {
        wanted_from_ = std::clamp(place, wanted_from_, end_);
        kept_.forget_before(place);
    }

private:
    friend class Blocks;
    void clear() {
        kept_.clear();
        passing_ = {};
        passing_from_ = end_ = wanted_from_ = 0;
    }
    void pass(std::span<const float> piece) {
        passing_ = piece;
        passing_from_ = kept_.end();
    }
    // The piece has passed: what may still be asked for is kept.
    void keep() {
        end_ = passing_from_ + passing_.size();
        if (kept_.end() < wanted_from_) kept_.restart(wanted_from_);
        kept_.add(passing_.subspan(kept_.end() - passing_from_));
        passing_ = {};
    }

    History kept_;
    std::span<const float> passing_;
    std::size_t passing_from_ = 0, end_ = 0, wanted_from_ = 0;
};

/// Gathers pieces into blocks, so that nothing which is made of the blocks depends on how the stretch was cut: `use(block)` is
/// called with each of them, in order, which is valid during the call. Who looks back at samples asks for them here.
class Blocks {
public:
    /// `looks_back`: what has come is kept until recent() is told to forget it.
    explicit Blocks(std::size_t length, bool looks_back = false) : length_(length), looks_back_(looks_back) {}

    std::size_t length() const { return length_; }
    Recent& recent() { return recent_; }
    void begin() {
        gathered_.clear();
        recent_.clear();
        given_ = 0;
    }
    template <class Use>
    void add(std::span<const float> piece, Use use) {
        if (looks_back_) recent_.pass(piece);
        while (!piece.empty()) {
            if (gathered_.empty() && piece.size() >= length_) {
                give(piece.first(length_), use);
                piece = piece.subspan(length_);
                continue;
            }
            const auto part = piece.first(std::min(piece.size(), length_ - gathered_.size()));
            gathered_.insert(gathered_.end(), part.begin(), part.end());
            piece = piece.subspan(part.size());
            if (gathered_.size() < length_) break;
            give(gathered_, use);
            gathered_.clear();
        }
        if (looks_back_) recent_.keep();
    }
    /// What is left at the end: less than a block, or nothing.
    std::span<const float> rest() const { return gathered_; }

private:
    template <class Use>
    void give(std::span<const float> block, Use use) {
        recent_.end_ = given_ += length_;
        use(block);
    }

    std::size_t length_;
    bool looks_back_;
    std::vector<float> gathered_;
    Recent recent_;
    std::size_t given_ = 0;
};

/// The same, with samples that are no numbers repaired as fill_nonfinite() of statistics.hpp does. `use(raw, filled)` is called
/// with each block; both are the same where all samples are finite.
class FilledBlocks {
public:
    explicit FilledBlocks(std::size_t length, bool looks_back = false) : blocks_(length, looks_back) {}

    std::size_t length() const { return blocks_.length(); }
    Recent& recent() { return blocks_.recent(); }  ///< as they came
    void begin() {
        blocks_.begin();
        waiting_ = 0;
        known_ = false;
    }
    template <class Use>
    void add(std::span<const float> piece, Use use) {
        blocks_.add(piece, [&](std::span<const float> block) { give(block, use); });
    }
    /// Gives what is left: less than a block, or nothing. begin() is to follow.
    template <class Use>
    void finish(Use use) {
        const auto rest = blocks_.rest();
        if (waiting_ > 0) {
            find_first(rest);
            give_waiting(use);
            known_ = true;
        }
        if (!known_) find_first(rest), known_ = true;  // a stretch without any number is filled by 0
        give(rest, use);
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
        const std::vector<float> raw(length(), std::numeric_limits<float>::quiet_NaN()), filled(length(), last_);
        for (; waiting_ > 0; --waiting_) use(std::span<const float>(raw), std::span<const float>(filled));
    }

    Blocks blocks_;
    std::vector<float> filled_;
    std::size_t waiting_ = 0;  // blocks before the first number
    bool known_ = false;       // ... which has come
    float last_ = 0;
};

}  // namespace psg::signal
