// Mains hum: a slowly changing sinusoid per harmonic, fitted where it is really present and subtracted.
// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <array>
#include <cstddef>
#include <optional>
#include <span>
#include <utility>
#include <vector>

#include "libpsg/signal/blocks.hpp"
#include "libpsg/signal/line_harmonic.hpp"
#include "libpsg/signal/runs.hpp"

namespace psg::signal {

/// One sinusoid that was subtracted.
struct LineComponent {
    double frequency_hz = 0;  ///< nominal: a multiple of 50 or 60
    double seconds = 0;       ///< for how long it was subtracted
    double amplitude_uv = 0;  ///< mean peak amplitude in that time, in the unit of the samples
};

/// Finds and subtracts hum at 50 and 60 Hz and all their harmonics below 0.48 of the sampling rate. The samples must be
/// finite and free of slow waves (high-pass filtered above 5 Hz or so).
///
/// Per harmonic, each block of 0.1 s gives a complex amplitude. Where neighbouring amplitudes cohere over 5 s, the
/// amplitude is smoothed over +-0.8 s, each block weighted by the inverse of what the sinusoid leaves of its power, and
/// the mains frequency is followed (off by up to 0.6 Hz). A muscle burst is 100 times stronger than rest and so weighs
/// next to nothing: unlike with a notch filter, no burst rings into its surroundings and none is thinned out. Where hum
/// begins or ends at once, one-sided means fit better and are taken; where a hum of 4 uV or more changes its strength,
/// parabolas instead of means. Proposed; the weighting is that of weighted least squares.
class LineNoise {
public:
    explicit LineNoise(double rate_hz);

    /// Looks at what has come: `window` holds samples of the stretch from `first` on, from first_needed() or before to the last.
    void look(std::span<const float> window, std::size_t first);
    std::size_t first_needed() const { return next_ * block_; }
    /// The same, and the stretch ends with it.
    void finish(std::span<const float> window, std::size_t first);
    /// Samples that hum touches, or that it does not. Hum of more than five minutes comes in several parts, so that it needs no more
    /// memory however long it lasts.
    struct Part {
        Run run;
        bool hums = false;
        std::size_t until = 0;  ///< the end of the run, or some seconds more where the hum goes on
    };
    /// The part after the one that was told last; nothing: more samples are needed, or all of the `count` of the stretch were told.
    std::optional<Part> next(std::size_t count);
    /// Subtracts hum from the samples of a part that hums, in place. `samples` are those of its run and up to its `until`: these are
    /// only looked at. To be called for each part that hums, in order.
    void subtract(const Part& part, std::span<float> samples);
    /// Subtracts the same again from `samples`, any of the stretch from `first` on, but for reach() samples at their ends.
    void repeat(std::size_t first, std::span<float> samples) const;
    std::size_t reach() const;
    /// What was subtracted so far.
    std::vector<LineComponent> found() const;

private:
    // What was subtracted from a part: frequencies in the order in which they were.
    struct Subtracted {
        Run run;
        std::size_t origin = 0;  // where blocks and phases count from
        std::vector<std::pair<std::size_t, HarmonicRun>> harmonics;
    };
    void compare(std::span<const float> window, std::size_t first, bool all);

    double rate_hz_;
    std::size_t block_, lag_;   // samples
    std::vector<double> frequencies_;
    std::vector<Sinusoid> tables_;          // of all frequencies, once something hums
    History power_;             // of blocks, from `next_` on
    std::size_t next_ = 0;                  // block that was not compared yet with what is one lag later
    double alike_ = 0, total_ = 0;          // of its segment
    std::vector<float> likeness_;           // of blocks that are compared together
    std::vector<char> hums_;                // segments that may hum
    std::size_t told_ = 0;                  // samples that were told
    bool ended_ = false;
    std::vector<Subtracted> subtracted_;
    std::vector<float> before_;  // the last samples of a part whose hum goes on, as they came
};

/// The same for samples that are there already, in place.
std::vector<LineComponent> remove_line_noise(std::span<float> samples, double rate_hz);

/// Part of the power that is hum: the share of sinusoids at 50 Hz and its harmonics (or 60 Hz, if that is more), fitted to
/// each 0.4 s, from 0 to 1. Of broad-band activity it is less than 0.2 at 200 Hz and more. Filtered samples.
double line_share(std::span<const float> samples, double rate_hz);

/// The same of many signals of one rate, whose sinusoids are made once.
class LineShare {
public:
    explicit LineShare(double rate_hz);
    double of(std::span<const float> samples) const;

private:
    using Sinusoids = std::array<std::vector<Sinusoid>, 2>;  // of 50 and of 60 Hz and their harmonics
    static Sinusoids sinusoids(double rate_hz, std::size_t length);

    double rate_hz_;
    std::size_t length_;
    Sinusoids whole_;  // of 0.4 s
};

}  // namespace psg::signal
