// Power density by Welch's method.
// SPDX-License-Identifier: BSD-3-Clause
#include "libpsg/signal/spectrum.hpp"

#include <algorithm>
#include <limits>
#include <numeric>

#include "libpsg/model/error.hpp"
#include "libpsg/signal/window.hpp"

namespace psg::signal {

namespace {

double median_bias(std::size_t n) {
    double bias = 1;
    for (std::size_t i = 1; 2 * i < n; ++i)
        bias += 1 / static_cast<double>(2 * i + 1) - 1 / static_cast<double>(2 * i);
    return bias;
}

// Reorders the values.
double median_of(std::span<double> values) {
    const auto middle = values.begin() + static_cast<std::ptrdiff_t>(values.size() / 2);
    std::nth_element(values.begin(), middle, values.end());
    if (values.size() % 2 != 0) return *middle;
    return (*std::max_element(values.begin(), middle) + *middle) / 2;
}

}  // namespace

Welch::Welch(std::size_t length, double rate_hz, Taper taper, Average average)
    : fft_(length),
      rate_hz_(rate_hz),
      window_(taper == Taper::hann ? hann(length) : hamming(length)),
      tapered_(length),
      spectrum_(fft_.bins()),
      average_(average) {
    if (!(rate_hz > 0)) throw UsageError("a sampling rate must be positive");
    const double energy = std::inner_product(window_.begin(), window_.end(), window_.begin(), 0.0);
    scale_ = 1 / (rate_hz * energy);
}

std::vector<double> Welch::density(std::span<const float> samples) {
    const std::size_t length = fft_.length();
    if (samples.size() < length) throw UsageError("fewer samples than one window of the spectrum");
    std::vector<double> sum(bins());
    std::size_t windows = 0;
    periodograms_.clear();
    for (std::size_t first = 0; first + length <= samples.size(); first += length / 2, ++windows) {
        const auto part = samples.subspan(first, length);
        const double mean = std::accumulate(part.begin(), part.end(), 0.0) / static_cast<double>(length);
        for (std::size_t n = 0; n < length; ++n) tapered_[n] = static_cast<float>((part[n] - mean) * window_[n]);
        fft_.forward(tapered_, spectrum_);
        for (std::size_t k = 0; k < sum.size(); ++k) {
            const std::complex<double> value(spectrum_[k]);
            sum[k] += std::norm(value);
        }
        if (average_ == Average::median) {
            periodograms_.insert(periodograms_.end(), sum.begin(), sum.end());
            std::fill(sum.begin(), sum.end(), 0.0);
        }
    }
    if (average_ == Average::median) {
        std::vector<double> column(windows);
        const double scale = static_cast<double>(windows) / median_bias(windows);
        for (std::size_t k = 0; k < sum.size(); ++k) {
            for (std::size_t w = 0; w < windows; ++w) column[w] = periodograms_[w * sum.size() + k];
            sum[k] = scale * median_of(column);
        }
    }
    for (std::size_t k = 0; k < sum.size(); ++k) {
        const bool both_sides = k > 0 && k + 1 < sum.size();  // the negative frequency is folded in
        sum[k] *= (both_sides ? 2 : 1) * scale_ / static_cast<double>(windows);
    }
    return sum;
}

double mean_density(std::span<const double> density, double bin_hz, double low_hz, double high_hz) {
    double sum = 0;
    std::size_t count = 0;
    for (std::size_t k = 0; k < density.size(); ++k) {
        const double hz = static_cast<double>(k) * bin_hz;
        if (hz < low_hz || hz > high_hz) continue;
        sum += density[k];
        ++count;
    }
    return count > 0 ? sum / static_cast<double>(count) : std::numeric_limits<double>::quiet_NaN();
}

}  // namespace psg::signal
