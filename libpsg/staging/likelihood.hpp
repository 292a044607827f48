// How likely the measures of a night are under each stage, many epochs at a time.
// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <algorithm>
#include <cstring>
#include <utility>
#include <vector>

#include "libpsg/model/wide.hpp"
#include "libpsg/staging/adaptation.hpp"

namespace psg::staging {

/// The epochs that a channel has: by measures, so that loops run over epochs, and by epochs, so that loops run over measures.
template <std::size_t N>
class MeasureRows {
public:
    static constexpr std::size_t lanes = 8;                  ///< epochs at a time: rows are whole ones of them
    static constexpr std::size_t padded = (N + 3) / 4 * 4;  ///< measures of an epoch

    explicit MeasureRows(const SeriesOf<N>& series) {
        for (std::size_t t = 0; t < series.size(); ++t)
            if (series[t]) at_.push_back(t);
        length_ = (at_.size() + lanes - 1) / lanes * lanes;
        by_measure_.resize(N * length_);
        by_epoch_.resize(padded * at_.size());
        for (std::size_t k = 0; k < at_.size(); ++k)
            for (std::size_t i = 0; i < N; ++i) by_measure_[i * length_ + k] = by_epoch_[k * padded + i] = (*series[at_[k]])[i];
    }
    std::size_t epochs() const { return at_.size(); }
    std::size_t at(std::size_t k) const { return at_[k]; }  ///< which epoch of the recording it is
    const double* operator[](std::size_t measure) const { return by_measure_.data() + measure * length_; }
    const double* epoch(std::size_t k) const { return by_epoch_.data() + k * padded; }

private:
    std::size_t length_;
    std::vector<std::size_t> at_;
    std::vector<double> by_measure_, by_epoch_;
};

/// Of the epochs weighed by the probability of a stage: the sum of weights, and of deviations from a mean.
template <std::size_t N>
std::pair<double, Vector<N>> weighed_deviations(const MeasureRows<N>& x, const double* weight, const Vector<N>& mean) {
    constexpr std::size_t padded = MeasureRows<N>::padded;
    std::array<double, padded> from{}, sums{};
    std::copy(mean.begin(), mean.end(), from.begin());
    double count = 0;
    wide([&] {
        std::array<double, padded> sum{};
        double weights = 0;
        for (std::size_t k = 0; k < x.epochs(); ++k) {
            const double w = weight[x.at(k)];
            const double* const epoch = x.epoch(k);
            weights += w;
            for (std::size_t i = 0; i < padded; ++i) sum[i] += w * (epoch[i] - from[i]);
        }
        sums = sum;
        count = weights;
    });
    Vector<N> deviations;
    std::copy_n(sums.begin(), N, deviations.begin());
    return {count, deviations};
}

/// Stage probabilities of an epoch under Gaussians around `mean`.
template <std::size_t N>
class Likelihood {
public:
    Likelihood(const ShapesOf<N>& shapes, const Matrix<N>* extra_covariance) {
        for (std::size_t s = 0; s < 5; ++s) {
            Matrix<N> covariance = shapes.covariance[s];
            if (extra_covariance != nullptr) add_scaled<N>(covariance, 1, *extra_covariance);
            const Inverse<N> inverted = inverse<N>(covariance);
            precision_[s] = inverted.matrix;
            constant_[s] = -0.5 * inverted.log_determinant;
            for (std::size_t i = 0; i < N; ++i)
                for (std::size_t j = i; j < N; ++j) half_[s][i][j] = i == j ? precision_[s][i][i] : precision_[s][i][j] + precision_[s][j][i];
        }
    }

    const Matrix<N>& precision(std::size_t stage) const { return precision_[stage]; }

    /// Adds to each row the log likelihood of its stage in each epoch.
    void add(StageRows& log_p, const MeasureRows<N>& x, const std::array<Vector<N>, 5>& mean) const {
        for (std::size_t s = 0; s < 5; ++s)
            wide_by([&, row = log_p[s]](auto bytes) { add_to<bytes()>(row, s, x, mean[s]); });
    }

private:
    // Some epochs at a time: dot(d, product(precision, d)), of whose symmetric terms one half is enough.
    template <std::size_t bytes>
    void add_to(double* log_p, std::size_t stage, const MeasureRows<N>& x, const Vector<N>& mean) const {
        typedef double Epochs __attribute__((vector_size(bytes)));
        constexpr std::size_t each = bytes / sizeof(double), vectors = MeasureRows<N>::lanes / each;
        for (std::size_t t = 0; t < x.epochs(); t += MeasureRows<N>::lanes) {
            Epochs d[N][vectors], sum[vectors] = {};
            for (std::size_t i = 0; i < N; ++i)
                for (std::size_t v = 0; v < vectors; ++v) {
                    Epochs at;  // copied to d[i][v] itself it would be read before it is written
                    std::memcpy(&at, x[i] + t + v * each, sizeof at);
                    d[i][v] = at - mean[i];
                }
            for (std::size_t i = 0; i < N; ++i) {
                Epochs y[vectors] = {};
                for (std::size_t j = i; j < N; ++j)
                    for (std::size_t v = 0; v < vectors; ++v) y[v] += half_[stage][i][j] * d[j][v];
                for (std::size_t v = 0; v < vectors; ++v) sum[v] += d[i][v] * y[v];
            }
            for (std::size_t v = 0; v < vectors; ++v) {
                const Epochs log_of = constant_[stage] - 0.5 * sum[v];
                double of_epochs[each];
                std::memcpy(of_epochs, &log_of, sizeof of_epochs);
                for (std::size_t k = 0; k < each && t + v * each + k < x.epochs(); ++k) log_p[x.at(t + v * each + k)] += of_epochs[k];
            }
        }
    }

    std::array<Matrix<N>, 5> precision_, half_;  // the other half is that of the mirror
    std::array<double, 5> constant_{};
};

}  // namespace psg::staging
