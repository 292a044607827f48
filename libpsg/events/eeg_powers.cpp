// Alpha and fast power of the EEG: a spectrum every quarter of a second.
// SPDX-License-Identifier: BSD-3-Clause
#include "libpsg/events/eeg_powers.hpp"

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <limits>

#include "libpsg/signal/dot.hpp"

namespace psg::events {

EegPowerMeter::EegPowerMeter(SampleRate rate)
    : rate_(rate),
      length_(2 * static_cast<std::size_t>(std::lround(EegPowers::window_s * rate.hz() / 2))),
      fft_(length_),
      tapered_(length_),
      spectrum_(fft_.bins()) {
    for (std::size_t i = 0; i < length_; ++i)
        hann_.push_back(static_cast<float>(0.5 - 0.5 * std::cos(2 * M_PI * static_cast<double>(i) / static_cast<double>(length_))));
    const double bin_hz = rate.hz() / static_cast<double>(length_);
    const auto bin = [&](double hz) { return std::min(fft_.bins() - 1, static_cast<std::size_t>(std::lround(hz / bin_hz))); };
    bins_ = {{{bin(8), bin(11)}, {bin(16), bin(32)}}};
}

void EegPowerMeter::begin_stretch(Time start) {
    made_.push_back({start, {}});
    recent_.clear();
    next_ = 0;
}

void EegPowerMeter::add(std::span<const float> samples) {
    constexpr std::size_t at_once = 4096;  // a long piece is not copied as a whole
    for (; !samples.empty(); samples = samples.subspan(std::min(samples.size(), at_once))) {
        recent_.add(samples.first(std::min(samples.size(), at_once)));
        while (next_ + length_ <= recent_.end()) add_window(recent_.part(next_, next_ + length_));
        recent_.forget_before(next_);
    }
}

void EegPowerMeter::add_window(std::span<const float> samples) {
    EegPowers& made = made_.back();
    const float mean = static_cast<float>(signal::lane_sum(length_, [&](auto at) { return at(samples.data()); }) / static_cast<double>(length_));
    std::int32_t changes = 0;
    for (const float x : samples) changes |= x != samples[0] ? 1 : 0;
    const bool usable = std::isfinite(mean) && changes != 0;
    if (usable) {
        for (std::size_t i = 0; i < length_; ++i) tapered_[i] = (samples[i] - mean) * hann_[i];
        fft_.forward(tapered_, spectrum_);
    }
    for (std::size_t b = 0; b < EegPowers::bands; ++b) {
        float power = 0;
        for (std::size_t i = bins_[b].first; i <= bins_[b].second; ++i) power += std::norm(spectrum_[i]);
        made.band[b].push_back(usable ? power : std::numeric_limits<float>::quiet_NaN());
    }
    next_ = static_cast<std::size_t>(rate_.index_at(from_seconds(EegPowers::step_s * static_cast<double>(made.band[0].size()))));
}

std::vector<EegPowers> EegPowerMeter::finish() { return std::move(made_); }

}  // namespace psg::events
