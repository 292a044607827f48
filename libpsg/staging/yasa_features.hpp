// The features of YASA (Vallat & Walker 2021, eLife 10:e70092), by their names.
// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <array>
#include <limits>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "libpsg/model/signal.hpp"
#include "libpsg/staging/obstacle.hpp"
#include "libpsg/staging/plausibility.hpp"

namespace psg::staging {

enum class YasaChannel { eeg, eog, emg };
inline constexpr std::size_t yasa_channel_count = 3;

/// "EEG", "EOG", "EMG".
std::string_view yasa_channel_name(YasaChannel channel);

/// What is measured in each epoch of a channel. The signal is resampled to 100 Hz and filtered to 0.4-30 Hz (Hamming
/// windowed sinc of 825 taps, zero phase; signal/filtering_resampler.hpp). Powers are of Welch's spectrum (5-s Hamming
/// windows, half overlapping, median average). EOG has no ratios, EMG neither ratios nor bands.
#define PSG_YASA_MEASURES(X)                                                               \
    X(std, "standard deviation, uV (n - 1)")                                               \
    X(iqr, "interquartile range, uV")                                                      \
    X(skew, "skewness g1")                                                                 \
    X(kurt, "excess kurtosis g2")                                                          \
    X(nzc, "zero crossings")                                                               \
    X(hmob, "Hjorth's mobility")                                                           \
    X(hcomp, "Hjorth's complexity")                                                        \
    X(abspow, "power of 0.4-30 Hz, uV^2 (trapezoidal rule)")                               \
    X(perm, "permutation entropy of order 3, normalised")                                  \
    X(higuchi, "Higuchi's fractal dimension, k to 10")                                     \
    X(petrosian, "Petrosian's fractal dimension")                                          \
    X(sdelta, "power of 0.4-1 Hz relative to 0.4-30 Hz, like all bands by Simpson's rule") \
    X(fdelta, "of 1-4 Hz")                                                                 \
    X(theta, "of 4-8 Hz")                                                                  \
    X(alpha, "of 8-12 Hz")                                                                 \
    X(sigma, "of 12-16 Hz")                                                                \
    X(beta, "of 16-30 Hz")                                                                 \
    X(dt, "delta (slow and fast) / theta")                                                 \
    X(ds, "delta / sigma")                                                                 \
    X(db, "delta / beta")                                                                  \
    X(at, "alpha / theta")

enum class YasaMeasure {
#define PSG_YASA_ENUM(name, text) name,
    PSG_YASA_MEASURES(PSG_YASA_ENUM)
#undef PSG_YASA_ENUM
        count
};
inline constexpr std::size_t yasa_measure_count = static_cast<std::size_t>(YasaMeasure::count);

/// One feature of an epoch.
struct YasaFeature {
    /// The measure itself; its centred triangular mean over 15 epochs, or its mean over this and the 3 epochs before,
    /// each relative to the night as (x - median) / (95th - 5th percentile); hours since the start of the recording;
    /// the part of the time up to the last epoch.
    enum class Kind { plain, centred, past, hour, part } kind = Kind::plain;
    YasaChannel channel = YasaChannel::eeg;
    YasaMeasure measure = YasaMeasure::std;
};

/// "eeg_beta_c7min_norm" and the like: the measure's name after eeg_, eog_ or emg_, with nothing, _c7min_norm (centred)
/// or _p2min_norm (past) after it; time_hour, time_norm. Nothing for any other name. There are 149.
std::optional<YasaFeature> yasa_feature(std::string_view name);

/// One channel of a night: epoch i covers [30 s * i, 30 s * (i + 1)).
struct YasaMeasures {
    std::string label;
    std::vector<Obstacle> obstacles;                             ///< per epoch
    std::vector<std::array<double, yasa_measure_count>> epochs;  ///< NaN where there is an obstacle, or no such measure
    EegDoubts doubts;                                            ///< of an EEG; the others are not judged
};

/// Measures the epochs of one channel as its samples pass by, stretch by stretch: nothing is filtered across a gap. How a stretch
/// is cut into pieces changes no bit. EEG epochs are judged as ObstacleFinder::Judge::eeg has it, EOG and EMG ones as
/// Judge::still; and what leaves a measure undefined is flat. What is kept is the measures and, where the rate is brought down to
/// 100 Hz, the stretch at that rate until it ends (FilteringResampler).
class YasaMeter {
public:
    /// Of `signal` all but its samples is looked at; they are those of the recording [0, duration), in uV, at more than 80 Hz,
    /// or UsageError.
    YasaMeter(const Signal& signal, YasaChannel channel, Time duration);
    YasaMeter(YasaMeter&&) noexcept;
    YasaMeter& operator=(YasaMeter&&) noexcept;
    ~YasaMeter();

    /// Moment of the first sample of the next stretch, since the start of the recording.
    void begin_stretch(Time start);
    /// Samples that follow those before, in pieces of any length.
    void add(std::span<const float> samples);
    /// To be called once.
    YasaMeasures finish();

private:
    struct Parts;
    std::unique_ptr<Parts> parts_;
};

/// The same of a signal in memory.
YasaMeasures yasa_measures(const Signal& signal, YasaChannel channel, Time duration);

/// Rows of features, one per epoch, as single precision: 0 in epochs that any channel lacks, which also are left out of
/// the means and percentiles (in YASA no epoch is ever left out). `channels` by YasaChannel; null if no feature asks
/// for it. They have the same epochs.
std::vector<float> yasa_table(std::span<const YasaFeature> features,
                              const std::array<const YasaMeasures*, yasa_channel_count>& channels);

/// Why an epoch has no row: the obstacle of the first channel that has one.
std::vector<Obstacle> yasa_obstacles(const std::array<const YasaMeasures*, yasa_channel_count>& channels);

}  // namespace psg::staging
