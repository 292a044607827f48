// What moves all leads of the head alike: the slow part that EEG and EOG have in common.
// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <deque>
#include <span>
#include <string>
#include <vector>

#include "libpsg/model/night.hpp"
#include "libpsg/model/sample_source.hpp"
#include "libpsg/signal/blocks.hpp"
#include "libpsg/signal/statistics.hpp"
#include "libpsg/signal/steady_places.hpp"

namespace psg::events {

inline constexpr double head_step_s = 0.02;

/// The slow signal of one lead, made as its samples come.
class SlowLead {
public:
    explicit SlowLead(SampleRate rate);

    void begin_stretch();
    /// Samples in any pieces; appends to `slow` what is known by then, a second late.
    void add(std::span<const float> samples, std::vector<float>& slow);
    /// The stretch has ended: the rest of it.
    void finish(std::vector<float>& slow);

private:
    void add_means(std::span<const float> means, std::vector<float>& slow);
    void subtract(float usual, std::vector<float>& slow);

    SampleRate rate_;
    signal::SteadyPlaces places_;
    std::size_t begin_ = 0, end_ = 0;  // of the block that is being summed
    std::size_t left_ = 0;             // samples of it still to come
    float sum_ = 0;
    signal::SlidingPercentile usual_;
    std::size_t count_ = 0;            // means so far
    signal::History waiting_;          // means whose median is not known yet
};

/// Head motion of a night, made as the samples of its leads come: in any order of leads, each in order of time.
class HeadMotionScan {
public:
    /// At most four EEG derivations and both EOG, in uV, of 50 samples per second or more; none with fewer than two. `night` must
    /// outlive it.
    explicit HeadMotionScan(const Night& night);
    HeadMotionScan(const HeadMotionScan&) = delete;
    HeadMotionScan& operator=(const HeadMotionScan&) = delete;

    class Lead {
    public:
        Lead(HeadMotionScan& scan, const Signal& signal, std::size_t place) : scan_(&scan), signal_(&signal), place_(place), slow_(signal.rate) {}
        const Signal& signal() const { return *signal_; }
        void begin_stretch(Time start);
        void add(std::span<const float> samples);

    private:
        friend class HeadMotionScan;
        void end_stretch();

        HeadMotionScan* scan_;
        const Signal* signal_;
        std::size_t place_;  // in leads_
        SlowLead slow_;
        std::size_t stretch_ = none;
    };
    std::deque<Lead>& leads() { return leads_; }
    std::vector<Listener> listeners();

    /// All samples have come. One entry per stretch that two leads or more have; a lead that shows nothing at all in a stretch
    /// does not count there. Samples that are no numbers give NaN.
    std::vector<HeadMotion> finish();

private:
    static constexpr std::size_t none = static_cast<std::size_t>(-1);
    struct Part {  // of a stretch, by lead
        bool wanted = false, ended = false, shows = false;
        std::vector<float> slow;  // what is not combined yet
    };
    struct Stretch {
        HeadMotion motion;
        std::vector<Part> parts;
        std::size_t combined = 0;  // values of each `slow` that were
    };
    void combine(Stretch& stretch, bool to_the_end);

    std::deque<Lead> leads_;
    std::vector<Stretch> stretches_;
};

/// That of the night: Night::head_motion, or made for the caller in `own`. Not a copy: there are 6 bytes every 20 ms.
const std::vector<HeadMotion>& head_motion(const Night& night, std::vector<HeadMotion>& own);

}  // namespace psg::events
