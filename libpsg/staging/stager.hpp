// From EEG to a hypnogram.
// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <optional>
#include <span>
#include <string>
#include <vector>

#include "libpsg/model/finding.hpp"
#include "libpsg/model/hypnogram.hpp"
#include "libpsg/model/signal.hpp"
#include "libpsg/model/step_observer.hpp"
#include "libpsg/staging/features.hpp"
#include "libpsg/staging/model.hpp"

namespace psg::staging {

struct StagingResult {
    /// Whole 30-s epochs from the start of the recording. The probabilities are those of each epoch given the
    /// whole night, the stages the most probable ones. Epochs that cannot be scored are
    /// Stage::unknown with NaN probabilities.
    Hypnogram hypnogram;
    std::vector<Obstacle> obstacles;    ///< per epoch: why it could not be scored
    std::vector<std::string> channels;  ///< labels of the channels that took part
    /// STAGING_NOT_RUN, EPOCH_UNSCORABLE, CHANNELS_DISAGREE, STAGES_IMPLAUSIBLE, EEG_GAIN_CHANGES, EEG_NOISY; of channels: CHANNEL_UNUSABLE,
    /// CHANNEL_NO_EEG, EEG_BAND_MISSING, EEG_NOISY, EEG_HEART_BEATS, EEG_UNTESTED.
    Findings findings;
};

/// A night of which no epoch is scored yet: the result that every stager starts from.
StagingResult unknown_night(Time duration);

/// Stages the recording [0, duration) from any number of EEG channels of any derivation and gain: each votes by itself
/// (mean of log probabilities), and a frontal and a posterior one vote as a pair besides. An
/// epoch that noise or slow power lies over in one channel and not in another is judged by the other. Channels below 100 Hz and those that
/// do not look like an EEG (plausibility.hpp) do not take part; without any, all epochs are unknown and a finding says so. Null
/// pointers are not allowed.
StagingResult stage_night(std::span<const Signal* const> eeg, Time duration, const Model& model);

/// The first half of stage_night(): measures one EEG channel as its samples pass by, in pieces of any length; how they are cut
/// changes no bit. What is kept is the features, and less than an epoch of samples.
///
///     EegMeter meter(channel, duration);
///     meter.begin_stretch(start);  meter.add(samples);  meter.add(more);  // and so on, stretch by stretch
///     channels.push_back(meter.finish(findings));                        // for stage_features()
class EegMeter {
public:
    /// Of `channel` all but its samples is looked at; they are those of the recording [0, duration). `done` is told the pieces "obstacles",
    /// "resample" and "features".
    EegMeter(const Signal& channel, Time duration, const StepObserver& done = {});

    /// Moment of the first sample of the next stretch, since the start of the recording.
    void begin_stretch(Time start);
    /// Samples that follow those before.
    void add(std::span<const float> samples);
    /// Epochs in which the channel is no EEG have that obstacle; if it cannot be used at all, every epoch has one, and a finding
    /// (CHANNEL_UNUSABLE, CHANNEL_NO_EEG) says why. What makes stages worse is a finding, too (EegDoubts::told). To be called once.
    ChannelFeatures finish(Findings& findings);

private:
    int channel_;
    std::string label_;
    std::size_t epochs_;
    std::optional<ObstacleFinder> obstacles_;  // none: sampled too slowly
    std::optional<FeatureMeter> features_;
    StepObserver done_;
};

/// The same of a signal in memory.
ChannelFeatures channel_features(const Signal& eeg, Time duration, Findings& findings);

/// Whether any epoch of a channel can be staged.
bool any_usable(const ChannelFeatures& channel);

/// The second half: features of channels over the same epochs.
StagingResult stage_features(std::span<const ChannelFeatures> channels, Time duration, const Model& model);

}  // namespace psg::staging
