// Moving means: a running sum, started afresh once per window so that nothing drifts over a night.
// SPDX-License-Identifier: BSD-3-Clause
#include "libpsg/signal/envelope.hpp"

#include <algorithm>
#include <cmath>

namespace psg::signal {

namespace {

// Starting afresh costs O(1) per sample and keeps a huge artefact from leaving a rounding residue.
template <class Value, class Finish>
std::vector<float> moving(std::span<const float> samples, std::size_t before, std::size_t after, Value value,
                          Finish finish) {
    const std::size_t n = samples.size();
    std::vector<float> result(n);
    double sum = 0;
    std::size_t begin = 0, end = 0, fresh = 0;
    for (std::size_t i = 0; i < n; ++i) {
        const std::size_t new_begin = i > before ? i - before : 0;
        const std::size_t new_end = after < n - i ? i + after + 1 : n;
        if (i == fresh) {
            sum = 0;
            for (std::size_t j = new_begin; j < new_end; ++j) sum += value(samples[j]);
            fresh = i + before + after + 1;
        } else {
            if (new_end > end) sum += value(samples[end]);
            if (new_begin > begin) sum -= value(samples[begin]);
        }
        begin = new_begin;
        end = new_end;
        result[i] = finish(sum / static_cast<double>(end - begin));
    }
    return result;
}

}  // namespace

std::vector<float> moving_mean(std::span<const float> samples, std::size_t before, std::size_t after) {
    return moving(
        samples, before, after, [](float x) { return static_cast<double>(x); },
        [](double mean) { return static_cast<float>(mean); });
}

std::vector<float> moving_mean_rectified(std::span<const float> samples, std::size_t before, std::size_t after) {
    return moving(
        samples, before, after, [](float x) { return static_cast<double>(std::fabs(x)); },
        [](double mean) { return static_cast<float>(mean); });
}

std::vector<float> moving_rms(std::span<const float> samples, std::size_t before, std::size_t after) {
    return moving(
        samples, before, after, [](float x) { return static_cast<double>(x) * static_cast<double>(x); },
        [](double mean) { return static_cast<float>(std::sqrt(std::max(mean, 0.0))); });
}

}  // namespace psg::signal
