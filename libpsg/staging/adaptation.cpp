// The offset of a night's spectrum: a Gaussian mixture with one shift for all epochs, by expectation-maximisation.
// SPDX-License-Identifier: BSD-3-Clause
#include "libpsg/staging/adaptation.hpp"

#include <algorithm>
#include <cmath>
#include <string>
#include <tuple>

#include "libpsg/model/error.hpp"
#include "libpsg/staging/likelihood.hpp"

namespace psg::staging {

namespace {

constexpr int offset_steps = 12;
constexpr int mean_steps = 8;
constexpr double gain_sd = 2;               // of log power: a factor of 2.7 in amplitude
constexpr double common_gain = 0.9;         // correlation of the gains of a pair: one amplifier
constexpr double channel_redundancy = 0.5;  // K channels of one head are worth sqrt(K), not K
constexpr int fit_steps = 8;
constexpr std::array<double, 9> firmnesses{2, 3, 5, 7, 10, 15, 20, 30, 50};
// Of every measure within a stage (proposed): measures are nearly functions of each other, and what is smaller in some
// combination of them than a third of a stage's usual SD differs between people, not between stages. Of people left out
// the stages that the adaptation alone finds have kappa 0.727, 0.726 and 0.764 (Fpz-Cz, Pz-Oz, pair) with 1e-4, 0.748,
// 0.740 and 0.784 with 0.02 (0.03 ties).
constexpr double least_variance = 0.02;
// Neighbours are alike, and so are measures: an epoch's evidence on its stage counts for less than it would if it were
// independent (0.5 and 1 tie for one channel; a pair has twice the measures).
template <std::size_t N>
constexpr double evidence_power = N == measure_count ? 0.5 : 0.25;

// Posterior of an offset: `deviations[s]` sums (x - mean) of the epochs of stage s, `counts[s]` counts them.
template <std::size_t N>
struct OffsetPosterior {
    Vector<N> mean;
    Matrix<N> covariance;
};
template <std::size_t N>
OffsetPosterior<N> offset_posterior(const Likelihood<N>& likelihood, const Matrix<N>& prior_precision,
                                    const std::array<double, 5>& counts, const std::array<Vector<N>, 5>& deviations) {
    Matrix<N> precision = prior_precision;
    Vector<N> pull{};
    for (std::size_t s = 0; s < 5; ++s) {
        add_scaled<N>(precision, evidence_per_epoch * counts[s], likelihood.precision(s));
        add_scaled<N>(pull, evidence_per_epoch, product<N>(likelihood.precision(s), deviations[s]));
    }
    const Matrix<N> covariance = inverse<N>(precision).matrix;
    return {product<N>(covariance, pull), covariance};
}

// Sums of products leave the two triangles of a symmetric matrix different in the last bit.
template <std::size_t N>
void mirror(Matrix<N>& matrix) {
    for (std::size_t i = 0; i < N; ++i)
        for (std::size_t j = 0; j < i; ++j) matrix[i][j] = matrix[j][i];
}

// The stage means of a night lie around the population's, without its offset, as far as their noise and the firmness tell:
// covariance / firmness + covariance / weighed epochs. The firmness under which the nights are the most likely.
template <std::size_t N>
void fit_firmness(ShapesOf<N>& shapes, const std::vector<Vector<N>>& offsets,
                  const std::vector<std::array<double, 5>>& counts,
                  const std::vector<std::array<Vector<N>, 5>>& deviations) {
    const Likelihood<N> likelihood(shapes, nullptr);
    for (std::size_t s = 0; s < 5; ++s) {
        double highest = 0;
        for (double firmness : firmnesses) {
            double log_p = 0;
            for (std::size_t k = 0; k < offsets.size(); ++k) {
                if (!(counts[k][s] > 0)) continue;
                Vector<N> d = deviations[k][s];
                for (std::size_t i = 0; i < N; ++i) d[i] = d[i] / counts[k][s] - offsets[k][i];
                const double variance = 1 / firmness + 1 / (evidence_per_epoch * counts[k][s]);
                const double distance = dot<N>(d, product<N>(likelihood.precision(s), d));
                log_p -= (distance / variance + N * portable::log(variance)) / 2;
            }
            if (firmness != firmnesses[0] && !(log_p > highest)) continue;
            highest = log_p;
            shapes.firmness[s] = firmness;
        }
    }
}

}  // namespace

MeasureSeries log_measures(const ChannelFeatures& channel) {
    MeasureSeries series;
    series.reserve(channel.epochs.size());
    for (const EpochFeatures& f : channel.epochs) {
        if (f.obstacle != Obstacle::none) {
            series.push_back(std::nullopt);
            continue;
        }
        const double delta = 3.5 * f.delta, theta = 4 * f.theta, alpha = 5 * f.alpha, beta = 17 * f.beta;  // uV^2
        const double total = delta + theta + alpha + beta;
        using portable::log;
        series.push_back(Measures{log(total), log(delta / (theta + alpha + beta)), log(theta / total),
                                  log(alpha / total), log(beta / total), log(20 * f.gamma / total), log(f.mobility)});
    }
    return series;
}

SeriesOf<pair_count> paired(const MeasureSeries& frontal, const MeasureSeries& posterior) {
    SeriesOf<pair_count> series(frontal.size());
    for (std::size_t t = 0; t < series.size(); ++t) {
        if (!frontal[t] || !posterior[t]) continue;
        series[t].emplace();
        std::copy(frontal[t]->begin(), frontal[t]->end(), series[t]->begin());
        std::copy(posterior[t]->begin(), posterior[t]->end(), series[t]->begin() + measure_count);
    }
    return series;
}

template <std::size_t N>
Adaptation<N> adapt(const ShapesOf<N>& shapes, std::span<const std::type_identity_t<SeriesOf<N>>> channels) {
    const std::size_t epochs = channels.empty() ? 0 : channels[0].size();
    const Likelihood<N> likelihood(shapes, nullptr);
    const Likelihood<N> first(shapes, &shapes.offset_covariance);
    const Matrix<N> prior_precision = inverse<N>(shapes.offset_covariance).matrix;

    std::vector<MeasureRows<N>> rows;
    std::vector<int> present(epochs);
    for (const SeriesOf<N>& channel : channels) {
        rows.emplace_back(channel);
        for (std::size_t k = 0; k < rows.back().epochs(); ++k) ++present[rows.back().at(k)];
    }
    std::vector<double> power;  // of an epoch's evidence
    for (const int n : present) power.push_back(n > 0 ? evidence_power<N> * portable::pow(n, -channel_redundancy) : 0);

    Adaptation<N> result;
    result.offsets.resize(channels.size());
    std::vector<std::array<Vector<N>, 5>> means(channels.size(), shapes.mean);
    StageRows posterior(epochs);
    const auto guess_stages = [&](const Likelihood<N>& by) {
        for (std::size_t s = 0; s < 5; ++s) std::fill_n(posterior[s], epochs, 0.0);
        for (std::size_t c = 0; c < channels.size(); ++c) by.add(posterior, rows[c], means[c]);
        for (std::size_t s = 0; s < 5; ++s)
            for (std::size_t t = 0; t < epochs; ++t) posterior[s][t] *= power[t];
        make_posteriors(posterior, shapes.transitions);
    };
    guess_stages(first);
    for (int step = 0; step < offset_steps + mean_steps; ++step) {
        for (std::size_t c = 0; c < channels.size(); ++c) {
            std::array<double, 5> counts{};
            std::array<Vector<N>, 5> deviations{};  // from the population's stage mean
            for (std::size_t s = 0; s < 5; ++s)
                std::tie(counts[s], deviations[s]) = weighed_deviations<N>(rows[c], posterior[s], shapes.mean[s]);
            if (step < offset_steps)
                result.offsets[c] = offset_posterior<N>(likelihood, prior_precision, counts, deviations).mean;
            for (std::size_t s = 0; s < 5; ++s) {
                means[c][s] = shapes.mean[s];
                add_scaled<N>(means[c][s], 1, result.offsets[c]);
                if (step < offset_steps) continue;
                const double trust = evidence_per_epoch / (shapes.firmness[s] + evidence_per_epoch * counts[s]);
                add_scaled<N>(deviations[s], -counts[s], result.offsets[c]);
                add_scaled<N>(means[c][s], trust, deviations[s]);
            }
        }
        guess_stages(likelihood);
    }
    result.posterior.resize(epochs);
    for (std::size_t t = 0; t < epochs; ++t)
        if (present[t] > 0) result.posterior[t] = {posterior[0][t], posterior[1][t], posterior[2][t], posterior[3][t], posterior[4][t]};
    return result;
}

template <std::size_t N>
ShapesOf<N> fit_shapes(const std::vector<SeriesOf<N>>& nights, const std::vector<std::vector<Stage>>& stages) {
    ShapesOf<N> shapes;
    std::vector<Vector<N>> offsets(nights.size(), Vector<N>{});
    std::vector<std::array<double, 5>> counts;         // of each night: epochs of each stage,
    std::vector<std::array<Vector<N>, 5>> deviations;  // and the sum of their deviations from its mean
    for (std::size_t i = 0; i < N; ++i) shapes.offset_covariance[i][i] = 0.1;

    const auto each_epoch = [&](auto&& visit) {
        for (std::size_t k = 0; k < nights.size(); ++k)
            for (std::size_t t = 0; t < nights[k].size(); ++t)
                if (nights[k][t] && stages[k][t] != Stage::unknown)
                    visit(k, static_cast<std::size_t>(stages[k][t]), *nights[k][t]);
    };
    std::array<double, 5> totals{};
    each_epoch([&](std::size_t, std::size_t s, const Vector<N>&) { ++totals[s]; });
    for (std::size_t s = 0; s < 5; ++s) {
        if (totals[s] < static_cast<double>(N + 1))  // for a covariance of full rank
            throw DataError(
                "training data",
                "fewer than " + std::to_string(N + 1) + " epochs of stage " + std::string(stage_name(scored_stages[s])),
                "add scored nights");
    }
    shapes.transitions = count_transitions(stages);

    for (int step = 0; step < fit_steps; ++step) {
        shapes.mean = {};
        shapes.covariance = {};
        each_epoch([&](std::size_t k, std::size_t s, const Vector<N>& x) {
            add_scaled<N>(shapes.mean[s], 1 / totals[s], difference<N>(x, offsets[k]));
        });
        each_epoch([&](std::size_t k, std::size_t s, const Vector<N>& x) {
            add_outer<N>(shapes.covariance[s], 1 / totals[s],
                         difference<N>(difference<N>(x, offsets[k]), shapes.mean[s]));
        });
        for (Matrix<N>& covariance : shapes.covariance)
            for (std::size_t i = 0; i < N; ++i) covariance[i][i] += least_variance;

        const Likelihood<N> likelihood(shapes, nullptr);
        const Matrix<N> prior_precision = inverse<N>(shapes.offset_covariance).matrix;
        counts.assign(nights.size(), {});
        deviations.assign(nights.size(), {});
        each_epoch([&](std::size_t k, std::size_t s, const Vector<N>& x) {
            ++counts[k][s];
            add_scaled<N>(deviations[k][s], 1, difference<N>(x, shapes.mean[s]));
        });
        const double share = 1 / static_cast<double>(nights.size());
        Vector<N> centre{};
        shapes.offset_covariance = {};
        for (std::size_t k = 0; k < nights.size(); ++k) {
            const OffsetPosterior<N> posterior =
                offset_posterior<N>(likelihood, prior_precision, counts[k], deviations[k]);
            offsets[k] = posterior.mean;
            add_scaled<N>(centre, share, posterior.mean);
            add_scaled<N>(shapes.offset_covariance, share, posterior.covariance);
        }
        for (Vector<N>& offset : offsets) {
            offset = difference<N>(offset, centre);
            add_outer<N>(shapes.offset_covariance, share, offset);
        }
    }
    fit_firmness<N>(shapes, offsets, counts, deviations);
    for (std::size_t a = gain_measure; a < N; a += measure_count) {  // an unknown gain
        if (N == measure_count)                                      // independent of the rest
            for (std::size_t i = 0; i < N; ++i) shapes.offset_covariance[a][i] = shapes.offset_covariance[i][a] = 0;
        for (std::size_t b = gain_measure; b < N; b += measure_count)
            shapes.offset_covariance[a][b] += gain_sd * gain_sd * (a == b ? 1 : common_gain);
    }
    mirror<N>(shapes.offset_covariance);
    for (Matrix<N>& covariance : shapes.covariance) mirror<N>(covariance);
    return shapes;
}

template Adaptation<measure_count> adapt<measure_count>(const StageShapes&, std::span<const MeasureSeries>);
template Adaptation<pair_count> adapt<pair_count>(const ShapesOf<pair_count>&, std::span<const SeriesOf<pair_count>>);
template StageShapes fit_shapes<measure_count>(const std::vector<MeasureSeries>&,
                                               const std::vector<std::vector<Stage>>&);
template ShapesOf<pair_count> fit_shapes<pair_count>(const std::vector<SeriesOf<pair_count>>&,
                                                     const std::vector<std::vector<Stage>>&);

}  // namespace psg::staging
