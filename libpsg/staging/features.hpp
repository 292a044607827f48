// Seven measures of one EEG channel per 30-s epoch: what staging sees of a night.
// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <span>
#include <string>
#include <vector>

#include "libpsg/model/signal.hpp"
#include "libpsg/model/step_observer.hpp"
#include "libpsg/signal/resample.hpp"
#include "libpsg/signal/spectrum.hpp"
#include "libpsg/staging/epoch_cutter.hpp"
#include "libpsg/staging/obstacle.hpp"
#include "libpsg/staging/plausibility.hpp"

namespace psg::staging {

/// Whether a channel has the 100 Hz that the gamma band needs.
bool fast_enough(SampleRate rate);

/// Measures of one epoch of the signal at 100 Hz, unfiltered but for mains hum of 50 Hz and steady tones, whose power is taken out of all
/// measures, bursts, which are left out, and slow power that is no EEG, which is taken out of delta; in an epoch without any of
/// these nothing is changed. Powers are the mean density, in uV^2/Hz, over the bins of
/// Welch's spectrum (256-sample Hann windows, half overlapping) in the band, edges included.
struct EpochFeatures {
    Obstacle obstacle = Obstacle::not_recorded;
    double delta = 0;     ///< 0.5-4 Hz
    double theta = 0;     ///< 4-8 Hz
    double alpha = 0;     ///< 8-13 Hz
    double beta = 0;      ///< 13-30 Hz
    double gamma = 0;     ///< 30-50 Hz
    double variance = 0;  ///< uV^2
    double mobility = 0;  ///< sqrt(variance of the first difference / variance), per sample: Hjorth 1970
    bool disturbed = false;  ///< under noise or slow power (EegDoubts): does not vote where another channel can
    bool noisy = false;      ///< under steady noise: its stage is not sure where no other channel votes
    EegShape shape;       ///< as measured, mains and all, but without steady tones; not in tables of features
};

/// An epoch without features.
inline EpochFeatures without_features(Obstacle obstacle) {
    EpochFeatures f;
    f.obstacle = obstacle;
    return f;
}

/// The features of one channel, epoch i covering [30 s * i, 30 s * (i + 1)) of the recording.
struct ChannelFeatures {
    std::string label;  ///< of the channel, or of the derivation in a table
    std::vector<EpochFeatures> epochs;
};

/// Measures the epochs of one channel as its samples pass by. How a stretch is cut into pieces changes no bit. What is kept is the
/// features, and less than an epoch of samples at 100 Hz.
class FeatureMeter {
public:
    /// Epochs are the whole ones in [0, duration). A rate that is not fast_enough() has no gamma band, which its features then
    /// lack; its shapes are what they are. `done` is told the pieces "resample" and "features".
    FeatureMeter(SampleRate rate, Time duration, StepObserver done = {});

    /// Moment of the first sample of the next stretch, since the start of the recording.
    void begin_stretch(Time start);
    /// Samples that follow those before, in pieces of any length. What is not finite counts as 0.
    void add(std::span<const float> samples);
    /// Features of the epochs without obstacle (of ObstacleFinder, per epoch); the others have theirs. To be called once.
    std::vector<EpochFeatures> finish(const std::vector<Obstacle>& obstacles);

private:
    void end_stretch();
    void take(std::size_t epoch, std::span<const float> samples);

    signal::Resampler resampler_;
    EpochCutter cutter_;
    signal::Welch welch_;
    bool fast_;
    std::vector<EpochFeatures> epochs_;
    std::vector<float> cleaned_, resampled_;
    StepObserver done_;
};

/// Features of the whole epochs in [0, duration) of a signal in memory, with the obstacles that ObstacleFinder finds.
/// A rate that is not fast_enough() is a UsageError.
ChannelFeatures epoch_features(const Signal& signal, Time duration);

/// What speaks against an EEG in a channel (plausibility.hpp). An epoch that was not measured is not in doubt.
EegDoubts doubts_about(std::span<const EpochFeatures> epochs);

}  // namespace psg::staging
