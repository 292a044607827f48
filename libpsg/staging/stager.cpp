// From EEG to a hypnogram: features, evidence of each channel, common decision.
// SPDX-License-Identifier: BSD-3-Clause
#include "libpsg/staging/stager.hpp"

#include <algorithm>
#include <limits>
#include <utility>

namespace psg::staging {

namespace {

// The obstacle that is named when no channel has features: that of the channel that came nearest.
Obstacle common_obstacle(std::span<const ChannelFeatures> channels, std::size_t epoch) {
    Obstacle nearest = Obstacle::not_recorded;
    for (const ChannelFeatures& channel : channels) {
        const Obstacle obstacle = channel.epochs[epoch].obstacle;
        if (obstacle == Obstacle::none) return obstacle;
        nearest = std::max(nearest, obstacle);
    }
    return nearest;
}

}  // namespace

StagingResult unknown_night(Time duration) {
    StagingResult result;
    const auto epochs = static_cast<std::size_t>(std::max<std::int64_t>(duration / epoch_length, 0));
    result.hypnogram.epoch = epoch_length;
    result.hypnogram.stages.assign(epochs, Stage::unknown);
    StageProbabilities none;
    none.fill(std::numeric_limits<double>::quiet_NaN());
    result.hypnogram.probabilities.assign(epochs, none);
    result.obstacles.assign(epochs, Obstacle::not_recorded);
    return result;
}

StagingResult stage_features(std::span<const ChannelFeatures> channels, Time duration, const Model& model) {
    StagingResult result = unknown_night(duration);
    const std::size_t epochs = result.obstacles.size();
    const auto not_run = [&](const std::string& why) {
        result.findings.push_back({.code = FindingCode::STAGING_NOT_RUN, .message = "sleep was not staged: " + why});
        return result;
    };
    if (channels.empty()) return not_run("there is no usable EEG channel");
    if (epochs == 0) return not_run("the recording is shorter than one epoch of 30 s");

    std::vector<StagingChannel> votes;
    for (const ChannelFeatures& channel : channels) {
        const bool any = std::any_of(channel.epochs.begin(), channel.epochs.end(),
                                     [](const EpochFeatures& f) { return f.obstacle == Obstacle::none; });
        if (!any) continue;
        votes.push_back({channel.label, log_measures(channel)});
        result.channels.push_back(channel.label);
    }
    for (std::size_t t = 0; t < epochs; ++t) result.obstacles[t] = common_obstacle(channels, t);
    if (votes.empty()) return not_run("no epoch of the EEG can be scored (" + obstacle_summary(result.obstacles) + ")");

    const Decision& decision = model.decision(votes.size(), epochs);
    const Evidence evidence = night_evidence(model, votes).weighed(decision.window_weight);
    const std::vector<StageProbabilities> probabilities = decide(model, decision, evidence);
    std::size_t unscored = 0;
    for (std::size_t t = 0; t < epochs; ++t) {
        if (!evidence[t]) {
            ++unscored;
            continue;
        }
        const auto best = std::max_element(probabilities[t].begin(), probabilities[t].end());
        result.hypnogram.stages[t] = scored_stages[static_cast<std::size_t>(best - probabilities[t].begin())];
        result.hypnogram.probabilities[t] = probabilities[t];
    }
    result.hypnogram.source = "model " + model.name;
    if (unscored > 0)
        result.findings.push_back({.code = FindingCode::EPOCH_UNSCORABLE,
                                   .message = std::to_string(unscored) + " of " + std::to_string(epochs) +
                                              " epochs could not be scored: " + obstacle_summary(result.obstacles)});
    return result;
}

std::optional<ChannelFeatures> usable_features(const Signal& eeg, Time duration, Findings& findings) {
    if (fast_enough(eeg.rate)) return epoch_features(eeg, duration);
    findings.push_back({.code = FindingCode::CHANNEL_UNUSABLE,
                        .message = "an EEG channel sampled below 100 Hz cannot be used for staging",
                        .channel = eeg.channel,
                        .label = eeg.label});
    return {};
}

StagingResult stage_night(std::span<const Signal* const> eeg, Time duration, const Model& model) {
    std::vector<ChannelFeatures> channels;
    Findings unusable;
    for (const Signal* signal : eeg)
        if (auto features = usable_features(*signal, duration, unusable)) channels.push_back(std::move(*features));
    StagingResult result = stage_features(channels, duration, model);
    result.findings.insert(result.findings.begin(), unusable.begin(), unusable.end());
    return result;
}

}  // namespace psg::staging
