// Inputs of the classifier.
// SPDX-License-Identifier: BSD-3-Clause
#include "libpsg/staging/inputs.hpp"

#include <algorithm>
#include <cmath>
#include <cstring>

#include "libpsg/model/wide.hpp"
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

// Value below which `share` of the values lie, linearly interpolated; they are not empty, and are reordered.
double quantile(std::vector<double>& values, double share) {
    const double place = share * static_cast<double>(values.size() - 1);
    const auto below = static_cast<std::ptrdiff_t>(place);
    std::nth_element(values.begin(), values.begin() + below, values.end());
    const double low = values[static_cast<std::size_t>(below)];
    const auto rest = values.begin() + below + 1;
    const double high = rest == values.end() ? low : *std::min_element(rest, values.end());
    return low + (place - static_cast<double>(below)) * (high - low);
}

// Measures relative to this recording's own median and spread.
void relative_to_night(std::span<double> column, const std::vector<bool>& present, bool gain_dependent) {
    std::vector<double> values;
    for (std::size_t t = 0; t < column.size(); ++t)
        if (present[t]) values.push_back(column[t]);
    if (values.empty()) return;
    const double n = static_cast<double>(values.size());
    const double trust = n / (n + population_epochs);
    const double median = quantile(values, 0.5) * (gain_dependent ? 1 : trust);
    const double spread = std::max((quantile(values, 0.95) - quantile(values, 0.05)) / p5_to_p95, least_spread);
    const double unit = portable::pow(spread, trust);
    for (double& value : column) value = (value - median) / unit;
}

// Fills a table column by column. Sums over neighbours run over all epochs at once: those that are not there, or beyond the ends, count as 0.
class Filler {
public:
    Filler(InputTable& table, const std::vector<bool>& present)
        : table_(table), epochs_(present.size()), present_(present), with_ends_(whole_lanes(epochs_) + 2 * farthest), sums_(whole_lanes(epochs_)) {
        for (std::size_t t = 0; t < epochs_; ++t) with_ends_[farthest + t] = present[t] ? 1 : 0;
        for (std::size_t i = 0; i < context_epochs.size(); ++i) {
            sum_triangle(context_epochs[i]);
            weights_[i] = sums_;
        }
        for (std::size_t i = 0; i < sides.size(); ++i)
            for (const int direction : {-1, 1}) {
                std::fill(sums_.begin(), sums_.end(), 0.0);
                sum_beside(1, sides[i], direction);
                (direction < 0 ? before_ : after_)[i] = sums_;
            }
    }

    // The column that the next are about: it is put itself, and its triangular means.
    void put_with_context(std::span<const double> column) {
        column_ = column;
        for (std::size_t t = 0; t < epochs_; ++t) with_ends_[farthest + t] = present_[t] ? column[t] : 0;
        put([column](std::size_t t) { return column[t]; });
        for (std::size_t i = 0; i < context_epochs.size(); ++i) {
            sum_triangle(context_epochs[i]);
            put([sums = sums_.data(), weights = weights_[i].data()](std::size_t t) { return weights[t] > 0 ? sums[t] / weights[t] : 0; });
        }
    }
    // Its neighbours; itself where there is none.
    void put_neighbours() {
        for (const int lag : {-2, -1, 1, 2})
            put([this, lag](std::size_t t) {
                const std::size_t at = t + static_cast<std::size_t>(lag);  // beyond the ends, too, of a negative one
                return at < epochs_ && present_[at] ? column_[at] : column_[t];
            });
    }
    // Its means over the next 6 and, if asked for, 30 min in both directions; itself where there is none.
    void put_sides(std::size_t how_many) {
        std::array<std::array<std::vector<double>, 2>, sides.size()> all;
        for (const bool after : {false, true}) {
            std::fill(sums_.begin(), sums_.end(), 0.0);
            for (std::size_t i = 0; i < how_many; ++i) {
                sum_beside(i == 0 ? 1 : sides[i - 1] + 1, sides[i], after ? 1 : -1);
                all[i][after] = sums_;
            }
        }
        for (std::size_t i = 0; i < how_many; ++i)
            for (const bool after : {false, true})
                put([this, sums = all[i][after].data(), counts = (after ? after_ : before_)[i].data()](std::size_t t) {
                    return counts[t] > 0 ? sums[t] / counts[t] : column_[t];
                });
    }
    template <class Value>
    void put(const Value& value_at) {
        float* const out = table_.column(place_++);
        wide([=, n = epochs_] {
            for (std::size_t t = 0; t < n; ++t) out[t] = static_cast<float>(value_at(t));
        });
    }

private:
    static constexpr std::array<int, 2> sides{12, 60};
    static constexpr std::size_t farthest = 60, lanes = 16;
    static std::size_t whole_lanes(std::size_t epochs) { return (epochs + lanes - 1) / lanes * lanes; }

    // Adds to the sums of all epochs what lies from `first` to `last` epochs from each, times weight(distance), in that order.
    template <std::size_t bytes, class Weight>
    void add_neighbours(int first, int last, int step, const Weight& weight) {
        typedef double Epochs __attribute__((vector_size(bytes)));
        constexpr std::size_t each = bytes / sizeof(double), vectors = lanes / each;
        for (std::size_t t = 0; t < sums_.size(); t += lanes) {
            const double* const at = with_ends_.data() + farthest + t;
            Epochs sum[vectors];
            std::memcpy(sum, sums_.data() + t, sizeof sum);
            for (int k = first; k != last + step; k += step)
                for (std::size_t v = 0; v < vectors; ++v) {
                    Epochs x;
                    std::memcpy(&x, at + k + static_cast<std::ptrdiff_t>(v * each), sizeof x);
                    sum[v] += weight(k) * x;
                }
            std::memcpy(sums_.data() + t, sum, sizeof sum);
        }
    }
    void sum_triangle(int epochs) {
        const int reach = epochs / 2;
        std::fill(sums_.begin(), sums_.end(), 0.0);
        wide_by([this, reach](auto bytes) { add_neighbours<bytes()>(-reach, reach, 1, [reach](int k) { return static_cast<double>(reach + 1 - std::abs(k)); }); });
    }
    void sum_beside(int first, int last, int direction) {
        wide_by([=, this](auto bytes) { add_neighbours<bytes()>(direction * first, direction * last, direction, [](int) { return 1.0; }); });
    }

    InputTable& table_;
    std::size_t epochs_, place_ = 0;
    const std::vector<bool>& present_;
    std::span<const double> column_;
    std::vector<double> with_ends_;  // the column where there are epochs, else 0, with zeros before and after
    std::vector<double> sums_;
    std::array<std::vector<double>, context_epochs.size()> weights_;
    std::array<std::vector<double>, sides.size()> before_, after_;  // how many there are
};

}  // namespace

template <std::size_t N>
InputTable channel_inputs(const ScaleOf<N>& scale, const Vector<N>& offset,
                          const std::vector<std::optional<StageProbabilities>>& stages, const SeriesOf<N>& night) {
    const std::size_t epochs = night.size();
    InputTable table(input_count<N>, epochs);
    std::vector<bool> present;
    for (const auto& epoch : night) present.push_back(epoch.has_value());
    Filler fill(table, present);
    std::vector<double> column(epochs);

    for (std::size_t i = 0; i < N; ++i) {
        for (std::size_t t = 0; t < epochs; ++t)
            column[t] = night[t] ? ((*night[t])[i] - offset[i] - scale.mean[i]) / scale.sd[i] : 0;
        fill.put_with_context(column);
        for (double& value : column) value += offset[i] / scale.sd[i];
        relative_to_night(column, present, i % measure_count == gain_measure);
        fill.put_with_context(column);
        fill.put_neighbours();
        fill.put_sides(1);
    }
    for (std::size_t s = 0; s < 5; ++s) {
        for (std::size_t t = 0; t < epochs; ++t) column[t] = night[t] ? (*stages[t])[s] : 0;
        fill.put_with_context(column);
        fill.put_neighbours();
        fill.put_sides(2);
        double sum = 0;
        std::vector<double> so_far;
        for (const double value : column) so_far.push_back((sum += value) / epochs_per_hour);
        fill.put([&](std::size_t t) { return so_far[t]; });
        fill.put([&](std::size_t t) { return sum / epochs_per_hour - so_far[t]; });
    }
    fill.put([](std::size_t t) { return std::min(static_cast<double>(t) / epochs_per_hour, most_hours) / most_hours; });
    fill.put([epochs](std::size_t t) { return static_cast<double>(t) / static_cast<double>(epochs); });
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
