// Sleep stages by a model of YASA, without YASA: its features and its trees, computed here.
// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <array>
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
};

/// read_lightgbm_text(), five classes, and features that yasa_feature() knows, each once; else DataError. The models
/// with age and sex ("demo") are refused.
YasaModel read_yasa_model(std::string_view text, const std::string& where);

/// The channels that were found, by YasaChannel; null: not recorded.
using YasaSignals = std::array<const Signal*, yasa_channel_count>;

/// Stages the recording [0, duration): the most probable class of each epoch, nothing smoothed. All epochs are unknown
/// and a finding names the channel if the model needs one that is null, not in uV, or sampled at 80 Hz or less.
/// Channels that the model does not need take no part. Departures from YASA: each recorded stretch is resampled and
/// filtered for itself; epochs that cannot be scored are Stage::unknown and take no part in context and normalisation.
StagingResult stage_by_yasa(const YasaModel& model, const YasaSignals& signals, Time duration);

/// The second half of stage_by_yasa(), for callers that read one channel at a time: measures of the channels that the
/// model needs, over the same epochs.
StagingResult stage_by_yasa(const YasaModel& model, const std::array<const YasaMeasures*, yasa_channel_count>& channels,
                            Time duration);

}  // namespace psg::staging
