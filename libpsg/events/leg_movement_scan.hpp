// Movements of one leg in one uninterrupted stretch of its EMG: a pure function from samples to movements.
// SPDX-License-Identifier: BSD-3-Clause
//
// WASM 2016 (Ferri et al., Sleep Med 2016;26:86-95): a movement begins where the EMG rises 8 uV above its resting level
// and ends where it begins to stay at or below 2 uV above it for half a second; it lasts at least half a second; and it
// holds half a second with a median of 2 uV above rest or more. The standard leaves open what "the EMG" and "resting"
// are:
// * The EMG is high-pass filtered without delay; mains hum and heart beats are subtracted where they are present.
// * Amplitude is the root mean square (of Gaussian activity 1.25 times the mean rectified value) over 50 ms. Where the
//   rest is so noisy that 8 uV are less than four standard errors of that, the window is longer, up to 250 ms. "Stays
//   at or below" holds for the half second as a whole and, within three standard errors, for each 100 ms of it.
// * The resting level is that of signal::resting_level(): local, in both directions of time, untouched by movements.
// * Onset and offset are then found to the sample, as the most likely change points of the variance (Page's cumulative
//   sum) between rest and movement. A smoothed amplitude would put them half a window off.
#pragma once

#include <cstddef>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string_view>
#include <vector>

#include "libpsg/signal/beat_shapes.hpp"
#include "libpsg/signal/runs.hpp"

namespace psg::events {

/// Every number of the detector of leg movements.
struct LegMovementOptions {
    double onset_uv = 8;          ///< above rest
    double offset_uv = 2;         ///< above rest
    double quiet_s = 0.5;         ///< at or below `offset_uv` for this long ends a movement
    double min_duration_s = 0.5;  ///< inclusive
    double max_duration_s = 10;   ///< inclusive; longer ones are of the class long_leg_movement
    bool morphology = true;       ///< must hold `morphology_s` with a median of `morphology_uv` above rest or more
    double morphology_s = 0.5;
    double morphology_uv = 2;
    double max_resting_uv = 15;  ///< where the resting level is higher nothing is scored
    double longest_rise_s = 90;  ///< a rise that lasts longer is a new resting level
    double high_pass_hz = 15;
    bool subtract_mains = true;
    bool subtract_ecg = true;
    double flat_s = 5;       ///< equal samples for this long: no signal
    double max_step_uv = 2;  ///< coarsest digital step
    double min_rate_hz = 100;
    double min_stretch_s = 10;  ///< shorter stretches have no resting level
};

/// A movement, in samples of the stretch; root mean squares in uV.
struct ScannedMovement {
    std::size_t onset = 0, offset = 0;
    double resting_uv = 0;    ///< resting level at the onset
    double rise_uv = 0;       ///< highest short-time amplitude above rest
    double amplitude_uv = 0;  ///< median amplitude of 0.1 s above rest
    double sustained_uv = 0;  ///< highest median over `morphology_s` above rest
    double peak_uv = 0;       ///< largest filtered, rectified sample
};

/// Samples in which no movement could be seen, and why: "no_signal" (flat, at a limit, a lead off that hums), "hum" (what
/// is left of it looks like a movement), "resting_level" (too high, or of nothing), "short_stretch".
struct LegArtefact {
    signal::Run run;
    std::string_view reason;
};

/// What was found in a stretch.
struct LegScan {
    std::vector<ScannedMovement> movements;  ///< in order, of `min_duration_s` or more, morphology tested
    std::vector<signal::Run> scorable;       ///< samples in which a movement could have been seen
    std::vector<LegArtefact> artefacts;      ///< all other samples, in order
    double hum_s = 0;                        ///< time in which mains hum was subtracted
    std::size_t beats = 0;                   ///< heart beats subtracted
};

class LegFilter;

/// Scans a stretch of one leg, whose samples (in uV, unfiltered) come in pieces of any length; the result does not depend on how they
/// are cut. Any input is allowed, samples that are no numbers too. Memory for the amplitudes of blocks of 25 ms, for what hums, and,
/// without an electrocardiogram, for 0.12 s around each lone spike. O(n).
class LegScanner {
public:
    LegScanner(double rate_hz, const LegMovementOptions& options);
    ~LegScanner();
    LegScanner(LegScanner&&) noexcept;
    LegScanner& operator=(LegScanner&&) noexcept;

    /// The samples of the stretch as they came, `count` from `first` on.
    using Read = std::function<std::vector<float>(std::size_t first, std::size_t count)>;
    /// A stretch of `count` samples begins; `read` gives its samples again, around movements, when it has ended. `beats` are the places of
    /// heart beats in its samples, from an electrocardiogram; nothing if there is none: spikes that recur like beats are then looked
    /// for in the EMG itself.
    void begin(Read read, std::size_t count, const std::optional<signal::BeatPlaces>& beats);
    void add(std::span<const float> samples);
    LegScan finish();

private:
    double rate_hz_;
    LegMovementOptions options_;
    std::unique_ptr<LegFilter> filter_;
};

}  // namespace psg::events
