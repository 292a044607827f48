// Sleep stages by a model of YASA.
// SPDX-License-Identifier: BSD-3-Clause
#include "libpsg/staging/yasa_stager.hpp"

#include <algorithm>
#include <set>
#include <utility>

#include "libpsg/model/error.hpp"
#include "libpsg/staging/features.hpp"
#include "libpsg/staging/text_checksum.hpp"

namespace psg::staging {

namespace {

constexpr std::array<Stage, 5> class_stages{Stage::N1, Stage::N2, Stage::N3, Stage::R, Stage::W};
constexpr std::array<YasaChannel, yasa_channel_count> all_channels{YasaChannel::eeg, YasaChannel::eog,
                                                                   YasaChannel::emg};
constexpr double slowest_hz = 80;  // YASA's limit

void not_run(StagingResult& result, const std::string& why) {
    result.findings.push_back({.code = FindingCode::STAGING_NOT_RUN, .message = "sleep was not staged: " + why});
}

// Checksums of boosters that YASA 0.7.0 published: of the text before the first tree, and of all trees. LightGBM's text has no
// checksum of its own, and a threshold that was changed inside its feature's range cannot be told otherwise.
struct PublishedModel {
    std::string_view name, header, trees;
};
constexpr PublishedModel published[] = {
    {"EEG", "9a48aab594615a89", "b05d6c22faec364c"},
    {"EEG+EOG+EMG", "7d5338245e1ef2d0", "0b17901bd55ae1b9"},
};

// Whether the file is a published one. One that begins as such must go on as that one.
bool is_published(std::string_view text, const std::string& where) {
    constexpr std::string_view first = "\nTree=0\n", last = "\nend of trees\n";
    const std::size_t begin = text.find(first), end = text.find(last);
    if (begin == text.npos || end == text.npos || end < begin) return false;
    const std::string header = text_checksum(text.substr(0, begin + 1));
    const auto line = std::count(text.begin(), text.begin() + static_cast<std::ptrdiff_t>(begin) + 1, '\n') + 1;
    for (const PublishedModel& p : published) {
        if (p.header != header) continue;
        if (p.trees != text_checksum(text.substr(begin + 1, end - begin)))
            throw DataError(where + ", line " + std::to_string(line),
                            "the trees from here on are not those of YASA's model " + std::string(p.name) + ", whose header the file has: a number was changed",
                            "export the model anew (scripts/export_yasa_model) and do not edit the file");
        return true;
    }
    return false;
}

std::string not_found(YasaChannel channel) {
    constexpr std::array<const char*, yasa_channel_count> options{"eeg", "eog_left", "chin"};
    return "the model needs an " + std::string(yasa_channel_name(channel)) + " channel and none was found; name it by --channel " +
           options[static_cast<std::size_t>(channel)] + "=LABEL or take a model that needs none";
}

// What a channel has, by the header, that cannot serve the model; nothing if it can.
struct Unfit {
    Obstacle obstacle = Obstacle::none;
    std::string why;
};
Unfit unfit_by_header(const Signal& signal, YasaChannel channel) {
    const std::string name(yasa_channel_name(channel));
    if (signal.unit != "uV")
        return {Obstacle::unknown_unit, "the unit of the " + name + " channel '" + signal.label +
                                            "' is not known, and the model needs microvolts"};
    if (!(signal.rate.hz() > slowest_hz))
        return {Obstacle::too_slow, "the " + name + " channel '" + signal.label +
                                        "' is sampled at 80 Hz or less, and the model needs more"};
    return {};
}

std::string names_of_needs(const std::array<bool, yasa_channel_count>& needs) {
    std::string names;
    for (const YasaChannel c : all_channels)
        if (needs[static_cast<std::size_t>(c)]) names += (names.empty() ? "" : "+") + std::string(yasa_channel_name(c));
    return names;
}

}  // namespace

YasaModel read_yasa_model(std::string_view text, const std::string& where) {
    LightgbmModel file = read_lightgbm_text(text, where);
    const bool published_one = is_published(text, where);
    const auto refuse = [&](const std::string& what) {
        throw DataError(where + ", line of feature_names", what,
                        "give a booster of YASA exported by scripts/export_yasa_model");
    };
    if (file.trees.classes != class_stages.size())
        refuse("the model has " + std::to_string(file.trees.classes) + " classes and not YASA's five");
    YasaModel model;
    model.published = published_one;
    std::set<std::string_view> seen;
    for (const std::string& name : file.feature_names) {
        if (name == "age" || name == "male")
            refuse("the model wants the feature '" + name + "': models with age and sex are not supported");
        const auto feature = yasa_feature(name);
        if (!feature) refuse("'" + name.substr(0, 60) + "' is no feature of YASA");
        if (!seen.insert(name).second) refuse("the feature '" + name + "' stands there twice");
        model.features.push_back(*feature);
        if (feature->kind != YasaFeature::Kind::hour && feature->kind != YasaFeature::Kind::part)
            model.needs[static_cast<std::size_t>(feature->channel)] = true;
    }
    if (names_of_needs(model.needs).empty()) refuse("the model needs no channel");
    model.name = "YASA " + names_of_needs(model.needs);
    model.description = "LightGBM text " + file.version + ", " + std::to_string(file.trees.trees.size()) + " trees, " +
                        std::to_string(model.features.size()) + " features";
    model.trees = std::move(file.trees);
    return model;
}

void YasaNight::Meter::begin_stretch(Time start) {
    if (meter_) meter_->begin_stretch(start);
}

void YasaNight::Meter::add(std::span<const float> samples) {
    if (meter_) meter_->add(samples);
}

YasaNight::Meter YasaNight::meter(YasaChannel channel, const Signal& signal) const {
    Meter meter;
    meter.channel_ = channel;
    meter.signal_ = {signal.channel, signal.label, signal.unit, signal.rate, signal.step, {}, {}};
    const Unfit u = unfit_by_header(signal, channel);
    meter.unfit_ = u.obstacle;
    meter.why_ = u.why;
    if (u.obstacle == Obstacle::none) meter.meter_.emplace(meter.signal_, channel, duration_);
    return meter;
}

YasaNight::Given YasaNight::measured(Meter& meter) {
    const Signal& signal = meter.signal_;
    const auto refused = [&](FindingCode code, const std::string& why, std::vector<Obstacle> obstacles) {
        of_channels_.push_back({.code = code,
                                .message = why,
                                .repair = "left out of staging",
                                .channel = signal.channel,
                                .label = signal.label});
        return Given{why, {signal.label, std::move(obstacles), {}, {}}};
    };
    const std::size_t epochs = whole_epochs(duration_);
    if (!meter.meter_) return refused(FindingCode::CHANNEL_UNUSABLE, meter.why_, std::vector<Obstacle>(epochs, meter.unfit_));
    Given given{{}, meter.meter_->finish()};
    std::vector<Obstacle>& obstacles = given.measures.obstacles;
    if (meter.channel_ == YasaChannel::eeg) {
        const EegDoubts& doubts = given.measures.doubts;
        for (std::size_t t = 0; t < epochs; ++t)
            if (obstacles[t] == Obstacle::none) obstacles[t] = doubts.epochs[t];
        if (!doubts.channel.empty())
            return refused(FindingCode::CHANNEL_NO_EEG, no_eeg_message(signal.label, doubts.channel), obstacles);
        for (Finding& f : told_of(doubts, signal.channel, signal.label)) of_channels_.push_back(std::move(f));
    }
    if (epochs > 0 && std::count(obstacles.begin(), obstacles.end(), Obstacle::none) == 0)
        return refused(FindingCode::CHANNEL_UNUSABLE,
                       "no epoch of the " + std::string(yasa_channel_name(meter.channel_)) + " channel '" + signal.label +
                           "' can be scored (" + obstacle_summary(obstacles) + ")",
                       obstacles);
    return given;
}

bool YasaNight::wants(YasaChannel channel) const {
    const auto i = static_cast<std::size_t>(channel);
    return model_->needs[i] && !(given_[i] && given_[i]->unfit.empty());
}

void YasaNight::add(Meter meter) {
    if (!wants(meter.channel_)) return;
    auto& best = given_[static_cast<std::size_t>(meter.channel_)];
    const std::size_t refused_before = of_channels_.size();
    Given given = measured(meter);
    if (!best) {
        best = std::move(given);
    } else if (given.unfit.empty()) {
        for (std::size_t i = 0; i < refused_before; ++i)
            if (of_channels_[i].message == best->unfit) of_channels_[i].repair = "'" + meter.signal_.label + "' was taken in its place";
        best = std::move(given);
    }
}

void YasaNight::add(YasaChannel channel, const Signal& signal) {
    if (!wants(channel)) return;
    Meter measuring = meter(channel, signal);
    for (const Signal::Stretch& stretch : signal.stretches) {
        measuring.begin_stretch(stretch.start);
        measuring.add(stretch.samples);
    }
    add(std::move(measuring));
}

StagingResult YasaNight::stage() const {
    const YasaModel& model = *model_;
    StagingResult result = unknown_night(duration_);
    result.findings = of_channels_;
    std::array<const YasaMeasures*, yasa_channel_count> channels{};
    for (const YasaChannel c : all_channels) {
        const auto i = static_cast<std::size_t>(c);
        if (!model.needs[i]) continue;
        const std::string why = given_[i] ? given_[i]->unfit : not_found(c);
        if (!why.empty()) {
            if (given_[i]) result.obstacles = given_[i]->measures.obstacles;
            else std::fill(result.obstacles.begin(), result.obstacles.end(), Obstacle::no_channel);
            not_run(result, why);
            return result;
        }
        channels[i] = &given_[i]->measures;
    }
    const std::size_t epochs = result.obstacles.size();
    if (epochs == 0) {
        not_run(result, "the recording is shorter than one epoch of 30 s");
        return result;
    }
    result.obstacles = yasa_obstacles(channels);
    const auto unscored = static_cast<std::size_t>(std::count_if(result.obstacles.begin(), result.obstacles.end(),
                                                                 [](Obstacle o) { return o != Obstacle::none; }));
    const std::string obstacles = obstacle_summary(result.obstacles);
    if (unscored == epochs) {
        not_run(result, "no epoch of " + model.name.substr(5) + " can be scored (" + obstacles + ")");
        return result;
    }
    for (const YasaMeasures* channel : channels)
        if (channel != nullptr) result.channels.push_back(channel->label);
    const std::vector<double> probabilities = class_probabilities(model.trees, yasa_table(model.features, channels));
    for (std::size_t t = 0; t < epochs; ++t) {
        if (result.obstacles[t] != Obstacle::none) continue;
        const double* const row = &probabilities[t * class_stages.size()];
        result.hypnogram.stages[t] =
            class_stages[static_cast<std::size_t>(std::max_element(row, row + class_stages.size()) - row)];
        for (std::size_t c = 0; c < class_stages.size(); ++c)
            result.hypnogram.probabilities[t][static_cast<std::size_t>(class_stages[c])] = row[c];
    }
    result.hypnogram.source = "model " + model.name;
    if (unscored > 0)
        result.findings.push_back({.code = FindingCode::EPOCH_UNSCORABLE,
                                   .message = std::to_string(unscored) + " of " + std::to_string(epochs) +
                                              " epochs could not be scored: " + obstacles});
    return result;
}

StagingResult stage_by_yasa(const YasaModel& model, const YasaSignals& signals, Time duration) {
    YasaNight night(model, duration);
    for (const YasaChannel c : all_channels)
        if (const Signal* signal = signals[static_cast<std::size_t>(c)]) night.add(c, *signal);
    return night.stage();
}

}  // namespace psg::staging
