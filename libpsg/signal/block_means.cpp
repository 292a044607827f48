// Means of blocks: short ones by loops of a fixed length, long ones several samples at a time.
// SPDX-License-Identifier: BSD-3-Clause
#include "libpsg/signal/block_means.hpp"

#include "libpsg/signal/dot.hpp"

namespace psg::signal {

namespace {

template <std::size_t length>
void short_means(const float* x, std::span<float> means) {
    for (float& mean : means) {
        float sum = x[0];
        for (std::size_t i = 1; i < length; ++i) sum += x[i];
        mean = sum / static_cast<float>(length);
        x += length;
    }
}

void long_means(const float* x, std::size_t length, std::span<float> means) {
    for (float& mean : means) {
        EightSums sums;
        std::size_t i = 0;
        for (; i + EightSums::lanes <= length; i += EightSums::lanes) sums.add(four_at(x + i), four_at(x + i + 4));
        float sum = sums.total();
        for (; i < length; ++i) sum += x[i];
        mean = sum / static_cast<float>(length);
        x += length;
    }
}

void means_of(const float* x, std::size_t length, std::span<float> means) {
    switch (length) {
        case 1: return short_means<1>(x, means);
        case 2: return short_means<2>(x, means);
        case 3: return short_means<3>(x, means);
        case 4: return short_means<4>(x, means);
        case 5: return short_means<5>(x, means);
        case 6: return short_means<6>(x, means);
        case 7: return short_means<7>(x, means);
        default: return long_means(x, length, means);
    }
}

}  // namespace

std::span<const float> BlockMeans::add(std::span<const float> samples) {
    means_.clear();
    blocks_.add(samples, [this](std::span<const float> whole) {
        const std::size_t known = means_.size();
        means_.resize(known + whole.size() / blocks_.length());
        means_of(whole.data(), blocks_.length(), std::span(means_).subspan(known));
    });
    return means_;
}

}  // namespace psg::signal
