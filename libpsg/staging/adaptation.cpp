// The offset of a night's spectrum: a Gaussian mixture with one shift for all epochs, by expectation-maximisation.
// SPDX-License-Identifier: BSD-3-Clause
#include "libpsg/staging/adaptation.hpp"

#include <algorithm>
#include <cmath>
#include <string>

#include "libpsg/model/error.hpp"

namespace psg::staging {

namespace {

constexpr int offset_steps = 12;
constexpr int mean_steps = 8;
constexpr double mean_strength = 5;         // weighted epochs that the population's stage mean counts for
constexpr double gain_sd = 2;               // of log power: a factor of 2.7 in amplitude
constexpr double channel_redundancy = 0.5;  // K channels of one head are worth sqrt(K), not K
constexpr int fit_steps = 8;
constexpr double least_variance = 1e-4;
constexpr std::size_t fewest_epochs = measure_count + 1;  // for a covariance of full rank

// Stage probabilities of an epoch under Gaussians around `mean`.
class Likelihood {
public:
    Likelihood(const StageShapes& shapes, const Matrix* extra_covariance) {
        for (std::size_t s = 0; s < 5; ++s) {
            Matrix covariance = shapes.covariance[s];
            if (extra_covariance != nullptr) add_scaled(covariance, 1, *extra_covariance);
            const Inverse inverted = inverse(covariance);
            precision_[s] = inverted.matrix;
            constant_[s] = -0.5 * inverted.log_determinant;
            log_prior_[s] = std::log(std::max(shapes.prior[s], 1e-3));
        }
    }

    const Matrix& precision(std::size_t stage) const { return precision_[stage]; }

    /// Adds the log likelihood of each stage.
    void add(StageProbabilities& log_p, const Measures& x, const std::array<Measures, 5>& mean) const {
        for (std::size_t s = 0; s < 5; ++s) {
            const Measures d = difference(x, mean[s]);
            log_p[s] += constant_[s] - 0.5 * dot(d, product(precision_[s], d));
        }
    }

    /// Posterior from the sum of log likelihoods, which counts `weight` times.
    StageProbabilities probabilities(StageProbabilities log_p, double weight) const {
        for (std::size_t s = 0; s < 5; ++s) log_p[s] = log_prior_[s] + weight * log_p[s];
        const double top = *std::max_element(log_p.begin(), log_p.end());
        double sum = 0;
        for (double& v : log_p) sum += v = std::exp(v - top);
        for (double& v : log_p) v /= sum;
        return log_p;
    }

private:
    std::array<Matrix, 5> precision_;
    std::array<double, 5> constant_{}, log_prior_{};
};

// Posterior of an offset: `deviations[s]` sums (x - mean) of the epochs of stage s, `counts[s]` counts them.
struct OffsetPosterior {
    Measures mean;
    Matrix covariance;
};
OffsetPosterior offset_posterior(const Likelihood& likelihood, const Matrix& prior_precision,
                                 const std::array<double, 5>& counts, const std::array<Measures, 5>& deviations) {
    Matrix precision = prior_precision;
    Measures pull{};
    for (std::size_t s = 0; s < 5; ++s) {
        add_scaled(precision, evidence_per_epoch * counts[s], likelihood.precision(s));
        add_scaled(pull, evidence_per_epoch, product(likelihood.precision(s), deviations[s]));
    }
    const Matrix covariance = inverse(precision).matrix;
    return {product(covariance, pull), covariance};
}

// Sums of products leave the two triangles of a symmetric matrix different in the last bit.
void mirror(Matrix& matrix) {
    for (std::size_t i = 0; i < measure_count; ++i)
        for (std::size_t j = 0; j < i; ++j) matrix[i][j] = matrix[j][i];
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
        series.push_back(Measures{std::log(total), std::log(delta / (theta + alpha + beta)), std::log(theta / total),
                                  std::log(alpha / total), std::log(beta / total), std::log(20 * f.gamma / total),
                                  std::log(f.mobility)});
    }
    return series;
}

Adaptation adapt(const StageShapes& shapes, std::span<const MeasureSeries> channels) {
    const std::size_t epochs = channels.empty() ? 0 : channels[0].size();
    const Likelihood likelihood(shapes, nullptr);
    const Likelihood first(shapes, &shapes.offset_covariance);
    const Matrix prior_precision = inverse(shapes.offset_covariance).matrix;

    Adaptation result;
    result.offsets.resize(channels.size());
    result.posterior.resize(epochs);
    std::vector<std::array<Measures, 5>> means(channels.size(), shapes.mean);
    const auto guess_stages = [&](const Likelihood& by) {
        for (std::size_t t = 0; t < epochs; ++t) {
            StageProbabilities log_p{};
            int present = 0;
            for (std::size_t c = 0; c < channels.size(); ++c) {
                if (!channels[c][t]) continue;
                ++present;
                by.add(log_p, *channels[c][t], means[c]);
            }
            if (present > 0) result.posterior[t] = by.probabilities(log_p, std::pow(present, -channel_redundancy));
        }
    };
    guess_stages(first);
    for (int step = 0; step < offset_steps + mean_steps; ++step) {
        for (std::size_t c = 0; c < channels.size(); ++c) {
            std::array<double, 5> counts{};
            std::array<Measures, 5> deviations{};  // from the population's stage mean
            for (std::size_t t = 0; t < epochs; ++t) {
                if (!channels[c][t]) continue;
                for (std::size_t s = 0; s < 5; ++s) {
                    counts[s] += (*result.posterior[t])[s];
                    add_scaled(deviations[s], (*result.posterior[t])[s], difference(*channels[c][t], shapes.mean[s]));
                }
            }
            if (step < offset_steps)
                result.offsets[c] = offset_posterior(likelihood, prior_precision, counts, deviations).mean;
            for (std::size_t s = 0; s < 5; ++s) {
                means[c][s] = shapes.mean[s];
                add_scaled(means[c][s], 1, result.offsets[c]);
                if (step < offset_steps) continue;
                const double trust = evidence_per_epoch / (mean_strength + evidence_per_epoch * counts[s]);
                add_scaled(deviations[s], -counts[s], result.offsets[c]);
                add_scaled(means[c][s], trust, deviations[s]);
            }
        }
        guess_stages(likelihood);
    }
    return result;
}

StageShapes fit_shapes(const std::vector<MeasureSeries>& nights, const std::vector<std::vector<Stage>>& stages) {
    StageShapes shapes;
    std::vector<Measures> offsets(nights.size(), Measures{});
    for (std::size_t i = 0; i < measure_count; ++i) shapes.offset_covariance[i][i] = 0.1;

    const auto each_epoch = [&](auto&& visit) {
        for (std::size_t k = 0; k < nights.size(); ++k)
            for (std::size_t t = 0; t < nights[k].size(); ++t)
                if (nights[k][t] && stages[k][t] != Stage::unknown)
                    visit(k, static_cast<std::size_t>(stages[k][t]), *nights[k][t]);
    };
    std::array<double, 5> totals{};
    each_epoch([&](std::size_t, std::size_t s, const Measures&) { ++totals[s]; });
    double all = 0;
    for (std::size_t s = 0; s < 5; ++s) {
        all += totals[s];
        if (totals[s] < static_cast<double>(fewest_epochs))
            throw DataError("training data",
                            "fewer than 8 epochs of stage " + std::string(stage_name(scored_stages[s])),
                            "add scored nights");
    }
    for (std::size_t s = 0; s < 5; ++s) shapes.prior[s] = totals[s] / all;

    for (int step = 0; step < fit_steps; ++step) {
        shapes.mean = {};
        shapes.covariance = {};
        each_epoch([&](std::size_t k, std::size_t s, const Measures& x) {
            add_scaled(shapes.mean[s], 1 / totals[s], difference(x, offsets[k]));
        });
        each_epoch([&](std::size_t k, std::size_t s, const Measures& x) {
            add_outer(shapes.covariance[s], 1 / totals[s], difference(difference(x, offsets[k]), shapes.mean[s]));
        });
        for (Matrix& covariance : shapes.covariance)
            for (std::size_t i = 0; i < measure_count; ++i) covariance[i][i] += least_variance;

        const Likelihood likelihood(shapes, nullptr);
        const Matrix prior_precision = inverse(shapes.offset_covariance).matrix;
        std::vector<std::array<double, 5>> counts(nights.size());
        std::vector<std::array<Measures, 5>> deviations(nights.size());
        each_epoch([&](std::size_t k, std::size_t s, const Measures& x) {
            ++counts[k][s];
            add_scaled(deviations[k][s], 1, difference(x, shapes.mean[s]));
        });
        const double share = 1 / static_cast<double>(nights.size());
        Measures centre{};
        shapes.offset_covariance = {};
        for (std::size_t k = 0; k < nights.size(); ++k) {
            const OffsetPosterior posterior = offset_posterior(likelihood, prior_precision, counts[k], deviations[k]);
            offsets[k] = posterior.mean;
            add_scaled(centre, share, posterior.mean);
            add_scaled(shapes.offset_covariance, share, posterior.covariance);
        }
        for (Measures& offset : offsets) {
            offset = difference(offset, centre);
            add_outer(shapes.offset_covariance, share, offset);
        }
    }
    for (std::size_t i = 0; i < measure_count; ++i)  // an unknown gain, independent of the rest
        shapes.offset_covariance[gain_measure][i] = shapes.offset_covariance[i][gain_measure] = 0;
    shapes.offset_covariance[gain_measure][gain_measure] = gain_sd * gain_sd;
    mirror(shapes.offset_covariance);
    for (Matrix& covariance : shapes.covariance) mirror(covariance);
    return shapes;
}

}  // namespace psg::staging
