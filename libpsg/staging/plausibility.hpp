// Whether a channel that is taken for an EEG looks like one, by the shapes of its spectra.
// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <array>
#include <limits>
#include <span>
#include <string>
#include <vector>

#include "libpsg/model/finding.hpp"
#include "libpsg/staging/obstacle.hpp"

namespace psg::staging {

/// What an epoch's spectrum looks like, free of gain but for one value; NaN: not measured.
struct EegShape {
    static constexpr std::size_t bands = 10;
    std::array<float, bands> half_octaves{};  ///< log of the mean density in half octaves, 1-1.4, 1.4-2 ... 22.6-30 Hz
    float delta_theta = std::numeric_limits<float>::quiet_NaN();  ///< log ratio of mean densities, 0.5-4 over 4-8 Hz
    float theta_alpha = delta_theta;                              ///< 4-8 over 8-13 Hz
    float alpha_beta = delta_theta;                               ///< 8-13 over 13-30 Hz
    float slow_fall = delta_theta;   ///< log ratio, 0.7-1.2 over 1.9-4 Hz
    float fast_fall = delta_theta;   ///< 13-30 over 36-45 Hz; NaN, too, where the rate holds no such frequencies
    float fast_power = delta_theta;  ///< log of the mean density of 36-45 Hz, in uV^2/Hz: what it is does not matter, but its change
    float spikiness = delta_theta;  ///< kurtosis of the difference between neighbouring samples; 3: normal distribution
};

/// Shape of an epoch from its power density at 100 Hz and the kurtosis of its differences.
EegShape eeg_shape(std::span<const double> density, double bin_hz, double spikiness);

/// m4 / m2^2 of the differences between neighbouring samples, without the square of their mean; at most 1.4 times that of the median window of 256
/// samples, so that seconds that are flat or clipped are not taken for heart beats.
double spikiness_of(std::span<const float> samples);

/// What speaks against an EEG.
struct EegDoubts {
    std::string channel;           ///< why the whole channel is none, a clause: "it is made of spikes, ..."; empty if it may be one
    std::vector<Obstacle> epochs;  ///< none, no_eeg or out_of_range; no_eeg all through if the channel is none
    std::vector<bool> disturbed;   ///< epochs under noise or slow power: of several channels these do not vote
    std::vector<bool> noisy;       ///< those of them under steady noise: never sure
    Findings told;                 ///< of an EEG that can be staged, but worse: EEG_BAND_MISSING, EEG_NOISY, EEG_HEART_BEATS;
                                   ///< EEG_UNTESTED: too short for any of this to be judged
};

/// Judges a channel by the epochs that were measured. All thresholds are proposed; README.md beside this file says what they
/// were checked on. Neither gain nor polarity matters.
///
/// An epoch is out of range if a ratio of its bands lies outside those of 105,294 epochs of real nights (52,647 of each of two
/// channels), widened by a factor of 2.7. With ten epochs or more the channel is no EEG if its power does not fall from delta to beta or is nearly all slow,
/// if it is made of spikes, if its spectrum is a mere power law that does not change (noise), or does not change at all in an
/// hour. Stretches of 20 minutes that are a mere power law without change are no EEG in a channel that is one elsewhere, and
/// if most epochs lie in such stretches, the channel is none.
///
/// Told of a channel that may be one (without its name): filters that took slow waves or fast activity away, steady noise (two hours
/// or more), slow power (ten minutes or more) and heart beats (half an hour or more) over it; by the epochs alone that hold an EEG.
EegDoubts doubt_eeg(std::span<const EegShape> shapes);

/// The findings of EegDoubts::told with the channel's number and label.
Findings told_of(const EegDoubts& doubts, int channel, const std::string& label);

/// "channel 'X' does not look like an EEG of sleep: ...".
std::string no_eeg_message(const std::string& label, const std::string& why);

}  // namespace psg::staging
