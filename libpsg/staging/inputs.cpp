// Inputs of the classifier.
// SPDX-License-Identifier: BSD-3-Clause
#include "libpsg/staging/inputs.hpp"

#include <algorithm>
#include <cmath>

namespace psg::staging {

namespace {

// Shrinkage: a recording of n epochs counts for n / (n + 60) against the population's median and spread.
constexpr double population_epochs = 60;
constexpr double least_spread = 0.05;
constexpr double p5_to_p95 = 3.29;  // of a normal distribution, in SD

// One column over the night; `present` marks the epochs that have a value.
struct Column {
    std::vector<double> values;
    const std::vector<bool>& present;
};

// Triangular mean of the present epochs around each epoch; 0 where there is none.
std::vector<double> triangular_mean(const Column& column, int epochs) {
    const int reach = epochs / 2, n = static_cast<int>(column.values.size());
    std::vector<double> mean(column.values.size());
    for (int t = 0; t < n; ++t) {
        double sum = 0, weight = 0;
        for (int k = std::max(-reach, -t); k <= reach && t + k < n; ++k) {
            const auto i = static_cast<std::size_t>(t + k);
            if (!column.present[i]) continue;
            const double w = reach + 1 - std::abs(k);
            sum += w * column.values[i];
            weight += w;
        }
        mean[static_cast<std::size_t>(t)] = weight > 0 ? sum / weight : 0;
    }
    return mean;
}

// Value below which `share` of the sorted values lie, linearly interpolated; `sorted` is not empty.
double quantile(const std::vector<double>& sorted, double share) {
    const double place = share * static_cast<double>(sorted.size() - 1);
    const auto below = static_cast<std::size_t>(place);
    const std::size_t above = std::min(below + 1, sorted.size() - 1);
    return sorted[below] + (place - static_cast<double>(below)) * (sorted[above] - sorted[below]);
}

// Measures relative to this recording's own median and spread.
void relative_to_night(Column& column, bool gain_dependent) {
    std::vector<double> sorted;
    for (std::size_t t = 0; t < column.values.size(); ++t)
        if (column.present[t]) sorted.push_back(column.values[t]);
    if (sorted.empty()) return;
    std::sort(sorted.begin(), sorted.end());
    const double n = static_cast<double>(sorted.size());
    const double trust = n / (n + population_epochs);
    const double median = quantile(sorted, 0.5) * (gain_dependent ? 1 : trust);
    const double spread = std::max((quantile(sorted, 0.95) - quantile(sorted, 0.05)) / p5_to_p95, least_spread);
    for (double& value : column.values) value = (value - median) / std::pow(spread, trust);
}

}  // namespace

static Inputs channel_inputs(const Scale& scale, const Adaptation& adaptation, const Measures& offset,
                             const MeasureSeries& night) {
    Inputs inputs(night.size());
    std::vector<bool> present;
    for (const auto& epoch : night) present.push_back(epoch.has_value());

    std::size_t place = 0;
    const auto put = [&](const std::vector<double>& values) {
        for (std::size_t t = 0; t < night.size(); ++t) inputs[t][place] = static_cast<float>(values[t]);
        ++place;
    };
    const auto put_with_context = [&](const Column& column) {
        put(column.values);
        for (int epochs : context_epochs) put(triangular_mean(column, epochs));
    };
    for (std::size_t i = 0; i < measure_count; ++i) {
        Column column{std::vector<double>(night.size()), present};
        for (std::size_t t = 0; t < night.size(); ++t)
            if (night[t]) column.values[t] = ((*night[t])[i] - offset[i] - scale.mean[i]) / scale.sd[i];
        put_with_context(column);
        for (double& value : column.values) value += offset[i] / scale.sd[i];
        relative_to_night(column, i == gain_measure);
        put(column.values);
    }
    for (std::size_t s = 0; s < 5; ++s) {
        Column column{std::vector<double>(night.size()), present};
        for (std::size_t t = 0; t < night.size(); ++t)
            if (night[t]) column.values[t] = (*adaptation.posterior[t])[s];
        put_with_context(column);
    }
    return inputs;
}

std::vector<Inputs> classifier_inputs(const StageShapes& shapes, const Scale& scale,
                                      std::span<const MeasureSeries> channels) {
    const Adaptation adaptation = adapt(shapes, channels);
    std::vector<Inputs> inputs;
    for (std::size_t c = 0; c < channels.size(); ++c)
        inputs.push_back(channel_inputs(scale, adaptation, adaptation.offsets[c], channels[c]));
    return inputs;
}

Scale fit_scale(const StageShapes& shapes, const std::vector<MeasureSeries>& nights) {
    Scale scale;
    Measures sum{}, squares{};
    double n = 0;
    for (const MeasureSeries& night : nights) {
        const Measures offset = adapt(shapes, {&night, 1}).offsets[0];
        for (const auto& epoch : night) {
            if (!epoch) continue;
            const Measures x = difference(*epoch, offset);
            for (std::size_t i = 0; i < measure_count; ++i) {
                sum[i] += x[i];
                squares[i] += x[i] * x[i];
            }
            ++n;
        }
    }
    for (std::size_t i = 0; i < measure_count; ++i) {
        scale.mean[i] = sum[i] / n;
        scale.sd[i] = std::sqrt(squares[i] / n - scale.mean[i] * scale.mean[i]);
    }
    return scale;
}

}  // namespace psg::staging
