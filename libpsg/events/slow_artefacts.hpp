// Artefacts slower than muscles: pulled cables, sweat, movement of the head's leads. (Jumps of an electrode: electrode_pops.hpp.)
// SPDX-License-Identifier: BSD-3-Clause
//
// Each is looked for in one channel whose samples come in pieces of any length, a stretch at a time: begin(start), add(samples)
// and so on, finish(). What is kept are means at a low rate, and what was found.
#pragma once

#include <array>
#include <span>
#include <vector>

#include "libpsg/model/signal.hpp"
#include "libpsg/signal/block_means.hpp"
#include "libpsg/signal/blocks.hpp"
#include "libpsg/signal/runs.hpp"
#include "libpsg/signal/statistics.hpp"

namespace psg::events {

/// Limits of the slow artefacts. Every number is proposed.
struct SlowArtefactRules {
    double pop_uv = 150, pop_ratio = 15;   ///< a jump within 20 ms; times the usual change in 20 ms
    double sweat_uv = 25, sweat_part = 0.4, sweat_s = 10;
    double movement_uv = 75, movement_ratio = 2.5, movement_s = 2.5;
    double cable_uv = 40;
    int cable_channels = 3;
};

/// Where the part below 0.5 Hz (means of 1.5 s) is strong, and more than `sweat_part` of the whole. Standard deviations
/// over `sweat_s`. For a slow eye movement to be none, `least_uv` is higher in the EOG.
class Sweat {
public:
    Sweat(SampleRate rate, const SlowArtefactRules& rules, double least_uv);
    void begin(Time start);
    void add(std::span<const float> samples);
    std::vector<Interval> finish();

private:
    SampleRate rate_;
    SlowArtefactRules rules_;
    double least_uv_;
    std::size_t window_;  // means of `sweat_s`
    signal::BlockMeans block_means_;
    std::size_t block_;
    Time start_{0};
    signal::History means_, slow_;      // of 0.25 s; of 1.5 s from each of them on
    std::size_t next_ = 0;              // window that was not looked at
    std::vector<signal::Run> strong_;   // means of windows with slow swings
};

/// Where a lead of the head swings (standard deviation of means of 0.2 s over `movement_s`), and more than is usual in the
/// four minutes around.
class LeadSwings {
public:
    LeadSwings(SampleRate rate, const SlowArtefactRules& rules);
    void begin(Time start);
    void add(std::span<const float> samples);
    std::vector<Interval> finish();

private:
    std::span<const float> means_of(std::size_t first, std::size_t end) const;  // of windows
    float sd_of(std::size_t window) const;
    bool is_calm(std::span<const float> means) const;
    void judge_before(std::size_t end);
    float usual_at(std::size_t window);

    SampleRate rate_;
    SlowArtefactRules rules_;
    std::size_t window_, hop_;  // blocks
    std::size_t around_;        // windows to either side whose median is usual
    signal::BlockMeans block_means_;
    std::size_t block_;
    Time start_{0};
    std::size_t count_ = 0;     // means of 0.1 s
    float last_ = 0;
    signal::History smooth_;    // means of 0.2 s; windows of them begin every `hop_`
    signal::SlidingPercentile usual_;
    std::size_t windows_ = 0, judged_ = 0;  // that are known, that were judged
    std::size_t heard_ = 0, told_ = 0;      // windows: the next that `usual_` is to be given, and of which it tells
    std::vector<signal::Run> swinging_;  // windows
};

/// Slow waves of a muscle channel, where no muscle makes any: the mean of 50 ms stays on one side for 0.2 to 3 s.
class Excursions {
public:
    Excursions(SampleRate rate, double least_uv);
    void begin(Time start);
    void add(std::span<const float> samples);
    std::vector<Interval> finish();

private:
    void look_at(std::size_t piece, std::size_t count);
    void end_run(std::size_t sign, std::size_t place);

    SampleRate rate_;
    float least_uv_;
    signal::BlockMeans block_means_;
    std::size_t block_;
    Time start_{0};
    signal::History means_;    // of 50 ms
    std::size_t pieces_ = 0;   // looked at
    static constexpr std::size_t none = static_cast<std::size_t>(-1);
    std::array<std::size_t, 2> open_{none, none};  // where the run began that has not ended yet, above and below
    std::array<std::vector<Interval>, 2> found_;
};

/// Change of the mean across a moment, from 60 to 20 ms before to 20 to 70 ms after.
double change_at(const SignalView& view, Time t);

/// From the first onset to the last offset wherever intervals of `fewest` channels or more begin within 300 ms.
std::vector<Interval> at_once(const std::vector<std::vector<Interval>>& by_channel, int fewest);

}  // namespace psg::events
