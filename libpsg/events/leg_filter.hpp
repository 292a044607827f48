// The EMG of a leg without slow waves, hum, held samples and heart beats: its power, and its samples where they are asked for.
// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <span>
#include <vector>

#include "libpsg/events/leg_movement_scan.hpp"
#include "libpsg/model/amplitude_series.hpp"
#include "libpsg/signal/artefacts.hpp"
#include "libpsg/signal/blocks.hpp"
#include "libpsg/signal/ecg_removal.hpp"
#include "libpsg/signal/heart_spikes.hpp"
#include "libpsg/signal/line_noise.hpp"
#include "libpsg/signal/recursion.hpp"

namespace psg::events {

/// Filters a stretch whose samples come in pieces, in steps that follow each other as the samples come. What is kept is the amplitude of
/// blocks of 25 ms and what was taken away; samples are filtered again where samples() is asked for them, or where spikes like beats
/// were found without an electrocardiogram. What hums is kept for minutes.
class LegFilter {
public:
    using AmplitudeCodes = std::vector<std::uint16_t>;
    /// The samples of the stretch as they came, `count` from `first` on.
    using Read = std::function<std::vector<float>(std::size_t first, std::size_t count)>;

    LegFilter(double rate_hz, const LegMovementOptions& options);

    void begin(Read read, std::size_t count, const std::optional<signal::BeatPlaces>& beats);
    void add(std::span<const float> samples);
    void finish();

    // After finish():
    std::size_t count() const { return raw_count_; }                   ///< samples
    std::size_t block() const { return block_; }                       ///< samples of a block
    AmplitudeCodes take_amplitudes() { return std::move(amplitudes_); }  ///< of whole blocks, as amplitude_code()
    const std::vector<signal::Run>& flat() const { return flat_.runs(); }
    const std::vector<signal::Run>& held() const { return held_; }     ///< shorter ones than flat
    const std::vector<signal::Run>& humming() const { return humming_; }  ///< a lead off that hums
    double hum_s() const { return hum_s_; }                            ///< time in which hum was subtracted
    std::size_t beats() const { return beats_subtracted_; }
    /// Filtered samples [begin, end), until the next call.
    std::span<const float> samples(std::size_t begin, std::size_t end);

private:
    void look_for_held(std::span<const float> raw);
    void take();
    void pass_on();
    void settle_hum();
    void conceal();
    void measure();
    void keep_amplitudes(std::size_t begin, std::span<const float> samples);
    void subtract_spikes();
    signal::BeatSubtraction subtraction_of(const signal::BeatPlaces& beats);
    void derive(std::size_t begin, std::size_t end);
    std::span<float> window() { return x_.change(x_.first(), x_.end()); }

    double rate_hz_;
    LegMovementOptions options_;
    std::size_t block_, second_, flat_length_, beside_;
    signal::ZeroPhaseFilter high_pass_;
    signal::FilledBlocks blocks_;
    signal::EqualRuns flat_;
    signal::HeldRuns held_runs_;
    std::optional<signal::LineNoise> hum_;
    std::optional<signal::BeatSubtraction> beat_subtraction_;
    std::optional<signal::SpikeFinder> spikes_;  // where there is no electrocardiogram
    std::vector<signal::HeartBeat> spike_beats_;

    Read read_;
    bool ended_ = false;
    std::size_t raw_count_ = 0;
    signal::History x_;                    // filtered samples; up to a place each ...
    std::size_t hum_settled_ = 0;          // ... hum is subtracted
    std::size_t concealed_ = 0, next_held_ = 0;  // ... held ones are concealed; the first that was not looked at
    std::size_t measured_ = 0;             // ... the amplitudes of blocks were made
    std::vector<signal::Run> hums_, concealed_runs_;
    std::vector<float> with_hum_, without_;  // power of seconds
    AmplitudeCodes amplitudes_;
    std::vector<float> power_;  // of some blocks, before it is kept
    std::vector<signal::Run> held_, humming_;
    double hum_s_ = 0;
    std::size_t beats_subtracted_ = 0;

    std::vector<float> again_;  // samples that were filtered again, from a place on, of which ...
    std::size_t again_first_ = 0;
    signal::Run derived_;       // ... these are as they were the first time
};

}  // namespace psg::events
