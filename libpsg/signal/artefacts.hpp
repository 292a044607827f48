// Time in which an electrode says nothing: held samples, crowded saturation, a lead that only hums.
// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <cstddef>
#include <span>
#include <vector>

#include "libpsg/signal/runs.hpp"
#include "libpsg/signal/sample_look.hpp"

namespace psg::signal {

/// Runs of `length` or more samples that are equal or no numbers, in order, of samples that come in pieces of any length.
/// O(n / length) where there are few, if pieces are longer.
class EqualRuns {
public:
    explicit EqualRuns(std::size_t length) : length_(length) {}
    void begin();
    void add(std::span<const float> x) { add(x, x.size()); }
    /// The same, of numbers of which `equal` or fewer equal the next one: where these are too few for a run nothing is looked for.
    void add(std::span<const float> x, std::size_t equal);
    void finish();
    /// Those that have ended.
    const std::vector<Run>& runs() const { return runs_; }
    /// Where the run began that has not ended yet, of one sample or more; at the start 0.
    std::size_t open() const { return open_; }

private:
    void end_run(std::size_t end);

    std::size_t length_;
    std::size_t count_ = 0, open_ = 0;  // samples so far; where the run began that has not ended yet
    float last_ = 0;
    std::vector<Run> runs_;
};

/// The same for samples that are there already.
std::vector<Run> equal_runs(std::span<const float> x, std::size_t length);

/// Runs of equal samples of 0.1 s or more (proposed): a converter or an amplifier at its limit, or a lost connection.
/// Where every fourth sample or more equals the next anyway (a coarse step), only runs at the extremes of all samples are told.
/// Of samples that come in pieces of any length.
class HeldRuns {
public:
    explicit HeldRuns(double rate_hz);
    void begin();
    void add(std::span<const float> x);
    /// The same, of samples that were looked at already; best so few that they are in the cache.
    void add(std::span<const float> x, const SampleLook& look);
    std::vector<Run> finish();
    /// After finish(): those that are not at the extremes, too; before: those that have ended by now.
    const std::vector<Run>& all() const { return runs_.runs(); }
    /// Whether finish() would tell run number `run` of all(), by what has been seen so far.
    bool tells(std::size_t run) const;
    /// Where the run began that has not ended yet.
    std::size_t open() const { return runs_.open(); }

private:
    void take(std::span<const float> x, const SampleLook& look);
    void remember_values(std::span<const float> x, std::size_t first);
    bool is_coarse() const;

    EqualRuns runs_;
    std::vector<float> values_;    // of the runs; NaN where there is a sample that is no number
    std::size_t count_ = 0, equal_ = 0;  // samples so far; those that equal the next
    std::size_t free_of_bad_ = 0;  // all samples from here on are numbers
    float last_ = 0;
    float lowest_ = 0, highest_ = 0;     // of all samples but the last one
};

/// The same for samples that are there already.
std::vector<Run> held_runs(std::span<const float> x, double rate_hz);

/// Whole seconds that held samples spoil: some lie inside, and they take more than 15 % of the three seconds around
/// (proposed). What lies between such seconds for less than 5 s is spoilt too.
std::vector<Run> crowded_seconds(const std::vector<Run>& held, std::size_t count, double rate_hz);

/// Replaces short held runs and 50 ms beside them by what is before and after, mirrored. In place; `x` is filtered.
void conceal(std::span<float> x, const std::vector<Run>& held, double rate_hz);

/// Seconds (as samples) of a lead that hums and shows no muscle. `with_hum` and `without` are the powers of each second
/// before and after hum was subtracted. A lead is off where a hum of 50 uV (peak of a sinusoid) or more leaves less
/// than 0.6 of what a connected electrode shows in the quietest twentieth of the seconds with less hum; and, if there
/// are less than 60 of those, where a hum of 100 uV leaves less than 1 uV rms. For 5 s or more; gaps of less than 5 s
/// count (proposed).
std::vector<Run> humming_seconds(std::span<const float> with_hum, std::span<const float> without, std::size_t second);

}  // namespace psg::signal
