// Power density by Welch's method.
// SPDX-License-Identifier: BSD-3-Clause
#include "libpsg/signal/spectrum.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstring>
#include <limits>
#include <numeric>

#include "libpsg/model/error.hpp"
#include "libpsg/model/wide.hpp"
#include "libpsg/signal/dot.hpp"
#include "libpsg/signal/window.hpp"
#include "libpsg/signal/window_fft.hpp"

namespace psg::signal {

namespace {

double median_bias(std::size_t n) {
    double bias = 1;
    for (std::size_t i = 1; 2 * i < n; ++i)
        bias += 1 / static_cast<double>(2 * i + 1) - 1 / static_cast<double>(2 * i);
    return bias;
}

// The median of each column of `count` rows, which are reordered: the greatest bubbles down until the middle is reached,
// in all columns side by side. There is an even number of columns.
std::vector<double> medians_of_columns(std::span<double> rows, std::size_t count) {
    typedef double Two __attribute__((vector_size(16)));
    const std::size_t columns = rows.size() / count, middle = count / 2;
    for (std::size_t last = count; last-- > middle - (count % 2 == 0 ? 1 : 0);)
        for (std::size_t r = 0; r < last; ++r) {
            double* const above = &rows[r * columns];
            double* const below = above + columns;
            for (std::size_t k = 0; k < columns; k += 2) {
                Two a, b;
                std::memcpy(&a, above + k, sizeof a);
                std::memcpy(&b, below + k, sizeof b);
                const Two least = b < a ? b : a, greatest = b < a ? a : b;
                std::memcpy(above + k, &least, sizeof least);
                std::memcpy(below + k, &greatest, sizeof greatest);
            }
        }
    std::vector<double> medians(columns);
    for (std::size_t k = 0; k < columns; ++k)
        medians[k] = count % 2 != 0 ? rows[middle * columns + k]
                                    : (rows[(middle - 1) * columns + k] + rows[middle * columns + k]) / 2;
    return medians;
}

}  // namespace

namespace {

// Adds the power of each of so many windows of WindowFft's length, in their order, and its square; taper(number) gives the samples.
template <class Taper>
void add_windows(std::size_t windows, const Taper& taper, std::vector<double>& sum, std::vector<double>& squares) {
    WindowFft fft;
    for (std::size_t first = 0; first < windows; first += WindowFft::lanes) {
        const std::size_t count = std::min(WindowFft::lanes, windows - first);
        if (count < WindowFft::lanes) fft.samples = {};
        for (std::size_t lane = 0; lane < count; ++lane) {
            const std::span<const float> x = taper(first + lane);
            for (std::size_t n = 0; n < x.size(); ++n) fft.samples[n][lane] = x[n];
        }
        fft.forward();
        wide([&fft, powers = sum.data(), of_squares = squares.data()] {
            for (std::size_t k = 0; k < WindowFft::bins; ++k) {
                std::array<double, WindowFft::lanes> power;
                for (std::size_t lane = 0; lane < WindowFft::lanes; ++lane) {
                    const double real = fft.real[k][lane], imaginary = fft.imaginary[k][lane];
                    power[lane] = real * real + imaginary * imaginary;
                }
                for (const double p : power) {
                    powers[k] += p;
                    of_squares[k] += p * p;
                }
            }
        });
    }
}

}  // namespace

Welch::Welch(std::size_t length, double rate_hz, Taper taper, Average average)
    : power_(length),
      rate_hz_(rate_hz),
      window_(taper == Taper::hann ? hann(length) : hamming(length)),
      tapered_(length),
      average_(average) {
    if (!(rate_hz > 0)) throw UsageError("a sampling rate must be positive");
    const double energy = std::inner_product(window_.begin(), window_.end(), window_.begin(), 0.0);
    scale_ = 1 / (rate_hz * energy);
}

void Welch::taper(std::span<const float> window) {
    const std::size_t length = power_.length();
    const double mean = lane_sum(length, [&](auto at) { return at(window.data()); }) / static_cast<double>(length);
    wide([x = window.data(), by = window_.data(), to = tapered_.data(), length, mean] {
        for (std::size_t n = 0; n < length; ++n) to[n] = static_cast<float>((x[n] - mean) * by[n]);
    });
}

void Welch::add_periodogram(std::vector<double>& sum) {
    power_.transform(tapered_);
    for (std::size_t k = 0; k < sum.size(); ++k) sum[k] += power_.at<double>(k);
    if (squares_ != nullptr)
        for (std::size_t k = 0; k < sum.size(); ++k) {
            const auto power = power_.at<double>(k);
            (*squares_)[k] += power * power;
        }
}

std::vector<double> Welch::density_without_bursts(std::span<const float> samples, double most, std::vector<double>& unevenness) {
    unevenness.assign(bins(), 0);
    squares_ = &unevenness;
    const std::vector<double> density = density_without_bursts(samples, most);
    squares_ = nullptr;
    const auto windows = static_cast<double>((samples.size() - power_.length()) / (power_.length() / 2) + 1 - left_out_);
    for (std::size_t k = 0; k < bins(); ++k) {
        const bool both_sides = k > 0 && k + 1 < bins();
        const double mean = density[k] / ((both_sides ? 2 : 1) * scale_);
        unevenness[k] = mean > 0 ? std::max(unevenness[k] / windows / (mean * mean) - 1, 0.0) : 1;
    }
    return density;
}

std::vector<double> Welch::density(std::span<const float> samples) {
    return density_without_bursts(samples, std::numeric_limits<double>::infinity());
}

std::vector<double> Welch::density_without_bursts(std::span<const float> samples, double most) {
    const std::size_t length = power_.length();
    if (samples.size() < length) throw UsageError("fewer samples than one window of the spectrum");
    std::vector<double> sum(bins());
    std::size_t windows = 0;
    left_out_ = 0;
    periodograms_.clear();
    energies_.clear();
    if (squares_ != nullptr && length == WindowFft::length && average_ == Average::mean) {
        windows = (samples.size() - length) / (length / 2) + 1;
        const auto tapered = [&](std::size_t w) {
            taper(samples.subspan(w * length / 2, length));
            energies_.push_back(dot(tapered_, tapered_));
            return std::span<const float>(tapered_);
        };
        add_windows(windows, tapered, sum, *squares_);
    }
    for (std::size_t first = windows * length / 2; first + length <= samples.size(); first += length / 2, ++windows) {
        taper(samples.subspan(first, length));
        if (std::isfinite(most)) energies_.push_back(dot(tapered_, tapered_));
        add_periodogram(sum);
        if (average_ == Average::median) {
            periodograms_.insert(periodograms_.end(), sum.begin(), sum.end());
            periodograms_.resize(periodograms_.size() + sum.size() % 2);
            std::fill(sum.begin(), sum.end(), 0.0);
        }
    }
    if (average_ == Average::median) {
        sum = medians_of_columns(periodograms_, windows);
        sum.resize(bins());
        for (double& median : sum) median *= static_cast<double>(windows) / median_bias(windows);
    }
    if (std::isfinite(most)) {
        std::vector<float> sorted = energies_;
        std::nth_element(sorted.begin(), sorted.begin() + static_cast<std::ptrdiff_t>(windows / 2), sorted.end());
        const auto burst = [&](std::size_t w) { return energies_[w] > most * sorted[windows / 2]; };
        const auto near_burst = [&](std::size_t w) { return burst(w) || (w > 0 && burst(w - 1)) || (w + 1 < windows && burst(w + 1)); };
        std::vector<std::size_t> kept;
        for (std::size_t w = 0; w < windows; ++w)
            if (!near_burst(w)) kept.push_back(w);
        for (std::size_t w = 0; kept.empty() && w < windows; ++w)
            if (!burst(w)) kept.push_back(w);
        left_out_ = windows - kept.size();
        if (left_out_ > 0) {  // rare: all again, since a difference would keep the rounding errors of the bursts
            std::fill(sum.begin(), sum.end(), 0.0);
            if (squares_ != nullptr) std::fill(squares_->begin(), squares_->end(), 0.0);
            for (const std::size_t w : kept) {
                taper(samples.subspan(w * length / 2, length));
                add_periodogram(sum);
            }
            windows = kept.size();
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
    for (auto k = static_cast<std::size_t>(std::max(low_hz / bin_hz, 0.0)); k < density.size(); ++k) {
        const double hz = static_cast<double>(k) * bin_hz;
        if (hz < low_hz) continue;
        if (hz > high_hz) break;
        sum += density[k];
        ++count;
    }
    return count > 0 ? sum / static_cast<double>(count) : std::numeric_limits<double>::quiet_NaN();
}

}  // namespace psg::signal
