// Means of blocks: sums of eight short ones side by side, of long ones several samples at a time; then all are divided together.
// SPDX-License-Identifier: BSD-3-Clause
#include "libpsg/signal/block_means.hpp"

#include <cstring>

#include "libpsg/model/wide.hpp"
#include "libpsg/signal/columns.hpp"
#include "libpsg/signal/dot.hpp"

namespace psg::signal {

namespace {

template <std::size_t length>
void short_sums(const float* x, std::span<float> sums) {
    wide([x, out = sums.data(), count = sums.size()] {
        std::size_t k = 0;
        for (; k + 8 <= count; k += 8) {
            Eight eight;
            sum_eight<length>(x + k * length, eight, [](Eight&) {});
            std::memcpy(out + k, &eight, sizeof eight);
        }
        for (; k < count; ++k) {
            out[k] = x[k * length];
            for (std::size_t i = 1; i < length; ++i) out[k] += x[k * length + i];
        }
    });
}

template <std::size_t bytes>
void long_sums(const float* x, std::size_t length, std::span<float> sums) {
    typedef float Vector __attribute__((vector_size(bytes)));
    constexpr std::size_t lanes = EightSums::lanes, each = bytes / sizeof(float), vectors = lanes / each;
    for (float& to : sums) {
        Vector parts[vectors] = {}, v;
        std::size_t i = 0;
        for (; i + lanes <= length; i += lanes)
            for (std::size_t k = 0; k < vectors; ++k) {
                std::memcpy(&v, x + i + k * each, sizeof v);
                parts[k] += v;
            }
        float sum = total_of_eight(parts);
        for (; i < length; ++i) sum += x[i];
        to = sum;
        x += length;
    }
}

}  // namespace

void block_sums(std::span<const float> samples, std::size_t length, std::span<float> sums) {
    const float* const x = samples.data();
    switch (length) {
        case 1: return short_sums<1>(x, sums);
        case 2: return short_sums<2>(x, sums);
        case 3: return short_sums<3>(x, sums);
        case 4: return short_sums<4>(x, sums);
        case 5: return short_sums<5>(x, sums);
        case 6: return short_sums<6>(x, sums);
        case 7: return short_sums<7>(x, sums);
        default: return wide_by([=](auto bytes) { long_sums<bytes()>(x, length, sums); });
    }
}

std::span<const float> BlockMeans::add(std::span<const float> samples) {
    means_.clear();
    blocks_.add(samples, [this](std::span<const float> whole) {
        const std::size_t known = means_.size();
        means_.resize(known + whole.size() / blocks_.length());
        const auto means = std::span(means_).subspan(known);
        block_sums(whole, blocks_.length(), means);
        wide([means, length = static_cast<float>(blocks_.length())] {  // a division takes as long as the sum of a short block
            for (float& mean : means) mean /= length;
        });
    });
    return means_;
}

}  // namespace psg::signal
