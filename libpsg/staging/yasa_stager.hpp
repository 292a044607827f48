// Sleep stages by a model of YASA, without YASA: its features and its trees, computed here.
// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <array>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "libpsg/staging/lightgbm_text.hpp"
#include "libpsg/staging/stager.hpp"
#include "libpsg/staging/yasa_features.hpp"

namespace psg::staging {

/// A LightGBM model over YASA's features. Its classes are N1, N2, N3, R, W (the order of YASA's labels).
struct YasaModel {
    TreeModel trees;
    std::vector<YasaFeature> features;
    std::array<bool, yasa_channel_count> needs{};  ///< by YasaChannel
    std::string name;                              ///< "YASA EEG+EOG+EMG"
    std::string description;                       ///< "LightGBM text v4, 2000 trees, 149 features"
    bool published = false;  ///< one of those of YASA 0.7.0 whose checksums are known
};

/// read_lightgbm_text(), five classes, and features that yasa_feature() knows, each once; else DataError. The models
/// with age and sex ("demo") are refused, and files with the header of a booster that YASA 0.7.0 published (EEG, EEG+EOG+EMG) and
/// other trees.
YasaModel read_yasa_model(std::string_view text, const std::string& where);

/// The channels that were found, by YasaChannel; null: not recorded.
using YasaSignals = std::array<const Signal*, yasa_channel_count>;

/// What a model needs to know of a night, gathered channel by channel as their samples pass by, one after the other or side by side:
///
///     YasaNight night(model, duration);
///     YasaNight::Meter eeg = night.meter(YasaChannel::eeg, channel);
///     eeg.begin_stretch(start);  eeg.add(samples);  // and so on
///     night.add(std::move(eeg));
///     night.stage();
class YasaNight {
public:
    YasaNight(const YasaModel& model, Time duration) : model_(&model), duration_(duration) {}

    /// Measures one channel.
    class Meter {
    public:
        /// As YasaMeter; what the header already rules out is not looked at.
        void begin_stretch(Time start);
        void add(std::span<const float> samples);

    private:
        friend class YasaNight;
        YasaChannel channel_{};
        Signal signal_;  // without samples
        Obstacle unfit_ = Obstacle::none;
        std::string why_;
        std::optional<YasaMeter> meter_;
    };

    /// Whether the model needs such a channel and none that can serve was given.
    bool wants(YasaChannel channel) const;
    /// Of `signal` all but its samples is looked at.
    Meter meter(YasaChannel channel, const Signal& signal) const;
    /// Takes a channel of which all samples were added, if wants() it. None can serve that is not in uV,
    /// is sampled at 80 Hz or less, has no epoch that can be scored or, for the EEG, does not look like one (plausibility.hpp).
    void add(Meter meter);
    /// The same of a signal in memory.
    void add(YasaChannel channel, const Signal& signal);

    /// Stages the recording [0, duration): the most probable class of each epoch, nothing smoothed. All epochs are unknown
    /// and a finding names the channel if the model needs one and none that can serve was given. Channels that could not serve
    /// are findings (CHANNEL_UNUSABLE, CHANNEL_NO_EEG) that name what was taken in their place.
    /// Departures from YASA: each recorded stretch is resampled and filtered for itself; epochs that cannot be scored are
    /// Stage::unknown and take no part in context and normalisation.
    StagingResult stage() const;

private:
    struct Given {
        std::string unfit;  ///< why it cannot serve; empty if it can
        YasaMeasures measures;  ///< of one that cannot serve, obstacles alone
    };
    Given measured(Meter& meter);
    const YasaModel* model_;
    Time duration_;
    std::array<std::optional<Given>, yasa_channel_count> given_;  ///< the first that can serve, else the first
    Findings of_channels_;
};

/// The same of signals that are all in memory.
StagingResult stage_by_yasa(const YasaModel& model, const YasaSignals& signals, Time duration);

}  // namespace psg::staging
