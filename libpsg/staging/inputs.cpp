// Inputs of the classifier.
// SPDX-License-Identifier: BSD-3-Clause
#include "libpsg/staging/inputs.hpp"

#include <algorithm>
#include <cmath>

#include "libpsg/staging/portable_math.hpp"

namespace psg::staging {

namespace {

// Shrinkage: a recording of n epochs counts for n / (n + 60) against the population's median and spread.
constexpr double population_epochs = 60;
constexpr double least_spread = 0.05;
constexpr double least_variance = 1e-6;
constexpr double epochs_per_hour = 120;
constexpr double most_hours = 8;
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
    for (double& value : column.values) value = (value - median) / portable::pow(spread, trust);
}

// Mean of the present ones of the next `epochs` epochs in a direction (-1 or 1); the epoch itself where there is none.
std::vector<double> mean_beside(const Column& column, int epochs, int direction) {
    const int n = static_cast<int>(column.values.size());
    std::vector<double> mean = column.values;
    for (int t = 0; t < n; ++t) {
        double sum = 0;
        int count = 0;
        for (int k = 1; k <= epochs; ++k) {
            const int at = t + direction * k;
            if (at < 0 || at >= n) break;
            if (!column.present[static_cast<std::size_t>(at)]) continue;
            sum += column.values[static_cast<std::size_t>(at)];
            ++count;
        }
        if (count > 0) mean[static_cast<std::size_t>(t)] = sum / count;
    }
    return mean;
}

// Fills a table column by column.
class Filler {
public:
    Filler(InputTable& table, std::size_t epochs) : table_(table), epochs_(epochs) {}

    void put(const std::vector<double>& values) {
        for (std::size_t t = 0; t < epochs_; ++t)
            table_.values[t * table_.columns + place_] = static_cast<float>(values[t]);
        ++place_;
    }
    void put_with_context(const Column& column) {
        put(column.values);
        for (int epochs : context_epochs) put(triangular_mean(column, epochs));
    }
    void put_neighbours(const Column& column) {
        for (int lag : {-2, -1, 1, 2}) {
            std::vector<double> shifted = column.values;  // itself where there is no neighbour
            for (int t = 0; t < static_cast<int>(epochs_); ++t) {
                const int at = t + lag;
                if (at >= 0 && at < static_cast<int>(epochs_) && column.present[static_cast<std::size_t>(at)])
                    shifted[static_cast<std::size_t>(t)] = column.values[static_cast<std::size_t>(at)];
            }
            put(shifted);
        }
    }
    void put_sides(const Column& column, int epochs) {
        put(mean_beside(column, epochs, -1));
        put(mean_beside(column, epochs, 1));
    }

private:
    InputTable& table_;
    std::size_t epochs_;
    std::size_t place_ = 0;
};

}  // namespace

template <std::size_t N>
InputTable channel_inputs(const ScaleOf<N>& scale, const Vector<N>& offset,
                          const std::vector<std::optional<StageProbabilities>>& stages, const SeriesOf<N>& night) {
    const std::size_t epochs = night.size();
    InputTable table{input_count<N>, std::vector<float>(epochs * input_count<N>)};
    Filler fill(table, epochs);
    std::vector<bool> present;
    for (const auto& epoch : night) present.push_back(epoch.has_value());

    for (std::size_t i = 0; i < N; ++i) {
        Column column{std::vector<double>(epochs), present};
        for (std::size_t t = 0; t < epochs; ++t)
            if (night[t]) column.values[t] = ((*night[t])[i] - offset[i] - scale.mean[i]) / scale.sd[i];
        fill.put_with_context(column);
        for (double& value : column.values) value += offset[i] / scale.sd[i];
        relative_to_night(column, i % measure_count == gain_measure);
        fill.put_with_context(column);
        fill.put_neighbours(column);
        fill.put_sides(column, 12);
    }
    for (std::size_t s = 0; s < 5; ++s) {
        Column column{std::vector<double>(epochs), present};
        for (std::size_t t = 0; t < epochs; ++t)
            if (night[t]) column.values[t] = (*stages[t])[s];
        fill.put_with_context(column);
        fill.put_neighbours(column);
        fill.put_sides(column, 12);
        fill.put_sides(column, 60);
        double sum = 0;
        std::vector<double> so_far, to_come;
        for (double value : column.values) so_far.push_back((sum += value) / epochs_per_hour);
        for (double value : so_far) to_come.push_back(sum / epochs_per_hour - value);
        fill.put(so_far);
        fill.put(to_come);
    }
    std::vector<double> hours, share;
    for (std::size_t t = 0; t < epochs; ++t) {
        hours.push_back(std::min(static_cast<double>(t) / epochs_per_hour, most_hours) / most_hours);
        share.push_back(static_cast<double>(t) / static_cast<double>(epochs));
    }
    fill.put(hours);
    fill.put(share);
    return table;
}

template <std::size_t N>
ScaleOf<N> fit_scale(const ShapesOf<N>& shapes, const std::vector<SeriesOf<N>>& nights) {
    ScaleOf<N> scale;
    Vector<N> sum{}, squares{};
    double n = 0;
    for (const SeriesOf<N>& night : nights) {
        const Vector<N> offset = adapt<N>(shapes, {&night, 1}).offsets[0];
        for (const auto& epoch : night) {
            if (!epoch) continue;
            const Vector<N> x = difference<N>(*epoch, offset);
            for (std::size_t i = 0; i < N; ++i) {
                sum[i] += x[i];
                squares[i] += x[i] * x[i];
            }
            ++n;
        }
    }
    for (std::size_t i = 0; i < N; ++i) {
        scale.mean[i] = sum[i] / n;
        scale.sd[i] = std::sqrt(std::max(squares[i] / n - scale.mean[i] * scale.mean[i], least_variance));
    }
    return scale;
}

using Stages = std::vector<std::optional<StageProbabilities>>;
template InputTable channel_inputs<measure_count>(const ScaleOf<measure_count>&, const Measures&, const Stages&,
                                                  const MeasureSeries&);
template InputTable channel_inputs<pair_count>(const ScaleOf<pair_count>&, const Vector<pair_count>&, const Stages&,
                                               const SeriesOf<pair_count>&);
template ScaleOf<measure_count> fit_scale<measure_count>(const StageShapes&, const std::vector<MeasureSeries>&);
template ScaleOf<pair_count> fit_scale<pair_count>(const ShapesOf<pair_count>&,
                                                   const std::vector<SeriesOf<pair_count>>&);

}  // namespace psg::staging
