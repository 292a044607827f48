// What one channel shows beside the body, looked for as its samples come.
// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <array>
#include <map>
#include <optional>
#include <span>
#include <vector>

#include "libpsg/events/electrode_pops.hpp"
#include "libpsg/events/slow_artefacts.hpp"
#include "libpsg/model/channel.hpp"
#include "libpsg/signal/artefacts.hpp"
#include "libpsg/signal/beat_shapes.hpp"
#include "libpsg/signal/mains.hpp"

namespace psg::events {

/// Limits of the artefacts of one channel. Every number is proposed.
struct ChannelArtefactRules : SlowArtefactRules {
    double flat_s = 5;
    double rail_share = 0.1, rail_uv = 100;
    double mains_share = 0.25, mains_s = 5, mains_uv = 8, weak_mains_uv = 3;
    double beat_ratio = 10, beat_uv = 5, beat_s = 10;
};

/// Seconds in which a sinusoid of 50 or 60 Hz makes more than `mains_share` of the changes from sample to sample.
class MainsHum {
public:
    /// None is told below 105 samples per second.
    MainsHum(double rate_hz, const ChannelArtefactRules& rules);
    void begin();
    void add(std::span<const float> samples);
    /// Runs of `mains_s` or more with a peak of `mains_uv` or, `weak`, of `weak_mains_uv`, as samples.
    std::vector<signal::Run> finish(bool weak) const;

private:
    struct Sinusoid {
        Sinusoid(double hz, double rate_hz, std::size_t second);
        bool known;  // the rate can show it
        double turn;
        std::vector<double> re, im;
    };
    bool may_hum(std::span<const float> x) const;
    template <std::size_t bytes>
    bool may_hum_by(std::span<const float> x) const;
    enum class Hum : std::uint8_t { none, weak, strong };
    Hum hum_of(std::span<const float> x) const;

    ChannelArtefactRules rules_;
    bool seen_;
    std::array<Sinusoid, 2> mains_;
    std::size_t period_;  // samples after which both sinusoids come again
    signal::WholeBlocks seconds_;
    std::array<signal::MainsWave, 2> waves_;  // the sinusoids, for a first look
    std::vector<Hum> humming_;  // by second
};

/// Seconds of which a part lies exactly at the highest or lowest value of the stretch: a converter or an amplifier at its limit, however
/// briefly each time.
class Rails {
public:
    Rails(double rate_hz, const ChannelArtefactRules& rules);
    void begin();
    /// Samples that were looked at: most reach no limit, and only their number matters.
    void add(std::span<const float> samples, const signal::SampleLook& look);
    /// As runs of samples; what lies between such seconds for less than 5 s is spoilt, too.
    std::vector<signal::Run> finish() const;

private:
    struct Limit {
        float value = 0;
        std::map<std::size_t, std::size_t> samples;  // by second; few of it are told
        float here = 0;        // the same, with what has come of a second that has not ended
        std::size_t held = 0;  // samples of this second
    };
    void reach(Limit& limit, float extreme, std::span<const float> part);
    void end_second();

    ChannelArtefactRules rules_;
    std::size_t second_;      // samples
    std::size_t count_ = 0;   // whole seconds
    std::size_t begun_ = 0;   // samples of the next one
    Limit lowest_, highest_;
};

/// Peak of the mean beat and its power over that of the mean of as many moments half-way between beats, by pieces of
/// `beat_s`: muscles do not know when the heart beats, so that they average out. Most beats must look like the mean: one burst of
/// a muscle makes a mean, too.
class BeatsInMuscle {
public:
    BeatsInMuscle(SampleRate rate, const ChannelArtefactRules& rules, const std::vector<signal::HeartBeat>& beats);
    void begin(Time start);
    void add(std::span<const float> samples);

    /// A piece that shows beats.
    struct Piece {
        std::size_t number = 0;  ///< counted from the start of the stretch
        double peak_uv = 0;      ///< of the mean beat
        std::vector<Time> beats;
    };
    std::vector<Piece> finish();
    std::size_t piece() const { return piece_; }  ///< samples

private:
    void look_at(std::size_t number);

    SampleRate rate_;
    ChannelArtefactRules rules_;
    const std::vector<signal::HeartBeat>* beats_;
    std::size_t reach_, piece_;
    Time start_{0};
    std::size_t next_beat_ = 0;  // the first one of the next piece
    std::size_t looked_at_ = 0;  // pieces
    signal::History samples_;
    std::vector<double> on_, between_;
    std::vector<std::size_t> places_;
    std::vector<Piece> found_;
};

/// All of them, of one channel. Memory for ten seconds of samples, some minutes of means, and what was found.
class ChannelArtefacts {
public:
    /// `beats` of the night (ecg_beats.hpp), which must outlive it: looked for in muscles.
    ChannelArtefacts(Role role, SampleRate rate, const ChannelArtefactRules& rules, const std::vector<signal::HeartBeat>& beats);

    void begin_stretch(Time start);
    void add(std::span<const float> samples);

    struct Stretch {
        Time start{0};
        std::size_t count = 0;  ///< samples
        bool flat = false;      ///< as a whole: nothing else is told
        std::vector<signal::Run> lead_off, clipping, mains, weak_mains;  // weak ones hold the others
        std::vector<BeatsInMuscle::Piece> beats;
        std::vector<Interval> sweat, swings, excursions;
        std::vector<ElectrodePop> pops;
    };
    /// One entry per stretch of a second or more.
    std::vector<Stretch> finish();
    std::size_t beat_piece() const { return beats_ ? beats_->piece() : 1; }

private:
    void end_stretch();

    SampleRate rate_;
    signal::HeldRuns held_;
    std::size_t flat_;  // samples
    Rails rails_;
    MainsHum mains_;
    std::optional<BeatsInMuscle> beats_;
    std::optional<ElectrodePops> pops_;
    std::optional<Sweat> sweat_;
    std::optional<LeadSwings> swings_;
    std::optional<Excursions> excursions_;
    Time start_{0};
    std::size_t count_ = 0;
    std::vector<Stretch> made_;
};

/// Muscles, and leads of the head.
bool is_emg(Role role);
bool is_head(Role role);

}  // namespace psg::events
