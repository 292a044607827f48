// Fitting a staging model: shapes of the stages, then softmax regression by L-BFGS, then transitions.
// SPDX-License-Identifier: BSD-3-Clause
#include "libpsg/staging/train.hpp"

#include <lbfgs.h>

#include <algorithm>
#include <cmath>
#include <random>
#include <set>

#include "libpsg/model/error.hpp"

namespace psg::staging {

namespace {

constexpr std::size_t shortest_window = 60;  // epochs: half an hour
constexpr int most_iterations = 150;         // stopping early is part of the penalty
constexpr std::size_t window_stride = 3;  // of the random parts every third epoch is learned from: neighbours are alike

// Scored epochs with their inputs, rows one after another.
struct Examples {
    std::vector<std::array<float, input_count>> inputs;
    std::vector<std::uint8_t> stages;
};

// Every `stride`-th epoch of each channel, seen with the inputs of these channels together.
void add_examples(Examples& examples, const Model& model, std::span<const MeasureSeries> channels,
                  const std::vector<Stage>& stages, std::size_t stride) {
    const std::vector<Inputs> inputs = classifier_inputs(model.shapes, model.scale, channels);
    for (std::size_t c = 0; c < channels.size(); ++c)
        for (std::size_t t = 0; t < stages.size(); t += stride) {
            if (!channels[c][t] || stages[t] == Stage::unknown) continue;
            examples.inputs.push_back(inputs[c][t]);
            examples.stages.push_back(static_cast<std::uint8_t>(stages[t]));
        }
}

// Each channel alone, and all together where there are several.
void add_all_ways(Examples& examples, const Model& model, std::span<const MeasureSeries> channels,
                  const std::vector<Stage>& stages, std::size_t stride) {
    for (const MeasureSeries& channel : channels) add_examples(examples, model, {&channel, 1}, stages, stride);
    if (channels.size() > 1) add_examples(examples, model, channels, stages, stride);
}

// Mean negative log likelihood of a softmax regression, plus the ridge, and its gradient.
struct Objective {
    const Examples& examples;
    double ridge;

    static lbfgsfloatval_t evaluate(void* self, const lbfgsfloatval_t* x, lbfgsfloatval_t* gradient, const int n,
                                    const lbfgsfloatval_t) {
        return static_cast<const Objective*>(self)->value(x, gradient, static_cast<std::size_t>(n));
    }

    double value(const double* weights, double* gradient, std::size_t n) const {
        std::fill(gradient, gradient + n, 0.0);
        double loss = 0;
        for (std::size_t e = 0; e < examples.inputs.size(); ++e) {
            const auto& row = examples.inputs[e];
            std::array<double, 5> p;
            std::copy_n(weights + 5 * input_count, 5, p.begin());
            for (std::size_t i = 0; i < input_count; ++i)
                for (std::size_t s = 0; s < 5; ++s) p[s] += weights[5 * i + s] * double(row[i]);
            const double top = *std::max_element(p.begin(), p.end());
            const double of_true = p[examples.stages[e]] - top;
            double sum = 0;
            for (double& v : p) sum += v = std::exp(v - top);
            loss += std::log(sum) - of_true;
            for (double& v : p) v /= sum;
            p[examples.stages[e]] -= 1;
            for (std::size_t i = 0; i < input_count; ++i)
                for (std::size_t s = 0; s < 5; ++s) gradient[5 * i + s] += p[s] * double(row[i]);
            for (std::size_t s = 0; s < 5; ++s) gradient[5 * input_count + s] += p[s];
        }
        const double count = static_cast<double>(examples.inputs.size());
        loss /= count;
        for (std::size_t k = 0; k < n; ++k) gradient[k] /= count;
        for (std::size_t k = 0; k < 5 * input_count; ++k) {
            loss += 0.5 * ridge * weights[k] * weights[k];
            gradient[k] += ridge * weights[k];
        }
        return loss;
    }
};

void fit_weights(Model& model, const Examples& examples, double ridge) {
    Objective objective{examples, ridge};
    lbfgs_parameter_t parameters;
    lbfgs_parameter_init(&parameters);
    parameters.m = 10;
    parameters.max_iterations = most_iterations;
    std::vector<double> x(5 * (input_count + 1), 0.0);
    const int status =
        lbfgs(static_cast<int>(x.size()), x.data(), nullptr, &Objective::evaluate, nullptr, &objective, &parameters);
    if (status != LBFGS_SUCCESS && status != LBFGS_STOP && status != LBFGSERR_MAXIMUMITERATION)
        throw DataError("training data", "the regression did not converge", "look for channels with absurd values");
    for (std::size_t i = 0; i <= input_count; ++i)
        std::copy_n(x.begin() + static_cast<std::ptrdiff_t>(5 * i), 5, model.weights[i].begin());
}

// A part of a night of `epochs` epochs: its length log-uniform, its place uniform.
struct Window {
    std::size_t first, length;
};
Window random_window(std::size_t epochs, std::mt19937_64& random) {
    const auto uniform = [&] { return static_cast<double>(random() >> 11) * 0x1p-53; };  // the same on every platform
    if (epochs <= shortest_window) return {0, epochs};
    const double shortest = static_cast<double>(shortest_window);
    const auto length =
        static_cast<std::size_t>(shortest * std::pow(static_cast<double>(epochs) / shortest, uniform()));
    return {static_cast<std::size_t>(uniform() * static_cast<double>(epochs - length + 1)), length};
}

template <class T>
std::vector<T> part(const std::vector<T>& all, Window window) {
    const auto first = all.begin() + static_cast<std::ptrdiff_t>(window.first);
    return {first, first + static_cast<std::ptrdiff_t>(window.length)};
}

}  // namespace

Model fit_model(const std::vector<const ScoredNight*>& nights, const TrainingOptions& options) {
    std::vector<std::vector<MeasureSeries>> measures;  // by night and channel
    std::vector<MeasureSeries> every_channel;
    std::vector<std::vector<Stage>> stages, stages_of_channel;
    for (const ScoredNight* night : nights) {
        stages.push_back(night->stages);
        measures.emplace_back();
        for (const ChannelFeatures& channel : night->channels) {
            measures.back().push_back(log_measures(channel));
            every_channel.push_back(measures.back().back());
            stages_of_channel.push_back(night->stages);
        }
    }
    Model model;
    model.shapes = fit_shapes(every_channel, stages_of_channel);
    model.scale = fit_scale(model.shapes, every_channel);
    model.transitions = tempered(count_transitions(stages), options.smoothing);

    std::mt19937_64 random(options.seed);
    Examples examples;
    for (std::size_t k = 0; k < measures.size(); ++k) {
        add_all_ways(examples, model, measures[k], stages[k], 1);
        for (int i = 0; i < options.windows_per_night; ++i) {
            const Window window = random_window(stages[k].size(), random);
            std::vector<MeasureSeries> channels;
            for (const MeasureSeries& channel : measures[k]) channels.push_back(part(channel, window));
            add_all_ways(examples, model, channels, part(stages[k], window), window_stride);
        }
    }
    fit_weights(model, examples, options.ridge);
    return model;
}

Evaluation cross_validate(const std::vector<ScoredNight>& nights, const TrainingOptions& options,
                          const std::function<void(const std::string& person)>& progress) {
    std::set<std::string> persons;
    for (const ScoredNight& night : nights) persons.insert(night.person);
    if (persons.size() < 2) throw DataError("training data", "there is only one person", "add nights of other people");
    Evaluation evaluation;
    for (const std::string& person : persons) {
        std::vector<const ScoredNight*> learned, left_out;
        for (const ScoredNight& night : nights) (night.person == person ? left_out : learned).push_back(&night);
        evaluate(fit_model(learned, options), left_out, evaluation);
        progress(person);
    }
    return evaluation;
}

}  // namespace psg::staging
