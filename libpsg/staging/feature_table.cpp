// Scored nights from tables of features.
// SPDX-License-Identifier: BSD-3-Clause
#include "libpsg/staging/feature_table.hpp"

#include <algorithm>
#include <charconv>
#include <utility>

#include "libpsg/model/error.hpp"

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
