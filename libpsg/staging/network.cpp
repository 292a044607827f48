// A small network: evaluation and training.
// SPDX-License-Identifier: BSD-3-Clause
#include "libpsg/staging/network.hpp"

#include <algorithm>
#include <cmath>
#include <cstring>
#include <numeric>
#include <random>

#include "libpsg/model/wide.hpp"
#include "libpsg/staging/portable_math.hpp"

namespace psg::staging {

namespace {

constexpr int passes = 5;
constexpr std::size_t batch_size = 128;
constexpr double learning_rate = 0.002;
constexpr double weight_decay = 0.01;
constexpr double dropped = 0.2;  // share of hidden units that an example does not see

using Lanes = std::array<float, network_lanes>;

// Sums of the inner layer: inputs outside, lanes inside, so that compilers vectorise without changing the sums.
Lanes inner_sums(const Network& network, std::span<const float> inputs) {
    Lanes sums = network.inner.back();
    for (std::size_t i = 0; i < inputs.size(); ++i) {
        const float x = inputs[i];
        const Lanes& weights = network.inner[i];
        for (std::size_t k = 0; k < network_lanes; ++k) sums[k] += weights[k] * x;
    }
    return sums;
}

std::array<float, 5> stage_scores(const Network& network, const Lanes& sums, const std::array<float, hidden_units>& h) {
    std::array<float, 5> scores;
    std::copy_n(sums.begin() + hidden_units, 5, scores.begin());
    for (std::size_t j = 0; j < hidden_units; ++j)
        for (std::size_t s = 0; s < 5; ++s) scores[s] += network.outer[j][s] * h[j];
    return scores;
}

void scale_to_log_probabilities(StageProbabilities& scores) {
    const double top = *std::max_element(scores.begin(), scores.end());
    double sum = 0;
    for (double v : scores) sum += portable::exp(v - top);
    const double normaliser = top + portable::log(sum);
    for (double& v : scores) v -= normaliser;
}

// The same on every platform, unlike the distributions of <random>.
class Random {
public:
    explicit Random(std::uint64_t seed) : engine_(seed) {}
    double uniform() { return static_cast<double>(engine_() >> 11) * 0x1p-53; }
    double normal() {  // nearly: sum of 12 uniform numbers
        double sum = -6;
        for (int i = 0; i < 12; ++i) sum += uniform();
        return sum;
    }

private:
    std::mt19937_64 engine_;
};

// Adam's memory for one block of weights.
class Adam {
public:
    explicit Adam(std::size_t size) : gradient(size), mean_(size), square_(size) {}

    std::vector<float> gradient;

    void step(std::span<float> weights, float rate, float first_correction, float second_correction, float scale) {
        for (std::size_t i = 0; i < weights.size(); ++i) {
            const float g = gradient[i] * scale;
            mean_[i] = 0.9f * mean_[i] + 0.1f * g;
            square_[i] = 0.999f * square_[i] + 0.001f * g * g;
            weights[i] -= rate * (mean_[i] * first_correction / (std::sqrt(square_[i] * second_correction) + 1e-8f) +
                                  static_cast<float>(weight_decay) * weights[i]);
            gradient[i] = 0;
        }
    }

private:
    std::vector<float> mean_, square_;
};

}  // namespace

// An odd number of cache lines, so that the places of an epoch in all columns do not lie in the same few of the cache.
InputTable::InputTable(std::size_t columns, std::size_t epochs)
    : columns_(columns), epochs_(epochs), length_(((epochs + lanes - 1) / lanes | 1) * lanes), values_(columns * length_) {}

namespace {

constexpr std::size_t lanes = InputTable::lanes;
typedef std::array<float, lanes> FloatLanes;
typedef std::array<double, lanes> DoubleLanes;

// Sums of some units of the inner layer from number `unit` on, of the epochs from `epoch` on: the operations of inner_sums() in their order.
template <std::size_t bytes, std::size_t units>
void add_units(const Network& network, const InputTable& inputs, std::size_t epoch, std::size_t unit, FloatLanes* sums) {
    typedef float Epochs __attribute__((vector_size(bytes)));
    constexpr std::size_t each = bytes / sizeof(float);
    for (std::size_t from = 0; from < lanes; from += 2 * each) {
        Epochs first[units], second[units];
        for (std::size_t k = 0; k < units; ++k) first[k] = second[k] = Epochs{} + network.inner.back()[unit + k];
        for (std::size_t i = 0; i < inputs.columns(); ++i) {
            Epochs x, y;
            std::memcpy(&x, inputs.column(i) + epoch + from, sizeof x);
            std::memcpy(&y, inputs.column(i) + epoch + from + each, sizeof y);
            for (std::size_t k = 0; k < units; ++k) {
                const float weight = network.inner[i][unit + k];
                first[k] += weight * x;
                second[k] += weight * y;
            }
        }
        for (std::size_t k = 0; k < units; ++k) {
            std::memcpy(sums[unit + k].data() + from, &first[k], sizeof first[k]);
            std::memcpy(sums[unit + k].data() + from + each, &second[k], sizeof second[k]);
        }
    }
}

// scale_to_log_probabilities() of several epochs.
template <std::size_t bytes>
void scale_each(std::array<DoubleLanes, 5>& scores) {
    DoubleLanes top = scores[0], sum{};
    for (std::size_t s = 1; s < 5; ++s)
        for (std::size_t e = 0; e < lanes; ++e) top[e] = top[e] < scores[s][e] ? scores[s][e] : top[e];
    for (std::size_t s = 0; s < 5; ++s) {
        DoubleLanes p;
        for (std::size_t e = 0; e < lanes; ++e) p[e] = scores[s][e] - top[e];
        for (std::size_t e = 0; e < lanes; e += bytes / sizeof(double)) portable::exponentiate<bytes>(&p[e]);
        for (std::size_t e = 0; e < lanes; ++e) sum[e] += p[e];
    }
    for (std::size_t e = 0; e < lanes; ++e) top[e] += portable::log(sum[e]);
    for (std::size_t s = 0; s < 5; ++s)
        for (std::size_t e = 0; e < lanes; ++e) scores[s][e] -= top[e];
}

template <std::size_t bytes>
std::array<DoubleLanes, 5> judge(std::span<const Network> networks, const InputTable& inputs, std::size_t epoch) {
    std::array<DoubleLanes, 5> mean{};
    for (const Network& network : networks) {
        std::array<FloatLanes, network_lanes> sums;
        for (std::size_t unit = 0; unit < 18; unit += 6) add_units<bytes, 6>(network, inputs, epoch, unit, sums.data());
        add_units<bytes, network_lanes - 18>(network, inputs, epoch, 18, sums.data());
        std::array<DoubleLanes, 5> one;
        for (std::size_t s = 0; s < 5; ++s) {
            FloatLanes score = sums[hidden_units + s];
            for (std::size_t j = 0; j < hidden_units; ++j)
                for (std::size_t e = 0; e < lanes; ++e) score[e] += network.outer[j][s] * (sums[j][e] < 0 ? 0 : sums[j][e]);
            std::copy(score.begin(), score.end(), one[s].begin());
        }
        scale_each<bytes>(one);
        for (std::size_t s = 0; s < 5; ++s)
            for (std::size_t e = 0; e < lanes; ++e) mean[s][e] += one[s][e] / static_cast<double>(networks.size());
    }
    scale_each<bytes>(mean);
    return mean;
}

}  // namespace

std::vector<StageProbabilities> log_probabilities(std::span<const Network> networks, const InputTable& inputs) {
    std::vector<StageProbabilities> result(inputs.epochs());
    for (std::size_t t = 0; t < result.size(); t += lanes) {
        std::array<DoubleLanes, 5> p;
        wide_by([&](auto bytes) { p = judge<bytes()>(networks, inputs, t); });
        for (std::size_t e = 0; e < lanes && t + e < result.size(); ++e)
            for (std::size_t s = 0; s < 5; ++s) result[t + e][s] = p[s][e];
    }
    return result;
}

Network fit_network(const Examples& examples, std::uint64_t seed) {
    Random random(seed);
    Network network;
    network.inner.resize(examples.columns + 1);
    const double inner_sd = 0.7 * std::sqrt(2.0 / static_cast<double>(examples.columns));
    for (std::size_t i = 0; i < examples.columns; ++i)
        for (std::size_t j = 0; j < hidden_units; ++j)
            network.inner[i][j] = static_cast<float>(inner_sd * random.normal());
    for (auto& row : network.outer)
        for (float& w : row) w = static_cast<float>(random.normal() / std::sqrt(static_cast<double>(hidden_units)));

    Adam inner(network.inner.size() * network_lanes), outer(hidden_units * 5);
    const std::span<float> inner_weights(network.inner[0].data(), inner.gradient.size());
    const std::span<float> outer_weights(network.outer[0].data(), outer.gradient.size());
    std::vector<std::size_t> order(examples.stages.size());
    std::iota(order.begin(), order.end(), std::size_t(0));
    const std::size_t batches = (order.size() + batch_size - 1) / batch_size;
    double first_decay = 1, second_decay = 1;
    std::size_t step = 0;
    for (int pass = 0; pass < passes; ++pass) {
        for (std::size_t i = order.size(); i-- > 1;)
            std::swap(order[i], order[static_cast<std::size_t>(random.uniform() * static_cast<double>(i + 1))]);
        for (std::size_t begin = 0; begin < order.size(); begin += batch_size) {
            const std::size_t end = std::min(begin + batch_size, order.size());
            for (std::size_t k = begin; k < end; ++k) {
                const std::span<const float> x(&examples.inputs[order[k] * examples.columns], examples.columns);
                const Lanes sums = inner_sums(network, x);
                std::array<float, hidden_units> h, mask;
                for (std::size_t j = 0; j < hidden_units; ++j) {
                    const bool seen = random.uniform() >= dropped && sums[j] > 0;
                    mask[j] = seen ? static_cast<float>(1 / (1 - dropped)) : 0.f;
                    h[j] = sums[j] * mask[j];
                }
                const std::array<float, 5> scores = stage_scores(network, sums, h);
                StageProbabilities p;
                std::copy(scores.begin(), scores.end(), p.begin());
                scale_to_log_probabilities(p);
                Lanes back{};  // derivative of the loss by the inner sums
                for (std::size_t s = 0; s < 5; ++s)
                    back[hidden_units + s] =
                        static_cast<float>(portable::exp(p[s]) - (s == examples.stages[order[k]] ? 1 : 0));
                for (std::size_t j = 0; j < hidden_units; ++j) {
                    for (std::size_t s = 0; s < 5; ++s) {
                        back[j] += back[hidden_units + s] * network.outer[j][s];
                        outer.gradient[5 * j + s] += back[hidden_units + s] * h[j];
                    }
                    back[j] *= mask[j];
                }
                float* gradient = inner.gradient.data();
                for (float value : x) {
                    for (std::size_t lane = 0; lane < network_lanes; ++lane) gradient[lane] += value * back[lane];
                    gradient += network_lanes;
                }
                for (std::size_t lane = 0; lane < network_lanes; ++lane) gradient[lane] += back[lane];
            }
            first_decay *= 0.9;
            second_decay *= 0.999;
            // the schedule falls along a parabola that is close to half a cosine and needs no libm
            const double done = static_cast<double>(++step) / static_cast<double>(passes * batches);
            const double fall = done < 0.5 ? 1 - 2 * done * done : 2 * (1 - done) * (1 - done);
            const auto rate = static_cast<float>(learning_rate * fall);
            const auto first = static_cast<float>(1 / (1 - first_decay));
            const auto second = static_cast<float>(1 / (1 - second_decay));
            const float scale = 1 / static_cast<float>(end - begin);
            inner.step(inner_weights, rate, first, second, scale);
            outer.step(outer_weights, rate, first, second, scale);
        }
    }
    return network;
}

}  // namespace psg::staging
