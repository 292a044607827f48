// Means of blocks of samples that come in pieces of any length.
// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <cstddef>
#include <span>
#include <vector>

namespace psg::signal {

/// Whole blocks of one length out of pieces: use(samples) gets one block or several in a row, however the pieces are cut.
class WholeBlocks {
public:
    explicit WholeBlocks(std::size_t length) : length_(length) {}

    std::size_t length() const { return length_; }
    void begin() { rest_.clear(); }
    template <class Use>
    void add(std::span<const float> piece, Use use) {
        if (!rest_.empty()) {
            const auto part = piece.first(piece.size() < length_ - rest_.size() ? piece.size() : length_ - rest_.size());
            rest_.insert(rest_.end(), part.begin(), part.end());
            piece = piece.subspan(part.size());
            if (rest_.size() < length_) return;
            use(std::span<const float>(rest_));
            rest_.clear();
        }
        const auto whole = piece.first(piece.size() / length_ * length_);
        if (!whole.empty()) use(whole);
        const auto rest = piece.subspan(whole.size());
        rest_.assign(rest.begin(), rest.end());
    }

private:
    std::size_t length_;
    std::vector<float> rest_;  // less than a block
};

/// Sums of blocks of `length` samples, one after the other, in single precision.
void block_sums(std::span<const float> samples, std::size_t length, std::span<float> sums);

/// Means of blocks of `length` samples, made in single precision; a block that has not ended gives none.
class BlockMeans {
public:
    explicit BlockMeans(std::size_t length) : blocks_(length) {}
    void begin() { blocks_.begin(); }
    /// The means that are known by these samples. Valid until the next call.
    std::span<const float> add(std::span<const float> samples);

private:
    WholeBlocks blocks_;
    std::vector<float> means_;
};

}  // namespace psg::signal
