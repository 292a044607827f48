// From EEG to a hypnogram: features, evidence of each channel, common decision.
// SPDX-License-Identifier: BSD-3-Clause
#include "libpsg/staging/stager.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <limits>
#include <numeric>
#include <utility>

#include "libpsg/model/electrode.hpp"
#include "libpsg/signal/statistics.hpp"
#include "libpsg/staging/gain_change.hpp"
#include "libpsg/staging/novelty.hpp"
#include "libpsg/staging/second_opinion.hpp"

namespace psg::staging {

namespace {

constexpr std::size_t piece_samples = 8192;
constexpr std::size_t long_epochs = 240;  // two hours. Proposed, as all of these.
// 20 Sleep-EDF nights: none; a channel of the same night moved by half of it: 0.41.
constexpr double sure = 0.8, most_disagreement = 0.05;
// In excerpts of two hours single channels of Sleep-EDF do disagree (judged apart, kappa falls from 0.800 to 0.780).
constexpr std::size_t night_epochs = fewest_epochs_of_second_opinion;
// Staged otherwise by a second opinion (README.md says what nights of Sleep-EDF have).
constexpr double otherwise_without_power = 0.12, otherwise_without_floor = 0.15;
// Sleep-EDF nights have at most 0.56 in one stage, its whole days 0.83.
constexpr double most_of_one_stage = 0.95;
// Sleep of which so much is one stage, where its slow power does not speak for that stage: the night is its own measure, and one stage alone may
// pass for another. Sleep of an hour, or of 5 min that are half of the recording. Median power of 0.5-4 Hz in uV^2, the highest of the
// channels: half-hours of N3 of Sleep-EDF have 352 or more (Pz-Oz alone 70 or more, 127 in 95 of 100), of ucddb018 285, half-hours
// of N2 32 to 266 (9 to 190) in 95 of 100; less than that is no EEG in these units. Half-hours that are called R are N2 in one of five to nine, and N1
// is none.
constexpr double most_of_one_depth = 0.9;
constexpr std::size_t long_sleep_epochs = 120, brief_sleep_epochs = 10;
constexpr double least_delta_uv2 = 20;
struct SlowLimits {
    double least_of_n3_uv2, most_of_n2_uv2;
};
constexpr SlowLimits slow_limits{200, 350}, posterior_slow_limits{70, 190};

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

bool any_undisturbed(std::span<const ChannelFeatures> channels, std::size_t epoch) {
    return std::any_of(channels.begin(), channels.end(), [epoch](const ChannelFeatures& channel) {
        return channel.epochs[epoch].obstacle == Obstacle::none && !channel.epochs[epoch].disturbed;
    });
}

// Whether steady noise lies over an epoch and no channel is free of it.
bool under_noise(std::span<const ChannelFeatures> channels, std::size_t epoch) {
    return !any_undisturbed(channels, epoch) && std::any_of(channels.begin(), channels.end(), [epoch](const ChannelFeatures& channel) {
        return channel.epochs[epoch].noisy;
    });
}

// Probabilities of the stages by one channel alone; nothing where it has no features.
Evidence alone(const Model& model, const StagingChannel& channel) {
    Opinion opinion = opinion_on(model, {&channel, 1});
    for (std::size_t t = 0; t < opinion.evidence.size(); ++t)
        if (opinion.evidence[t]) opinion.evidence[t] = opinion.probabilities[t];
    return std::move(opinion.evidence);
}

// Share of the epochs of several channels of which two are sure, each of another stage.
double disagreement(const std::vector<Evidence>& channels) {
    std::size_t several = 0, apart = 0;
    for (std::size_t t = 0; t < channels[0].size(); ++t) {
        std::size_t voters = 0;
        std::array<bool, 5> seen{};
        for (const Evidence& channel : channels) {
            if (!channel[t]) continue;
            ++voters;
            const std::size_t stage = likeliest(*channel[t]);
            if ((*channel[t])[stage] >= sure) seen[stage] = true;
        }
        several += voters > 1 ? 1U : 0U;
        apart += std::count(seen.begin(), seen.end(), true) > 1 ? 1U : 0U;
    }
    return several > 0 ? static_cast<double>(apart) / static_cast<double>(several) : 0;
}

// Judges every channel by itself in the night, [first, last) epochs. If they disagree they are not of one night and must not be
// judged as one: then the mean of their probabilities is put in place of the common ones. Returns the disagreement; 0 in brief
// recordings, of which one channel tells too little.
double reconcile(const Model& model, std::span<const StagingChannel> votes, std::size_t first, std::size_t last,
                 std::vector<StageProbabilities>& probabilities) {
    if (votes.size() < 2 || probabilities.size() < night_epochs || last - first < long_epochs) return 0;
    std::vector<Evidence> channels;
    for (const StagingChannel& vote : votes) {
        const auto at = [&](std::size_t t) { return vote.measures.begin() + static_cast<std::ptrdiff_t>(t); };
        channels.push_back(alone(model, {vote.label, {at(first), at(last)}}));
    }
    const double apart = disagreement(channels);
    if (apart <= most_disagreement) return apart;
    for (std::size_t t = first; t < last; ++t) {
        StageProbabilities sum{};
        int voters = 0;
        for (const Evidence& channel : channels) {
            if (!channel[t - first]) continue;
            ++voters;
            for (std::size_t s = 0; s < 5; ++s) sum[s] += (*channel[t - first])[s];
        }
        if (voters == 0) continue;
        for (std::size_t s = 0; s < 5; ++s) probabilities[t][s] = sum[s] / voters;
    }
    return apart;
}

std::string percent(double share) {
    return std::to_string(std::lround(100 * share)) + " %";
}

// "2.1 times".
std::string times(double factor) {
    const long tenths = std::lround(factor * 10);
    return std::to_string(tenths / 10) + "." + std::to_string(tenths % 10) + " times";
}

std::string joined(const std::vector<std::string>& labels) {
    std::string text;
    for (const std::string& label : labels) text += (text.empty() ? "'" : ", '") + label + "'";
    return text;
}

// Whether sleep that is nearly all of one stage may as well be of another, by the channel that has the most slow power in it.
bool may_be_another(Stage stage, const std::vector<Stage>& stages, std::span<const ChannelFeatures> channels) {
    double most_uv2 = 0;
    SlowLimits limits = posterior_slow_limits;
    for (const ChannelFeatures& channel : channels) {
        std::vector<float> power;
        for (std::size_t t = 0; t < stages.size(); ++t)
            if (stages[t] == stage && channel.epochs[t].obstacle == Obstacle::none) power.push_back(static_cast<float>(3.5 * channel.epochs[t].delta));
        if (power.empty()) continue;
        most_uv2 = std::max(most_uv2, static_cast<double>(signal::median(power)));
        if (labelled_region(channel.label) != HeadRegion::posterior) limits = slow_limits;
    }
    if (stage == Stage::N2) return most_uv2 < least_delta_uv2 || most_uv2 >= limits.least_of_n3_uv2;
    return stage != Stage::N3 || most_uv2 < limits.most_of_n2_uv2;
}

// A sentence if hours of recording, or all its sleep, are staged as one and the same; else empty.
std::string monotony(const std::vector<Stage>& stages, std::span<const ChannelFeatures> channels) {
    std::array<std::size_t, 5> counts{};
    for (const Stage s : stages)
        if (s != Stage::unknown) ++counts[static_cast<std::size_t>(s)];
    const std::size_t scored = std::accumulate(counts.begin(), counts.end(), std::size_t(0));
    const auto most = std::max_element(counts.begin(), counts.end());
    const auto most_of = [](std::size_t n, std::size_t all, Stage stage, const std::string& what) {
        return std::to_string(n) + " of " + std::to_string(all) + what + " were staged " + std::string(stage_name(stage));
    };
    if (scored >= long_epochs && static_cast<double>(*most) >= most_of_one_stage * static_cast<double>(scored))
        return most_of(*most, scored, scored_stages[static_cast<std::size_t>(most - counts.begin())], " epochs") +
               ": nobody slept or nobody woke, or the EEG is noisy; look at it before the stages are used";
    const std::size_t asleep = scored - counts[static_cast<std::size_t>(Stage::W)];
    const auto commonest = std::max_element(counts.begin() + 1, counts.end());  // W is the first
    const Stage stage = scored_stages[static_cast<std::size_t>(commonest - counts.begin())];
    if (asleep < brief_sleep_epochs || (asleep < long_sleep_epochs && 2 * asleep < scored) ||
        static_cast<double>(*commonest) < most_of_one_depth * static_cast<double>(asleep) || !may_be_another(stage, stages, channels))
        return {};
    return most_of(*commonest, asleep, stage, " epochs of sleep") +
           ": stages are told by how they differ from the rest of the recording, so that one stage alone may be "
           "called another (N3 alone was called N2); look at them before they are used";
}

}  // namespace

StagingResult unknown_night(Time duration) {
    StagingResult result;
    const std::size_t epochs = whole_epochs(duration);
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
    if (channels.empty()) {
        result.obstacles.assign(epochs, Obstacle::no_channel);
        return not_run("there is no EEG channel");
    }
    if (epochs == 0) return not_run("the recording is shorter than one epoch of 30 s");

    std::vector<StagingChannel> votes;
    for (const ChannelFeatures& channel : channels) {
        StagingChannel vote{channel.label, log_measures(channel)};
        for (std::size_t t = 0; t < epochs; ++t)
            if (channel.epochs[t].disturbed && any_undisturbed(channels, t)) vote.measures[t].reset();
        if (std::none_of(vote.measures.begin(), vote.measures.end(), [](const auto& m) { return m.has_value(); })) continue;
        if (const auto change = gain_change(vote.measures))
            result.findings.push_back(
                {.code = FindingCode::EEG_GAIN_CHANGES,
                 .message = "EEG channel '" + channel.label + "': its gain changes within the night, by about " +
                            times(*change) + ", as far as its power is not explained by the shape of its spectrum",
                 .repair = "stages are made without such changes; look whether something was switched",
                 .label = channel.label});
        votes.push_back(std::move(vote));
        result.channels.push_back(channel.label);
    }
    for (std::size_t t = 0; t < epochs; ++t) result.obstacles[t] = common_obstacle(channels, t);
    if (votes.empty()) return not_run("no epoch of the EEG can be scored (" + obstacle_summary(result.obstacles) + ")");

    Opinion opinion = opinion_on(model, votes);
    std::vector<bool>& in_doubt = result.hypnogram.doubtful;
    for (std::size_t t = 0; t < epochs; ++t) in_doubt.push_back(under_noise(channels, t));
    if (const double share = ask_again(model, without_power_of(votes), otherwise_without_power, votes, opinion, in_doubt); share > 0)
        result.findings.push_back(
            {.code = FindingCode::EEG_GAIN_CHANGES,
             .message = percent(share) + " of the epochs are staged otherwise if their power is left out, as in no night of Sleep-EDF: "
                                         "the gain or the power of the EEG goes to and fro, or muscle or noise lies over all of it: look at it",
             .repair = "staged by the shapes of the spectra alone; epochs that power makes another are marked as unsure"});
    if (Without quiet = without_floor_of(votes); quiet.any())
        if (const double share = ask_again(model, std::move(quiet), otherwise_without_floor, votes, opinion, in_doubt); share > 0)
            result.findings.push_back(
                {.code = FindingCode::EEG_NOISY,
                 .message = percent(share) + " of the epochs are staged otherwise if what never goes above 30 Hz, and lies over parts of the "
                                             "night alone, is left out: muscle, or noise of an electrode",
                 .repair = "epochs under it, and those that it makes another, are marked as unsure, or all if these are most"});
    std::size_t unlike = 0;
    for (const StagingChannel& vote : votes) {
        const auto at = [&](std::size_t t) { return vote.measures.begin() + static_cast<std::ptrdiff_t>(t); };
        const std::string why = unlike_learned(model.single.shapes, {at(opinion.night.first), at(opinion.night.last)});
        if (why.empty()) continue;
        ++unlike;
        result.findings.push_back({.code = FindingCode::EEG_NOISY,
                                   .message = "EEG channel '" + vote.label + "': " + why,
                                   .repair = "staged all the same; if it is so of every channel, no epoch is sure",
                                   .label = vote.label});
    }
    if (unlike == votes.size()) in_doubt.assign(epochs, true);
    std::vector<StageProbabilities>& probabilities = opinion.probabilities;
    if (const double apart = reconcile(model, votes, opinion.night.first, opinion.night.last, probabilities);
        apart > most_disagreement)
        result.findings.push_back(
            {.code = FindingCode::CHANNELS_DISAGREE,
             .message = "in " + std::to_string(std::lround(100 * apart)) + " % of the night's epochs the EEG channels (" +
                        joined(result.channels) + ") show different stages, each with confidence: one of them is " +
                        "no EEG of this night, or not in its time",
             .repair = "every channel was judged by itself and the mean of their probabilities taken; look at them "
                       "and name one by --channel eeg=LABEL"});
    std::size_t unscored = 0;
    for (std::size_t t = 0; t < epochs; ++t) {
        if (!opinion.evidence[t]) {
            ++unscored;
            continue;
        }
        result.hypnogram.stages[t] = scored_stages[likeliest(probabilities[t])];
        result.hypnogram.probabilities[t] = probabilities[t];
    }
    result.hypnogram.source = "model " + model.name;
    if (const std::string doubt = monotony(result.hypnogram.stages, channels); !doubt.empty()) {
        in_doubt.assign(epochs, true);
        result.findings.push_back(
            {.code = FindingCode::STAGES_IMPLAUSIBLE, .message = doubt, .repair = "every epoch is marked as unsure"});
    }
    if (unscored > 0)
        result.findings.push_back({.code = FindingCode::EPOCH_UNSCORABLE,
                                   .message = std::to_string(unscored) + " of " + std::to_string(epochs) +
                                              " epochs could not be scored: " + obstacle_summary(result.obstacles)});
    return result;
}

bool any_usable(const ChannelFeatures& channel) {
    return std::any_of(channel.epochs.begin(), channel.epochs.end(),
                       [](const EpochFeatures& f) { return f.obstacle == Obstacle::none; });
}

EegMeter::EegMeter(const Signal& channel, Time duration, const StepObserver& done)
    : channel_(channel.channel), label_(channel.label), epochs_(whole_epochs(duration)), done_(done) {
    if (!fast_enough(channel.rate)) return;
    obstacles_.emplace(channel.rate, channel.step, duration);
    features_.emplace(channel.rate, duration, done);
}

void EegMeter::begin_stretch(Time start) {
    if (!features_) return;
    obstacles_->begin_stretch(start);
    features_->begin_stretch(start);
}

void EegMeter::add(std::span<const float> samples) {
    for (; features_ && !samples.empty(); samples = samples.subspan(std::min(samples.size(), piece_samples))) {
        const auto part = samples.first(std::min(samples.size(), piece_samples));  // both while it is in the cache
        obstacles_->add(part);
        tell_piece(done_, "obstacles");
        features_->add(part);
    }
}

ChannelFeatures EegMeter::finish(Findings& findings) {
    const auto tell = [&](FindingCode code, const std::string& message) {
        findings.push_back({.code = code, .message = message, .repair = "left out of staging", .channel = channel_, .label = label_});
    };
    if (!features_) {
        tell(FindingCode::CHANNEL_UNUSABLE, "an EEG channel sampled below 100 Hz cannot be used for staging");
        return {label_, std::vector<EpochFeatures>(epochs_, without_features(Obstacle::too_slow))};
    }
    ChannelFeatures features{label_, features_->finish(obstacles_->finish())};
    const EegDoubts doubts = doubts_about(features.epochs);
    for (std::size_t t = 0; t < features.epochs.size(); ++t) {
        if (doubts.epochs[t] != Obstacle::none) features.epochs[t] = without_features(doubts.epochs[t]);
        features.epochs[t].disturbed = doubts.disturbed[t];
        features.epochs[t].noisy = doubts.noisy[t];
    }
    if (!doubts.channel.empty()) tell(FindingCode::CHANNEL_NO_EEG, no_eeg_message(label_, doubts.channel));
    for (Finding& f : told_of(doubts, channel_, label_)) findings.push_back(std::move(f));
    return features;
}

ChannelFeatures channel_features(const Signal& eeg, Time duration, Findings& findings) {
    EegMeter meter(eeg, duration);
    for (const Signal::Stretch& stretch : eeg.stretches) {
        meter.begin_stretch(stretch.start);
        meter.add(stretch.samples);
    }
    return meter.finish(findings);
}

StagingResult stage_night(std::span<const Signal* const> eeg, Time duration, const Model& model) {
    std::vector<ChannelFeatures> channels;
    Findings of_channels;
    for (const Signal* signal : eeg) channels.push_back(channel_features(*signal, duration, of_channels));
    StagingResult result = stage_features(channels, duration, model);
    result.findings.insert(result.findings.begin(), of_channels.begin(), of_channels.end());
    return result;
}

}  // namespace psg::staging
