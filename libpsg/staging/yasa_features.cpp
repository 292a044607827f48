// YASA's features: measures of an epoch, context, place in the night.
// SPDX-License-Identifier: BSD-3-Clause
#include "libpsg/staging/yasa_features.hpp"

#include <algorithm>
#include <cmath>

#include "libpsg/signal/statistics.hpp"

namespace psg::staging {

namespace {

constexpr std::array<std::string_view, yasa_measure_count> measure_names{
#define PSG_YASA_NAME(name, text) #name,
    PSG_YASA_MEASURES(PSG_YASA_NAME)
#undef PSG_YASA_NAME
};
constexpr std::array<std::string_view, yasa_channel_count> prefixes{"eeg_", "eog_", "emg_"};
constexpr std::string_view centred_suffix = "_c7min_norm", past_suffix = "_p2min_norm";

bool has_measure(YasaChannel channel, YasaMeasure measure) {
    if (channel == YasaChannel::emg) return measure < YasaMeasure::sdelta;
    return channel == YasaChannel::eeg || measure < YasaMeasure::dt;
}

// Weighted means over the epochs that have a value; weights[i] is that of the epoch i - before after the one at hand.
std::vector<double> window_mean(const std::vector<double>& column, std::ptrdiff_t before,
                                std::span<const double> weights) {
    const auto n = static_cast<std::ptrdiff_t>(column.size());
    std::vector<double> means(column.size(), std::numeric_limits<double>::quiet_NaN());
    for (std::ptrdiff_t t = 0; t < n; ++t) {
        double sum = 0, weight = 0;
        for (std::size_t i = 0; i < weights.size(); ++i) {
            const std::ptrdiff_t at = t + static_cast<std::ptrdiff_t>(i) - before;
            if (at < 0 || at >= n || std::isnan(column[static_cast<std::size_t>(at)])) continue;
            sum += weights[i] * column[static_cast<std::size_t>(at)];
            weight += weights[i];
        }
        if (weight > 0) means[static_cast<std::size_t>(t)] = sum / weight;
    }
    return means;
}

std::vector<double> with_context(const std::vector<double>& column, YasaFeature::Kind kind) {
    constexpr std::array<double, 15> triangle{1, 2, 3, 4, 5, 6, 7, 8, 7, 6, 5, 4, 3, 2, 1};
    constexpr std::array<double, 4> even{1, 1, 1, 1};
    if (kind == YasaFeature::Kind::plain) return column;
    std::vector<double> means =
        kind == YasaFeature::Kind::centred ? window_mean(column, 7, triangle) : window_mean(column, 3, even);
    for (std::size_t t = 0; t < means.size(); ++t)  // what is not scored takes no part in the percentiles
        if (std::isnan(column[t])) means[t] = column[t];
    signal::robust_scale(means, 5, 95);
    return means;
}

}  // namespace

std::string_view yasa_channel_name(YasaChannel channel) {
    constexpr std::array<std::string_view, yasa_channel_count> names{"EEG", "EOG", "EMG"};
    return names[static_cast<std::size_t>(channel)];
}

std::optional<YasaFeature> yasa_feature(std::string_view name) {
    using Kind = YasaFeature::Kind;
    YasaFeature feature;
    if (name == "time_hour" || name == "time_norm") {
        feature.kind = name == "time_hour" ? Kind::hour : Kind::part;
        return feature;
    }
    const auto prefix = std::find_if(prefixes.begin(), prefixes.end(), [&](auto p) { return name.starts_with(p); });
    if (prefix == prefixes.end()) return {};
    feature.channel = static_cast<YasaChannel>(prefix - prefixes.begin());
    name.remove_prefix(prefix->size());
    for (const auto& [suffix, kind] : {std::pair{centred_suffix, Kind::centred}, std::pair{past_suffix, Kind::past}})
        if (name.ends_with(suffix)) {
            feature.kind = kind;
            name.remove_suffix(suffix.size());
            break;
        }
    const auto measure = std::find(measure_names.begin(), measure_names.end(), name);
    if (measure == measure_names.end()) return {};
    feature.measure = static_cast<YasaMeasure>(measure - measure_names.begin());
    if (!has_measure(feature.channel, feature.measure)) return {};
    return feature;
}

std::vector<Obstacle> yasa_obstacles(const std::array<const YasaMeasures*, yasa_channel_count>& channels) {
    std::vector<Obstacle> first;
    for (const YasaMeasures* channel : channels) {
        if (channel == nullptr) continue;
        if (first.empty()) first.resize(channel->obstacles.size(), Obstacle::none);
        for (std::size_t t = 0; t < first.size(); ++t)
            if (first[t] == Obstacle::none) first[t] = channel->obstacles[t];
    }
    return first;
}

std::vector<float> yasa_table(std::span<const YasaFeature> features,
                              const std::array<const YasaMeasures*, yasa_channel_count>& channels) {
    const std::vector<Obstacle> obstacles = yasa_obstacles(channels);
    const std::size_t epochs = obstacles.size();
    std::vector<float> table(epochs * features.size());
    std::vector<double> column(epochs);
    for (std::size_t f = 0; f < features.size(); ++f) {
        const YasaFeature& feature = features[f];
        const double epoch_s = seconds(epoch_length);
        const double last = epochs > 1 ? static_cast<double>(epochs - 1) : 1;
        const YasaMeasures* channel = channels[static_cast<std::size_t>(feature.channel)];
        for (std::size_t t = 0; t < epochs; ++t) {
            if (obstacles[t] != Obstacle::none)
                column[t] = std::numeric_limits<double>::quiet_NaN();
            else if (feature.kind == YasaFeature::Kind::hour)
                column[t] = static_cast<double>(t) * epoch_s / 3600;
            else if (feature.kind == YasaFeature::Kind::part)
                column[t] = static_cast<double>(t) / last;
            else
                column[t] = channel->epochs[t][static_cast<std::size_t>(feature.measure)];
        }
        const bool of_time = feature.kind == YasaFeature::Kind::hour || feature.kind == YasaFeature::Kind::part;
        const std::vector<double> values = of_time ? column : with_context(column, feature.kind);
        for (std::size_t t = 0; t < epochs; ++t)
            if (obstacles[t] == Obstacle::none) table[t * features.size() + f] = static_cast<float>(values[t]);
    }
    return table;
}

}  // namespace psg::staging
