// Scored nights from tables of features.
// SPDX-License-Identifier: BSD-3-Clause
#include "libpsg/staging/feature_table.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>
#include <numbers>
#include <utility>

#include "libpsg/model/error.hpp"
#include "libpsg/signal/statistics.hpp"

namespace psg::staging {

namespace {

constexpr std::size_t most_epochs = 1'000'000;  // a table from outside must not make us take all memory

constexpr std::pair<std::string_view, double EpochFeatures::*> feature_columns[] = {
    {"_delta", &EpochFeatures::delta},      {"_theta", &EpochFeatures::theta}, {"_alpha", &EpochFeatures::alpha},
    {"_beta", &EpochFeatures::beta},        {"_gamma", &EpochFeatures::gamma}, {"_variance", &EpochFeatures::variance},
    {"_mobility", &EpochFeatures::mobility}};

std::vector<std::string_view> split(std::string_view text, char separator) {
    std::vector<std::string_view> parts;
    for (std::size_t from = 0;;) {
        const std::size_t end = text.find(separator, from);
        parts.push_back(text.substr(from, end == std::string_view::npos ? end : end - from));
        if (end == std::string_view::npos) return parts;
        from = end + 1;
    }
}

template <class T>
bool parse(std::string_view text, T& value) {
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
    return error == std::errc{} && end == text.data() + text.size();
}

// Three digits.
std::string shortest(double x) {
    char buffer[32];
    return {buffer, std::to_chars(buffer, buffer + sizeof buffer, x, std::chars_format::general, 3).ptr};
}

// Where a column goes: which channel, which feature.
struct Target {
    std::size_t channel = 0;
    double EpochFeatures::*feature = nullptr;  ///< null: epoch, stage or a column of no interest
};

std::vector<Target> read_header(const std::vector<std::string_view>& names, ScoredNight& night) {
    std::vector<Target> targets(names.size());
    for (std::size_t c = 0; c < names.size(); ++c)
        for (const auto& [suffix, feature] : feature_columns) {
            if (!names[c].ends_with(suffix) || names[c].size() == suffix.size()) continue;
            const std::string label(names[c].substr(0, names[c].size() - suffix.size()));
            const auto known = std::find_if(night.channels.begin(), night.channels.end(),
                                            [&](const ChannelFeatures& channel) { return channel.label == label; });
            targets[c] = {static_cast<std::size_t>(known - night.channels.begin()), feature};
            if (known == night.channels.end()) night.channels.push_back({label, {}});
        }
    return targets;
}

}  // namespace

ScoredNight read_feature_table(std::string_view text, const std::string& name) {
    ScoredNight night;
    night.name = name;
    std::vector<std::string_view> lines = split(text, '\n');
    if (!lines.empty() && lines.back().empty()) lines.pop_back();
    const auto fail = [&](std::size_t line, const std::string& what) {
        throw DataError(name + ", line " + std::to_string(line + 1), what);
    };
    if (lines.empty()) fail(0, "the table of features is empty");
    const std::vector<std::string_view> names = split(lines[0], '\t');
    const auto column = [&](std::string_view wanted) {
        const auto at = std::find(names.begin(), names.end(), wanted);
        if (at == names.end()) fail(0, "the table of features has no column '" + std::string(wanted) + "'");
        return static_cast<std::size_t>(at - names.begin());
    };
    const std::size_t epoch_column = column("epoch"), stage_column = column("stage");
    if (lines.size() == 1) fail(0, "the table has a header and no epochs");
    const std::vector<Target> targets = read_header(names, night);
    if (night.channels.empty()) fail(0, "the table has no derivation (columns such as 'c4_m1_delta')");
    for (const ChannelFeatures& channel : night.channels)
        for (const auto& [suffix, feature] : feature_columns) column(channel.label + std::string(suffix));

    for (std::size_t line = 1; line < lines.size(); ++line) {
        const std::vector<std::string_view> cells = split(lines[line], '\t');
        if (cells.size() != names.size()) fail(line, "the row does not have as many cells as the header");
        std::size_t epoch = 0;
        if (!parse(cells[epoch_column], epoch) || epoch >= most_epochs || epoch < night.stages.size())
            fail(line, "the epoch number is not one that may follow");
        const auto stage = stage_from_name(cells[stage_column]);
        if (!stage) fail(line, "'" + std::string(cells[stage_column].substr(0, 40)) + "' is no sleep stage");
        night.stages.resize(epoch + 1, Stage::unknown);
        night.stages[epoch] = *stage;
        for (ChannelFeatures& channel : night.channels) {
            channel.epochs.resize(epoch + 1);
            channel.epochs[epoch].obstacle = Obstacle::none;
        }
        for (std::size_t c = 0; c < cells.size(); ++c) {
            if (targets[c].feature == nullptr) continue;
            EpochFeatures& features = night.channels[targets[c].channel].epochs[epoch];
            double& value = features.*targets[c].feature;
            if (!parse(cells[c], value)) fail(line, "'" + std::string(cells[c].substr(0, 40)) + "' is no number");
            if (!(value >= 0 && value < 1e30))
                fail(line, "'" + std::string(cells[c].substr(0, 40)) + "' is no " + std::string(names[c]) +
                               ": leave out the row of an epoch that has no features");
            if (value == 0) features.obstacle = Obstacle::not_recorded;
        }
    }
    return night;
}

void check_features(const ScoredNight& night) {
    // Median of the log ratio over sleep. In brackets the 40 channels of Sleep-EDF and ucddb018. Proposed.
    struct Check {
        const char* first;
        const char* second;  // or null
        double low, high;
    };
    constexpr std::array<Check, 6> checks{{{"_delta", "_theta", -0.3, 4.5},   // [1.1 to 2.7]
                                           {"_theta", "_alpha", -0.1, 3.5},   // [0.3 to 1.8]
                                           {"_alpha", "_beta", 0, 4.5},       // [0.8 to 2.4]
                                           {"_beta", "_gamma", -0.9, 15},     // [-0.7 to 3.6]; above behind low-pass filters
                                           {"_variance", nullptr, -0.7, 2},   // over the power of all bands [0.2 to 0.4]; drift adds to it
                                           {"_mobility", nullptr, -0.25, 0.25}}};  // over that of a spectrum of such bands [-0.05 to 0.05]
    constexpr std::size_t fewest_epochs = 20;
    constexpr std::array widths_hz{3.5, 4.0, 5.0, 17.0, 20.0}, middles_hz{1.5, 6.0, 10.0, 19.0, 38.0};
    for (const ChannelFeatures& channel : night.channels) {
        std::array<std::vector<float>, checks.size()> ratios;
        for (std::size_t t = 0; t < night.stages.size(); ++t) {
            const EpochFeatures& f = channel.epochs[t];
            if (!is_sleep(night.stages[t]) || f.obstacle != Obstacle::none) continue;
            const std::array densities{f.delta, f.theta, f.alpha, f.beta, f.gamma};
            double power = 0, of_difference = 0;
            for (std::size_t b = 0; b < densities.size(); ++b) {
                power += widths_hz[b] * densities[b];
                of_difference += widths_hz[b] * densities[b] * (2 - 2 * std::cos(2 * std::numbers::pi * middles_hz[b] / 100));
                if (b > 0) ratios[b - 1].push_back(static_cast<float>(std::log(densities[b - 1] / densities[b])));
            }
            ratios[4].push_back(static_cast<float>(std::log(f.variance / power)));
            ratios[5].push_back(static_cast<float>(std::log(f.mobility / std::sqrt(of_difference / f.variance))));
        }
        for (std::size_t c = 0; c < checks.size(); ++c) {
            if (ratios[c].size() < fewest_epochs) continue;
            const double median = signal::median(ratios[c]);
            if (median >= checks[c].low && median <= checks[c].high) continue;
            const std::string column = channel.label + checks[c].first;
            const std::string what = checks[c].second != nullptr ? "columns '" + column + "' and '" + channel.label + checks[c].second + "'" : "column '" + column + "'";
            throw DataError(night.name, what + " cannot be of an EEG asleep: " + (checks[c].second != nullptr ? "one is " : "it is ") +
                                            shortest(std::exp(median)) + " times " +
                                            (checks[c].second != nullptr ? "the other" : "what the bands let expect") + " in the median",
                            "see that columns are in their places and powers in uV^2/Hz, variances in uV^2");
        }
    }
}

void cut_to_sleep(ScoredNight& night, Time margin) {
    const auto first = std::find_if(night.stages.begin(), night.stages.end(), is_sleep);
    const auto last = std::find_if(night.stages.rbegin(), night.stages.rend(), is_sleep).base();
    const auto around = static_cast<std::ptrdiff_t>(margin / epoch_length);
    const std::ptrdiff_t begin = std::max<std::ptrdiff_t>(first - night.stages.begin() - around, 0);
    const std::ptrdiff_t size = static_cast<std::ptrdiff_t>(night.stages.size());
    const std::ptrdiff_t end =
        first == night.stages.end() ? begin : std::min(last - night.stages.begin() + around, size);
    const auto cut = [&](auto& values) {
        values.erase(values.begin() + end, values.end());
        values.erase(values.begin(), values.begin() + begin);
    };
    cut(night.stages);
    for (ChannelFeatures& channel : night.channels) cut(channel.epochs);
}

}  // namespace psg::staging
