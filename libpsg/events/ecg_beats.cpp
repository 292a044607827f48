// The heart beats of a night, to be subtracted from muscles.
// SPDX-License-Identifier: BSD-3-Clause
#include "libpsg/events/ecg_beats.hpp"

#include <algorithm>
#include <utility>

#include "libpsg/model/sample_source.hpp"

namespace psg::events {

namespace {

constexpr double least_rate_hz = 50;
constexpr std::size_t block = 4096;  // samples that are looked at together

}  // namespace

EcgBeats::EcgBeats(SampleRate rate) : rate_(rate), blocks_(block) {}

void EcgBeats::begin_stretch(Time start) {
    end_stretch();
    if (rate_.hz() < least_rate_hz) return;
    start_ = start;
    blocks_.begin();
    finder_.emplace(rate_.hz());
}

void EcgBeats::add(std::span<const float> samples) {
    if (finder_) blocks_.add(samples, [this](auto, std::span<const float> filled) { finder_->add(filled); });
}

void EcgBeats::end_stretch() {
    if (!finder_) return;
    blocks_.finish([this](auto, std::span<const float> filled) { finder_->add(filled); });
    for (const signal::HeartBeat& b : finder_->finish()) beats_.push_back({seconds(start_) + b.place / rate_.hz(), b.shape});
    finder_.reset();
}

std::vector<signal::HeartBeat> EcgBeats::finish() {
    end_stretch();
    return std::move(beats_);
}

std::vector<signal::HeartBeat> beats_of(const Signal& ecg) {
    EcgBeats beats(ecg.rate);
    const Listener ecg_listener = listener(ecg, beats);
    pass_by({&ecg_listener, 1});
    return beats.finish();
}

const std::vector<signal::HeartBeat>& beats_of(const Night& night, std::vector<signal::HeartBeat>& own) {
    if (night.beats) return *night.beats;
    const Signal* ecg = night.find(Role::ecg);
    own = ecg ? beats_of(*ecg) : std::vector<signal::HeartBeat>();
    return own;
}

signal::BeatPlaces beats_within(const std::vector<signal::HeartBeat>& beats, const Interval& stretch, SampleRate rate) {
    const auto before = [](const signal::HeartBeat& b, double t) { return b.place < t; };
    const double start = seconds(stretch.onset);
    const auto first = std::lower_bound(beats.begin(), beats.end(), start, before);
    return {{first, std::lower_bound(first, beats.end(), seconds(stretch.offset), before)}, start, rate.hz()};
}

}  // namespace psg::events
